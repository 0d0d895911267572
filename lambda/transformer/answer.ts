/**
 * Keeps the answer within what AWS Lambda can return, each record of it within what Firehose sends to an HTTP endpoint, and
 * a batch within the function's memory. What is beyond goes back on the stream, and comes again with a later batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html#requestformat
 */
import type { TimeBudget } from "../re2/time-budget";
import { decode, type Decoded, envelopeIn, INFLATED_LIMIT, isGzip, zlib } from "./decode";
import type { Bad, Framing } from "./documents";
import { endOfObject, skipSpace } from "./json";
import {
  dropped,
  type FailureReason,
  type FirehoseRecord,
  type Outcome,
  type RecordAnswer,
  type Returned,
} from "./outcome";
import { RECORD_LIMIT } from "./put-back";

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
  return { answer: answer - frames, inflated: inflatedIn(memoryMb) };
}

const MIB = 1024 * 1024;

/** What Node.js and the function take by themselves, in MB. */
const OWN_MEMORY_MB = 96;

/**
 * An eighth of the memory: the objects, their new texts and what was read before them take several times as much. Of a
 * small function, a fifth of what it does not take by itself.
 */
function inflatedIn(memoryMb: number): number {
  return Math.min(memoryMb / 8, (memoryMb - OWN_MEMORY_MB) / 5) * MIB;
}

/** A record that inflates to less is always read: the parts of an envelope do, and lines that were put back. */
const SMALLEST_LIMIT = 2 * RECORD_LIMIT;

/** What is left of a batch's limits. */
export class Capacity {
  readonly #recordLimit: number;
  #answer: number;
  #inflated: number;
  #hasInflated = false;
  #records = 0;
  readonly #budget: TimeBudget;

  constructor({ answer = Infinity, inflated = Infinity }: Limits, budget: TimeBudget) {
    this.#answer = answer;
    this.#inflated = inflated;
    this.#recordLimit = Math.min(INFLATED_LIMIT, Math.max(SMALLEST_LIMIT, inflated / 4));
    this.#budget = budget;
  }

  /** Decodes a record, unless no time is left or it inflates to more than is left: then it goes back as it came. */
  decode(data: unknown): Decoded | Outcome {
    if (this.#records++ > 0 && this.#budget.hasRunOut && typeof data === "string") {
      return asItCame(data, "too-slow");
    }
    if (!isGzip(data)) {
      return decode(data);
    }
    if (this.#hasInflated && !this.#hasCapacityFor(inflatedSize(data))) {
      return asItCame(data);
    }
    const limit = this.#hasInflated ? Math.min(this.#recordLimit, this.#inflated) : this.#recordLimit;
    const decoded = decode(data, limit);
    if ("result" in decoded) {
      return decoded.result === "ProcessingFailed" && decoded.reason === "gzip-too-large" && limit < this.#recordLimit
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

  /** Where a little of a record would fit, it is not read: most of it would go back all the same. */
  #hasCapacityFor(size: number): boolean {
    return size <= this.#inflated && this.#bytes >= Math.min(size, RECORD_LIMIT) / 4;
  }

  /** Bytes of a record that still fit the answer. */
  get #bytes(): number {
    return Math.min(RECORD_LIMIT, Math.floor((this.#answer - DATA) / 4) * 3);
  }

  /** Takes the data of a record if it fits the answer, and returns whether it does. */
  take(data: string): boolean {
    const fits = data.length <= DATA_LIMIT && DATA + data.length <= this.#answer;
    this.#answer -= fits ? DATA + data.length : 0;
    return fits;
  }

  /** How many texts, from the first on, fit the data of one record. */
  countOf(texts: readonly string[], framing: Framing): number {
    const most = this.#bytes;
    // UTF-8 takes at most three bytes for each UTF-16 code unit.
    if (texts.reduce((sum, { length }) => sum + 3 * length + 1, 2) <= most) {
      return texts.length;
    }
    let bytes = framing === "array" ? 1 : -1;
    const excess = texts.findIndex((text) => (bytes += Buffer.byteLength(text) + 1) > most);
    return excess < 0 ? texts.length : excess;
  }
}

/** What the end of gzip says of the size of its content (RFC 1952). It may be wrong, as all that a record says. */
function inflatedSize(data: string): number {
  const end = Buffer.from(data.slice(-8), "base64");
  return end.length < 4 ? 0 : end.readUInt32LE(end.length - 4);
}

/** The number of its calls is unknown: it counts as one event. */
function asItCame(data: string, reason: FailureReason = "batch-too-large"): Outcome {
  return { ...dropped("put-back", 1), returned: { datas: [Buffer.from(data, "base64")], events: 1, reason } };
}

/**
 * What goes back of a record: what is bad as it came, each as a record of its own, so that no other fails with it; what does not fit as it was
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
  let rest = 0;
  for (const text of texts) {
    const bytes = Buffer.byteLength(text) + 1;
    if (bytes > rest) {
      records.push([]);
      rest = RECORD_LIMIT - GZIP_MARGIN;
    }
    records.at(-1)!.push(text);
    rest -= bytes;
  }
  return records.map((lines) => zlib().gzipSync(lines.join("\n")));
}

// An envelope that inflates to more than is read at once is split, without ever holding all of it.

/** What a part of an envelope inflates to: with what the steps add, it still fits into one record of an answer. */
const PART_LENGTH = 640 * 1024;

/** The most that an envelope may inflate to. AWS names no limit; one record of 1,000 KiB could be made to inflate to 1 GB. */
export const ENVELOPE_LIMIT = 64 * 1024 * 1024;

/** More than a log event can be, which is 1 MiB before it is written as JSON. */
const MOST_AT_ONCE = 8 * 1024 * 1024;

const LOG_EVENTS = /"logEvents"\s*:\s*\[/;

/**
 * Splits an envelope into several, each with some of its log events.
 *
 * @param data gzip in base64
 * @param isLate whether the time for it is over
 * @returns `undefined` for what is no envelope, or too much
 */
export async function splitEnvelope(data: string, isLate: () => boolean): Promise<Returned | undefined> {
  const datas: Buffer[] = [];
  let events = 0;
  try {
    for await (const { head, texts } of partsOf(data, isLate)) {
      events += texts.length;
      datas.push(zlib().gzipSync(`${head}${texts.join()}]}`));
    }
  } catch {
    return undefined;
  }
  const isSendable = datas.length > 1 && datas.every(({ length }) => length <= RECORD_LIMIT);
  return isSendable ? { datas, events, reason: "gzip-too-large" } : undefined;
}

/** @throws Error if it is no envelope, or too much */
async function* partsOf(data: string, isLate: () => boolean): AsyncGenerator<{ head: string; texts: string[] }> {
  const { StringDecoder } = process.getBuiltinModule("node:string_decoder");
  const decoder = new StringDecoder("utf8");
  let head = "";
  let rest = "";
  let texts: string[] = [];
  let length = 0;
  for await (const chunk of inflatedPieces(data, isLate)) {
    rest += decoder.write(chunk);
    if (rest.length > MOST_AT_ONCE) {
      throw new Error("This is no envelope.");
    }
    if (head === "") {
      const found = LOG_EVENTS.exec(rest);
      if (found === null) {
        continue;
      }
      // Without a byte order mark.
      head = rest.slice(rest.charCodeAt(0) === 0xfeff ? 1 : 0, found.index + found[0].length);
      rest = rest.slice(found.index + found[0].length);
    }
    let start = nextEvent(rest, 0);
    for (let end = endOfEvent(rest, start); end > 0; end = endOfEvent(rest, start)) {
      texts.push(rest.slice(start, end));
      length += end - start;
      start = nextEvent(rest, end);
      if (length > PART_LENGTH) {
        yield { head, texts };
        [texts, length] = [[], 0];
      }
    }
    rest = rest.slice(start);
  }
  // CloudWatch Logs writes the events behind all else.
  const emptied = envelopeIn(head + rest);
  if (emptied === undefined || "result" in emptied) {
    throw new Error("This is no envelope.");
  }
  if (texts.length > 0) {
    yield { head, texts };
  }
}

async function* inflatedPieces(data: string, isLate: () => boolean): AsyncGenerator<Buffer> {
  const gunzip = zlib().createGunzip({ chunkSize: 256 * 1024 });
  gunzip.end(Buffer.from(data, "base64"));
  let size = 0;
  for await (const piece of gunzip as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > ENVELOPE_LIMIT || isLate()) {
      throw new Error("This is too much.");
    }
    yield piece;
  }
}

function nextEvent(text: string, from: number): number {
  const start = skipSpace(text, from);
  return text[start] === "," ? skipSpace(text, start + 1) : start;
}

function endOfEvent(text: string, start: number): number {
  return text[start] === "{" ? endOfObject(text, start) : -1;
}

/** The answer for one record: Firehose takes no reason. */
export function answerOf({ recordId }: FirehoseRecord, outcome: Outcome): RecordAnswer {
  return outcome.result === "Ok"
    ? { recordId, result: "Ok", data: outcome.data }
    : { recordId, result: outcome.result };
}
