/** How many records and events came to each end. */
import type { PreviewedRecord } from "./previewed-record";

/** The total of one end. */
export interface Total {
  readonly result: PreviewedRecord["result"];
  readonly reason?: string;
  readonly records: number;
  readonly events: number;
}

const ORDER = ["Ok", "Dropped", "ProcessingFailed"];

/** Counts previewed records. */
export class Totals {
  readonly #byEnd = new Map<string, { result: Total["result"]; reason?: string; records: number; events: number }>();

  /** Events that are dropped from a record that is delivered count as events, and not as a record. */
  add({ result, reason, events, dropped = {} }: PreviewedRecord): void {
    this.#count(result, reason, 1, events);
    for (const [why, number] of Object.entries(dropped)) this.#count("Dropped", why, 0, number);
  }

  /** What is delivered first, then what is dropped and what fails, by reason. */
  list(): Total[] {
    const rank = ({ result }: Total) => ORDER.indexOf(result);
    const byReason = (a: Total, b: Total) => ((a.reason ?? "") < (b.reason ?? "") ? -1 : 1);
    return [...this.#byEnd.values()].sort((a, b) => rank(a) - rank(b) || byReason(a, b));
  }

  #count(result: Total["result"], reason: string | undefined, records: number, events: number): void {
    const key = `${result} ${reason ?? ""}`;
    const total = this.#byEnd.get(key) ?? { result, ...(reason !== undefined && { reason }), records: 0, events: 0 };
    this.#byEnd.set(key, total);
    total.records += records;
    total.events += events;
  }
}
