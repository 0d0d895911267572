/** Reads the records to send: newline-delimited JSON from a file or standard input, gzip or not. */
import { join } from "node:path";
import { type ReadOptions, readLines } from "../common/log-lines";
import { packageRoot } from "../common/package-root";
import { RECORD_LIMIT } from "./firehose-api";

const LIMIT = {
  bytes: RECORD_LIMIT,
  option: "--input",
  because: "the most that Firehose takes in a record",
};

/**
 * The lines of a file, one record each and without their line ends, as API Gateway writes no newline after a record.
 * Skips blank lines; with `onTooLong`, reports lines that are too long for a record to it and skips them.
 *
 * @param path - A file, or `-` for standard input.
 */
export async function* readRecords(path: string, options: ReadOptions = {}): AsyncGenerator<Buffer> {
  for await (const { bytes } of readLines(path, LIMIT, options)) yield bytes;
}

/** The sample log of this repository. */
export function sampleLog(): string {
  return join(packageRoot(), "local", "sample", "access-logs.ndjson.gz");
}
