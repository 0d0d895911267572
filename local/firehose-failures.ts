/** The lines that Firehose writes to the backup bucket for records that it could not process or deliver. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { eventsIn } from "./packed-events";
import type { StreamRecord } from "./stream-record";

/** The folder that a failure belongs to (https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html). */
export type ErrorOutputType = "processing-failed" | "http-endpoint-failed";

/** Why and when Firehose gave up on a record. */
export interface Failure {
  readonly attemptsMade: number;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** When it gave up, in milliseconds since the epoch. */
  readonly endedAt: number;
}

/** A line to be written, and when its record arrived. */
export interface FailureLine {
  readonly arrival: number;
  readonly text: string;
}

function commonFields(record: StreamRecord, failure: Failure): Record<string, string | number> {
  return {
    attemptsMade: failure.attemptsMade,
    arrivalTimestamp: record.arrival,
    errorCode: failure.errorCode,
    errorMessage: failure.errorMessage,
    attemptEndingTimestamp: failure.endedAt,
    rawData: record.data.toString("base64"),
  };
}

/** https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html */
export function processingFailureLine(record: StreamRecord, failure: Failure, lambdaArn: string): FailureLine {
  return { arrival: record.arrival, text: JSON.stringify({ ...commonFields(record, failure), lambdaArn }) };
}

/**
 * https://docs.aws.amazon.com/firehose/latest/dev/retry.html. The example there does not escape the
 * quotes inside its message; this is valid JSON.
 */
export function deliveryFailureLine(record: StreamRecord, failure: Failure): FailureLine {
  const fields = { ...commonFields(record, failure), subsequenceNumber: 0, dataId: `${record.id}.0` };
  return { arrival: record.arrival, text: JSON.stringify(fields) };
}

/** The streams of the log group in which Firehose says what went wrong. */
export type ErrorLogStream = "DestinationDelivery" | "BackupDelivery";

/**
 * A line of that log, as the example of https://docs.aws.amazon.com/firehose/latest/dev/http_troubleshooting.html has it.
 *
 * @param destination address or ARN of what failed
 */
export function errorLogLine(
  deliveryStreamARN: string,
  destination: string,
  { errorCode, errorMessage: message }: Pick<Failure, "errorCode" | "errorMessage">,
): string {
  return JSON.stringify({ deliveryStreamARN, destination, deliveryStreamVersionId: 1, message, errorCode });
}

/** What the failure objects of a bucket hold. */
export interface FailureCount {
  readonly records: number;
  /** Events in these records. */
  readonly events: number;
  /** Records by error code. */
  readonly byCode: ReadonlyMap<string, number>;
}

/** Counts failed records by reading every object under `directory` back, as a redrive would. */
export function countFailures(directory: string): FailureCount {
  const byCode = new Map<string, number>();
  let records = 0;
  let events = 0;
  for (const object of filesUnder(directory)) {
    const bytes = readFileSync(object);
    const text = (object.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
    for (const line of text.split("\n")) {
      const failure = failureIn(line);
      if (!failure) continue;
      records++;
      events += eventsIn(Buffer.from(failure.rawData, "base64")).count;
      byCode.set(failure.errorCode, (byCode.get(failure.errorCode) ?? 0) + 1);
    }
  }
  return { records, events, byCode };
}

/** What a failure line says; undefined for anything else, such as the objects of the mode AllData. */
function failureIn(line: string): { readonly errorCode: string; readonly rawData: string } | undefined {
  try {
    const { errorCode, rawData, attemptsMade } = JSON.parse(line) as Record<string, unknown>;
    const isFailure = typeof rawData === "string" && typeof attemptsMade === "number";
    return isFailure && typeof errorCode === "string" ? { errorCode, rawData } : undefined;
  } catch {
    return undefined;
  }
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory)
    .map((name) => join(directory, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesUnder(path) : [path]));
}
