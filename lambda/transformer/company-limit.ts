/** Limits how many calls of one company are sent of a batch. */
import type { Call } from "./call";
import { companyOf } from "./sampling/fields";
import { companyRates, limitedWeight } from "./sampling/limit";
import type { Sampler } from "./sampling/sampler";

/**
 * Drops calls of companies that have more than the limit, by a hash of each call, and weighs those that are left. Calls
 * that the transformer has sent before are not counted again.
 */
export function limitCompanies(calls: readonly Call[], limit: number, sampler: Sampler): void {
  const limited = calls
    .filter((call) => call.dropped === undefined && !call.marked)
    .map((call) => ({ call, company: companyOf(call.log), isProtected: sampler.protects(call.log) }));
  const rates = companyRates(limited, limit);
  for (const { call, company, isProtected } of limited) {
    const rate = company === undefined || isProtected ? undefined : rates.get(company);
    if (rate !== undefined) {
      const weight = limitedWeight(rate, call.dedupeId);
      call.byChance = true;
      call.weight *= weight;
      call.dropped = weight === 0 ? "company-limit" : undefined;
    }
  }
}
