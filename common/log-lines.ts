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
  /** Takes the number of each line that is too long, which is then left out. */
  readonly onTooLong?: (number: number) => void;
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
 * @throws UsageError if the log cannot be read, or a line is too long and nothing takes its number
 */
export async function* readLines(path: string, limit: LineLimit, options: ReadOptions = {}): AsyncGenerator<LogLine> {
  const source: Readable = path === "-" ? (options.standardInput ?? process.stdin) : createReadStream(path);
  if (options.signal) addAbortSignal(options.signal, source);
  let number = 0;
  try {
    for await (const bytes of splitLines(decompressed(source), limit.bytes)) {
      number++;
      if (bytes === TOO_LONG) {
        if (!options.onTooLong)
          throw new UsageError(`${limit.option}: line ${number} has more than ${limit.bytes} bytes, ${limit.because}.`);
        options.onTooLong(number);
      } else if (bytes.some((byte) => byte > 0x20)) yield { number, bytes };
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

/** Stands for a line that is longer than it may be. */
const TOO_LONG = Symbol();

/** What is too long is told as soon as it is seen, and never held. */
async function* splitLines(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer | typeof TOO_LONG> {
  const most = limit + 1; // with a carriage return
  let pieces: Buffer[] = [];
  let length = 0;
  function lineSoFar(): Buffer | typeof TOO_LONG {
    const line = lineOf(pieces);
    return line.length > limit ? TOO_LONG : line;
  }
  for await (const chunk of chunks) {
    for (let start = 0; start <= chunk.length;) {
      const end = chunk.indexOf(NEWLINE, start);
      const piece = chunk.subarray(start, end < 0 ? chunk.length : end);
      const wasTooLong = length > most;
      length += piece.length;
      if (length <= most) pieces.push(piece);
      else pieces = [];
      if (length > most && !wasTooLong) yield TOO_LONG;
      if (end < 0) break;
      if (length <= most) yield lineSoFar();
      pieces = [];
      length = 0;
      start = end + 1;
    }
  }
  if (length > 0 && length <= most) yield lineSoFar();
}

function lineOf(pieces: readonly Buffer[]): Buffer {
  const line = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
