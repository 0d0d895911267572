/**
 * Terraform expressions as text, for what CDKTF's functions cannot say: they know no `for`, and write out as a literal
 * whatever text of an expression they are given.
 */
import { type Construct, type IResolvable, ref, TerraformLocal } from "./cdk";
import { pinned } from "./addresses";

/** A local value of the stack: `value` may hold tokens, or be an {@link hcl} expression. */
export function hclLocal(scope: Construct, id: string, value: unknown): string {
  return `local.${pinned(new TerraformLocal(scope, id, value)).friendlyUniqueId}`;
}

/** An expression as Terraform's JSON has it, where a text is expected. */
export function hcl(expression: string): string {
  return `\${${expression}}`;
}

/**
 * An expression where a condition, or another value that Terraform is to find, is expected; also as a part of CDKTF's own
 * expressions, where an operand that is made by operators needs parentheses of its own.
 */
export function hclValue(expression: string): IResolvable {
  return ref(expression);
}

/** An object of members by their names. */
export function object(members: readonly (readonly [name: string, expression: string])[]): string {
  return `{ ${members.map(([name, expression]) => `${name} = ${expression}`).join(", ")} }`;
}

/** An object without what is null. */
export function withoutNulls(all: string): string {
  return `{ for key, value in ${all} : key => value if value != null }`;
}
