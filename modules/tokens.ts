/** CDKTF's tokens: placeholders of values that Terraform knows. */
import { Token } from "./cdk";

/** Does a value, however deep, hold a token? */
export function containsToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  if (Array.isArray(value)) return value.some(containsToken);
  if (typeof value === "object" && value !== null) return Object.entries(value).flat().some(containsToken);
  return false;
}

/** How CDKTF marks a token within a text. */
export const TOKEN_MARKER = /\$\{TfToken\[[^\]]+\]\}/g;

/**
 * A literal as Terraform must read it: in JSON syntax too, `${` and `%{` begin a template, so that a stray `${` in
 * somebody's metadata would be evaluated.
 */
export function escapeTemplate(literal: string): string {
  return literal.replace(/[$%](?=\{)/g, (sign) => sign + sign);
}
