/**
 * The records of a log, in every form in which AWS prints and keeps access logs: lines, JSON arrays, objects pretty-printed
 * or run together, answers of the AWS CLI, exports of CloudWatch, and what Firehose keeps of failed records.
 */
import { gzipSync } from "node:zlib";
import { isObject, parseJson } from "../../common/json";
import { failedRecordIn } from "../../lambda/redrive/failed-record";
import { type ReadOptions, readLines } from "../../common/log-lines";
import { type JsonElement, JsonElements } from "./json-elements";

type Part = LogRecord | UnreadPart;

/** One record of a log. */
export interface LogRecord {
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** Its bytes in base64. */
  readonly data: string;
  /** It is a line in which nothing looks like JSON. */
  readonly isText?: true;
}

/** A part of a log that holds no record. */
export interface UnreadPart {
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly reason: string;
}

interface Options extends Pick<ReadOptions, "standardInput"> {
  /** Takes each part that cannot be read. */
  readonly onUnread?: (part: UnreadPart) => void;
}

/** The largest object that Firehose writes into the bucket: its greatest buffer. */
const LINE_LIMIT = {
  bytes: 128 * 1024 * 1024,
  option: "FILE",
  because: "which are too many to read: write one record a line, as jq -c '.[]' does",
};

/**
 * Reads the records of a log as a stream: of a line, or of one element of an array, at a time.
 *
 * @param path a file, gzip or not, or `-` for standard input
 * @throws UsageError if it cannot be read
 */
export async function* readLog(path: string, { standardInput, onUnread }: Options = {}): AsyncGenerator<LogRecord> {
  let reader: LineReader | undefined;
  const found = function* (parts: Iterable<Part>): Generator<LogRecord> {
    for (const part of parts) {
      if ("data" in part) yield part;
      else onUnread?.(part);
    }
  };
  for await (const { number, bytes } of readLines(path, LINE_LIMIT, { standardInput })) {
    const text = bytes.toString("utf8");
    reader ??= rowsBelow(text) ?? new Lines();
    yield* found(reader.take(text, number, bytes));
  }
  yield* found(reader?.end() ?? []);
}

/** Reads one form of log line by line; keeps no more than one record between lines. */
interface LineReader {
  take(text: string, line: number, bytes: Buffer): Iterable<Part>;
  end(): Iterable<Part>;
}

/** A time as the AWS CLI prints it and CloudWatch exports it, perhaps in colour; or milliseconds before a tab. */
const TIME = String.raw`(?:\x1b\[\d+m)?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?|\d{13}(?=\t))(?:\x1b\[0m)?`;

/**
 * What stands before a message of JSON: its time, and perhaps its stream. Of `aws logs tail`
 * (https://github.com/aws/aws-cli, awscli/customizations/logs/tail.py), an export to S3, and `--output text`.
 */
const BEFORE_MESSAGE = new RegExp(String.raw`^(?:${TIME}[ \t](?:\S+[ \t])?|EVENTS\t(?:[^\t{]*\t)*)(?=\{)`);

/** What `--output text` writes behind it: its time. */
const BEHIND_MESSAGE = /(?<=\})\t\d{13}$/;

/** The line that `aws logs tail --format json` prints above each pretty-printed message. */
const ABOVE_MESSAGE = new RegExp(String.raw`^${TIME} \S+\s*$`);

/** A line after which an object goes on. */
const UNFINISHED = /[[{,:]\s*$/;

/** Several objects in a line, or an answer of AWS. */
const SEVERAL = /\}\s*\{|^\{[^[{]*"(?:events|results|[Rr]ecords)"\s*:\s*\[/;

/** Lines of text and JSON. */
class Lines implements LineReader {
  readonly #elements = new JsonElements();
  /** A line that is a heading if JSON follows, and else a record. */
  #heading: LogRecord | undefined;

  *take(text: string, line: number, bytes: Buffer): Generator<Part> {
    const before = BEFORE_MESSAGE.exec(text)?.[0] ?? "";
    if (this.#elements.isOpen) {
      // No object within another is printed without an indent: the one before was cut off.
      const begins = before !== "" || text.startsWith("{") || ABOVE_MESSAGE.test(text);
      if (!(begins && this.#elements.isInObject)) return yield* this.#cut(text, line);
      yield* this.#rest();
    }
    const message = before === "" ? text : text.slice(before.length).replace(BEHIND_MESSAGE, "");
    const begin = message.trimStart().charAt(0);
    const isJson = begin === "{" || begin === "[";
    if (this.#heading && !(isJson && before === "")) yield this.#heading;
    this.#heading = undefined;
    if (begin === "[" || (isJson && UNFINISHED.test(message))) {
      yield* this.#cut(message, line);
    } else if (isJson && SEVERAL.test(message)) {
      yield* severalIn(message, line);
    } else if (ABOVE_MESSAGE.test(text)) {
      this.#heading = { line, data: bytes.toString("base64") };
    } else {
      const own = message === text ? bytes : Buffer.from(message);
      const part = recordIn({ line, text: message }, own);
      yield isJson || "reason" in part || WRAPPED.test(message) ? part : { ...part, isText: true };
    }
  }

  *end(): Generator<Part> {
    if (this.#heading) yield this.#heading;
    yield* this.#rest();
  }

  *#cut(text: string, line: number): Generator<Part> {
    for (const element of this.#elements.take(text, line)) yield recordIn(element);
  }

  *#rest(): Generator<Part> {
    const rest = this.#elements.cut();
    if (rest) yield recordIn(rest);
  }
}

/** The records of a line, if it holds whole objects and nothing else; otherwise the line, damaged as it may be. */
function severalIn(text: string, line: number): Part[] {
  const elements = new JsonElements();
  const objects = [...elements.take(text, line)];
  const isWhole = !elements.isOpen && objects.every((one) => parseJson(one.text) !== undefined);
  return isWhole ? objects.map((one) => recordIn(one)) : [recordIn({ text, line })];
}

/** Rows of a CSV export (RFC 4180) of CloudWatch's console, of Logs Insights or of a log group's events. */
class CsvRows implements LineReader {
  #row = "";
  #line = 0;
  #isHeading = true;

  /** @param column of the message; -1 if the export has none */
  constructor(
    private readonly column: number,
    private readonly width: number,
  ) {}

  *take(text: string, line: number): Generator<Part> {
    if (this.#row === "") this.#line = line;
    this.#row += this.#row === "" ? text : `\n${text}`;
    if (isWithinQuotes(this.#row) && this.#row.length < LONGEST_ROW) return;
    if (!this.#isHeading) yield this.#part(cellsOf(this.#row));
    this.#isHeading = false;
    this.#row = "";
  }

  *end(): Generator<Part> {
    if (this.#row !== "") yield this.#part(undefined);
  }

  #part(cells: readonly string[] | undefined): Part {
    const line = this.#line;
    if (cells?.length !== this.width) return { line, reason: "the row is not valid CSV" };
    const message = cells[this.column]?.trim() ?? "";
    return message === "" ? { line, reason: NO_MESSAGE } : recordIn({ line, text: message });
  }
}

/** A message of CloudWatch Logs has 1 MiB at most; quotes are doubled. */
const LONGEST_ROW = 4 * 1024 * 1024;

const NO_MESSAGE = "no @message: add it to the fields of the query";

const CELL = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/gy;

/** The cells of a row; undefined if it is none. */
function cellsOf(row: string): string[] | undefined {
  const cells: string[] = [];
  for (const [, quoted, plain, end] of row.matchAll(CELL)) {
    cells.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === "") return cells;
  }
  return undefined;
}

function isWithinQuotes(row: string): boolean {
  return row.split('"').length % 2 === 0;
}

/** A reader of the rows below this heading; undefined if it is none of CloudWatch's. */
function rowsBelow(heading: string): CsvRows | undefined {
  const names = cellsOf(heading) ?? [];
  if (names.some((name) => /^@\w+$/.test(name))) return new CsvRows(names.indexOf("@message"), names.length);
  return names.includes("timestamp") && names.includes("message")
    ? new CsvRows(names.indexOf("message"), names.length)
    : undefined;
}

/** What may be a record within something else: quick to find, since every line is asked. */
const WRAPPED = /^\s*["[]|"(?:rawData|Data|data|Record|messageType|message|@\w+|logRecord|awslogs)"\s*:/;

/** The record of a text, out of what AWS wraps it in. */
function recordIn({ text, line }: JsonElement, bytes: Buffer = Buffer.from(text)): Part {
  const record = { line, data: bytes.toString("base64") };
  if (!WRAPPED.test(text)) return record;
  // As `redrive` reads it: both say the same of a record.
  const failed = failedRecordIn(text);
  if (failed !== undefined) return { line, data: failed.rawData };
  const value = parseJson(text);
  const found = value === undefined ? undefined : unwrapped(value, text);
  if (found === undefined) return record;
  return typeof found === "string" ? { line, data: found } : { line, ...found };
}

/** The data of the record that a value holds, in base64; undefined if it is a record itself. */
function unwrapped(value: unknown, text: string): string | Omit<UnreadPart, "line"> | undefined {
  if (typeof value === "string") return base64(value);
  if (Array.isArray(value)) return ofRow(value);
  const held = Object(value) as Readonly<Record<string, unknown>>;
  const { Record: one, Data: put, data, recordId, kinesis, awslogs, logRecord } = held;
  if ("attemptsMade" in held && "rawData" in held) return dataOf(held["rawData"]);
  if ("requestId" in held || "extendedRequestId" in held) return undefined;
  if (isObject(one) && "Data" in one) return dataOf(one["Data"]);
  if (put !== undefined) return dataOf(put);
  if (data !== undefined && (recordId !== undefined || Object.keys(held).length === 1)) return dataOf(data);
  if (isObject(kinesis)) return dataOf(kinesis["data"]);
  if (isObject(awslogs)) return dataOf(awslogs["data"]);
  // The transformer takes for an envelope what came compressed, as CloudWatch Logs sends it.
  if (held["messageType"] !== undefined && held["logEvents"] !== undefined) return gzipSync(text).toString("base64");
  if (isObject(logRecord)) return messageOf(logRecord["@message"]);
  if (Object.keys(held).some((key) => key.startsWith("@"))) return messageOf(held["@message"]);
  return held["timestamp"] === undefined ? undefined : messageOf(held["message"]);
}

/** Of a row of Logs Insights, or of a query for times and messages. */
function ofRow(cells: readonly unknown[]): string | Omit<UnreadPart, "line"> | undefined {
  if (cells.length > 0 && cells.every((cell) => isObject(cell) && "field" in cell)) {
    return messageOf((cells as { field: unknown; value: unknown }[]).find(({ field }) => field === "@message")?.value);
  }
  const message = cells.find((cell) => typeof cell === "string" && cell.trimStart().startsWith("{"));
  return message === undefined ? undefined : messageOf(message);
}

/** The console exports a message of JSON as JSON. */
function messageOf(message: unknown): string | Omit<UnreadPart, "line"> {
  if (isObject(message)) return base64(JSON.stringify(message));
  return typeof message === "string" ? base64(message.trim()) : { reason: NO_MESSAGE };
}

/** What the API takes and gives in base64; the first version of the AWS CLI takes text as well. */
function dataOf(data: unknown): string | Omit<UnreadPart, "line"> {
  if (typeof data !== "string") return { reason: "the data of the record is no text" };
  return data.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(data) ? data : base64(data);
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
