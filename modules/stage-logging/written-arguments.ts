/** What the code of an app gives a resource or a provider, of whichever copy and version of the bindings. */
import { type TerraformProvider, type TerraformResource, Token } from "../cdk";

/** A resource or provider; the attributes of both classes are protected, and rendering them whole settles their ids. */
type Element = TerraformResource | TerraformProvider;

interface Arguments {
  readonly [name: string]: unknown;
}

/** An argument by Terraform's name for it, be it a typed property or an override. */
export function argumentOf(element: Element, name: string): unknown {
  const { properties, overrides } = argumentsOf(element);
  return name in overrides ? overrides[name] : properties[name];
}

/** An argument that is a text, and not a plan-time value. */
export function literalOf(element: Element, name: string): string | undefined {
  const value = argumentOf(element, name);
  return typeof value === "string" && isLiteral(value) ? value : undefined;
}

/** The texts in an argument that is a map, but for plan-time values. */
export function literalsOf(element: Element, name: string): Record<string, string> {
  const { properties, overrides } = argumentsOf(element);
  const entries = Object.entries({ ...Object(properties[name]), ...Object(overrides[name]) });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => isLiteral(entry[1])));
}

function isLiteral(value: unknown): boolean {
  return typeof value === "string" && !Token.isUnresolved(value) && !value.includes("${");
}

/** Whether a block is given, be it one or several, plainly or by a `dynamic` block. */
export function hasBlock(resource: TerraformResource, name: string): boolean {
  const isGiven = (block: unknown) => block !== undefined && block !== null && !(Array.isArray(block) && !block.length);
  return isGiven(argumentOf(resource, name)) || isGiven(Object(argumentOf(resource, "dynamic"))[name]);
}

function argumentsOf(element: Element): { readonly properties: Arguments; readonly overrides: Arguments } {
  const inside = element as unknown as { synthesizeAttributes(): Arguments; readonly rawOverrides: Arguments };
  return { properties: inside.synthesizeAttributes(), overrides: inside.rawOverrides };
}
