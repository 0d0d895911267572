/** Bounds what the delivery stream holds: in memory, whatever the size of the input, and in time; and what AWS lets in. */
import { MIB } from "./stream-record";

/**
 * A stream that records are put on keeps them for 24 hours; what is not delivered by then is lost
 * (https://docs.aws.amazon.com/firehose/latest/dev/troubleshooting.html).
 */
export const RETENTION_SECONDS = 24 * 60 * 60;

/** What may be put on a stream in a second. */
export interface Quota {
  readonly bytes: number;
  readonly records: number;
  readonly requests: number;
}

/** https://docs.aws.amazon.com/firehose/latest/dev/limits.html */
export function quotaOf(region: string): Quota {
  const isLarge = ["us-east-1", "us-west-2", "eu-west-1"].includes(region);
  return isLarge
    ? { bytes: 5 * MIB, records: 500_000, requests: 2000 }
    : { bytes: MIB, records: 100_000, requests: 1000 };
}

/** Counts the bytes that are held, and makes callers wait in turn while it is full. */
export class Capacity {
  readonly #limit: number;
  #held = 0;
  readonly #waiting: { bytes: number; enter: () => void }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Adds `bytes` as soon as they fit; false if they did not fit for `patience` milliseconds. Anything fits into an empty
   * store.
   */
  async acquire(bytes: number, patience: number): Promise<boolean> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#held += bytes;
      return true;
    }
    return new Promise((resolve) => {
      const entry = {
        bytes,
        enter: () => {
          clearTimeout(timer);
          resolve(true);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        resolve(false);
        this.#admit();
      }, patience);
      this.#waiting.push(entry);
    });
  }

  /** Adds `bytes` at once, even beyond the limit. */
  take(bytes: number): void {
    this.#held += bytes;
  }

  /** Gives `bytes` back. */
  release(bytes: number): void {
    this.#held -= bytes;
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#held += next.bytes;
      next.enter();
    }
  }

  #fits(bytes: number): boolean {
    return this.#held === 0 || this.#held + bytes <= this.#limit;
  }
}
