/** Collects items until there are enough bytes or enough time has passed: Firehose's buffering hints. */
import type { Clock } from "./clock";

/** When a batch is complete: whichever comes first. */
export interface BatchLimits {
  readonly bytes: number;
  readonly seconds: number;
  /** At most so many items a batch. */
  readonly items?: number;
}

/**
 * A buffer that hands over a batch when its size or its interval is reached, whichever happens first
 * (https://docs.aws.amazon.com/firehose/latest/dev/buffering-hints.html). The interval runs
 * from the first item of a batch. A batch exceeds the size only if a single item does.
 */
export class BatchBuffer<T> {
  readonly #limits: BatchLimits;
  readonly #sizeOf: (item: T) => number;
  readonly #clock: Clock;
  readonly #deliver: (batch: readonly T[]) => void;
  #items: T[] = [];
  #bytes = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(limits: BatchLimits, sizeOf: (item: T) => number, clock: Clock, deliver: (batch: readonly T[]) => void) {
    this.#limits = limits;
    this.#sizeOf = sizeOf;
    this.#clock = clock;
    this.#deliver = deliver;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Takes one item in; may hand over a batch before or after it. */
  add(item: T): void {
    const size = this.#sizeOf(item);
    if (this.#bytes + size > this.#limits.bytes) this.flush();
    this.#items.push(item);
    this.#bytes += size;
    const full = this.#bytes >= this.#limits.bytes || this.#items.length >= (this.#limits.items ?? Infinity);
    if (full) this.flush();
    else this.#cancelTimer ??= this.#clock.after(this.#limits.seconds, () => this.flush());
  }

  /** Hands over what there is, now. */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#items.length === 0) return;
    const batch = this.#items;
    this.#items = [];
    this.#bytes = 0;
    this.#deliver(batch);
  }

  /** Discards what is buffered. */
  clear(): void {
    this.#items = [];
    this.#bytes = 0;
    this.flush();
  }
}
