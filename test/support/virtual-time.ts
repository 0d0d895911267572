/** A clock that stands still while work is under way, and jumps to the next timer when everything waits. */
import { setImmediate as idle } from "node:timers/promises";

export class VirtualTime {
  #now = 0;
  readonly #waiting: { readonly until: number; readonly wake: () => void }[] = [];

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      this.#waiting.push({ until: this.#now + ms, wake });
    });

  advance(ms: number): void {
    this.#now += ms;
  }

  /** Lets time pass until the work is done, which waits for nothing but this clock. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const end = (): void => void (done = true);
    work.then(end, end);
    for (;;) {
      await idle();
      if (done) return work;
      this.#waiting.sort((one, other) => one.until - other.until);
      const next = this.#waiting.shift();
      if (next === undefined) throw new Error("no timer is left, and the work is not done");
      this.#now = Math.max(this.#now, next.until);
      next.wake();
    }
  }
}
