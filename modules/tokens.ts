/** Helpers around CDKTF's tokens: the placeholders of values that only Terraform knows. */
import { Fn, type IResolvable, Op, Token } from "./cdk";

/** Does a value, however deep, hold a token? */
export function containsToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  if (Array.isArray(value)) return value.some(containsToken);
  if (typeof value === "object" && value !== null) return Object.entries(value).flat().some(containsToken);
  return false;
}

/** How CDKTF marks a token within a text. */
export const TOKEN_MARKER = /\$\{TfToken\[[^\]]+\]\}/g;

/** Is a text nothing but one plan-time value? Then it may be null; a text with one in its midst never is. */
export function isToken(text: string): boolean {
  return text !== "" && text.replace(TOKEN_MARKER, "") === "" && text.match(TOKEN_MARKER)?.length === 1;
}

/**
 * Whether Terraform finds a plan-time value to be null. `try` stands for the brackets that CDKTF does not put around a
 * conditional expression.
 */
export function isNull(value: string): IResolvable {
  return Op.eq(Fn.try([value]), Token.nullValue());
}

/** What of a text is known already. */
export function knownText(text: string): string {
  return text.replace(TOKEN_MARKER, "");
}

/** A text for an expression: CDKTF puts it between quotes there, and does not escape what it holds. */
export function quotable(text: string): string {
  return text.replace(/["\\]/g, "\\$&");
}

/**
 * A literal as Terraform must read it: in JSON syntax too, `${` and `%{` begin a template, so that a stray `${` in
 * somebody's metadata would be evaluated.
 */
export function escapeTemplate(literal: string): string {
  return literal.replace(/[$%](?=\{)/g, (sign) => sign + sign);
}
