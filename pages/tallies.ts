/** Counts of calls in bounded memory, however many calls, callers and routes a log has. */

/** Of two neighbouring bounds of a histogram: what is read from it is off by 1 % at most. */
const GROWTH = 1.02;
const LOG_GROWTH = Math.log(GROWTH);

/** Latencies as a histogram of exponential bounds, as DDSketch has them: https://arxiv.org/abs/1908.10693 */
export class Latencies {
  readonly #buckets = new Map<number, number>();
  #calls = 0;

  add(ms: number, calls: number): void {
    const bucket = ms < 1 ? -1 : Math.ceil(Math.log(ms) / LOG_GROWTH);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + calls);
    this.#calls += calls;
  }

  merge(other: Latencies): void {
    for (const [bucket, calls] of other.#buckets) this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + calls);
    this.#calls += other.#calls;
  }

  /** What so many percent of the calls do not exceed, in milliseconds; undefined of no calls. */
  percentile(percent: number): number | undefined {
    if (this.#calls === 0) return undefined;
    let left = Math.ceil((percent / 100) * this.#calls);
    const buckets = [...this.#buckets].sort(([one], [other]) => one - other);
    const [bucket] = buckets.find(([, calls]) => (left -= calls) <= 0) ?? buckets.at(-1)!;
    return bucket < 0 ? 0 : Math.round((2 * GROWTH ** bucket) / (GROWTH + 1));
  }
}

/** Seconds of a column of time. Each holds a whole number of the one before, so that columns can be merged. */
const STEPS = [1, 5, 15, 60, 300, 900, 3600, 10_800, 43_200, 86_400, 604_800, 2_419_200, 31_449_600, 314_496_000];

/** Columns of time, which grow wider with the log. */
export class TimeScale {
  static readonly MAX_COLUMNS = 120;
  #step = 0;
  #first = Infinity;
  #last = -Infinity;
  readonly #onWider: ((factor: number) => void)[] = [];

  get stepSeconds(): number {
    return STEPS[this.#step]!;
  }

  /** The columns from the first to the last that has calls. */
  get columns(): number[] {
    return this.#last < this.#first
      ? []
      : Array.from({ length: this.#last - this.#first + 1 }, (_, index) => this.#first + index);
  }

  /** @param widen is called when so many columns become one */
  onWider(widen: (factor: number) => void): void {
    this.#onWider.push(widen);
  }

  columnOf(ms: number): number {
    const seconds = Math.floor(ms / 1000);
    const of = () => Math.floor(seconds / this.stepSeconds);
    const tooMany = () => Math.max(this.#last, of()) - Math.min(this.#first, of()) >= TimeScale.MAX_COLUMNS;
    while (tooMany() && this.#step < STEPS.length - 1) {
      const factor = STEPS[this.#step + 1]! / STEPS[this.#step]!;
      this.#step++;
      [this.#first, this.#last] = [Math.floor(this.#first / factor), Math.floor(this.#last / factor)];
      for (const widen of this.#onWider) widen(factor);
    }
    this.#first = Math.min(this.#first, of());
    this.#last = Math.max(this.#last, of());
    return of();
  }

  /** When a column begins. */
  startOf(column: number): number {
    return column * this.stepSeconds * 1000;
  }
}

/** One call, as far as it is counted. */
export interface CountedCall {
  /** How many calls it stands for. */
  readonly weight: number;
  /** Undefined if its time is not known. */
  readonly column?: number;
  readonly status?: number;
  readonly ms?: number;
  readonly bytes: number;
  readonly hasUser: boolean;
  readonly hasCompany: boolean;
}

/** Calls that have something in common. */
export class Tally {
  calls = 0;
  bytes = 0;
  clientErrors = 0;
  serverErrors = 0;
  withUser = 0;
  withCompany = 0;
  readonly latencies = new Latencies();
  columns = new Map<number, number>();

  add({ weight, column, status = 0, ms, bytes, hasUser, hasCompany }: CountedCall): void {
    this.calls += weight;
    this.bytes += bytes * weight;
    if (status >= 500) this.serverErrors += weight;
    else if (status >= 400) this.clientErrors += weight;
    if (hasUser) this.withUser += weight;
    if (hasCompany) this.withCompany += weight;
    if (ms !== undefined) this.latencies.add(ms, weight);
    if (column !== undefined) this.columns.set(column, (this.columns.get(column) ?? 0) + weight);
  }

  merge(other: Tally): void {
    for (const figure of ["calls", "bytes", "clientErrors", "serverErrors", "withUser", "withCompany"] as const)
      this[figure] += other[figure];
    this.latencies.merge(other.latencies);
    for (const [column, calls] of other.columns) this.columns.set(column, (this.columns.get(column) ?? 0) + calls);
  }

  widen(factor: number): void {
    const narrow = this.columns;
    this.columns = new Map();
    for (const [column, calls] of narrow) {
      const wide = Math.floor(column / factor);
      this.columns.set(wide, (this.columns.get(wide) ?? 0) + calls);
    }
  }
}

/** By what one is before another. */
export type Rank = "calls" | "bytes" | "errors";

export function rankOf(rank: Rank): (tally: Tally) => number {
  return rank === "errors" ? (tally) => tally.clientErrors + tally.serverErrors : (tally) => tally[rank];
}

/** Characters of a key: of longer ones, those that begin alike count as one. */
const LONGEST_KEY = 200;

/** The tallies of those keys that have most calls or bytes; the others are one. */
export class TopTallies {
  static readonly LIMIT = 2_000;
  readonly #byKey = new Map<string, Tally>();
  readonly rest = new Tally();
  /** Keys that are counted with the rest; one that came again is counted each time. */
  forgotten = 0;
  /** By how many calls the tally of a key may be too low, since it was counted with the rest at first. */
  mayLack = 0;

  constructor(scale: TimeScale) {
    scale.onWider((factor) => {
      for (const tally of [...this.#byKey.values(), this.rest]) tally.widen(factor);
    });
  }

  add(key: string, call: CountedCall): void {
    const short = key.length > LONGEST_KEY ? `${key.slice(0, LONGEST_KEY)}…` : key;
    let tally = this.#byKey.get(short);
    if (tally === undefined) {
      this.#byKey.set(short, (tally = new Tally()));
      if (this.#byKey.size > TopTallies.LIMIT) this.#forget();
    }
    tally.add(call);
  }

  /** The first by a rank, and all others as one. */
  top(
    rank: Rank,
    limit: number,
  ): { readonly entries: readonly (readonly [string, Tally])[]; readonly rest: Tally; readonly others: number } {
    const sorted = this.#sorted(rank);
    const rest = new Tally();
    rest.merge(this.rest);
    for (const [, tally] of sorted.slice(limit)) rest.merge(tally);
    return { entries: sorted.slice(0, limit), rest, others: Math.max(0, sorted.length - limit) + this.forgotten };
  }

  #sorted(rank: Rank): [string, Tally][] {
    const value = rankOf(rank);
    return [...this.#byKey].sort(([a, one], [b, other]) => value(other) - value(one) || (a < b ? -1 : 1));
  }

  /** Keeps the keys with most calls, and those with most bytes; half of the limit at most. */
  #forget(): void {
    const kept = new Set(
      (["calls", "bytes"] as const).flatMap((rank) =>
        this.#sorted(rank)
          .slice(0, TopTallies.LIMIT / 4)
          .map(([key]) => key),
      ),
    );
    let most = 0;
    for (const [key, tally] of this.#byKey) {
      // A key that is just being added has no calls yet.
      if (kept.has(key) || tally.calls === 0) continue;
      most = Math.max(most, tally.calls);
      this.rest.merge(tally);
      this.forgotten++;
      this.#byKey.delete(key);
    }
    this.mayLack += most;
  }
}
