/** The backup bucket of the delivery stream, as a directory. */
import { writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { BackgroundTasks } from "./background-tasks";
import { BatchBuffer } from "./batch-buffer";
import type { Clock } from "./clock";
import type { ErrorOutputType, FailureLine } from "./firehose-failures";
import { checkPrefixes, objectKey } from "./object-key";
import { MIB, type StreamRecord } from "./stream-record";
import type { StreamDescription } from "./synthesized-stack";
import { cannotWrite } from "./workspace";
import { makeFolder } from "../common/folders";
import { UsageError } from "../common/usage-error";

const gzipAsync = promisify(gzip);

/** An object is named after its oldest record, which need not be its first. */
function oldest(items: readonly { readonly arrival: number }[]): number {
  return items.reduce((earliest, { arrival }) => Math.min(earliest, arrival), Infinity);
}

/** Where the bucket is, and to which stream it belongs. */
export interface BackupBucketOptions {
  readonly directory: string;
  readonly stream: Pick<StreamDescription, "name" | "backup">;
  readonly clock: Clock;
  /** Called when an object cannot be written. */
  readonly onError: (error: unknown) => void;
}

/** Writes objects as Firehose does: buffered by size and interval, for each kind of object on its own. */
export class BackupBucket {
  readonly directory: string;
  readonly #stream: BackupBucketOptions["stream"];
  readonly #writes: BackgroundTasks;
  readonly #failures: Record<ErrorOutputType, BatchBuffer<FailureLine>>;
  readonly #records: BatchBuffer<StreamRecord>;

  constructor({ directory, stream, clock, onError }: BackupBucketOptions) {
    checkPrefixes(stream.backup);
    makeFolder(directory);
    this.directory = directory;
    this.#stream = stream;
    this.#writes = new BackgroundTasks(onError);
    const { megabytes, seconds } = stream.backup.buffering;
    const limits = { bytes: megabytes * MIB, seconds };
    const failures = (type: ErrorOutputType): BatchBuffer<FailureLine> =>
      new BatchBuffer(
        limits,
        ({ text }) => text.length + 1,
        clock,
        (lines) => this.#writes.add(this.#putFailures(type, lines)),
      );
    this.#failures = {
      "processing-failed": failures("processing-failed"),
      "http-endpoint-failed": failures("http-endpoint-failed"),
    };
    this.#records = new BatchBuffer(
      limits,
      ({ size }) => size,
      clock,
      (records) => this.#writes.add(this.#putRecords(records)),
    );
  }

  /** Keeps a record that failed. */
  addFailure(type: ErrorOutputType, line: FailureLine): void {
    this.#failures[type].add(line);
  }

  /** Keeps a record as it arrived: the backup mode AllData. */
  addRecord(record: StreamRecord): void {
    this.#records.add(record);
  }

  /** Writes what is buffered and waits until everything is written. */
  async flush(): Promise<void> {
    for (const buffer of this.#buffers()) buffer.flush();
    await this.#writes.idle();
  }

  /** Discards what is buffered, and waits for what is being written. */
  async close(): Promise<void> {
    for (const buffer of this.#buffers()) buffer.clear();
    await this.#writes.idle();
  }

  #buffers(): { flush(): void; clear(): void }[] {
    return [...Object.values(this.#failures), this.#records];
  }

  async #putFailures(type: ErrorOutputType, lines: readonly FailureLine[]): Promise<void> {
    const key = objectKey(this.#stream.backup, this.#stream.name, oldest(lines), type);
    await this.#put(key, Buffer.from(lines.map(({ text }) => `${text}\n`).join("")));
  }

  /** Firehose puts nothing between the records of an object. */
  async #putRecords(records: readonly StreamRecord[]): Promise<void> {
    const key = objectKey(this.#stream.backup, this.#stream.name, oldest(records));
    await this.#put(key, Buffer.concat(records.map(({ data }) => data)));
  }

  async #put(key: string, content: Buffer): Promise<void> {
    const file = resolve(this.directory, key);
    if (relative(this.directory, file).startsWith(".."))
      throw new UsageError(`The object key "${key}" cannot be a file inside ${this.directory}.`);
    const stored = this.#stream.backup.compression === "GZIP" ? await gzipAsync(content) : content;
    try {
      makeFolder(dirname(file));
      await writeFile(file, stored);
    } catch (error) {
      throw cannotWrite(this.directory, error);
    }
  }
}
