/**
 * Keeps the answer within what AWS Lambda can return, each record of it within what Firehose sends to an HTTP endpoint, and
 * a batch within the function's memory. What is beyond goes back on the stream, and comes again with a later batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html#requestformat
 */
import type { TimeBudget } from "../re2/time-budget";
import { decode, type Decoded, INFLATED_LIMIT } from "./decode";
import type { Bad, Framing } from "./documents";
import {
  dropped,
  type FailureReason,
  type FirehoseRecord,
  type Outcome,
  type RecordAnswer,
  type Returned,
} from "./outcome";
import { RECORD_LIMIT } from "./put-back";
import { gzipSync } from "node:zlib";

/** 6 MB for the answer of a synchronous invocation, less a margin for what the runtime may add around it. */
export const ANSWER_LIMIT = 6_291_456 - 65_536;

/** Characters of a record's base64 in a request to the endpoint. */
export const DATA_LIMIT = 4 * Math.ceil(RECORD_LIMIT / 3);

const FRAME = Buffer.byteLength('{"records":[]}');
const ENTRY = Buffer.byteLength(JSON.stringify({ recordId: "", result: "ProcessingFailed" })) + 1;
const DATA = Buffer.byteLength(',"data":""');

/** What a batch may take. */
export interface Limits {
  /** Characters of the answer that are left for the data of its records. Default: no limit. */
  readonly answer?: number;
  /** Bytes that compressed records may inflate to, all together. The first of them is always read. Default: no limit. */
  readonly inflated?: number;
}

/** The limits of a batch, in a function of so many megabytes. */
export function limitsOf(records: readonly FirehoseRecord[], memoryMb: number, answer = ANSWER_LIMIT): Limits {
  let frames = FRAME;
  for (const { recordId } of records) {
    frames += ENTRY + Buffer.byteLength(JSON.stringify(recordId)) - 2;
  }
  return { answer: answer - frames, inflated: memoryMb * INFLATED_PER_MB };
}

/** An eighth of the memory: the objects, their new texts and what was read before them take several times as much. */
const INFLATED_PER_MB = (1024 * 1024) / 8;

/** What is left of a batch's limits. */
export class Room {
  #answer: number;
  #inflated: number;
  #hasInflated = false;
  #records = 0;
  readonly #budget: TimeBudget;

  constructor({ answer = Infinity, inflated = Infinity }: Limits, budget: TimeBudget) {
    this.#answer = answer;
    this.#inflated = inflated;
    this.#budget = budget;
  }

  /** Decodes a record, unless there is no time left or no room for what it inflates to: then it goes back as it came. */
  decode(data: unknown): Decoded | Outcome {
    if (this.#records++ > 0 && this.#budget.hasRunOut && typeof data === "string") {
      return asItCame(data, "too-slow");
    }
    if (!isCompressed(data)) {
      return decode(data);
    }
    if (this.#hasInflated && !this.#hasRoomFor(inflatedSize(data))) {
      return asItCame(data);
    }
    const limit = this.#hasInflated ? Math.min(INFLATED_LIMIT, this.#inflated) : INFLATED_LIMIT;
    const decoded = decode(data, limit);
    if ("result" in decoded) {
      return decoded.result === "ProcessingFailed" && decoded.reason === "gzip-too-large" && limit < INFLATED_LIMIT
        ? asItCame(data)
        : decoded;
    }
    this.#hasInflated = true;
    this.#inflated -= decoded.inflated;
    return decoded;
  }

  /** A record for which others have left no time goes back as it came. One that takes all of it by itself fails. */
  settle<T extends object>(data: unknown, outcome: T | Outcome): T | Outcome {
    const isTooSlow = "reason" in outcome && outcome.reason === "too-slow" && this.#records > 1;
    return isTooSlow ? asItCame(data as string, "too-slow") : outcome;
  }

  /** Little of a record is not worth to be answered: its rest would be put back uncompressed by then. */
  #hasRoomFor(size: number): boolean {
    return size <= this.#inflated && this.#bytes >= Math.min(size, RECORD_LIMIT) / 4;
  }

  /** Bytes of a record that the answer has room for. */
  get #bytes(): number {
    return Math.min(RECORD_LIMIT, Math.floor((this.#answer - DATA) / 4) * 3);
  }

  /** Whether the answer has room for the data of a record: then it is taken. */
  take(data: string): boolean {
    const fits = data.length <= DATA_LIMIT && DATA + data.length <= this.#answer;
    this.#answer -= fits ? DATA + data.length : 0;
    return fits;
  }

  /** How many texts, from the first on, the data of one record has room for. */
  countOf(texts: readonly string[], framing: Framing): number {
    const room = this.#bytes;
    // UTF-8 takes at most three bytes for each UTF-16 code unit.
    if (texts.reduce((sum, { length }) => sum + 3 * length + 1, 2) <= room) {
      return texts.length;
    }
    let bytes = framing === "array" ? 1 : -1;
    const excess = texts.findIndex((text) => (bytes += Buffer.byteLength(text) + 1) > room);
    return excess < 0 ? texts.length : excess;
  }
}

/** Whether data is gzip, by its first bytes. */
export function isCompressed(data: unknown): data is string {
  return typeof data === "string" && data.startsWith("H4s");
}

/** What the end of gzip says of the size of its content (RFC 1952). It may be wrong, as all that a record says. */
function inflatedSize(data: string): number {
  const end = Buffer.from(data.slice(-8), "base64");
  return end.length < 4 ? 0 : end.readUInt32LE(end.length - 4);
}

/** How many calls it holds nobody knows: it counts as one event. */
function asItCame(data: string, reason: FailureReason = "batch-too-large"): Outcome {
  return { ...dropped("put-back", 1), returned: { datas: [Buffer.from(data, "base64")], events: 1, reason } };
}

/**
 * What goes back of a record: what is bad as it came, each by itself, so that it fails alone; what does not fit as it was
 * transformed, so that it passes as it is.
 *
 * @param rest the texts that do not fit
 * @param wrap makes a record of a text that is larger than a record may be
 * @returns `undefined` if there is nothing; a reason if it cannot go back
 */
export function returnedOf(
  bad: readonly Bad[],
  rest: readonly string[],
  wrap?: (text: string) => Buffer,
): Returned | FailureReason | undefined {
  if (bad.length === 0 && rest.length === 0) {
    return undefined;
  }
  const datas: Buffer[] = [];
  for (const { text, reason } of bad) {
    const plain = Buffer.from(text);
    const data = plain.length > RECORD_LIMIT && wrap !== undefined ? wrap(text) : plain;
    if (data.length > RECORD_LIMIT) {
      return reason;
    }
    datas.push(data);
  }
  const reason = bad[0]?.reason ?? "answer-too-large";
  return { datas: [...datas, ...packed(rest)], events: bad.length + rest.length, reason };
}

/** What gzip adds at most to what it cannot compress. */
const GZIP_MARGIN = 1024;

/** Texts as the data of as few records as hold them: lines in gzip, of which no value of an access log could be one. */
function packed(texts: readonly string[]): Buffer[] {
  if (texts.length === 1) {
    return [Buffer.from(texts[0]!)];
  }
  const records: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const bytes = Buffer.byteLength(text) + 1;
    if (bytes > room) {
      records.push([]);
      room = RECORD_LIMIT - GZIP_MARGIN;
    }
    records.at(-1)!.push(text);
    room -= bytes;
  }
  return records.map((lines) => gzipSync(lines.join("\n")));
}

/** What Firehose is told of one record: the reason stays with us. */
export function answerOf({ recordId }: FirehoseRecord, outcome: Outcome): RecordAnswer {
  return outcome.result === "Ok"
    ? { recordId, result: "Ok", data: outcome.data }
    : { recordId, result: outcome.result };
}
