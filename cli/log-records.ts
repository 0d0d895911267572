/**
 * The records of a log: what API Gateway writes (a line for each, an array, or run together as Firehose leaves them in
 * the bucket), or what Firehose keeps of records that failed.
 */
import { type ReadOptions, readLines } from "../common/log-lines";
import { JsonElements } from "./json-elements";
import { keptRecord } from "./kept-record";

/** One record of a log. */
export interface LogRecord {
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** Its bytes in base64. */
  readonly data: string;
}

/** The largest object that Firehose writes into the bucket: its greatest buffer. */
const LINE_LIMIT = {
  bytes: 128 * 1024 * 1024,
  option: "FILE",
  because: "which are too many to look at: write one record a line, as jq -c '.[]' does",
};

/**
 * Reads the records of a log as a stream: of a line at a time, whatever its size.
 *
 * @param path a file, gzip or not, or `-` for standard input
 * @throws UsageError if it cannot be read
 */
export async function* readLog(path: string, options: ReadOptions = {}): AsyncGenerator<LogRecord> {
  let array: JsonElements | undefined;
  let first = true;
  for await (const { number, bytes } of readLines(path, LINE_LIMIT, options)) {
    const text = bytes.toString("utf8");
    if (first && /^\uFEFF?\s*\[/.test(text)) array = new JsonElements();
    first = false;
    if (array) {
      for (const element of array.take(text, number)) yield recordOf(element.line, element.text);
    } else if (text.includes("}{")) {
      for (const one of runTogether(text)) yield recordOf(number, one);
    } else {
      yield recordOf(number, text, bytes);
    }
  }
  const rest = array?.rest();
  if (rest !== undefined) yield recordOf(rest.line, rest.text);
}

function recordOf(line: number, text: string, bytes: Buffer = Buffer.from(text)): LogRecord {
  return { line, data: keptRecord(text) ?? bytes.toString("base64") };
}

/** The records of a line, if it holds whole objects and nothing else; otherwise the line, damaged as it may be. */
function runTogether(line: string): readonly string[] {
  const elements = new JsonElements();
  const objects = [...elements.take(line, 1)].map(({ text }) => text);
  return elements.rest() === undefined && objects.every(isJson) ? objects : [line];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
