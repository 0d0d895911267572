/** The transformation function of the delivery stream: every record comes back once, in order, with its result. */
import { type Environment, prepareEnvironment } from "./environment";
import {
  dropped,
  failed,
  type FirehoseAnswer,
  type FirehoseEvent,
  type FirehoseRecord,
  type Outcome,
  type RecordAnswer,
} from "./outcome";
import { putBack, RECORD_LIMIT } from "./put-back";
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

// Keeps the answer within what AWS Lambda can return, beyond which the whole batch would be lost to `processing-failed`,
// and each record of it within what Firehose sends to an HTTP endpoint.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
// https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html#requestformat

/** 6 MB for the answer of a synchronous invocation, less a margin for what the runtime may add around it. */
export const ANSWER_LIMIT = 6_291_456 - 65_536;

/**
 * Characters of a record's base64 in a request to the endpoint. An envelope of CloudWatch Logs can hold more, since it
 * comes compressed.
 */
export const DATA_LIMIT = 4 * Math.ceil(RECORD_LIMIT / 3);

const FRAME = Buffer.byteLength('{"records":[]}');
const ENTRY = Buffer.byteLength(JSON.stringify({ recordId: "", result: "ProcessingFailed" })) + 1;
const DATA = Buffer.byteLength(',"data":""');

/** Puts the data of records back on the stream; says of each whether all of it is there. */
export type PutBack = (datas: readonly string[]) => Promise<readonly boolean[]>;

/**
 * Puts records back on the stream that do not fit, so that a later batch delivers them: to Firehose they are dropped. One
 * that cannot be put back fails, and Firehose keeps its original.
 */
export async function fitAnswer(
  records: readonly FirehoseRecord[],
  outcomes: readonly Outcome[],
  putBack: PutBack,
  limit = ANSWER_LIMIT,
): Promise<readonly Outcome[]> {
  const excess = excessOf(records, outcomes, limit);
  if (excess.length === 0) {
    return outcomes;
  }
  const putBacks = await putBack(excess.map((index) => (outcomes[index] as { data: string }).data));
  const fitted = [...outcomes];
  excess.forEach((index, position) => {
    const { events } = outcomes[index]!;
    fitted[index] = putBacks[position] ? dropped("put-back", events) : failed("answer-too-large", events);
  });
  return fitted;
}

/** Which records do not fit. In order: one that does not may be followed by smaller ones that do. */
function excessOf(records: readonly FirehoseRecord[], outcomes: readonly Outcome[], limit: number): number[] {
  if (!outcomes.some(isOversized) && sizeOf(records, outcomes, (recordId) => 6 * recordId.length) <= limit) {
    return [];
  }
  const excess: number[] = [];
  let bytes = sizeOf(records, [], (recordId) => Buffer.byteLength(JSON.stringify(recordId)) - 2);
  outcomes.forEach((outcome, index) => {
    if (outcome.result !== "Ok") {
      return;
    }
    const size = DATA + outcome.data.length;
    if (isOversized(outcome) || bytes + size > limit) {
      excess.push(index);
    } else {
      bytes += size;
    }
  });
  return excess;
}

function isOversized(outcome: Outcome): boolean {
  return outcome.result === "Ok" && outcome.data.length > DATA_LIMIT;
}

/** The bytes of an answer. JSON writes a character as six bytes at most: a bound that nearly every batch keeps. */
function sizeOf(
  records: readonly FirehoseRecord[],
  outcomes: readonly Outcome[],
  idSize: (recordId: string) => number,
): number {
  let size = FRAME;
  for (const { recordId } of records) {
    size += ENTRY + idSize(recordId);
  }
  for (const outcome of outcomes) {
    size += outcome.result === "Ok" ? DATA + outcome.data.length : 0;
  }
  return size;
}

/** What Firehose is told of one record: the reason stays with us. */
export function answerOf({ recordId }: FirehoseRecord, outcome: Outcome): RecordAnswer {
  return outcome.result === "Ok"
    ? { recordId, result: "Ok", data: outcome.data }
    : { recordId, result: outcome.result };
}
