/** The backup bucket of the delivery stream: what Firehose writes to it, and a directory that can be one. */
import { writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { BackgroundTasks } from "./background-tasks";
import { BatchBuffer } from "./batch-buffer";
import { sleep, type Clock } from "./clock";
import { RETENTION_SECONDS } from "./capacity";
import type { ErrorOutputType, FailureLine } from "./firehose-failures";
import type { StreamMetrics } from "./metrics";
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

/** Where objects are kept. */
export interface ObjectStore {
  /** @throws PutRefused if it may go better later; any other error ends the run */
  put(key: string, content: Buffer): Promise<void>;
}

/** S3 does not take an object: access is denied, the bucket is gone, or the service fails. */
export class PutRefused extends Error {
  /** A code of https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html */
  readonly errorCode = "S3.AccessDenied";
  readonly errorMessage =
    "Access was denied. Ensure that the trust policy for the provided IAM role allows Firehose to assume the role, and the access policy allows access to the S3 bucket.";
}

/** AWS does not say how often Firehose tries to write an object again. */
const PUT_AGAIN_SECONDS = 60;

/** Where the bucket is, and to which stream it belongs. */
export interface BackupBucketOptions {
  readonly store: ObjectStore;
  readonly stream: Pick<StreamDescription, "name" | "backup">;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly metrics?: StreamMetrics;
  /** Called each time that S3 refuses an object. */
  readonly onRefused?: (refusal: PutRefused) => void;
  /** Called when an object cannot be written. */
  readonly onError: (error: unknown) => void;
  /** Called with what could not be written for as long as Firehose keeps records. */
  readonly onExpired?: (content: Buffer) => void;
}

/** What is to be written as one object. */
interface Writing {
  readonly key: string;
  readonly content: Buffer;
  readonly records: number;
  /** When its oldest record arrived. */
  readonly arrival: number;
}

/** Writes objects as Firehose does: buffered by size and interval, for each kind of object on its own. */
export class BackupBucket {
  readonly #options: BackupBucketOptions;
  readonly #stream: BackupBucketOptions["stream"];
  readonly #writes: BackgroundTasks;
  readonly #failures: Record<ErrorOutputType, BatchBuffer<FailureLine>>;
  readonly #records: BatchBuffer<StreamRecord>;
  #refusals = 0;

  constructor(options: BackupBucketOptions) {
    const { stream, clock, onError } = options;
    checkPrefixes(stream.backup);
    this.#options = options;
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

  /** Whether an object is waiting that could not be written yet. */
  get isRefused(): boolean {
    return this.#refusals > 0;
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
    const arrival = oldest(lines);
    const key = objectKey(this.#stream.backup, this.#stream.name, arrival, type);
    const content = Buffer.from(lines.map(({ text }) => `${text}\n`).join(""));
    await this.#put({ key, content, records: lines.length, arrival });
  }

  /** Firehose puts nothing between the records of an object. */
  async #putRecords(records: readonly StreamRecord[]): Promise<void> {
    const arrival = oldest(records);
    const key = objectKey(this.#stream.backup, this.#stream.name, arrival);
    await this.#put({ key, content: Buffer.concat(records.map(({ data }) => data)), records: records.length, arrival });
  }

  /**
   * Tries until the object is there, or the records in it are older than the stream keeps them
   * (https://docs.aws.amazon.com/firehose/latest/dev/troubleshooting.html).
   */
  async #put({ key, content, records, arrival }: Writing): Promise<void> {
    const { store, clock, metrics, onExpired, signal } = this.#options;
    const stored = this.#stream.backup.compression === "GZIP" ? await gzipAsync(content) : content;
    let isRefused = await this.#isRefused(() => store.put(key, stored));
    if (isRefused) {
      this.#refusals++;
      try {
        while (isRefused) {
          if (clock.now() - arrival > RETENTION_SECONDS * 1000) return onExpired?.(content);
          await sleep(clock, PUT_AGAIN_SECONDS, signal);
          isRefused = await this.#isRefused(() => store.put(key, stored));
        }
      } finally {
        this.#refusals--;
      }
    }
    metrics?.put("BackupToS3.Records", records);
    metrics?.put("BackupToS3.Bytes", content.length);
    metrics?.put("BackupToS3.DataFreshness", (clock.now() - arrival) / 1000);
  }

  async #isRefused(put: () => Promise<void>): Promise<boolean> {
    const error: unknown = await put().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error !== undefined && !(error instanceof PutRefused)) throw error;
    if (error) this.#options.onRefused?.(error);
    this.#options.metrics?.put("BackupToS3.Success", error === undefined ? 1 : 0);
    return error !== undefined;
  }
}

/** A bucket that is a directory. */
export class Folder implements ObjectStore {
  /** @param directory is made if it is missing */
  constructor(readonly directory: string) {
    makeFolder(directory);
  }

  async put(key: string, content: Buffer): Promise<void> {
    const file = resolve(this.directory, key);
    if (relative(this.directory, file).startsWith(".."))
      throw new UsageError(`The object key "${key}" cannot be a file inside ${this.directory}.`);
    try {
      makeFolder(dirname(file));
      await writeFile(file, content);
    } catch (error) {
      throw cannotWrite(this.directory, error);
    }
  }
}
