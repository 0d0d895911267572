/** Which calls are sent, and how many each of them stands for. */
import type { AccessLog } from "../access-log";
import { TimeBudget } from "../../re2/time-budget";
import type { SamplingSettings } from "../settings";
import type { SamplingConfig, SamplingRule } from "./config";
import { companyOf, createField, type TextField, userOf } from "./fields";

/** Decides on calls. The same call is decided alike, as long as the rules are the same. */
export interface Sampler {
  /**
   * How many calls this one stands for: 0 if it is dropped; 1 if it is kept as it is; else a weight, which is still to
   * be multiplied with what the record had before: {@link multiplied}.
   *
   * @param hash gives the {@link hashOf} of what identifies the call; it is called only where a rate leaves a choice
   * @param isEvent whether the call is an event, and no access log. Default: `false`
   */
  readonly weigh: (log: AccessLog, hash: () => number, isEvent?: boolean) => number;
  /** Whether a call is an error that `keepErrors` keeps: no rate drops it, and it does not count for `companyLimit`. */
  readonly protects: (log: AccessLog, isEvent?: boolean) => boolean;
}

/**
 * Prepares the sampling.
 *
 * @param config the rules of Moesif as they are now, if any are known; not asked where `remote` is `false`
 */
export function createSampler(
  settings: SamplingSettings = {},
  config: () => SamplingConfig | undefined,
  budget = new TimeBudget(),
): Sampler {
  const { remote = true, rate: localRate = 100, by = "request", keepErrors = "none" } = settings;
  const protects = createProtection(keepErrors);
  const sharedId = by === "request" ? undefined : by === "user" ? userOf : companyOf;

  function weigh(log: AccessLog, hash: () => number, isEvent = false): number {
    const rules = remote ? config() : undefined;
    const rate = rules === undefined ? localRate : rateOf(log, rules, budget, isEvent);
    if (rate >= 100 || protects(log, isEvent)) {
      return 1;
    }
    if (rate <= 0) {
      return 0;
    }
    const own = hash();
    const id = sharedId?.(log, isEvent);
    return weightOf(rate, chanceOf(id === undefined ? own : hashOf(id), "decision"), chanceOf(own, "rounding"));
  }

  return { weigh, protects };
}

const statusOf = createField("response.status");

function createProtection(keepErrors: "none" | "server" | "all"): Sampler["protects"] {
  if (keepErrors === "none") {
    return () => false;
  }
  const least = keepErrors === "server" ? 500 : 400;
  return (log, isEvent) => Number(statusOf(log, isEvent)) >= least;
}

// The rate of one call, by the rules that were made in Moesif.

/**
 * The percentage of such calls that is kept, 0 to 100: of the first rule whose conditions all hold, else of the user,
 * else of the company, else that of all. This is the order of Moesif's own function. A rule of which it is unknown
 * whether it holds costs volume, never calls: the rate is its own or what follows from the others, whichever is higher.
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
export function rateOf(record: AccessLog, config: SamplingConfig, budget = new TimeBudget(), isEvent = false): number {
  const { rules, users, companies, rate } = config;
  let least = 0;
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index]!;
    if (index % RULES_BETWEEN_LOOKS === 0 && budget.areRulesOut()) {
      budget.leaveUndecided(record);
      least = Math.max(least, rule.highest);
      break;
    }
    const holds = holdsFor(rule, record, budget, isEvent);
    if (holds !== false) {
      least = Math.max(least, rule.rate);
    }
    if (holds) {
      return least;
    }
  }
  return Math.max(
    least,
    rateFor(users, userOf, record, isEvent) ?? rateFor(companies, companyOf, record, isEvent) ?? rate,
  );
}

/** Reading the clock takes as long as a rule. */
const RULES_BETWEEN_LOOKS = 64;

/** Whether all conditions of a rule hold; `undefined` if none of them fails, and one is unknown. */
function holdsFor(
  { conditions }: SamplingRule,
  record: AccessLog,
  budget: TimeBudget,
  isEvent: boolean,
): boolean | undefined {
  let all: boolean | undefined = true;
  for (const condition of conditions) {
    const holds = condition(record, budget, isEvent);
    if (holds === false) {
      return false;
    }
    all = holds && all;
  }
  return all;
}

/** The record is read only if there is anything to find. */
function rateFor(
  rates: ReadonlyMap<string, number>,
  idOf: TextField,
  record: AccessLog,
  isEvent: boolean,
): number | undefined {
  const id = rates.size === 0 ? undefined : idOf(record, isEvent);
  return id === undefined ? undefined : rates.get(id);
}

// How many calls a kept one stands for. Moesif's reports sum the weights.

/** Moesif's SDKs hold a weight as an integer of 32 bits: https://github.com/Moesif/moesifapi-java */
const MOST_WEIGHT = 2 ** 31 - 1;

/**
 * The weight of a call: 0 if it is dropped, else an integer. A call is kept with the probability of its rate. The weight
 * is 100/rate; where that is no integer, it is the one below or the one above, so that it is 100/rate on average. So the
 * weights of many calls sum up to their number, at any rate.
 *
 * @param rate percentage that is kept, 0 to 100
 * @param decision decides whether the call is kept: a number that is uniform in [0, 1)
 * @param rounding decides which of the two integers it is: uniform in [0, 1), and independent of `decision`
 */
export function weightOf(rate: number, decision: number, rounding: number): number {
  if (decision * 100 >= rate) {
    return 0;
  }
  const exact = Math.min(100 / rate, MOST_WEIGHT);
  const below = Math.floor(exact);
  return rounding < exact - below ? below + 1 : below;
}

/**
 * The weight of a call that had one before, as an event that its producer sampled: the product.
 *
 * @param own what the record has as `weight`: an integer from 1 on, as a number or a text; anything else is 1
 */
export function multiplied(own: unknown, weight: number): number {
  return Math.min(integerOf(own) * weight, MOST_WEIGHT);
}

function integerOf(own: unknown): number {
  const value = typeof own === "string" && /^[0-9]{1,10}$/.test(own) ? Number(own) : own;
  return typeof value === "number" && Number.isInteger(value) && value >= 1 ? value : 1;
}

// Numbers that decide: uniform in [0, 1), and the same for the same text. So a call that comes again, in a retry or a
// redrive, is decided alike.

/** What a number is for. Those for two purposes are independent of each other. */
const PURPOSES = { decision: 0, rounding: 0x5bd1e995, limitDecision: 0x2545f491, limitRounding: 0x6c078965 };

/** The number for a purpose: the hash is mixed as at the end of MurmurHash3, where each bit changes half of all bits. */
export function chanceOf(hash: number, purpose: keyof typeof PURPOSES): number {
  let mixed = hash ^ PURPOSES[purpose];
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** Characters that are hashed at once. */
const PIECE = 4096;
const words = new Int32Array(PIECE / 2);
const bytes = Buffer.from(words.buffer);

/**
 * A hash of 32 bits, for {@link chanceOf}. It takes two characters at a time: SHA-1, which the dedupe id is made with,
 * would take a tenth of all the time that sampling takes.
 *
 * @param seed what one cannot know who chooses a part of the text: then no choice helps
 */
export function hashOf(text: string, seed = 0): number {
  let hash = seed ^ text.length;
  for (let from = 0; from < text.length; from += PIECE) {
    const piece = text.length <= PIECE ? text : text.slice(from, from + PIECE);
    const written = bytes.write(piece, "utf16le");
    if (piece.length % 2 === 1) {
      bytes.fill(0, written, written + 2);
    }
    for (let index = 0; index < piece.length / 2; index++) {
      // A different hash before gives a different one behind, whatever the word.
      hash = Math.imul(hash ^ words[index]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
  }
  return hash;
}

// A limit of the calls of one company in a batch. It is the second of two stages: sampling decides on each call, the
// limit on those that sampling kept, since it must know how many these are.
//
// const kept = calls that the sampler weighed with 1 or more
// const rates = companyRates(kept, limit)
// weight of a call = sampler's weight × limitedWeight(rates.get(company), hash), 0 of which means dropped
//
// Each stage is right on average for itself and decides by numbers of its own, so their weights multiply.

/** A call that the sampling kept. */
interface KeptCall {
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
export function limitedWeight(rate: number | undefined, hash: number): number {
  return rate === undefined ? 1 : weightOf(rate, chanceOf(hash, "limitDecision"), chanceOf(hash, "limitRounding"));
}
