/** Makes a good access-log format of any text, and keeps of it what can be kept. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import {
  FORMAT_KINDS,
  type FormatKind,
  type FormatProblem,
  formatProblems,
  isAllowed,
  missingKeys,
  replacementOf,
} from "./check-format";
import { FORMAT_BUILDERS } from "./format";
import { type FormatObject, type FormatValue, readFormat } from "./read-format";
import { hasVariable, SECRET_VARIABLE, variablesIn } from "./variables";

/** What a check of a format found, and what it makes of it. */
export interface CheckedFormat {
  /** Empty for a good format. */
  readonly problems: readonly FormatProblem[];
  /** A format without problems; a good one as it is. */
  readonly repaired: string;
  /** Whether the repaired format is made of the one that was checked; else it is this package's own. */
  readonly kept: boolean;
}

/**
 * Checks a format, and repairs it: quotes are put around variables, line breaks taken out, missing keys added, unknown
 * variables replaced where it is certain which one is meant, and otherwise taken out. The API key itself becomes its id.
 * A text that is not meant as JSON (CLF, CSV, XML) is replaced by the format that this package builds.
 *
 * @param type type of the API
 * @param format the text of `accessLogSettings.format`
 */
export function checkAccessLogFormat(type: ApiType, format: string): CheckedFormat {
  const problems = formatProblems(type, format);
  if (problems.length === 0) return { problems, repaired: format, kept: true };
  const own = FORMAT_BUILDERS[type]();
  const read = readFormat(format);
  const repaired = read && repair(FORMAT_KINDS[type], read.members, readFormat(own)!.members);
  return repaired !== undefined && formatProblems(type, repaired).length === 0
    ? { problems, repaired, kept: true }
    : { problems, repaired: own, kept: false };
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

/** A key of the top, with a value that may stand there; `undefined` if it must go. */
function repairedMember(
  kind: FormatKind,
  key: string,
  value: FormatValue,
  own: FormatObject,
): [string, FormatValue] | undefined {
  if (!hasAllowedVariables(kind, key)) return undefined;
  const wrong = typeof value === "string" && !hasAllowedVariables(kind, value);
  // What Moesif needs stands for itself, whatever was meant: another key may bring it.
  if (wrong && Object.hasOwn(kind.required, key)) return own.has(key) ? [key, own.get(key)!] : undefined;
  const repaired = repairedValue(kind, value);
  if (repaired === undefined) return undefined;
  // Under this name Moesif looks for the id of a key.
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

/** A text that is one variable goes with it; of a longer one, the variable alone goes. */
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

/** Adds what Moesif and API Gateway ask for, as this package's own format has it. */
function addMissing(kind: FormatKind, members: Map<string, FormatValue>, own: FormatObject): void {
  for (const key of missingKeys(kind, [...members.keys()])) {
    const source = [key, ...kind.required[key]!].find((name) => own.has(name));
    if (source !== undefined) members.set(source, own.get(source)!);
  }
  const ids = ["requestId", "extendedRequestId"];
  if (!ids.some((id) => toJson(members).includes(`"$context.${id}"`))) members.set("requestId", own.get("requestId")!);
}

/** From the end on, takes what Moesif does not need, and shortens what it does, until the format is short enough. */
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
