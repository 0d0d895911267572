/** Which calls are sent, and how many each of them stands for. */
import type { AccessLog } from "../access-log";
import type { SamplingSettings } from "../settings";
import type { SamplingConfig } from "./config";
import { companyOf, createField, userOf } from "./fields";
import { chanceOf, chancesOf } from "./hash";
import { rateOf } from "./rate";
import { weightOf } from "./weight";

/** Decides on calls. The same call is decided alike, as long as the rules are the same. */
export interface Sampler {
  /**
   * How many calls this one stands for: 0 if it is dropped; 1 if it is kept as it is; else a weight, which is still to
   * be multiplied with what the record had before (`multiplied` in `weight.ts`).
   *
   * @param dedupeId gives the UUID of the request; it is asked only where a rate leaves a choice
   */
  readonly weigh: (log: AccessLog, dedupeId: () => string) => number;
  /** Whether a call is an error that `keepErrors` keeps: no rate drops it, and it does not count for `companyLimit`. */
  readonly protects: (log: AccessLog) => boolean;
}

/**
 * Prepares the sampling.
 *
 * @param config the rules of Moesif as they are now, if any are known; not asked where `remote` is `false`
 */
export function createSampler(settings: SamplingSettings = {}, config: () => SamplingConfig | undefined): Sampler {
  const { remote = true, rate: localRate = 100, by = "request", keepErrors = "none" } = settings;
  const protects = createProtection(keepErrors);
  const sharedId = by === "request" ? undefined : by === "user" ? userOf : companyOf;

  function weigh(log: AccessLog, dedupeId: () => string): number {
    const rules = remote ? config() : undefined;
    const rate = rules === undefined ? localRate : rateOf(log, rules);
    if (rate >= 100 || protects(log)) {
      return 1;
    }
    if (rate <= 0) {
      return 0;
    }
    const { decision, rounding } = chancesOf(dedupeId());
    const id = sharedId?.(log);
    return weightOf(rate, id === undefined ? decision : chanceOf(id), rounding);
  }

  return { weigh, protects };
}

const statusOf = createField("response.status");

function createProtection(keepErrors: "none" | "server" | "all"): (log: AccessLog) => boolean {
  if (keepErrors === "none") {
    return () => false;
  }
  const least = keepErrors === "server" ? 500 : 400;
  return (log) => Number(statusOf(log)) >= least;
}
