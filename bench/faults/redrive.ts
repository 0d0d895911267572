/** The redrive of this package on a made-up bucket and stream, killed at any step, until everything has been put back. */
import type { Bucket, PutBatch, StoredObject } from "../../lambda/redrive/contract";
import { redrive } from "../../lambda/redrive/redrive";
import { type Clock, sleep } from "../../local/clock";
import type { ObjectStore } from "../../local/backup-bucket";
import type { Random } from "../fuzz/random";
import { type FailedLine, failedLinesIn } from "./ledger";

/** Where Firehose writes what failed, and where a redrive writes what it gives up. */
const FAILED = "firehose/moesif/failed/";
const GIVEN_UP = "firehose/moesif/given-up/";

/** Longer than a redrive wants the endpoint to have been well. */
const QUIET_SECONDS = 20 * 60;

/** The process ends here. */
class Killed extends Error {}

/** A bucket in memory. */
export class MemoryBucket implements ObjectStore, Bucket {
  readonly #objects = new Map<string, { readonly content: Buffer; readonly modified: number }>();
  /** Called before each step of a redrive. */
  step: () => void = () => undefined;

  constructor(private readonly clock: Clock) {}

  async put(key: string, content: Buffer): Promise<void> {
    this.#objects.set(key, { content, modified: this.clock.now() });
  }

  /** What failed, and has neither been put back nor lost. */
  failed(): FailedLine[] {
    const objects = [...this.#objects].filter(([key]) => key.startsWith(FAILED) || key.startsWith(GIVEN_UP));
    return objects.flatMap(([, { content }]) => failedLinesIn(content));
  }

  async *list(prefix: string, after = ""): AsyncGenerator<StoredObject> {
    const found = [...this.#objects].filter(([key]) => key.startsWith(prefix) && key > after);
    for (const [key, { content, modified }] of found.sort(([a], [b]) => (a < b ? -1 : 1)))
      yield { key, bytes: content.length, modified };
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    this.step();
    const object = this.#objects.get(key);
    return object && piecesOf(object.content);
  }

  async write(key: string, text: string): Promise<void> {
    this.step();
    await this.put(key, Buffer.from(text));
  }

  async move(from: string, to: string): Promise<void> {
    this.step();
    await this.put(to, this.#objects.get(from)!.content);
    this.step();
    this.#objects.delete(from);
  }
}

async function* piecesOf(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content;
}

/** Redrives until nothing is left, killed some times on the way and refused some records. */
export async function redriveKilled(
  bucket: MemoryBucket,
  put: (data: Buffer) => Promise<void>,
  clock: Clock,
  random: Random,
): Promise<void> {
  await sleep(clock, QUIET_SECONDS);
  for (let kills = random.below(5); ; kills--) {
    const isLast = kills <= 0;
    let steps = isLast ? Infinity : random.below(20);
    bucket.step = () => {
      if (steps-- <= 0) throw new Killed();
    };
    const putBatch: PutBatch = async (batch) => {
      bucket.step();
      const taken = batch.map(() => isLast || !random.oneIn(5));
      for (const [index, data] of batch.entries()) if (taken[index]) await put(data);
      bucket.step();
      return taken.every(Boolean) ? { taken } : { taken, failure: "throttled" };
    };
    try {
      await redrive(
        { bucket, put: putBatch, prefix: FAILED },
        { send: true },
        { now: () => clock.now(), sleep: (ms) => sleep(clock, ms / 1000) },
      );
      if (isLast) return;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
}
