/** A bucket and a stream in memory, which fail when they are told to, and objects as Firehose writes them. */
import { gzipSync } from "node:zlib";
import type { Bucket, PutBatch, StoredObject } from "../../lambda/redrive/contract";
import { accessLog, NOW } from "../lambda/support";

export const PREFIX = "firehose/moesif/failed/";
export const FAILED = `${PREFIX}http-endpoint-failed/2026/11/17/amazon-apigateway-moesif-1.gz`;

/** The process ends here. */
export class Killed extends Error {}

/** Counts steps, and kills at one of them: before it, or when it is half done. */
export class Fuse {
  constructor(public steps = Infinity) {}
  burn(): void {
    if (this.steps-- <= 0) throw new Killed();
  }
}

export class MemoryBucket implements Bucket {
  readonly objects = new Map<string, { readonly bytes: Buffer; readonly modified: number }>();
  now = NOW;
  fuse = new Fuse();

  put(key: string, bytes: Buffer | string, modified = NOW - 86_400_000): this {
    this.objects.set(key, { bytes: Buffer.from(bytes), modified });
    return this;
  }

  keys(prefix = ""): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  text(key: string): string {
    return this.objects.get(key)!.bytes.toString();
  }

  async *list(prefix: string, after = ""): AsyncGenerator<StoredObject> {
    for (const key of this.keys(prefix).filter((one) => one > after)) {
      const { bytes, modified } = this.objects.get(key)!;
      yield { key, bytes: bytes.length, modified };
    }
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    this.fuse.burn();
    const object = this.objects.get(key);
    return object && chunksOf(object.bytes);
  }

  async write(key: string, text: string): Promise<void> {
    this.fuse.burn();
    this.put(key, text, this.now);
  }

  async move(from: string, to: string): Promise<void> {
    this.fuse.burn();
    this.put(to, this.objects.get(from)!.bytes, this.now);
    this.fuse.burn();
    this.objects.delete(from);
  }
}

/** Records lie across the borders of chunks. */
export async function* chunksOf(bytes: Buffer, size = 20_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export class MemoryStream {
  readonly records: Buffer[] = [];
  fuse = new Fuse();
  /** Which records of a batch it takes. Default: all. */
  takes: (batch: readonly Buffer[]) => readonly boolean[] = (batch) => batch.map(() => true);
  failure = "throttled";

  readonly put: PutBatch = async (batch) => {
    this.fuse.burn();
    const taken = this.takes(batch);
    this.records.push(...batch.filter((_, at) => taken[at]));
    // Taken, and killed before the answer is read.
    this.fuse.burn();
    return taken.every(Boolean) ? { taken } : { taken, failure: this.failure };
  };

  texts(): string[] {
    return this.records.map((record) => record.toString());
  }
}

/** The line that Firehose writes for a record. */
export function failedLine(data: string | Buffer, more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    attemptsMade: 4,
    arrivalTimestamp: NOW - 86_400_000,
    errorCode: "HttpEndpoint.DestinationException",
    errorMessage: "Received response with status code. 503",
    attemptEndingTimestamp: NOW - 86_000_000,
    rawData: Buffer.from(data).toString("base64"),
    subsequenceNumber: 0,
    dataId: "49546986683135544286507457936321625675700192471156785154.0",
    ...more,
  });
}

export function objectOf(lines: readonly string[]): Buffer {
  return gzipSync(lines.map((line) => `${line}\n`).join(""));
}

/** The text of an access log that no other has. */
export function call(id: number, more: Record<string, unknown> = {}): string {
  return JSON.stringify(accessLog({ extendedRequestId: `ext-${id}`, ...more }));
}
