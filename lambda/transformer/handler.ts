/** The transformation function of the delivery stream: every record comes back once, in order, with its result. */
import { type Environment, prepareEnvironment } from "./environment";
import type { FirehoseAnswer, FirehoseEvent } from "./firehose";
import { answerOf, fitAnswer, type PutBack } from "./fit-answer";
import { putBack } from "./put-back";
import { reportOf } from "./report";

/** What is left of the function's time when putting back must have ended. */
const MARGIN_MS = 2_000;

/** Firehose waits five minutes at most: the time where nothing says how much there is. */
const LONGEST_MS = 300_000;

/** Of the context that AWS Lambda gives: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
interface Context {
  readonly getRemainingTimeInMillis?: () => number;
}

let prepared: Promise<Environment> | undefined;

/** Once for each execution environment; after a failure the next invocation tries again. */
function prepare(): Promise<Environment> {
  prepared ??= prepareEnvironment().catch((error: unknown) => {
    prepared = undefined;
    throw error;
  });
  return prepared;
}

/**
 * Transforms one batch. No record makes it throw; without its settings it throws, so that Firehose retries and then
 * keeps the records.
 */
export async function handler(event: FirehoseEvent, context?: Context): Promise<FirehoseAnswer> {
  const started = performance.now();
  const { transform, remote, applicationIdProblem } = await prepare();
  const refreshed = remote?.refresh();
  if (remote?.current === undefined) {
    // Without rules everything would be sent: the first are worth waiting for. Later ones serve the next batch.
    await refreshed;
  }
  const now = Date.now();
  // What has no id cannot be answered; Firehose sends no such thing.
  const records = event.records.filter((record) => typeof record?.recordId === "string");
  const transformed = transform(
    records.map(({ data }) => data),
    now,
  );
  const putBackFailures: Record<string, number> = {};
  const outcomes = await fitAnswer(records, transformed, putBackOf(event, context, putBackFailures));
  await refreshed;
  const report = reportOf({ ...event, records }, outcomes, now, performance.now() - started, {
    config: remote?.status(),
    applicationIdProblem: applicationIdProblem(),
    putBackFailures,
  });
  // Past the console, which AWS Lambda patches to put a prefix before each line: this line is JSON and nothing else.
  process.stdout.write(`${JSON.stringify(report)}\n`);
  return {
    records: records.map((record, index) => answerOf(record, outcomes[index]!)),
  };
}

function putBackOf(
  { deliveryStreamArn, region }: FirehoseEvent,
  context: Context | undefined,
  failures: Record<string, number>,
): PutBack {
  return (datas) => {
    const name = deliveryStreamArn.slice(deliveryStreamArn.indexOf("/") + 1);
    const left = context?.getRemainingTimeInMillis?.() ?? LONGEST_MS;
    return putBack({ name, region }, datas, {
      deadline: Date.now() + left - MARGIN_MS,
      onFailure: (reason) => (failures[reason] = (failures[reason] ?? 0) + 1),
    });
  };
}
