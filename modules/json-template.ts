/**
 * JSON that Terraform completes: literals are written out, and each token becomes `${jsonencode(…)}` in its place.
 * CDKTF's own `Fn.jsonencode` does not escape quotes, backslashes and `%{` in literals.
 */
import { Fn, type IResolvable, Op, Token, Tokenization } from "./cdk";
import { containsToken, escapeTemplate, TOKEN_MARKER } from "./tokens";

/** A value as the text of a Terraform string attribute. */
export function jsonTemplate(value: unknown): string {
  if (!containsToken(value)) return value === undefined ? "null" : escapeTemplate(JSON.stringify(value));
  if (typeof value === "string") return text(value);
  if (Tokenization.isResolvable(value)) return Fn.jsonencode(value as IResolvable);
  if (Token.isUnresolved(value)) return Fn.jsonencode(value); // a list or a map
  if (Array.isArray(value)) return `[${value.map(jsonTemplate).join(",")}]`;
  const entries = Object.entries(value as object).filter(([, part]) => part !== undefined);
  return `{${entries.map(([key, part]) => `${text(key)}:${jsonTemplate(part)}`).join(",")}}`;
}

/** A text with tokens in it: the text of each goes between the quotes of the whole. */
function text(value: string): string {
  const parts = value.split(new RegExp(`(${TOKEN_MARKER.source})`)).filter((part) => part !== "");
  if (parts.length === 1 && Token.isUnresolved(value)) return Fn.jsonencode(value);
  return `"${parts.map((part) => (Token.isUnresolved(part) ? withoutQuotes(part) : literal(part))).join("")}"`;
}

function literal(part: string): string {
  return escapeTemplate(JSON.stringify(part).slice(1, -1));
}

function withoutQuotes(token: string): string {
  const encoded = Fn.jsonencode(Fn.tostring(token));
  return Fn.substr(encoded, 1, Op.sub(Fn.lengthOf(encoded), 2));
}
