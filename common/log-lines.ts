/** The lines of a log: a file or standard input, gzip or not, read as a stream. */
import { createReadStream } from "node:fs";
import { addAbortSignal, Readable, pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
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

/** What a line may be, and how to say that one is not. */
export interface LineLimit {
  readonly bytes: number;
  /** The option that named the log, such as `--input`. */
  readonly option: string;
  /** Why there is a limit, or what to do, as the end of a sentence. */
  readonly because: string;
}

/** A line without its end. */
export interface LogLine {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
}

/**
 * The lines of a log but for blank ones.
 *
 * @param path - A file, or `-` for standard input.
 * @throws UsageError if the log cannot be read, or a line is too long
 */
export async function* readLines(path: string, limit: LineLimit, options: ReadOptions = {}): AsyncGenerator<LogLine> {
  const source: Readable = path === "-" ? (options.standardInput ?? process.stdin) : createReadStream(path);
  if (options.signal) addAbortSignal(options.signal, source);
  let number = 0;
  try {
    for await (const bytes of splitLines(decompressed(source), limit.bytes)) {
      number++;
      if (bytes.length > limit.bytes)
        throw new UsageError(`${limit.option}: line ${number} has more than ${limit.bytes} bytes, ${limit.because}.`);
      if (bytes.some((byte) => byte > 0x20)) yield { number, bytes };
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${limit.option}: ${path} cannot be read: ${messageOf(error)}`);
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

/** A line is given up early once it is longer than it may be. */
async function* splitLines(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield lineOf([...pieces, chunk.subarray(start, end)]);
      pieces = [];
      length = 0;
      start = end + 1;
    }
    pieces.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > limit + 1) break;
  }
  if (length > 0) yield lineOf(pieces);
}

function lineOf(pieces: readonly Buffer[]): Buffer {
  const line = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
