/**
 * What Firehose keeps in the bucket of a record that could not be processed or delivered: a line with the record in it.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
 * https://docs.aws.amazon.com/firehose/latest/dev/retry.html
 */

/** What stands before the error's message, and what after: there, nobody else has written. */
const DAMAGED =
  /^\s*\{[^"]*"attemptsMade"\s*:\s*\d+\s*,\s*"arrivalTimestamp"\s*:\s*\d+\s*,\s*"errorCode".*"rawData"\s*:\s*"(?<data>[A-Za-z0-9+/]*={0,2})"/s;

/**
 * The record that a line keeps, in base64; undefined if it is no such line. AWS shows lines in which the error's message
 * holds quotes that are not escaped: in these, the last `rawData` counts, since the message stands before it.
 */
export function keptRecord(line: string): string | undefined {
  if (!line.includes('"rawData"')) return undefined;
  try {
    const { rawData, arrivalTimestamp, attemptsMade } = JSON.parse(line) as Record<string, unknown>;
    const isKept = typeof arrivalTimestamp === "number" && typeof attemptsMade === "number";
    return isKept && typeof rawData === "string" ? rawData : undefined;
  } catch {
    return DAMAGED.exec(line)?.groups?.["data"];
  }
}
