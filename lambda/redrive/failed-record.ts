/**
 * One record that Firehose wrote to the bucket because it could not be processed or delivered: `redrive` puts it back on
 * the stream, `preview` shows it.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
 * https://docs.aws.amazon.com/firehose/latest/dev/retry.html
 */

/** A failed record. */
export interface FailedRecord {
  /** What was put on the stream, or what the transformer made of it, in base64. */
  readonly rawData: string;
  /** Why Firehose gave up, such as `HttpEndpoint.DestinationException`; empty if the line does not say so. */
  readonly errorCode: string;
  /** When the stream took the record, in milliseconds since the epoch. */
  readonly arrival: number;
}

/**
 * The record in a text; `undefined` if there is none.
 *
 * Firehose does not escape its error message, as its own documentation shows: a text that is not JSON is read by the
 * keys before the message, and by the last `rawData` behind it.
 */
export function failedRecordIn(text: string): FailedRecord | undefined {
  const value = parse(text);
  if (value === undefined) {
    const { arrival, code, data } = DAMAGED.exec(text)?.groups ?? {};
    return data === undefined ? undefined : { rawData: data, errorCode: code!, arrival: Number(arrival) };
  }
  const { attemptsMade, arrivalTimestamp, errorCode, rawData } = Object(value) as Readonly<Record<string, unknown>>;
  if (typeof attemptsMade !== "number" || typeof arrivalTimestamp !== "number" || typeof rawData !== "string") {
    return undefined;
  }
  return { rawData, errorCode: typeof errorCode === "string" ? errorCode : "", arrival: arrivalTimestamp };
}

/** The keys before the error's message, and the data behind it: callers write neither. */
const DAMAGED =
  /^\s*\{\s*"attemptsMade"\s*:\s*\d+\s*,\s*"arrivalTimestamp"\s*:\s*(?<arrival>\d+)\s*,\s*"errorCode"\s*:\s*"(?<code>[^"]*)".*"rawData"\s*:\s*"(?<data>[A-Za-z0-9+/]*={0,2})".*\}\s*$/s;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
