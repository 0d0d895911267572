/** Puts what does not fit into the function's answer, or would fail the rest of its record, back on the stream. */
import type { FirehoseClient, PutRecordBatchCommandOutput } from "@aws-sdk/client-firehose";

/** Calls for one batch in all, whole or what is left of it. */
const MOST_ATTEMPTS = 6;

/** The first pause is up to this, each further one up to twice the one before: about 3 seconds in all, 6 at most. */
const FIRST_PAUSE_MS = 200;

/** One call has an answer within this. */
const CALL_TIMEOUT_MS = 10_000;

/** The stream of the records. */
export interface Stream {
  readonly name: string;
  readonly region: string;
}

/** What the caller may set. */
export interface PutBackOptions {
  /** Default: a client for the stream's region that does not try again by itself. */
  readonly client?: Pick<FirehoseClient, "send">;
  /** No call is begun, and no pause made, that would go beyond it: milliseconds as {@link now} has them. Default: none. */
  readonly deadline?: number;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
  /** From 0 up to 1. Default: `Math.random`. */
  readonly random?: () => number;
  /** Waits so many milliseconds. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Called once for each record that is not put back, with the reason. */
  readonly onFailure?: (failure: PutFailure) => void;
}

/**
 * Puts parts of records back on the stream, in order.
 *
 * What Firehose does not take for now is tried again by itself, after a pause that grows (exponential back-off with full
 * jitter). Of a record of which a part fails for good, other parts may be there all the same: the caller fails it, and
 * those arrive twice, as the same calls.
 *
 * @param parts of each record, the data of the records to be put
 * @returns for each record whether all of it is safely there. Never throws.
 */
export async function putBack(
  stream: Stream,
  parts: readonly (readonly Buffer[])[],
  options: PutBackOptions = {},
): Promise<boolean[]> {
  const safe = parts.map(() => true);
  if (parts.length === 0) {
    return safe;
  }
  const fail = (record: number, failure: PutFailure): void => {
    if (safe[record]) {
      safe[record] = false;
      options.onFailure?.(failure);
    }
  };
  try {
    const put = await connect(stream, options.client);
    const pieces = parts.flatMap((datas, record) => datas.map((bytes) => ({ record, bytes })));
    for (const batch of batchesOf(pieces)) {
      // Nothing is gained by further parts of a record that has failed.
      const wanted = batch.filter(({ record }) => safe[record]);
      for (const { piece, failure } of await putBatch(put, wanted, options)) {
        fail(piece.record, failure);
      }
    }
  } catch {
    parts.forEach((_, record) => fail(record, "unavailable"));
  }
  return safe;
}

/** One call. */
type Put = (batch: readonly Piece[], timeoutMs: number) => Promise<PutRecordBatchCommandOutput>;

async function connect({ name, region }: Stream, client?: PutBackOptions["client"]): Promise<Put> {
  const { FirehoseClient, PutRecordBatchCommand } = await import("@aws-sdk/client-firehose");
  const sender = client ?? new FirehoseClient({ region, maxAttempts: 1 });
  return (batch, timeoutMs) => {
    const records = batch.map(({ bytes }) => ({ Data: bytes }));
    const command = new PutRecordBatchCommand({ DeliveryStreamName: name, Records: records });
    return sender.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
  };
}

/** A piece that is not there, and why. */
interface Missing {
  readonly piece: Piece;
  readonly failure: PutFailure;
}

/** Puts a batch, with all attempts. */
async function putBatch(put: Put, batch: readonly Piece[], options: PutBackOptions): Promise<Missing[]> {
  const timers = process.getBuiltinModule("node:timers/promises");
  const { deadline = Infinity, now = Date.now, random = Math.random, sleep = timers.setTimeout } = options;
  const lost: Missing[] = [];
  let left: Missing[] = batch.map((piece) => ({ piece, failure: "no-time" }));
  for (let attempt = 1; left.length > 0 && now() < deadline; attempt++) {
    const timeoutMs = Math.ceil(Math.min(CALL_TIMEOUT_MS, deadline - now()));
    const missing = await attemptOnce(
      put,
      left.map(({ piece }) => piece),
      timeoutMs,
    );
    lost.push(...missing.filter(({ failure }) => !mayPass(failure)));
    left = missing.filter(({ failure }) => mayPass(failure));
    const ms = random() * FIRST_PAUSE_MS * 2 ** (attempt - 1);
    if (left.length === 0 || attempt === MOST_ATTEMPTS || now() + ms >= deadline) {
      break;
    }
    await sleep(ms);
  }
  return [...lost, ...left];
}

/** A record of the answer without an id is not there: it has a code instead. */
async function attemptOnce(put: Put, pieces: readonly Piece[], timeoutMs: number): Promise<Missing[]> {
  try {
    const { RequestResponses = [] } = await put(pieces, timeoutMs);
    const answers = pieces.map((piece, index) => ({ piece, answer: RequestResponses[index] }));
    return answers
      .filter(({ answer }) => !answer?.RecordId)
      .map(({ piece, answer }) => ({ piece, failure: putFailure(answer?.ErrorCode ?? "") }));
  } catch (error) {
    const { name = "", $metadata } = Object(error) as { name?: string; $metadata?: { httpStatusCode?: number } };
    const failure = putFailure(name, $metadata?.httpStatusCode);
    return pieces.map((piece) => ({ piece, failure }));
  }
}

// From the data of records to the batches in which they are put on a stream, within the limits of Firehose.
// https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html

/** Bytes of one record, before base64. */
export const RECORD_LIMIT = 1_024_000;

/** Records of one call. */
export const BATCH_RECORDS = 500;

/** Bytes of the records of one call: 4 MiB, less a margin for what else AWS may count. */
export const BATCH_BYTES = 4_194_304 - 65_536;

/** One record to be put. */
interface Piece {
  /** Which of the transformed records it belongs to. */
  readonly record: number;
  readonly bytes: Buffer;
}

/** Batches as large as a call may be, in order. */
export function* batchesOf(pieces: Iterable<Piece>): Generator<readonly Piece[]> {
  let batch: Piece[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    if (batch.length === BATCH_RECORDS || bytes + piece.bytes.length > BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(piece);
    bytes += piece.bytes.length;
  }
  if (batch.length > 0) {
    yield batch;
  }
}

/**
 * Why records could not be put on a stream, as a stable code that holds nothing of their content.
 * https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 */
type PutFailure =
  /** The stream takes no more for now. */
  | "throttled"
  /** The service failed, or could not be reached in time. */
  | "unavailable"
  /** The function's role may not put records on this stream. */
  | "denied"
  /** The service does not take such a call: there is no such stream, or a record is not valid. */
  | "rejected"
  /** The time was up. */
  | "no-time";

/** Firehose answers with ServiceUnavailableException where the limits of a stream are exceeded. */
const THROTTLED = /Throttl|ServiceUnavailable|SlowDown|TooManyRequests|LimitExceeded|ThroughputExceeded/;
const DENIED = /AccessDenied|NotAuthorized|UnrecognizedClient|ExpiredToken|Signature|Credentials/;
const TIMED_OUT = /RequestTimeout/;

/** Classifies an error of the AWS SDK, or the code of one record in the answer. What never arrived has no status. */
export function putFailure(name: string, status?: number): "throttled" | "unavailable" | "denied" | "rejected" {
  if (THROTTLED.test(name) || status === 429) {
    return "throttled";
  }
  if (DENIED.test(name) || status === 403) {
    return "denied";
  }
  return status === undefined || status >= 500 || TIMED_OUT.test(name) ? "unavailable" : "rejected";
}

/** Whether the same call may be taken later. */
export function mayPass(failure: PutFailure): boolean {
  return failure === "throttled" || failure === "unavailable";
}
