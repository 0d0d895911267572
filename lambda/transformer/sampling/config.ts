/**
 * The sampling rules that were made in Moesif: the body of `GET /v1/config`, checked and made ready. One bad entry does
 * not cost the others.
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
import { compileSearch } from "../../patterns/search";
import { type AccessLog, isObject } from "../access-log";
import { createField, textOf } from "./fields";

/** A rate for the calls of which each condition holds. */
interface SamplingRule {
  readonly conditions: readonly ((record: AccessLog) => boolean)[];
  /** Percentage that is kept. */
  readonly rate: number;
}

/** Sampling rules, ready to be asked. All rates are percentages of the calls that are kept, 0 to 100. */
export interface SamplingConfig {
  /** Where no other rate is known. */
  readonly rate: number;
  readonly users: ReadonlyMap<string, number>;
  readonly companies: ReadonlyMap<string, number>;
  /** In order: the first that holds counts. */
  readonly rules: readonly SamplingRule[];
  /** How many entries were passed over since they could not be used. */
  readonly skipped: number;
}

/** How many rules are looked at: each may be asked of every call. Those behind are skipped. */
export const MOST_RULES = 1000;

/** The most conditions of one rule; one with more is skipped. */
export const MOST_CONDITIONS = 10;

/** The most conditions of all rules together: each pattern takes time to check, and memory. Rules beyond are skipped. */
export const MOST_CONDITIONS_IN_ALL = 2000;

/** The longest path of a condition, in characters. */
const LONGEST_PATH = 256;

/** Calls are kept unless a rule says otherwise. */
const DEFAULT_RATE = 100;

/**
 * Reads the body of an answer. What cannot be used is skipped and counted: a rate that is no number from 0 to 100, a
 * rule without conditions, a condition without a path, a pattern that is refused (see `compileSearch`).
 *
 * @throws Error if the body is no object: then nothing of it counts. The message holds nothing of it.
 */
export function parseConfig(body: unknown): SamplingConfig {
  if (!isObject(body)) {
    throw new Error("Moesif's sampling config is no JSON object.");
  }
  const skips = new Skips();
  return {
    rate:
      body.sample_rate === undefined ? DEFAULT_RATE : (skips.unless(percentageOf(body.sample_rate)) ?? DEFAULT_RATE),
    users: ratesOf(body.user_sample_rate, skips),
    companies: ratesOf(body.company_sample_rate, skips),
    rules: rulesOf(body.regex_config, skips),
    skipped: skips.count,
  };
}

class Skips {
  count = 0;

  /** Counts what could not be used. */
  unless<T>(value: T | undefined): T | undefined {
    this.count += value === undefined ? 1 : 0;
    return value;
  }
}

function percentageOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value <= 100 ? value : undefined;
}

function ratesOf(entries: unknown, skips: Skips): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  if (entries === undefined || entries === null) {
    return rates;
  }
  for (const [id, value] of Object.entries(skips.unless(isObject(entries) ? entries : undefined) ?? {})) {
    const rate = skips.unless(percentageOf(value));
    if (rate !== undefined) {
      rates.set(id, rate);
    }
  }
  return rates;
}

function rulesOf(entries: unknown, skips: Skips): readonly SamplingRule[] {
  if (entries === undefined || entries === null) {
    return [];
  }
  const list = skips.unless(Array.isArray(entries) ? (entries as unknown[]) : undefined) ?? [];
  const rules: SamplingRule[] = [];
  let room = MOST_CONDITIONS_IN_ALL;
  for (const [index, entry] of list.entries()) {
    const conditions = conditionsIn(entry);
    room -= conditions.length;
    const rule = skips.unless(index < MOST_RULES && room >= 0 ? ruleOf(entry, conditions) : undefined);
    if (rule !== undefined) {
      rules.push(rule);
    }
  }
  return rules;
}

/** The conditions of an entry as they were written; none if they cannot be used. */
function conditionsIn(entry: unknown): readonly unknown[] {
  const conditions: unknown = isObject(entry) ? entry.conditions : undefined;
  return Array.isArray(conditions) && conditions.length <= MOST_CONDITIONS ? conditions : [];
}

/** A rule without conditions would hold for every call, and no rule behind it would count. */
function ruleOf(entry: unknown, written: readonly unknown[]): SamplingRule | undefined {
  const rate = isObject(entry) ? percentageOf(entry.sample_rate) : undefined;
  if (rate === undefined || written.length === 0) {
    return undefined;
  }
  const conditions = written.map(conditionOf);
  return conditions.every((condition) => condition !== undefined) ? { conditions, rate } : undefined;
}

/** A field that a record lacks satisfies no condition. */
function conditionOf(condition: unknown): ((record: AccessLog) => boolean) | undefined {
  if (!isObject(condition)) {
    return undefined;
  }
  const { path, value } = condition;
  const pattern = typeof value === "number" ? String(value) : value;
  if (typeof path !== "string" || path === "" || path.length > LONGEST_PATH || typeof pattern !== "string") {
    return undefined;
  }
  const field = createField(path);
  const finds = searchOf(pattern);
  return (
    finds &&
    ((record) => {
      const held = field(record);
      return held !== undefined && finds(textOf(held));
    })
  );
}

function searchOf(pattern: string): ((text: string) => boolean) | undefined {
  try {
    return compileSearch(pattern);
  } catch {
    // Refused. The pattern must not get into a message: it may name users.
    return undefined;
  }
}
