/** The time of an invocation that patterns may take, so that no record and no setting makes it end in a time-out. */

/** Of the time that an invocation has: Moesif's sampling rules may take this part of it, */
export const RULES_SHARE = 0.4;

/** and all patterns together this one. The rest is for what has no pattern, and for the answer. */
export const PATTERNS_SHARE = 0.7;

/** What was begun within that time may be ended within this one. */
const ENDING_SHARE = 0.85;

/** Milliseconds of a clock that never goes back. `performance` takes a millisecond to load. */
export function steadyMs(): number {
  return process.uptime() * 1000;
}

/** There is no time left for the patterns of the settings. */
export class OutOfTime extends Error {}

/** The time for patterns. Until an invocation starts, there is no end to it. */
export class TimeBudget {
  readonly #now: () => number;
  #rulesEnd = Infinity;
  #patternsEnd = Infinity;
  #ending = Infinity;
  #isEnding = false;
  #undecided = 0;
  #hasRunOut = false;
  #lastUndecided: object | undefined;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = steadyMs) {
    this.#now = now;
  }

  /** Begins with an invocation that has so many milliseconds. */
  start(remainingMs: number): void {
    const now = this.#now();
    this.#rulesEnd = now + remainingMs * RULES_SHARE;
    this.#patternsEnd = now + remainingMs * PATTERNS_SHARE;
    this.#ending = now + remainingMs * ENDING_SHARE;
    this.#undecided = 0;
    this.#hasRunOut = false;
  }

  /** Events of this invocation of which a sampling rule may hold that could not be evaluated. */
  get undecided(): number {
    return this.#undecided;
  }

  /** Counts an event, once. */
  leaveUndecided(event: object): void {
    this.#undecided += event === this.#lastUndecided ? 0 : 1;
    this.#lastUndecided = event;
  }

  /** Whether Moesif's sampling rules have had their time: then they are evaluated no more. */
  areRulesOut(): boolean {
    return this.#now() >= this.#rulesEnd;
  }

  /** Does the last step of a call, for which there is time that no other step may take. */
  ending<T>(step: () => T): T {
    this.#isEnding = true;
    try {
      return step();
    } finally {
      this.#isEnding = false;
    }
  }

  /** Whether a pattern of the settings could not be asked in time. */
  get hasRunOut(): boolean {
    return this.#hasRunOut;
  }

  /**
   * To be called before each use of a pattern of the settings.
   *
   * @throws OutOfTime
   */
  requireTime(): void {
    const end = this.#isEnding ? this.#ending : this.#hasRunOut ? -Infinity : this.#patternsEnd;
    if (this.#now() >= end) {
      this.#hasRunOut = true;
      throw new OutOfTime();
    }
  }
}
