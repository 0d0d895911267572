/**
 * A limit of the calls of one company in a batch. It is the second of two stages: sampling decides on each call, the
 * limit on those that sampling kept, since it must know how many these are.
 *
 *     const kept = calls that the sampler weighed with 1 or more
 *     const rates = companyRates(kept, limit)
 *     weight of a call = sampler's weight × limitedWeight(rates.get(company), dedupeId), 0 of which means dropped
 *
 * Each stage is right on average for itself and decides by bits of its own, so their weights multiply.
 */
import { secondChancesOf } from "./hash";
import { weightOf } from "./weight";

/** A call that the sampling kept. */
export interface KeptCall {
  /** `companyOf` of the record; the limit is nothing to a call without one. */
  readonly company: string | undefined;
  /** `protects` of the sampler: such a call does not count, and has to be kept without asking for its weight. */
  readonly isProtected: boolean;
}

/** The percentage that is kept, 0 to 100, for each company that has more calls than the limit. */
export function companyRates(calls: readonly KeptCall[], limit: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { company, isProtected } of calls) {
    if (company !== undefined && !isProtected) {
      counts.set(company, (counts.get(company) ?? 0) + 1);
    }
  }
  const rates = new Map<string, number>();
  for (const [company, count] of counts) {
    if (count > limit) {
      rates.set(company, (100 * limit) / count);
    }
  }
  return rates;
}

/** The weight of a call at the rate of its company: 0 if it is dropped, 1 without a rate. */
export function limitedWeight(rate: number | undefined, dedupeId: string): number {
  if (rate === undefined) {
    return 1;
  }
  const { decision, rounding } = secondChancesOf(dedupeId);
  return weightOf(rate, decision, rounding);
}
