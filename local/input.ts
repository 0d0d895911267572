/** Reads the records to send: newline-delimited JSON from a file or standard input, gzip or not. */
import { createReadStream } from "node:fs";
import { addAbortSignal, Readable, pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { RECORD_LIMIT } from "./firehose-api";
import { messageOf, UsageError } from "./usage-error";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** How to read. */
export interface ReadOptions {
  /** Ends the reading, also while it waits for more. */
  readonly signal?: AbortSignal;
  /** What `-` stands for. */
  readonly standardInput?: Readable;
}

/**
 * The lines of a file, one record each and without their line ends, as API Gateway writes no newline after a record.
 * Blank lines are left out.
 *
 * @param path - A file, or `-` for standard input.
 */
export async function* readRecords(path: string, options: ReadOptions = {}): AsyncGenerator<Buffer> {
  const source: Readable = path === "-" ? (options.standardInput ?? process.stdin) : createReadStream(path);
  if (options.signal) addAbortSignal(options.signal, source);
  let line = 0;
  try {
    for await (const record of splitLines(decompressed(source))) {
      line++;
      if (record.length > RECORD_LIMIT)
        throw new UsageError(
          `--input: line ${line} has more than ${RECORD_LIMIT} bytes, the most that Firehose takes in a record.`,
        );
      if (record.some((byte) => byte > 0x20)) yield record;
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--input: ${path} cannot be read: ${messageOf(error)}`);
  } finally {
    source.destroy();
  }
}

/** What is gzip is known by its first two bytes, whatever its name. */
async function* decompressed(source: Readable): AsyncGenerator<Buffer> {
  const chunks = (source as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* whole();
  const gunzip = createGunzip();
  pipeline(Readable.from(whole()), gunzip, () => {}); // an error destroys gunzip, and so reaches its reader
  yield* gunzip as AsyncIterable<Buffer>;
}

/** A line is given up early once it is longer than any record may be. */
async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const text = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE, start)) {
      yield withoutCarriageReturn(text.subarray(start, end));
      start = end + 1;
    }
    rest = text.subarray(start);
    if (rest.length > RECORD_LIMIT + 1) break;
  }
  if (rest.length > 0) yield withoutCarriageReturn(rest);
}

function withoutCarriageReturn(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
