/** The transformation function of the delivery stream: every record comes back once, in order, with its result. */
import { steadyMs } from "../re2/time-budget";
import { answerOf, limitsOf, splitEnvelope } from "./answer";
import { type Environment, prepareEnvironment } from "./environment";
import { dropped, failed, type FirehoseAnswer, type FirehoseEvent, type FirehoseRecord, type Outcome } from "./outcome";
import { putBack } from "./put-back";
import { reasonLines, reportOf } from "./report";

/** What is left of the function's time when putting back must have ended. */
const MARGIN_MS = 2_000;

/** Firehose waits five minutes at most: the time where nothing says how much there is. */
const LONGEST_MS = 300_000;

/** Of our function, and where nothing says how much there is. */
export const DEFAULT_MEMORY_MB = 256;

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

/** AWS Lambda restarts a function that takes ten seconds to load. */
const LONGEST_INIT_MS = 8_000;

/**
 * Reads the settings and Moesif's sampling rules before the first invocation, which waits for what is missing by then.
 * Never rejects: what fails is tried again by the first invocation, whose error Firehose sees.
 */
export async function initialise(): Promise<void> {
  const { setTimeout } = process.getBuiltinModule("node:timers/promises");
  const ready = prepare().then(({ remote }) => remote?.refresh());
  await Promise.race([ready.catch(() => undefined), setTimeout(LONGEST_INIT_MS, undefined, { ref: false })]);
}

/**
 * Transforms one batch. No record makes it throw; without its settings it throws, so that Firehose retries and then
 * keeps the records.
 */
export async function handler(event: FirehoseEvent, context?: Context): Promise<FirehoseAnswer> {
  const started = steadyMs();
  const { transform, budget, remote, applicationIdProblem } = await prepare();
  const refreshed = remote?.refresh();
  if (remote?.current === undefined) {
    // Without rules everything would be sent: the first are worth waiting for. Later ones serve the next batch.
    await refreshed;
  }
  budget.start(remainingMs(context));
  const now = Date.now();
  // What has no id cannot be answered; Firehose sends no such thing.
  const records = event.records.filter((record) => typeof record?.recordId === "string");
  const transformed = transform(
    records.map(({ data }) => data),
    now,
    limitsOf(records, memoryMb()),
  );
  const deadline = Date.now() + remainingMs(context) - MARGIN_MS;
  const split = await splitLarge(records, transformed, () => Date.now() > now + (deadline - now) / 2);
  const putBackFailures: Record<string, number> = {};
  const outcomes = await settle(split, putBackOf(event, deadline, putBackFailures));
  await refreshed;
  const report = reportOf({ ...event, records }, outcomes, now, steadyMs() - started, {
    config: remote?.status(),
    undecided: budget.undecided,
    applicationIdProblem: applicationIdProblem(),
    putBackFailures,
  });
  for (const line of [report, ...reasonLines(report)]) print(`${JSON.stringify(line)}\n`);
  return {
    records: records.map((record, index) => answerOf(record, outcomes[index]!)),
  };
}

/**
 * Past the console, which AWS Lambda patches to put a prefix before each line: this line is JSON and nothing else. To open
 * `process.stdout` takes half as long as all else that the first invocation does: only a pipe that is full needs it.
 */
function print(line: string): void {
  const bytes = Buffer.from(line);
  let written = 0;
  try {
    written = process.getBuiltinModule("node:fs").writeSync(1, bytes);
  } catch {
    // The pipe is full.
  }
  if (written < bytes.length) {
    process.stdout.write(bytes.subarray(written));
  }
}

/** AWS Lambda says how much there is; elsewhere it is what our function has by default. */
function memoryMb(): number {
  return Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE) || DEFAULT_MEMORY_MB;
}

function remainingMs(context: Context | undefined): number {
  return context?.getRemainingTimeInMillis?.() ?? LONGEST_MS;
}

function putBackOf(
  { deliveryStreamArn, region }: FirehoseEvent,
  deadline: number,
  failures: Record<string, number>,
): PutBack {
  return (parts) => {
    const name = deliveryStreamArn.slice(deliveryStreamArn.indexOf("/") + 1);
    return putBack({ name, region }, parts, {
      deadline,
      onFailure: (reason) => (failures[reason] = (failures[reason] ?? 0) + 1),
    });
  };
}

/** Puts back envelopes that inflate to more than is read at once, in parts; one after the other, to save memory. */
async function splitLarge(
  records: readonly FirehoseRecord[],
  outcomes: readonly Outcome[],
  isLate: () => boolean,
): Promise<readonly Outcome[]> {
  const split = [...outcomes];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.result === "ProcessingFailed" && outcome.reason === "gzip-too-large") {
      const returned = await splitEnvelope(records[index]!.data, isLate);
      split[index] = returned === undefined ? outcome : { ...dropped("put-back", returned.events), returned };
    }
  }
  return split;
}

/** Puts parts of records back on the stream; says of each record whether all of them are there. */
export type PutBack = (parts: readonly (readonly Buffer[])[]) => Promise<readonly boolean[]>;

/**
 * Puts back what goes back of the records. One of which that fails in part fails as a whole, and Firehose keeps its
 * original: what of it was put back before comes twice, as the same calls.
 */
export async function settle(outcomes: readonly Outcome[], putBack: PutBack): Promise<readonly Outcome[]> {
  const settled = [...outcomes];
  const returning = outcomes.flatMap((outcome, index) => {
    const returned = outcome.result === "ProcessingFailed" ? undefined : outcome.returned;
    return returned === undefined ? [] : [{ outcome, index, returned }];
  });
  if (returning.length > 0) {
    const isThere = await putBack(returning.map(({ returned }) => returned.datas));
    returning.forEach(({ outcome, index, returned }, position) => {
      if (!isThere[position]) {
        settled[index] = failed(returned.reason, outcome.events);
      }
    });
  }
  return settled;
}
