/** Names of the objects in the backup bucket: prefix expressions and Firehose's own suffix. */
import { randomUUID } from "node:crypto";
import type { ErrorOutputType } from "./firehose-failures";
import type { BackupDescription } from "./synthesized-stack";
import { UsageError } from "../common/usage-error";

/** Added to a prefix that names no time of its own. */
const DEFAULT_TIME = "!{timestamp:yyyy/MM/dd/HH/}";

/** Fields of a Java DateTimeFormatter pattern that are numbers; a prefix hardly uses others. */
const TIME_FIELDS: Record<string, (date: Date) => number> = {
  y: (date) => date.getUTCFullYear(),
  u: (date) => date.getUTCFullYear(),
  M: (date) => date.getUTCMonth() + 1,
  d: (date) => date.getUTCDate(),
  H: (date) => date.getUTCHours(),
  m: (date) => date.getUTCMinutes(),
  s: (date) => date.getUTCSeconds(),
};

function formatField(letters: string, date: Date): string {
  const letter = letters.charAt(0);
  const field = TIME_FIELDS[letter];
  const isYear = letter === "y" || letter === "u";
  if (!field || (!isYear && letters.length > 2))
    throw new UsageError(
      `The local run does not know "${letters}" in a !{timestamp:...} prefix; use ${Object.keys(TIME_FIELDS).join(", ")}.`,
    );
  const digits = String(field(date)).padStart(letters.length, "0");
  return isYear && letters.length === 2 ? digits.slice(-2) : digits;
}

/** A Java DateTimeFormatter pattern, in UTC; text in single quotes is taken as it is. */
export function formatTimestamp(pattern: string, date: Date): string {
  return pattern.replace(
    /''|'((?:[^']|'')*)'|(([A-Za-z])\3*)/g,
    (match, quoted: string | undefined, letters?: string) =>
      match === "''" ? "'" : letters ? formatField(letters, date) : (quoted ?? "").replaceAll("''", "'"),
  );
}

/**
 * Evaluates a prefix (https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html). `arrival` is that of the
 * oldest record in the object.
 */
export function evaluatePrefix(prefix: string, arrival: number, errorType?: ErrorOutputType): string {
  const date = new Date(arrival);
  return prefix.replace(/!\{([^:}]*):([^}]*)\}/g, (expression, namespace: string, value: string) => {
    if (namespace === "timestamp") return formatTimestamp(value, date);
    if (namespace === "firehose" && value === "random-string") return randomUUID().slice(0, 11);
    if (namespace === "firehose" && value === "error-output-type" && errorType) return errorType;
    throw new UsageError(`The local run does not know ${expression} in the prefix "${prefix}".`);
  });
}

/** What CreateDeliveryStream refuses (rules on the same page). */
export function checkPrefixes({ prefix, errorPrefix }: BackupDescription): void {
  const errorType = "!{firehose:error-output-type}";
  if (prefix.includes(errorType))
    throw new UsageError(`Firehose refuses the prefix "${prefix}": it holds ${errorType}.`);
  if (prefix.includes("!{") && errorPrefix === undefined)
    throw new UsageError(
      `Firehose refuses the prefix "${prefix}" without an error prefix, since it holds an expression.`,
    );
  if (errorPrefix?.includes("!{") && !errorPrefix.includes(errorType))
    throw new UsageError(`Firehose refuses the error prefix "${errorPrefix}": it must hold ${errorType}.`);
}

/** The prefix to evaluate for an object. Without an error prefix, failures go below the prefix, by type and time. */
export function prefixFor(backup: BackupDescription, errorType?: ErrorOutputType): string {
  if (!errorType) return backup.prefix.includes("!{timestamp:") ? backup.prefix : backup.prefix + DEFAULT_TIME;
  return backup.errorPrefix ?? `${backup.prefix}!{firehose:error-output-type}/${DEFAULT_TIME}`;
}

/**
 * `<prefix><stream>-<version>-<yyyy-MM-dd-HH-mm-ss>-<uuid><extension>`
 * (https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html).
 */
export function objectKey(
  backup: BackupDescription,
  streamName: string,
  arrival: number,
  errorType?: ErrorOutputType,
): string {
  const prefix = evaluatePrefix(prefixFor(backup, errorType), arrival, errorType);
  const time = formatTimestamp("yyyy-MM-dd-HH-mm-ss", new Date(arrival));
  return `${prefix}${streamName}-1-${time}-${randomUUID()}${backup.compression === "GZIP" ? ".gz" : ""}`;
}
