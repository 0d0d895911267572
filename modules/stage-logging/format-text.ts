/** The text of an access-log format: one line of JSON, some keys of which Terraform may leave out when it plans. */
import { Fn, type IResolvable, Token } from "../cdk";
import { isNull, isToken, quotable } from "../tokens";

/** The variable of a key that is not there if a condition holds when Terraform plans. */
export interface Unless {
  readonly variable: string;
  readonly unless: IResolvable;
}

/** The keys of a format, in their order, with the variable of each. The first is always there. */
export type FormatKeys = Readonly<Record<string, string | Unless>>;

/** Keys that a caller chose, with the variable of each; as a plan-time whole, one that may be null or empty. */
export type ChosenKeys = { readonly [key: string]: string };

/** The variable of a key that is not there without it. */
export function unlessNull(variable: string): string | Unless {
  return isToken(variable) ? { variable, unless: isNull(variable) } : variable;
}

/** A variable that has a default. */
export function orDefault(variable: string, otherwise: string): string {
  if (!isToken(variable)) return variable;
  return Token.asString(Fn.conditional(isNull(variable), otherwise, variable));
}

/**
 * Every variable is quoted, since API Gateway writes `-` for what is absent. Terraform writes a map in the order of its
 * keys.
 */
export function formatText(keys: FormatKeys, extra: ChosenKeys, metadata: ChosenKeys): string {
  const own = Object.entries(keys).map(([key, value]) =>
    typeof value === "string" ? member(key, value) : some(key, value),
  );
  const chosen = Token.isUnresolved(extra) ? someOf(extra, insideOf) : membersOf(extra);
  const last = Token.isUnresolved(metadata) ? someOf(metadata, asMetadata) : ofMetadata(membersOf(metadata));
  return `{${own.join("").slice(1)}${chosen}${last}}`;
}

/** What of a format is there whatever Terraform finds. */
export function certainText(keys: FormatKeys, extra: ChosenKeys, metadata: ChosenKeys): string {
  const certain = Object.entries(keys).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : []));
  return formatText(Object.fromEntries(certain) as FormatKeys, literalOf(extra), literalOf(metadata));
}

/** The keys that are known already. */
export function literalOf(chosen: ChosenKeys): ChosenKeys {
  return Token.isUnresolved(chosen) ? {} : chosen;
}

/** A member as it stands behind another. */
function member(key: string, value: string): string {
  return `,${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

function membersOf(chosen: ChosenKeys): string {
  return Object.entries(chosen)
    .map(([key, value]) => member(key, value))
    .join("");
}

function ofMetadata(members: string): string {
  return members === "" ? "" : `,"metadata":{${members.slice(1)}}`;
}

function some(key: string, { variable, unless }: Unless): string {
  return Token.asString(Fn.conditional(unless, "", quotable(member(key, variable))));
}

function someOf(chosen: ChosenKeys, textOf: (json: string) => string): string {
  const json = unescaped(Fn.jsonencode(chosen));
  return Token.asString(Fn.conditional(Fn.contains(["{}", "null"], json), "", quotable(textOf(json))));
}

function insideOf(json: string): string {
  return `,${Fn.trimsuffix(Fn.trimprefix(json, "{"), "}")}`;
}

function asMetadata(json: string): string {
  return `,"metadata":${json}`;
}

/** Terraform escapes what HTML knows, and API Gateway would seek `\u0026` in the name of a claim. */
function unescaped(json: string): string {
  return ["<", ">", "&"].reduce((text, sign) => {
    return Fn.replace(text, String.raw`\\u00${sign.charCodeAt(0).toString(16)}`, sign);
  }, json);
}
