/**
 * The sampling rules that were made in Moesif: the body of `GET /v1/config`, checked and made ready. One bad entry does
 * not cost the others.
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
import type { Finds } from "../../re2/literals";
import { createSearch, type Search } from "../../re2/pattern";
import { type AccessLog, isObject } from "../access-log";
import { steadyMs, type TimeBudget } from "../../re2/time-budget";
import { createField, type Field, textOf } from "./fields";

/** Whether a condition holds; `undefined` where that is unknown. */
type Condition = (record: AccessLog, budget: TimeBudget, isEvent: boolean) => boolean | undefined;

/** A rate for the calls of which each condition holds. */
export interface SamplingRule {
  readonly conditions: readonly Condition[];
  /** Percentage that is kept. */
  readonly rate: number;
  /** The highest rate of this rule and those behind it. */
  readonly highest: number;
}

/** Sampling rules, ready to be asked. All rates are percentages of the calls that are kept, 0 to 100. */
export interface SamplingConfig {
  /** Where no other rate is known. */
  readonly rate: number;
  readonly users: ReadonlyMap<string, number>;
  readonly companies: ReadonlyMap<string, number>;
  /** In order: the first that holds counts. */
  readonly rules: readonly SamplingRule[];
  /** How many entries cannot be used. */
  readonly skipped: number;
}

/** The most patterns that are no lists of literals: each takes memory. Conditions with further ones cannot be used. */
export const MOST_PATTERNS = 1000;

/** Milliseconds in which patterns are prepared. Conditions with patterns that are left cannot be used. */
export const MOST_PREPARING_MS = 3000;

/** The longest path of a condition, in characters. */
export const LONGEST_PATH = 256;

/** Calls are kept unless a rule says otherwise. */
const DEFAULT_RATE = 100;

/**
 * Reads the body of an answer. What cannot be used is counted: a rate that is no number from 0 to 100 and a rule without
 * conditions, which are skipped; and a condition without a path or with a pattern that RE2 refuses, which may hold.
 *
 * @param now milliseconds of a clock that never goes back
 * @throws Error if the body is no object: then nothing of it counts. The message holds nothing of it.
 */
export function parseConfig(body: unknown, now: () => number = steadyMs): SamplingConfig {
  if (!isObject(body)) {
    throw new Error("Moesif's sampling config is no JSON object.");
  }
  const skips = new Skips();
  return {
    rate:
      body.sample_rate === undefined ? DEFAULT_RATE : (skips.unless(percentageOf(body.sample_rate)) ?? DEFAULT_RATE),
    users: ratesOf(body.user_sample_rate, skips),
    companies: ratesOf(body.company_sample_rate, skips),
    rules: rulesOf(body.regex_config, skips, new Conditions(now)),
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

function rulesOf(entries: unknown, skips: Skips, conditions: Conditions): readonly SamplingRule[] {
  if (entries === undefined || entries === null) {
    return [];
  }
  const list = skips.unless(Array.isArray(entries) ? (entries as unknown[]) : undefined) ?? [];
  const rules = list.map((entry) => ruleOf(entry, skips, conditions)).filter((rule) => rule !== undefined);
  let highest = 0;
  return rules
    .toReversed()
    .map((rule) => ({ ...rule, highest: (highest = Math.max(highest, rule.rate)) }))
    .toReversed();
}

/** A rule without conditions would hold for every call, and no rule behind it would count. */
function ruleOf(entry: unknown, skips: Skips, all: Conditions): Omit<SamplingRule, "highest"> | undefined {
  const { sample_rate: written, conditions: list }: AccessLog = isObject(entry) ? entry : {};
  const rate = percentageOf(written);
  if (rate === undefined || !Array.isArray(list) || list.length === 0) {
    return skips.unless(undefined);
  }
  const conditions = (list as readonly unknown[]).map((condition) => all.of(condition));
  skips.unless(conditions.includes(undefined) ? undefined : true);
  return { conditions: conditions.map((condition) => condition ?? nobodyKnows), rate };
}

function nobodyKnows(): undefined {
  return undefined;
}

/** The conditions of all rules. */
class Conditions {
  readonly #subjects = new Map<string, Subject>();
  readonly #now: () => number;
  readonly #end: number;
  #patterns = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#end = now() + MOST_PREPARING_MS;
  }

  /** `undefined` for one that cannot be used. */
  of(condition: unknown): Condition | undefined {
    if (!isObject(condition)) {
      return undefined;
    }
    const { path, value } = condition;
    const pattern = typeof value === "number" ? String(value) : value;
    if (typeof path !== "string" || path === "" || path.length > LONGEST_PATH || typeof pattern !== "string") {
      return undefined;
    }
    const search = this.#searchOf(pattern);
    return search && this.#subjectOf(path).condition(search);
  }

  #searchOf(pattern: string): Search | undefined {
    try {
      const isFull = this.#patterns >= MOST_PATTERNS || this.#now() >= this.#end;
      const search = createSearch(pattern, isFull);
      this.#patterns += search.isSlow ? 1 : 0;
      return search;
    } catch {
      // Refused. The pattern must not get into a message: it may name users.
      return undefined;
    }
  }

  #subjectOf(path: string): Subject {
    let subject = this.#subjects.get(path);
    if (subject === undefined) {
      subject = new Subject(createField(path));
      this.#subjects.set(path, subject);
    }
    return subject;
  }
}

/** The verdicts that are kept of one field, and the characters of their values. */
const MOST_KEPT = 1_000_000;

const HOLDS = 1;
const HOLDS_NOT = 2;

/**
 * What rules ask of one field. Callers, paths and user agents come again: the verdicts on a value are kept, for all
 * patterns that ask for it.
 */
class Subject {
  readonly #field: Field;
  readonly #kept = new Map<string, Uint8Array>();
  #slow = 0;
  #size = 0;
  #record: AccessLog | undefined;
  #text: string | undefined;
  #verdicts: Uint8Array = new Uint8Array();

  constructor(field: Field) {
    this.#field = field;
  }

  /** A field that a record lacks satisfies no condition. */
  condition({ finds, isSlow }: Search): Condition {
    const index = isSlow ? this.#slow++ : undefined;
    return (record, budget, isEvent) => {
      if (record !== this.#record) {
        this.#turnTo(record, isEvent);
      }
      const text = this.#text;
      if (text === undefined) {
        return false;
      }
      const holds = index === undefined ? finds(text) : this.#verdict(text, index, finds, budget);
      if (holds === undefined) {
        budget.leaveUndecided(record);
      }
      return holds;
    };
  }

  #turnTo(record: AccessLog, isEvent: boolean): void {
    const held = this.#field(record, isEvent);
    this.#record = record;
    this.#text = held === undefined ? undefined : textOf(held);
    if (this.#text !== undefined && this.#slow > 0) {
      this.#verdicts = this.#verdictsOn(this.#text);
    }
  }

  #verdict(text: string, index: number, finds: Finds, budget: TimeBudget): boolean | undefined {
    const verdicts = this.#verdicts;
    if (verdicts[index] === 0) {
      const found = budget.areRulesOut() ? undefined : finds(text);
      if (found === undefined) {
        return undefined;
      }
      verdicts[index] = found ? HOLDS : HOLDS_NOT;
    }
    return verdicts[index] === HOLDS;
  }

  #verdictsOn(text: string): Uint8Array {
    let verdicts = this.#kept.get(text);
    if (verdicts === undefined) {
      verdicts = new Uint8Array(this.#slow);
      this.#size += text.length + this.#slow;
      if (this.#size > MOST_KEPT) {
        this.#kept.clear();
        this.#size = text.length + this.#slow;
      }
      this.#kept.set(text, verdicts);
    }
    return verdicts;
  }
}
