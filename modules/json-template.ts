/**
 * JSON that Terraform completes: literals are written out, and each plan-time value becomes `${jsonencode(…)}` in its
 * place. CDKTF's own `Fn.jsonencode` does not escape quotes, backslashes and `%{` in literals.
 */
import { Fn, type IResolvable, Op, Token, Tokenization } from "./cdk";
import { containsToken, escapeTemplate, TOKEN_MARKER } from "./tokens";
import { choose, type Whether } from "./whether";

/**
 * A value as the text of a Terraform string attribute.
 *
 * @throws Error if a key is a plan-time value: the keys of JSON are known when it is written
 */
export function jsonTemplate(value: unknown): string {
  if (!containsToken(value)) return value === undefined ? "null" : escapeTemplate(JSON.stringify(value));
  if (typeof value === "string") return text(value);
  if (Tokenization.isResolvable(value)) return Fn.jsonencode(value as IResolvable);
  if (Token.isUnresolved(value)) return Fn.jsonencode(value); // a list or a map
  if (Array.isArray(value)) return `[${value.map(jsonTemplate).join(",")}]`;
  const entries = Object.entries(value as object).filter(([, part]) => part !== undefined);
  return `{${entries.map(([key, part]) => `${keyOf(key)}:${jsonTemplate(part)}`).join(",")}}`;
}

/**
 * An object without the members that Terraform finds to be absent.
 *
 * @param isAbsent of a member: whether it is left out; one of which that is known at once is asked for first
 * @throws Error if a key is a plan-time value
 */
export function objectTemplate(value: object, isAbsent: (key: string, part: unknown) => Whether): string {
  const members = Object.entries(value).map(([key, part]) => ({ key, part, absent: isAbsent(key, part) }));
  const certain = members.filter(({ absent }) => absent === false).map(({ key, part }) => [key, part]);
  const uncertain = members.flatMap(({ key, part, absent }) =>
    typeof absent === "boolean" ? [] : [{ key, part, absent }],
  );
  const text = jsonTemplate(Object.fromEntries(certain));
  if (uncertain.length === 0) return text;
  if (certain.length === 0) throw new Error("an object needs a member that is there for certain, as commas follow it");
  // The quotes of a key are Terraform's: CDKTF takes no text with quotes as the argument of a function.
  const optional = uncertain.map(({ key, part, absent }) => {
    const member = Fn.format(",%s:%s", [Fn.jsonencode(key), Fn.jsonencode(part)]);
    return Token.asString(choose<string>(absent, "", member));
  });
  return `${text.slice(0, -1)}${optional.join("")}}`;
}

function keyOf(key: string): string {
  if (Token.isUnresolved(key)) throw new Error("a key of the settings must be a literal, and is a plan-time value");
  return escapeTemplate(JSON.stringify(key));
}

/** A text with tokens in it: the text of each goes between the quotes of the whole. */
function text(value: string): string {
  const parts = value.split(new RegExp(`(${TOKEN_MARKER.source})`)).filter((part) => part !== "");
  if (parts.length === 1) return Fn.jsonencode(value);
  return `"${parts.map((part) => (Token.isUnresolved(part) ? withoutQuotes(part) : literal(part))).join("")}"`;
}

function literal(part: string): string {
  return escapeTemplate(JSON.stringify(part).slice(1, -1));
}

function withoutQuotes(token: string): string {
  const encoded = Fn.jsonencode(Fn.tostring(token));
  return Fn.substr(encoded, 1, Op.sub(Fn.lengthOf(encoded), 2));
}
