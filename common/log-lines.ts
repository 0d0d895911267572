/** The lines of a log: a file or standard input, gzip or not, UTF-8 or what PowerShell writes, read as a stream. */
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
    for await (const bytes of splitLines(textIn(source), limit.bytes)) {
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

/** What is packed in a way that is not read, by its first bytes. */
const PACKED: Readonly<Record<string, string>> = {
  "504b0304": "ZIP",
  "28b52ffd": "Zstandard",
  "425a68": "bzip2",
  "50415231": "Parquet",
};

/** The bytes of a log as text in UTF-8, without a byte order mark. What is packed is known by its first bytes, whatever its name. */
async function* textIn(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { head, whole } = await peek(source);
  if (head[0] === 0x1f && head[1] === 0x8b) {
    const gunzip = createGunzip();
    pipeline(Readable.from(whole), gunzip, () => {}); // an error destroys gunzip, and so reaches its reader
    return yield* textIn(gunzip as AsyncIterable<Buffer>);
  }
  const packed = Object.keys(PACKED).find((start) => head.toString("hex").startsWith(start));
  if (packed !== undefined) throw new Error(`it is a ${PACKED[packed]} file: unpack it first`);
  const encoding =
    head[0] === 0xff && head[1] === 0xfe ? "utf-16le" : head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : "";
  if (encoding !== "") {
    const decoder = new TextDecoder(encoding);
    for await (const chunk of whole) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    return;
  }
  const isMarked = head.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf));
  let skip = isMarked ? 3 : 0;
  for await (const chunk of whole) {
    yield skip === 0 ? chunk : chunk.subarray(skip);
    skip = 0;
  }
}

/** Its first bytes, as far as it has any, and all of it with the first chunk as long as these. */
async function peek(source: AsyncIterable<Buffer>): Promise<{ head: Buffer; whole: AsyncIterable<Buffer> }> {
  const chunks = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  return { head: head.subarray(0, 4), whole: whole() };
}

/** Stands for a line that is longer than it may be. */
const TOO_LONG = Symbol();

/** A line that is too long is reported as soon as it is seen, and never held. */
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
