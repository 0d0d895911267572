/**
 * Puts the records that Firehose could not process or deliver back on the stream.
 *
 * Firehose writes them to `firehose/<name>/failed/<error type>/…`. Of each object every record is decided on:
 *
 * - It goes back on the stream as it is: `processing-failed` holds what came in, `http-endpoint-failed` what the
 *   transformer made of it, and transforming twice is the same as transforming once. The dedupe id is made of what a record
 *   says, so that Moesif takes a call once however often it is sent.
 * - It is given up: it was put back as often as is allowed (see attempts.ts), its calls are older than the 30 days that
 *   Moesif takes, or the transformer could not read it, by the transformer's reason. It goes to
 *   `given-up/reason=<reason>/…`, line by line as it was. An object that is damaged goes there whole, behind what could be
 *   read of it.
 *
 * An object whose records were all taken by the stream or given up is moved to `redriven/attempt=<highest>/…`. The order
 * is: put, write what is given up, copy, delete. Whenever it is killed, what was not put is still in `failed/`; what was
 * put is put again the next time, and Moesif drops the duplicates. Nothing else holds state, so the next run resumes by
 * itself, and two runs at once cost duplicates only.
 *
 * It stops while the endpoint is failing, since what is put would only fail once more. Firehose tells by the objects that
 * it writes when its retries are over (https://docs.aws.amazon.com/firehose/latest/dev/retry.html): as long as one under
 * `http-endpoint-failed/` is younger than some minutes, nothing is sent. The metric DeliveryToHttpEndpoint.Success would
 * tell sooner; its permission, cloudwatch:GetMetricData, knows no resources and would have to be on "*".
 *
 * Nothing here knows the AWS SDK: bucket and stream are interfaces, so that a test can fail or stop any step.
 */
import {
  type BackfillSummary,
  type Bucket,
  DEFAULTS,
  ERROR_TYPES,
  type GiveUpReason,
  type OldRecord,
  type PutBatch,
  type RedriveOptions,
  type RedriveSummary,
  type StopReason,
  type StoredObject,
} from "./contract";
import { failedParts } from "./failed-object";
import { judge, judgeOld } from "./verdict";

/** Records and bytes of one call, as {@link PutBatch} takes them: within the limits of PutRecordBatch. */
const BATCH_RECORDS = 500;
const BATCH_BYTES = 4_000_000;

/** What is given up is written in parts of this size: memory stays flat, whatever an object holds. */
const GIVEN_UP_CHARACTERS = 4_000_000;

/** How often the bucket is asked again whether the endpoint is failing. */
const CHECK_EVERY_MS = 30_000;

/** Keys begin with the day on which the oldest record arrived: Firehose keeps one for a day, and retries for two hours. */
const OLDEST_KEY_MS = 26 * 60 * 60_000;

/** What a redrive works on. */
export interface Place {
  readonly bucket: Bucket;
  readonly put: PutBatch;
  /** Prefix of the failed objects, such as `firehose/moesif/failed/`. */
  readonly prefix: string;
}

/** How it is watched and ended. */
export interface Control {
  readonly signal?: AbortSignal;
  /** No object is begun after this, in milliseconds since the epoch. */
  readonly deadline?: number;
  readonly onProgress?: (summary: RedriveSummary) => void;
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>;
}

/** Redrives every failed object that the options ask for, in the order of their keys. */
export async function redrive(place: Place, options: RedriveOptions, control: Control = {}): Promise<RedriveSummary> {
  const run = new Run(place, options, control);
  // What fails again meanwhile is left to the next run.
  const until = options.until ?? (control.now ?? Date.now)();
  for (const type of options.errorTypes ?? ERROR_TYPES) {
    await run.redriveAll(objectsOf(place, type, { ...options, until }));
  }
  return run.summary();
}

/** How many objects the options ask for. */
export async function countObjects(place: Place, options: RedriveOptions): Promise<number> {
  let count = 0;
  for (const type of options.errorTypes ?? ERROR_TYPES) {
    for await (const _ of objectsOf(place, type, options)) count++;
  }
  return count;
}

/** Redrives one object, such as an event of S3 names. */
export async function redriveObject(
  place: Place,
  key: string,
  options: RedriveOptions,
  control: Control = {},
): Promise<RedriveSummary> {
  const run = new Run(place, options, control);
  await run.redriveAll([{ key, bytes: 0, modified: 0 }]);
  return run.summary();
}

/**
 * Puts records of old access logs on the stream. They pass the transformer as new ones do, so that a call that Moesif has
 * already is dropped there by its dedupe id; a backfill that ended early is run again.
 */
export async function backfill(
  place: Place,
  records: AsyncIterable<OldRecord>,
  options: RedriveOptions,
  control: Control = {},
): Promise<BackfillSummary> {
  const run = new Run(place, options, control);
  return run.backfill(records);
}

async function* objectsOf(
  { bucket, prefix }: Place,
  type: string,
  { since = -Infinity, until = Infinity }: RedriveOptions,
): AsyncGenerator<StoredObject> {
  for await (const object of bucket.list(`${prefix}${type}/`)) {
    if (object.modified >= since && object.modified < until) yield object;
  }
}

/** One redrive: what it has counted, and how fast it may go on. */
class Run {
  readonly #counts = { moved: 0, left: 0, damaged: 0, sent: 0 };
  readonly #givenUp: Partial<Record<GiveUpReason, number>> = {};
  readonly #byErrorCode: Record<string, number> = {};
  #stopped: StopReason | undefined;
  #checkedAt = -Infinity;
  #mayPutAt = 0;

  constructor(
    private readonly place: Place,
    private readonly options: RedriveOptions,
    private readonly control: Control,
  ) {}

  async redriveAll(objects: AsyncIterable<StoredObject> | Iterable<StoredObject>): Promise<void> {
    for await (const object of objects) {
      await this.#look();
      if (this.#stopped !== undefined) return;
      await this.#redriveOne(object);
      this.control.onProgress?.(this.summary());
    }
  }

  async backfill(records: AsyncIterable<OldRecord>): Promise<BackfillSummary> {
    let [withoutId, read, done] = [0, 0, 0];
    const batch = new Batch((datas) => this.#put(datas));
    for await (const { data } of records) {
      read++;
      const verdict = judgeOld(data, this.#now());
      if (typeof verdict === "string") {
        count(this.#givenUp, verdict);
      } else {
        withoutId += verdict.withoutId;
        await batch.add(verdict.data);
        if (batch.isRefused) break;
        if (batch.size === 1) done = read - 1;
      }
    }
    await batch.flush();
    if (!batch.isRefused) done = read;
    const { records: counts, stopped } = this.summary();
    return { sent: counts.sent, refused: counts.givenUp, withoutId, done, ...(stopped !== undefined && { stopped }) };
  }

  summary(): RedriveSummary {
    const { sent, ...objects } = this.#counts;
    return {
      ...objects,
      records: { sent, givenUp: { ...this.#givenUp } },
      byErrorCode: { ...this.#byErrorCode },
      ...(this.#stopped !== undefined && { stopped: this.#stopped }),
    };
  }

  async #redriveOne({ key }: StoredObject): Promise<void> {
    const { bucket, prefix } = this.place;
    const { send, maxAttempts = DEFAULTS.maxAttempts } = this.options;
    const body = await bucket.read(key);
    // Another run was quicker.
    if (body === undefined) return;
    const path = key.startsWith(prefix) ? key.slice(prefix.length) : key;
    const base = prefix.replace(/failed\/$/, "");
    const givenUp = new GivenUp(bucket, `${base}given-up/`, path, send);
    const batch = new Batch((datas) => this.#put(datas));
    let attempt = 1;
    let isDamaged = false;
    try {
      for await (const { text, record } of failedParts(body)) {
        const verdict = record === undefined ? "unreadable" : judge(record, { now: this.#now(), maxAttempts });
        if (record !== undefined) count(this.#byErrorCode, record.errorCode || "unknown");
        if (typeof verdict === "string") {
          count(this.#givenUp, verdict);
          await givenUp.add(verdict, text);
        } else {
          attempt = Math.max(attempt, verdict.attempt);
          for (const piece of verdict.pieces) await batch.add(piece);
        }
        if (batch.isRefused) break;
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      isDamaged = true;
    }
    await batch.flush();
    if (batch.isRefused) {
      this.#counts.left++;
      return;
    }
    await givenUp.flush();
    const done = isDamaged ? "given-up/reason=damaged" : `redriven/attempt=${attempt}`;
    if (send) await bucket.move(key, `${base}${done}/${path}`);
    this.#counts[isDamaged ? "damaged" : "moved"]++;
  }

  /** Whether the stream took every record. */
  async #put(datas: readonly Buffer[]): Promise<boolean> {
    if (!this.options.send) {
      this.#counts.sent += datas.length;
      return true;
    }
    await this.#look();
    if (this.#stopped !== undefined) return false;
    const { rate = DEFAULTS.rate } = this.options;
    const wait = this.#mayPutAt - this.#now();
    if (wait > 0) await this.#sleep(wait);
    this.#mayPutAt = Math.max(this.#now(), this.#mayPutAt) + (datas.length / rate) * 1000;
    const { taken, failure } = await this.place.put(datas);
    this.#counts.sent += taken.filter(Boolean).length;
    this.control.onProgress?.(this.summary());
    // A record that Firehose rejects fails its own object only.
    if (failure !== undefined && failure !== "rejected")
      this.#stopped = failure === "denied" ? "denied" : "stream-busy";
    return taken.every(Boolean);
  }

  /** Finds out whether it has to stop. */
  async #look(): Promise<void> {
    const { signal, deadline = Infinity } = this.control;
    if (signal?.aborted) this.#stopped ??= "interrupted";
    if (this.#now() >= deadline) this.#stopped ??= "out-of-time";
    if (this.#stopped !== undefined || !this.options.send || this.#now() - this.#checkedAt < CHECK_EVERY_MS) return;
    this.#checkedAt = this.#now();
    if (await isEndpointFailing(this.place, this.#now(), this.options)) this.#stopped = "endpoint-failing";
  }

  #now(): number {
    return (this.control.now ?? Date.now)();
  }

  async #sleep(ms: number): Promise<void> {
    const { sleep = pause, signal } = this.control;
    await sleep(ms, signal);
  }
}

/** Whether Firehose gave up on the endpoint within the last minutes. */
export async function isEndpointFailing(
  { bucket, prefix }: Pick<Place, "bucket" | "prefix">,
  now: number,
  { quietMinutes = DEFAULTS.quietMinutes }: Pick<RedriveOptions, "quietMinutes">,
): Promise<boolean> {
  if (quietMinutes === 0) return false;
  const failed = `${prefix}http-endpoint-failed/`;
  const day = new Date(now - OLDEST_KEY_MS).toISOString().slice(0, 10).replaceAll("-", "/");
  for await (const { modified } of bucket.list(failed, `${failed}${day}`)) {
    if (now - modified < quietMinutes * 60_000) return true;
  }
  return false;
}

/** Gathers records up to what one call takes. */
class Batch {
  #datas: Buffer[] = [];
  #bytes = 0;
  isRefused = false;

  /** @param put whether every record was taken */
  constructor(private readonly put: (datas: readonly Buffer[]) => Promise<boolean>) {}

  /** How many records wait for the next call. */
  get size(): number {
    return this.#datas.length;
  }

  async add(data: Buffer): Promise<void> {
    if (this.#datas.length === BATCH_RECORDS || this.#bytes + data.length > BATCH_BYTES) await this.flush();
    this.#datas.push(data);
    this.#bytes += data.length;
  }

  async flush(): Promise<void> {
    const datas = this.#datas;
    [this.#datas, this.#bytes] = [[], 0];
    if (datas.length > 0 && !this.isRefused) this.isRefused = !(await this.put(datas));
  }
}

/** What is given up of one object. The keys follow from the object's own: a second run writes the same ones. */
class GivenUp {
  readonly #texts = new Map<GiveUpReason, { lines: string[]; characters: number; part: number }>();

  constructor(
    private readonly bucket: Bucket,
    private readonly prefix: string,
    private readonly path: string,
    private readonly send: boolean,
  ) {}

  async add(reason: GiveUpReason, text: string): Promise<void> {
    if (!this.send) return;
    const held = this.#texts.get(reason) ?? { lines: [], characters: 0, part: 0 };
    this.#texts.set(reason, held);
    held.lines.push(text.trim());
    held.characters += text.length;
    if (held.characters >= GIVEN_UP_CHARACTERS) await this.#write(reason);
  }

  async flush(): Promise<void> {
    for (const [reason, { lines }] of this.#texts) if (lines.length > 0) await this.#write(reason);
  }

  async #write(reason: GiveUpReason): Promise<void> {
    const held = this.#texts.get(reason)!;
    const key = `${this.prefix}reason=${reason}/${this.path.replace(/\.gz$/, "")}.${held.part}`;
    await this.bucket.write(key, `${held.lines.join("\n")}\n`);
    this.#texts.set(reason, { lines: [], characters: 0, part: held.part + 1 });
  }
}

function count<K extends string>(counts: Partial<Record<K, number>>, key: K): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** Gzip that is cut off or damaged: zlib's own errors begin so. */
function isDamage(error: unknown): boolean {
  return String((Object(error) as NodeJS.ErrnoException).code).startsWith("Z_");
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const { setTimeout: sleep } = await import("node:timers/promises");
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
