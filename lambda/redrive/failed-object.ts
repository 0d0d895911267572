/** The records of an object that Firehose wrote for what failed, as a stream. */
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type FailedRecord, failedRecordIn } from "./failed-record";

/** A record, or a text of which no record can be made. */
export interface FailedPart {
  /** As it stands in the object. */
  readonly text: string;
  readonly record?: FailedRecord;
}

/**
 * A record has 1,000 KiB at most before the transformer, and what it answers 6 MB, both in base64: what is longer is no
 * record.
 */
const LONGEST_PART = 16 * 1024 * 1024;

/** Where a line holds several records. */
const SEAM = /(?<=\})\s*(?=\{\s*"attemptsMade"\s*:)/;

/** As long as a seam may be, with some blanks in it. */
const SEAM_LENGTH = 256;

/** How Firehose's records begin. */
const BEGINNING = /^\s*\{\s*(?:"attemptsMade"|$)/;

/**
 * Reads an object: gzip or not, by its first bytes and not by its name; one record on each line, several run together, or
 * one on several lines, where an error message holds line breaks. Keeps one record in memory.
 *
 * @throws Error of the stream, or of gzip that is cut off
 */
export async function* failedParts(body: AsyncIterable<Uint8Array>): AsyncGenerator<FailedPart> {
  const decoder = new TextDecoder();
  let rest = "";
  let held = "";
  const take = function* (segment: string): Generator<FailedPart> {
    if (held !== "" && (BEGINNING.test(segment) || held.length + segment.length > LONGEST_PART)) {
      yield { text: held };
      held = "";
    }
    const text = held === "" ? segment : `${held}\n${segment}`;
    const record = text.trimEnd().endsWith("}") ? failedRecordIn(text) : undefined;
    held = record === undefined && (held !== "" || BEGINNING.test(text)) ? text : "";
    if (held === "" && text.trim() !== "") yield record === undefined ? { text } : { text, record };
  };
  let tail = "";
  for await (const chunk of inflated(body)) {
    const fresh = decoder.decode(chunk, { stream: true });
    // A long record comes in many chunks: it is parsed as a whole only where one may end.
    tail = tail.slice(-SEAM_LENGTH) + fresh;
    if (!tail.includes("\n") && !SEAM.test(tail) && rest.length <= LONGEST_PART) {
      rest += fresh;
      continue;
    }
    const segments = (rest + fresh).split("\n").flatMap((line) => line.split(SEAM));
    // What comes next may belong to the last one.
    rest = segments.pop()!;
    for (const segment of segments) yield* take(segment);
    if (rest.length > LONGEST_PART) {
      yield { text: rest };
      rest = "";
    }
  }
  yield* take(rest + decoder.decode());
  if (held.trim() !== "") yield { text: held };
}

/** The bytes of a stream, without the gzip around them. */
async function* inflated(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    head = Buffer.concat([head, next.value]);
    if (head.length > 1) break;
  }
  const whole = async function* () {
    try {
      yield head;
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    } finally {
      await chunks.return?.();
    }
  };
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* whole();
  const gunzip = createGunzip();
  pipeline(Readable.from(whole()), gunzip, () => {}); // an error destroys gunzip, and so reaches its reader
  yield* gunzip as AsyncIterable<Buffer>;
}
