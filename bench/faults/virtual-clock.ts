/** A clock that stands still while there is work, and jumps to the next timer when everything waits. */
import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../local/clock";

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** Hours pass in milliseconds, and always alike. */
export class VirtualClock implements Clock {
  #now: number;
  /** The next one first. */
  readonly #timers: Timer[] = [];

  /** @param start in milliseconds since the epoch */
  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return Math.round(this.#now);
  }

  after(seconds: number, action: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, seconds) * 1000, action };
    const later = this.#timers.findIndex(({ at }) => at > timer.at);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
    return () => {
      const place = this.#timers.indexOf(timer);
      if (place >= 0) this.#timers.splice(place, 1);
    };
  }

  /** Lets time pass until the work is done, which must wait for nothing but this clock. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = (): void => void (isDone = true);
    work.then(end, end);
    for (;;) {
      // Promises that wait for nothing are settled within a turn; those of streams need another.
      await turn();
      await turn();
      if (isDone) return work;
      const next = this.#timers.shift();
      if (!next) throw new Error("No timer is left, and the work is not done.");
      this.#now = Math.max(this.#now, next.at);
      next.action();
    }
  }
}
