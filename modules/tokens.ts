/** Helpers around CDKTF's tokens: the placeholders of values that only Terraform knows. */
import { Token } from "./cdk";

/** Does a value, however deep, hold a token? */
export function containsToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  if (Array.isArray(value)) return value.some(containsToken);
  if (typeof value === "object" && value !== null) return Object.values(value).some(containsToken);
  return false;
}

/**
 * A literal as Terraform must read it: in JSON syntax too, `${` and `%{` begin a template, so that a stray `${` in
 * somebody's metadata would be evaluated.
 */
export function escapeTemplate(literal: string): string {
  return literal.replace(/[$%](?=\{)/g, (sign) => sign + sign);
}
