/** The transformation function of the delivery stream: every record comes back once, in order, with its result. */
import type { FirehoseAnswer, FirehoseEvent } from "./firehose";
import { answerOf, fitAnswer } from "./fit-answer";
import { loadSettings } from "./load-settings";
import { reportOf } from "./report";
import { createTransform, type Transform } from "./transform";

let prepared: Promise<Transform> | undefined;

/** Reads the settings once for each execution environment; after a failure the next invocation tries again. */
function prepare(): Promise<Transform> {
  prepared ??= loadSettings()
    .then((settings) => createTransform(settings))
    .catch((error: unknown) => {
      prepared = undefined;
      throw error;
    });
  return prepared;
}

/**
 * Transforms one batch. No record makes it throw; without its settings it throws, so that Firehose retries and then
 * keeps the records.
 */
export async function handler(event: FirehoseEvent): Promise<FirehoseAnswer> {
  const started = performance.now();
  const transform = await prepare();
  const now = Date.now();
  // What has no id cannot be answered; Firehose sends no such thing.
  const records = event.records.filter((record) => typeof record?.recordId === "string");
  const transformed = transform(
    records.map(({ data }) => data),
    now,
  );
  const outcomes = await fitAnswer(records, transformed, async (datas) => datas.map(() => false));
  const report = reportOf({ ...event, records }, outcomes, now, performance.now() - started);
  // Past the console, which AWS Lambda patches to put a prefix before each line: this line is JSON and nothing else.
  process.stdout.write(`${JSON.stringify(report)}\n`);
  return {
    records: records.map((record, index) => answerOf(record, outcomes[index]!)),
  };
}
