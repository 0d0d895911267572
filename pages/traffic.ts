/** What Moesif would show of delivered calls, as figures: the same ones for the JSON and the page. */
import type { DeliveredCall } from "../lambda/transformer/delivered";
import { routeOf } from "./routes";
import { type CountedCall, type Rank, rankOf, Tally, TimeScale, TopTallies } from "./tallies";

/** Figures of calls that have something in common. Latencies are right to 1 %. */
export interface Figures {
  readonly calls: number;
  readonly withUser: number;
  readonly withCompany: number;
  /** Calls with a status of 400 to 499. */
  readonly clientErrors: number;
  /** Calls with a status of 500 and more. */
  readonly serverErrors: number;
  /** Of the responses. */
  readonly bytes: number;
  readonly p50Ms?: number;
  readonly p90Ms?: number;
  readonly p99Ms?: number;
}

/** The first by calls, bytes or errors. */
export interface Ranking {
  readonly rows: readonly (Figures & { readonly name: string })[];
  /** Those with no value, such as calls without a company. */
  readonly none?: Figures;
  /** All others as one. */
  readonly rest?: Figures & { readonly names: number };
  /** By how many calls the count of a name may be too low: 0 if all are exact. */
  readonly mayLack: number;
}

/** Calls of each column of time. */
export interface Series {
  readonly name: string;
  readonly of?: "none" | "rest";
  readonly calls: readonly number[];
}

/** What Moesif would show. Calls count by their weights. */
export interface TrafficSummary extends Figures {
  /** Objects that are delivered; they stand for as many calls as their weights say. */
  readonly delivered: number;
  /** ISO 8601, of the first and the last call. */
  readonly from?: string;
  readonly to?: string;
  readonly overTime: {
    readonly columnSeconds: number;
    /** When each column begins, in ISO 8601. */
    readonly begins: readonly string[];
    readonly byStatus: readonly Series[];
    readonly byCompany: readonly Series[];
    readonly byUser: readonly Series[];
  };
  readonly companies: Ranking;
  readonly users: Ranking;
  readonly apis: Ranking;
  readonly routes: Ranking;
  /** By bytes: who downloads most. */
  readonly companiesByBytes: Ranking;
  readonly usersByBytes: Ranking;
  readonly routesByErrors: Ranking;
  /** Keys of which values are masked or hashed, by calls. */
  readonly redacted: readonly { readonly key: string; readonly calls: number }[];
}

/** Rows of a ranking, and series of a chart. */
const MAX_ROWS = 12;
const MAX_SERIES = 5;
const MAX_REDACTED = 50;

/** Counts delivered calls, in bounded memory. */
export class Traffic {
  readonly #scale = new TimeScale();
  readonly #all = new Tally();
  readonly #noCompany = this.#ofAllTime();
  readonly #noUser = this.#ofAllTime();
  readonly #companies = new TopTallies(this.#scale);
  readonly #users = new TopTallies(this.#scale);
  readonly #apis = new TopTallies(this.#scale);
  readonly #routes = new TopTallies(this.#scale);
  readonly #statuses = new TopTallies(this.#scale);
  readonly #redacted = new TopTallies(this.#scale);
  #delivered = 0;
  #from = Infinity;
  #to = -Infinity;

  add(call: DeliveredCall): void {
    const { time, status, user, company, apiId = "unknown", apiName } = call;
    const counted: CountedCall = {
      weight: call.weight,
      column: time === undefined ? undefined : this.#scale.columnOf(time),
      status,
      ms: call.durationMs,
      bytes: call.responseBytes ?? 0,
      hasUser: user !== undefined,
      hasCompany: company !== undefined,
    };
    this.#delivered++;
    if (time !== undefined) [this.#from, this.#to] = [Math.min(this.#from, time), Math.max(this.#to, time)];
    this.#all.add(counted);
    if (company === undefined) this.#noCompany.add(counted);
    else this.#companies.add(company, counted);
    if (user === undefined) this.#noUser.add(counted);
    else this.#users.add(user, counted);
    this.#apis.add(apiName === undefined ? apiId : `${apiName} (${apiId})`, counted);
    this.#routes.add(routeOf(call.verb, call.path, call.routeKey), counted);
    this.#statuses.add(status === undefined ? "no status" : `${Math.floor(status / 100)}xx`, counted);
    for (const key of call.redacted) this.#redacted.add(key, counted);
  }

  summary(): TrafficSummary {
    const { columns, stepSeconds } = this.#scale;
    const iso = (ms: number) => new Date(ms).toISOString();
    const period = columns.length === 0 ? {} : { from: iso(this.#from), to: iso(this.#to) };
    return {
      ...figuresOf(this.#all),
      delivered: this.#delivered,
      ...period,
      overTime: {
        columnSeconds: stepSeconds,
        begins: columns.map((column) => iso(this.#scale.startOf(column))),
        byStatus: seriesOf(this.#statuses, columns, undefined, Infinity).sort((a, b) => (a.name < b.name ? -1 : 1)),
        byCompany: seriesOf(this.#companies, columns, this.#noCompany),
        byUser: seriesOf(this.#users, columns, this.#noUser),
      },
      companies: rankingOf(this.#companies, "calls", this.#noCompany),
      users: rankingOf(this.#users, "calls", this.#noUser),
      apis: rankingOf(this.#apis, "calls"),
      routes: rankingOf(this.#routes, "calls"),
      companiesByBytes: rankingOf(this.#companies, "bytes", this.#noCompany),
      usersByBytes: rankingOf(this.#users, "bytes", this.#noUser),
      routesByErrors: rankingOf(this.#routes, "errors"),
      redacted: this.#redacted.top("calls", MAX_REDACTED).entries.map(([key, { calls }]) => ({ key, calls })),
    };
  }

  #ofAllTime(): Tally {
    const tally = new Tally();
    this.#scale.onWider((factor) => tally.widen(factor));
    return tally;
  }
}

function figuresOf(tally: Tally): Figures {
  const { calls, withUser, withCompany, clientErrors, serverErrors, bytes, latencies } = tally;
  const [p50Ms, p90Ms, p99Ms] = [50, 90, 99].map((percent) => latencies.percentile(percent));
  return { calls, withUser, withCompany, clientErrors, serverErrors, bytes, p50Ms, p90Ms, p99Ms };
}

function rankingOf(tallies: TopTallies, rank: Rank, none?: Tally): Ranking {
  const { entries, rest, others } = tallies.top(rank, MAX_ROWS);
  const value = rankOf(rank);
  return {
    rows: entries.filter(([, tally]) => value(tally) > 0).map(([name, tally]) => ({ name, ...figuresOf(tally) })),
    ...(none && none.calls > 0 && { none: figuresOf(none) }),
    ...(value(rest) > 0 && { rest: { names: others, ...figuresOf(rest) } }),
    mayLack: tallies.mayLack,
  };
}

function seriesOf(tallies: TopTallies, columns: readonly number[], none?: Tally, limit = MAX_SERIES): Series[] {
  const { entries, rest, others } = tallies.top("calls", limit);
  const callsOf = ({ columns: calls }: Tally) => columns.map((column) => calls.get(column) ?? 0);
  return [
    ...entries.map(([name, tally]) => ({ name, calls: callsOf(tally) })),
    ...(rest.calls > 0 ? [{ name: `${others} others`, of: "rest", calls: callsOf(rest) } as const] : []),
    ...(none && none.calls > 0 ? [{ name: "none", of: "none", calls: callsOf(none) } as const] : []),
  ];
}
