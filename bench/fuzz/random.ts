/** Chance that can be repeated: the same seed makes the same records, on any machine. */

/** Chance from a seed, by the generator mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to `bound`, without it. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** One of these, by their weights. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.below(choices.reduce((sum, [weight]) => sum + weight, 0));
    return choices.find(([weight]) => (left -= weight) < 0)![1];
  }

  /** `count` of what `make` makes. */
  times<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }

  /** So many digits of a base up to 36. */
  digits(count: number, base = 16): string {
    let text = "";
    while (text.length < count) text += this.below(base).toString(base);
    return text;
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((count) => this.digits(count)).join("-");
  }

  bytes(count: number): Buffer {
    return Buffer.from(this.times(count, () => this.below(256)));
  }
}
