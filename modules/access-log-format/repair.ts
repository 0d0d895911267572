/** Makes a valid access-log format of any text, and keeps as much of it as possible. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import type { Issue } from "../settings/issue";
import { accessLogFormatIssues, FORMAT_KINDS, type FormatKind, isAllowed, missingKeys, replacementOf } from "./check";
import { FORMAT_BUILDERS } from "./build";
import { type FormatObject, type FormatValue, readFormat } from "./parse";
import { hasVariable, SECRET_VARIABLE, variablesIn } from "./variables";

/** The result of a check of a format. */
export interface CheckedFormat {
  /** Empty for a valid format. */
  readonly issues: readonly Issue[];
  /** A valid format: the checked one if it is valid, else a repaired one. */
  readonly repaired: string;
  /** Whether the repaired format is based on the checked one; else it is this package's default format. */
  readonly kept: boolean;
}

/**
 * Checks and repairs a format: it quotes variables, removes line breaks, adds missing keys, and replaces unknown variables
 * if only one can be meant, or removes them. The API key itself is replaced by its id. A text that is not JSON (CLF, CSV,
 * XML) is replaced by this package's default format.
 *
 * @param type type of the API
 * @param format the text of `accessLogSettings.format`
 */
export function checkAccessLogFormat(type: ApiType, format: string): CheckedFormat {
  const issues = accessLogFormatIssues(type, format);
  if (issues.length === 0) return { issues, repaired: format, kept: true };
  const own = FORMAT_BUILDERS[type]();
  const read = readFormat(format);
  const repaired = read && repair(FORMAT_KINDS[type], read.members, readFormat(own)!.members);
  return repaired !== undefined && accessLogFormatIssues(type, repaired).length === 0
    ? { issues, repaired, kept: true }
    : { issues, repaired: own, kept: false };
}

function repair(kind: FormatKind, written: FormatObject, own: FormatObject): string {
  const members = new Map<string, FormatValue>();
  for (const [key, value] of written) {
    const repaired = repairedMember(kind, key, value, own);
    if (repaired && !(repaired[0] !== key && written.has(repaired[0]))) members.set(...repaired);
  }
  addMissing(kind, members, own);
  shorten(kind, members, own);
  return toJson(members);
}

/** A top-level key and its repaired value; `undefined` if it is removed. */
function repairedMember(
  kind: FormatKind,
  key: string,
  value: FormatValue,
  own: FormatObject,
): [string, FormatValue] | undefined {
  if (!hasAllowedVariables(kind, key)) return undefined;
  const wrong = typeof value === "string" && !hasAllowedVariables(kind, value);
  // A key that Moesif needs gets this package's own value.
  if (wrong && Object.hasOwn(kind.required, key)) return own.has(key) ? [key, own.get(key)!] : undefined;
  const repaired = repairedValue(kind, value);
  if (repaired === undefined) return undefined;
  // The key under which Moesif expects the id.
  return [key === "apiKey" && value === SECRET_VARIABLE ? "apiKeyId" : key, repaired];
}

function repairedValue(kind: FormatKind, value: FormatValue): FormatValue | undefined {
  if (typeof value === "string") return repairedText(kind, value);
  if (value instanceof Map) return new Map([...value].flatMap(([key, held]) => repairedEntry(kind, key, held)));
  return Array.isArray(value) ? value.flatMap((held) => repairedValue(kind, held) ?? []) : value;
}

function repairedEntry(kind: FormatKind, key: string, value: FormatValue): [string, FormatValue][] {
  const repaired = !hasAllowedVariables(kind, key) ? undefined : repairedValue(kind, value);
  return repaired === undefined ? [] : [[key, repaired]];
}

function hasAllowedVariables(kind: FormatKind, text: string): boolean {
  return variablesIn(text).every((variable) => isAllowed(kind, variable));
}

/** Removes a text that is one unknown variable; in a longer text, replaces the variable. */
function repairedText(kind: FormatKind, text: string): string | undefined {
  const wrong = variablesIn(text).filter((variable) => !isAllowed(kind, variable));
  const replaced = wrong.map((variable) => [variable, certain(kind, variable)] as const);
  if (replaced.some(([variable, meant]) => variable === text && meant === undefined)) return undefined;
  return replaced.reduce((kept, [variable, meant]) => kept.replace(variable, () => meant ?? "-"), text);
}

function certain(kind: FormatKind, variable: string): string | undefined {
  const meant = replacementOf(kind, variable);
  return meant?.certain && hasVariable(kind.variables, meant.variable) ? meant.variable : undefined;
}

/** Adds the keys that Moesif and API Gateway require, as this package's default format has them. */
function addMissing(kind: FormatKind, members: Map<string, FormatValue>, own: FormatObject): void {
  for (const key of missingKeys(kind, [...members.keys()])) {
    const source = [key, ...kind.required[key]!].find((name) => own.has(name));
    if (source !== undefined) members.set(source, own.get(source)!);
  }
  const ids = ["requestId", "extendedRequestId"];
  if (!ids.some((id) => toJson(members).includes(`"$context.${id}"`))) members.set("requestId", own.get("requestId")!);
}

/** Until the format is short enough, removes keys that Moesif does not need from the end, and shortens the others. */
function shorten(kind: FormatKind, members: Map<string, FormatValue>, own: FormatObject): void {
  for (const key of [...members.keys()].reverse()) {
    if (Buffer.byteLength(toJson(members)) <= kind.maxBytes) return;
    const others = [...members.keys()].filter((other) => other !== key);
    const needed = key === "requestId" || missingKeys(kind, others).length > 0;
    if (!needed) members.delete(key);
    else if (own.has(key)) members.set(key, own.get(key)!);
  }
}

function toJson(value: FormatValue): string {
  if (value instanceof Map) {
    return `{${[...value].map(([key, held]) => `${JSON.stringify(key)}:${toJson(held)}`).join(",")}}`;
  }
  return Array.isArray(value) ? `[${value.map(toJson).join(",")}]` : JSON.stringify(value);
}
