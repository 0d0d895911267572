/** Data transformation as Firehose does it: invoke the function with a batch, judge its answer record by record. */
import { randomUUID } from "node:crypto";
import type { Clock } from "./clock";
import type { Failure } from "./firehose-failures";
import type { StreamMetrics } from "./metrics";
import type { StreamRecord } from "./stream-record";
import { readTransformation, type TransformationFailure, type Verdict } from "./transformation-reply";
import type { Invocation } from "./transformer-function";

/** What became of a batch. */
export interface Processed {
  readonly ok: readonly { readonly before: StreamRecord; readonly after: StreamRecord }[];
  readonly dropped: readonly StreamRecord[];
  readonly failed: readonly { readonly record: StreamRecord; readonly failure: Failure }[];
}

/** What processing needs to know. */
export interface ProcessingOptions {
  readonly invoke: (payload: string) => Promise<Invocation>;
  readonly retries: number;
  readonly streamArn: string;
  readonly region: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly metrics?: StreamMetrics;
  /** Called with each failed invocation. */
  readonly onFailure?: (failure: TransformationFailure) => void;
}

/** The codes of https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html */
const INVOCATION_FAILURES: Record<Extract<Invocation, { failure: string }>["failure"], TransformationFailure> = {
  error: {
    errorCode: "Lambda.FunctionError",
    errorMessage: "The Lambda function was successfully invoked but it returned an error result.",
  },
  "timed-out": {
    errorCode: "Lambda.FunctionTimedOut",
    errorMessage: "The Lambda function timed out. Increase the Timeout setting in the Lambda function.",
  },
  "request-too-large": {
    errorCode: "Lambda.InvocationFailure",
    errorMessage: "The Lambda function invocation failed: the request is larger than the function accepts.",
  },
  throttled: {
    errorCode: "Lambda.InvokeLimitExceeded",
    errorMessage:
      "The Lambda function reached its invocation limit. Increase the concurrent execution limit of the function.",
  },
};

/**
 * Has a batch transformed. A failed invocation is repeated with the same records, `retries` times by default 3; after
 * that the whole batch has failed (https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html).
 * That page does not say how long Firehose waits in between; here it does not wait.
 */
export async function processBatch(records: readonly StreamRecord[], options: ProcessingOptions): Promise<Processed> {
  let attempts = 0;
  let invocation: Invocation;
  do {
    options.signal?.throwIfAborted();
    attempts++;
    const startedAt = options.clock.now();
    invocation = await options.invoke(transformationEvent(records, options));
    options.metrics?.put("ExecuteProcessing.Success", "failure" in invocation ? 0 : 1);
    options.metrics?.put("ExecuteProcessing.Duration", options.clock.now() - startedAt);
    if ("failure" in invocation) options.onFailure?.(INVOCATION_FAILURES[invocation.failure]);
  } while ("failure" in invocation && attempts <= options.retries);
  options.signal?.throwIfAborted();

  const verdicts =
    "failure" in invocation
      ? records.map(() => INVOCATION_FAILURES[invocation.failure])
      : readTransformation(
          invocation.payload,
          records.map(({ id }) => id),
        );
  const ok: { before: StreamRecord; after: StreamRecord }[] = [];
  const dropped: StreamRecord[] = [];
  const failed: { record: StreamRecord; failure: Failure }[] = [];
  const endedAt = options.clock.now();
  records.forEach((record, index) => {
    const verdict = verdicts[index] as Verdict;
    if (verdict === "dropped") dropped.push(record);
    else if ("data" in verdict) ok.push({ before: record, after: { ...record, data: verdict.data } });
    else failed.push({ record, failure: { ...verdict, attemptsMade: attempts, endedAt } });
  });
  return { ok, dropped, failed };
}

/** The event of a direct-put stream; each attempt has an id of its own, the records keep theirs. */
function transformationEvent(records: readonly StreamRecord[], { streamArn, region }: ProcessingOptions): string {
  return JSON.stringify({
    invocationId: randomUUID(),
    deliveryStreamArn: streamArn,
    region,
    records: records.map(({ id, arrival, data }) => ({
      recordId: id,
      approximateArrivalTimestamp: arrival,
      data: data.toString("base64"),
    })),
  });
}
