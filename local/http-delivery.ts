/** Delivery to the HTTP endpoint: the request as Firehose builds it, and its retries. */
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { sleep, type Clock } from "./clock";
import type { Failure } from "./firehose-failures";
import { attemptDelivery, type Attempt, type AttemptOptions, type EndpointRequest } from "./http-endpoint";
import type { StreamRecord } from "./stream-record";
import type { StreamDescription } from "./synthesized-stack";

const gzipAsync = promisify(gzip);

/** "1-10,000 records": the request's schema in https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html#requestformat */
export const RECORDS_PER_REQUEST = 10_000;

const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 120;
const JITTER = 0.15;

/** What the request says of its stream. */
export type RequestSource = Pick<StreamDescription, "arn" | "contentEncoding" | "commonAttributes">;

/** How a request ended. */
export type Delivery =
  | { readonly outcome: "delivered" }
  /** Given up: the records belong in the backup bucket. */
  | { readonly outcome: "failed"; readonly failure: Failure }
  /** Answered with 413: Firehose neither retries the request nor keeps its records. */
  | { readonly outcome: "lost" };

/** What retrying needs. */
export interface DeliveryOptions extends AttemptOptions {
  readonly clock: Clock;
  readonly retrySeconds: number;
  /** A number from 0 to 1, for the jitter. */
  readonly random?: () => number;
  /** Default: {@link attemptDelivery}. */
  readonly attempt?: (request: EndpointRequest) => Promise<Attempt>;
}

/**
 * Builds a request: headers, and a body of base64 records
 * (https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html#requestformat).
 */
export async function buildRequest(
  records: readonly StreamRecord[],
  source: RequestSource,
  url: URL,
  accessKey: string,
  timestamp: number,
): Promise<EndpointRequest> {
  const requestId = randomUUID();
  const body = Buffer.from(
    JSON.stringify({ requestId, timestamp, records: records.map(({ data }) => ({ data: data.toString("base64") })) }),
  );
  const { arn, contentEncoding, commonAttributes } = source;
  const hasAttributes = Object.keys(commonAttributes).length > 0;
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    "X-Amz-Firehose-Protocol-Version": "1.0",
    "X-Amz-Firehose-Request-Id": requestId,
    "X-Amz-Firehose-Source-Arn": arn,
    "X-Amz-Firehose-Access-Key": accessKey,
    ...(hasAttributes && { "X-Amz-Firehose-Common-Attributes": utf8Header(JSON.stringify({ commonAttributes })) }),
    ...(contentEncoding === "GZIP" && { "Content-Encoding": "gzip" }),
  };
  return { url, requestId, headers, body: contentEncoding === "GZIP" ? await gzipAsync(body) : body };
}

/** Node.js writes a header as Latin-1, and refuses what does not fit; so each UTF-8 byte becomes one character. */
function utf8Header(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/**
 * Seconds to wait before a retry, the first being number 0: 1 s, doubled each time, 15 % jitter, at most 120 s
 * ("Error Response Handling" on the same page).
 */
export function waitBefore(retry: number, random: () => number = Math.random): number {
  const jitter = 1 - JITTER + 2 * JITTER * random();
  return Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** retry * jitter);
}

/**
 * Sends a request, with the same id each time, until it is acknowledged, refused as too large, or the retry duration is
 * over. The time spent waiting for a reply does not count towards that: an attempt that is under way is always awaited
 * (https://docs.aws.amazon.com/firehose/latest/dev/retry.html).
 */
export async function deliver(request: EndpointRequest, options: DeliveryOptions): Promise<Delivery> {
  const { attempt: make = (one: EndpointRequest) => attemptDelivery(one, options) } = options;
  let waited = 0;
  for (let attempts = 1; ; attempts++) {
    const attempt = await make(request);
    if (attempt.outcome === "acknowledged") return { outcome: "delivered" };
    if (attempt.outcome === "too-large") return { outcome: "lost" };
    const left = options.retrySeconds - waited;
    if (left <= 0) {
      const { errorCode, errorMessage } = attempt;
      const endedAt = options.clock.now();
      return { outcome: "failed", failure: { attemptsMade: attempts, errorCode, errorMessage, endedAt } };
    }
    const wait = Math.min(left, waitBefore(attempts - 1, options.random));
    await sleep(options.clock, wait, options.signal);
    waited += wait;
  }
}
