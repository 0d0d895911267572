/** Passes the records of a log through the transformer, and says of each what became of it. */
import type { LogRecord } from "./log-records";
import { type JsonObject, objectsOf } from "./record-objects";
import type { Outcome, Transformer } from "./transformer";

/** What became of a record. */
export interface PreviewedRecord {
  readonly line: number;
  readonly result: Outcome["result"];
  /** Why it is not delivered. */
  readonly reason?: string;
  /** Events in it that are delivered, dropped or failed, as the result says. */
  readonly events: number;
  /** Of the delivered events, how many were damaged and are repaired. */
  readonly repaired?: number;
  /** Events of a delivered record that are not, by reason. */
  readonly dropped?: Readonly<Record<string, number>>;
  /** What Moesif would receive. */
  readonly delivered: readonly JsonObject[];
  /** The record's own objects; none where the transformer alone can read them. */
  readonly before: readonly JsonObject[];
}

/** What Firehose hands over at once by default, in bytes: a limit for each company holds for a batch. */
const BATCH_BYTES = 1024 * 1024;

/** Transforms a log as a stream. */
export async function* previewRecords(
  records: AsyncIterable<LogRecord>,
  transform: Transformer,
  now: number,
): AsyncGenerator<PreviewedRecord> {
  for await (const batch of batches(records)) {
    const outcomes = transform(
      batch.map(({ data }) => data),
      now,
    );
    for (const [index, record] of batch.entries()) yield* rounds(record, outcomes[index]!, transform, now);
  }
}

/** A record, and what of it goes back on the stream and comes again. */
function* rounds(record: LogRecord, outcome: Outcome, transform: Transformer, now: number): Generator<PreviewedRecord> {
  yield previewed(record, outcome);
  for (const bytes of outcome.returned?.datas ?? []) {
    const data = bytes.toString("base64");
    const [again] = transform([data], now);
    yield* rounds({ ...record, data }, again!, transform, now);
  }
}

async function* batches(records: AsyncIterable<LogRecord>): AsyncGenerator<readonly LogRecord[]> {
  let batch: LogRecord[] = [];
  let bytes = 0;
  for await (const record of records) {
    const size = (record.data.length / 4) * 3;
    if (bytes + size > BATCH_BYTES && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function previewed({ line, data }: LogRecord, outcome: Outcome): PreviewedRecord {
  const before = objectsOf(data);
  if (outcome.result !== "Ok") {
    const { result, reason, events = before.length, returned } = outcome;
    return { line, result, reason, events: events - (returned?.events ?? 0), delivered: [], before };
  }
  const { result, repaired, dropped } = outcome;
  const delivered = objectsOf(outcome.data);
  const more = { ...(repaired !== undefined && { repaired }), ...(dropped !== undefined && { dropped }) };
  const events = (outcome.events ?? delivered.length) - (outcome.returned?.events ?? 0);
  return { line, result, events, ...more, delivered, before };
}
