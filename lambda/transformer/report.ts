/** What one invocation did, in numbers: one JSON line in the function's log. Nothing of a record's content. */
import type { FirehoseEvent } from "./firehose";
import type { Outcome } from "./outcome";

/** The counts of one invocation. */
export interface Report {
  readonly message: "transformed";
  readonly invocationId: string;
  readonly records: number;
  readonly ok: number;
  /** Objects that were damaged, and are delivered repaired. */
  readonly repaired: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  /** Characters of base64 in and out. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly ms: number;
}

/** Counts the outcomes of an invocation by result and reason. */
export function reportOf(event: FirehoseEvent, outcomes: readonly Outcome[], ms: number): Report {
  const counts = { Dropped: {} as Record<string, number>, ProcessingFailed: {} as Record<string, number> };
  let ok = 0;
  let repaired = 0;
  let bytesOut = 0;
  for (const outcome of outcomes) {
    if (outcome.result === "Ok") {
      ok++;
      repaired += outcome.repaired ?? 0;
      bytesOut += outcome.data.length;
    } else {
      const byReason = counts[outcome.result];
      byReason[outcome.reason] = (byReason[outcome.reason] ?? 0) + 1;
    }
  }
  return {
    message: "transformed",
    invocationId: event.invocationId,
    records: outcomes.length,
    ok,
    repaired,
    dropped: counts.Dropped,
    failed: counts.ProcessingFailed,
    bytesIn: event.records.reduce((sum, { data }) => sum + (data?.length ?? 0), 0),
    bytesOut,
    ms: Math.round(ms * 10) / 10,
  };
}
