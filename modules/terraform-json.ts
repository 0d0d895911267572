/**
 * JSON inside a string argument of Terraform: policies, and the transformer's settings. Literals are written out; Terraform
 * completes the tokens. CDKTF's own `Fn.jsonencode` does not escape quotes, backslashes and `%{` in literals.
 */
import { Fn, type IResolvable, Op, Token, Tokenization } from "./cdk";

/** How CDKTF marks a token within a string. */
export const TOKEN_MARKER = /\$\{TfToken\[[^\]]+\]\}/g;
const WHOLE_TOKEN = /"(\$\{TfToken\[[^\]]+\]\})"/g;
const TEMPLATE = /\$\{(?!TfToken\[)|%\{/g;

/** Whether a value, at any depth, holds a token. */
export function containsToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  if (Array.isArray(value)) return value.some(containsToken);
  return typeof value === "object" && value !== null && Object.entries(value).flat().some(containsToken);
}

/** A text in which Terraform reads no template: also in JSON syntax, `${` and `%{` begin one. Tokens in it stay. */
export function escapeTemplate(text: string): string {
  return text.replace(TEMPLATE, (start) => start[0] + start);
}

/**
 * A value as JSON text, for names and ARNs: a token inside a longer string must not hold a quote or a backslash. A string
 * that is one token becomes `${jsonencode(…)}`.
 */
export function terraformJson(value: unknown): string {
  return escapeTemplate(JSON.stringify(value)).replace(WHOLE_TOKEN, (_, token: string) => Fn.jsonencode(token));
}

/** A value as JSON text, whatever its tokens hold: also inside longer strings, in keys, and as whole lists or maps. */
export function exactTerraformJson(value: unknown): string {
  if (!containsToken(value)) return value === undefined ? "null" : escapeTemplate(JSON.stringify(value));
  if (typeof value === "string") return exactString(value);
  if (Tokenization.isResolvable(value)) return Fn.jsonencode(value as IResolvable);
  if (Token.isUnresolved(value)) return Fn.jsonencode(value); // a list or a map
  if (Array.isArray(value)) return `[${value.map(exactTerraformJson).join(",")}]`;
  const entries = Object.entries(value as object).filter(([, part]) => part !== undefined);
  return `{${entries.map(([key, part]) => `${exactString(key)}:${exactTerraformJson(part)}`).join(",")}}`;
}

function exactString(value: string): string {
  const parts = value.split(new RegExp(`(${TOKEN_MARKER.source})`)).filter((part) => part !== "");
  if (parts.length === 1 && Token.isUnresolved(value)) return Fn.jsonencode(value);
  return `"${parts.map((part) => (Token.isUnresolved(part) ? encoded(part) : escapeTemplate(unquoted(part)))).join("")}"`;
}

function unquoted(part: string): string {
  return JSON.stringify(part).slice(1, -1);
}

/** The same by Terraform: what stands between the quotes of the encoded text. */
function encoded(token: string): string {
  const json = Fn.jsonencode(Fn.tostring(token));
  return Fn.substr(json, 1, Op.sub(Fn.lengthOf(json), 2));
}
