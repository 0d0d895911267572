/** In how many calls of a log each rule of the settings found something: a key that no record has is often misspelt. */
import { isObject } from "../../common/json";
import type { FieldMatches, IdentityRule, TransformerSettings } from "../../modules";
import type { RuleWatch } from "../../lambda/transformer/outcome";
import { type JsonObject, summaryOf } from "./transform";

/** A rule, and in how many calls it found something. */
export interface RuleUse {
  /** The path of the setting, such as `redaction.hash[0]`. */
  readonly rule: string;
  /** What it names: a key, a segment of a path, a parameter. */
  readonly name?: string;
  readonly calls: number;
}

/** A rule that found nothing. */
export interface UnusedRule extends Omit<RuleUse, "calls"> {
  readonly reason: string;
}

/** A rule of the settings. */
interface Rule extends UnusedRule {
  /** Whether a record, before the redaction, has what it names. */
  readonly isIn?: (log: JsonObject) => boolean;
  /** Whether what is delivered has it. */
  readonly isInDelivered?: (object: JsonObject) => boolean;
}

/** Learns from the transformer what its rules find. */
export class RuleUses implements RuleWatch {
  readonly #rules: readonly Rule[];
  readonly #calls = new Map<Rule, number>();
  /** The record in which a mask found something last: it may find more in it. */
  readonly #lastMasked = new Map<number, number>();
  #records = 0;

  constructor(settings: TransformerSettings) {
    this.#rules = [...redactionRules(settings), ...(settings.passThrough ? [] : decidingRules(settings))];
  }

  readonly onRecord = (log: JsonObject): void => {
    this.#records++;
    for (const rule of this.#rules) if (rule.isIn?.(log)) this.#count(rule);
  };

  readonly onMask = (index: number): void => {
    if (this.#lastMasked.get(index) === this.#records) return;
    this.#lastMasked.set(index, this.#records);
    this.#countNamed(`redaction.mask[${index}]`);
  };

  readonly onFilter = (index: number): void => this.#countNamed(`filter[${index}]`);

  /** @param objects parsed only if anything is to be found in them */
  onDelivered(objects: () => readonly JsonObject[]): void {
    const rules = this.#rules.filter(({ isInDelivered }) => isInDelivered);
    if (rules.length === 0) return;
    for (const object of objects()) for (const rule of rules) if (rule.isInDelivered!(object)) this.#count(rule);
  }

  list(): RuleUse[] {
    return this.#rules.map((rule) => ({ ...named(rule), calls: this.#calls.get(rule) ?? 0 }));
  }

  /** Those that found nothing; none where there was nothing to be found in. */
  unused(): UnusedRule[] {
    if (this.#records === 0) return [];
    const unused = this.#rules.filter((rule) => !this.#calls.has(rule));
    return unused.map((rule) => ({ ...named(rule), reason: rule.reason }));
  }

  #count(rule: Rule): void {
    this.#calls.set(rule, (this.#calls.get(rule) ?? 0) + 1);
  }

  #countNamed(name: string): void {
    const rule = this.#rules.find((one) => one.rule === name);
    if (rule) this.#count(rule);
  }
}

function named({ rule, name }: Rule): Pick<Rule, "rule" | "name"> {
  return { rule, ...(name !== undefined && { name }) };
}

const NO_KEY = "no record has this key";

/** Keys that the identity rules set: whether a record has them says nothing. */
const SET_BY_IDENTITY = new Set(["user", "companyId", "subscriptionId", "sessionToken", "metadata"]);

function redactionRules({ redaction = {} }: TransformerSettings): Rule[] {
  const { fields, hash = [], mask = [], path = {} } = redaction;
  const list = fields?.keep ? "keep" : "remove";
  return [
    ...(fields?.[list] ?? []).flatMap((key, index) => ofKey(`redaction.fields.${list}[${index}]`, key)),
    ...hash.flatMap((key, index) => ofKey(`redaction.hash[${index}]`, key)),
    ...mask.flatMap((one, index): Rule[] => [
      { rule: `redaction.mask[${index}]`, reason: "it found nothing to mask" },
      ...(one.fields ?? []).flatMap((key, at) => ofKey(`redaction.mask[${index}].fields[${at}]`, key)),
    ]),
    ...(path.segmentsAfter ?? []).map((name, index): Rule => {
      const reason = "no path has a segment after this one";
      const isIn = (log: JsonObject) => pathsOf(log).some((one) => `${one.split("?")[0]!}`.includes(`/${name}/`));
      return { rule: `redaction.path.segmentsAfter[${index}]`, name, reason, isIn };
    }),
    ...(path.queryParameters ?? []).map((name, index): Rule => {
      const isIn = (log: JsonObject) => pathsOf(log).some((one) => hasParameter(one, name));
      return { rule: `redaction.path.queryParameters[${index}]`, name, reason: "no path has this parameter", isIn };
    }),
  ];
}

function ofKey(rule: string, key: string): Rule[] {
  if (SET_BY_IDENTITY.has(key)) return [];
  const isIn = (log: JsonObject) => log[key] !== undefined || Object(log["metadata"])[key] !== undefined;
  return [{ rule, name: key, reason: NO_KEY, isIn }];
}

function pathsOf({ resourcePath, path }: JsonObject): string[] {
  return [resourcePath, path].filter((one) => typeof one === "string");
}

function hasParameter(path: string, name: string): boolean {
  const [, query] = path.split("?", 2);
  return query !== undefined && (name === "*" || new URLSearchParams(query).has(name));
}

/** Rules that decide who made a call, and whether it is sent. */
function decidingRules({ filter = [], identity = {}, sampling = {}, enrichment, output }: TransformerSettings): Rule[] {
  const identifies = enrichment !== "none" || output === "event";
  return [
    ...filter.map(({ drop, keep }, index): Rule => {
      const name = drop ? `drop ${fieldsOf(drop)}` : `keep ${fieldsOf(keep)}`;
      return { rule: `filter[${index}]`, name, reason: "it decided on no call" };
    }),
    ...(identifies ? Object.entries(identity) : []).flatMap(([name, rules]) =>
      (rules as readonly IdentityRule[]).flatMap((rule, index) =>
        keysOf(rule).map((key): Rule => {
          const isIn = (log: JsonObject) => hasValue(log, key.toLowerCase().split("."));
          return { rule: `identity.${name}[${index}]`, name: key, reason: "no record has a value of this key", isIn };
        }),
      ),
    ),
    ...(sampling.by === "user" || sampling.by === "company" ? [ofCaller("sampling.by", sampling.by)] : []),
    ...(sampling.companyLimit === undefined ? [] : [ofCaller("sampling.companyLimit", "company")]),
  ];
}

function fieldsOf(matches: FieldMatches = {}): string {
  return Object.keys(matches).join(", ");
}

function ofCaller(rule: string, name: "user" | "company"): Rule {
  const isInDelivered = (object: JsonObject) => summaryOf(object)[name] !== "";
  return { rule, name, reason: `no delivered call has a ${name}`, isInDelivered };
}

function keysOf(rule: IdentityRule): string[] {
  if (typeof rule === "string") return [rule];
  const { from, template = "" } = rule;
  return from === undefined ? Array.from(template.matchAll(/\{([^{}]*)\}/g), ([, key]) => key!) : [from];
}

/** Whether a path has a value; a key with dots in it counts as well. The transformer compares keys without case. */
function hasValue(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return value !== undefined && value !== null && value !== "-" && value !== "";
  if (Array.isArray(value)) return hasValue(value.at(Number(name)), rest);
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, held]) => {
    const folded = key.toLowerCase();
    return (
      (folded === name && hasValue(held, rest)) ||
      (rest.length > 0 && folded === [name, ...rest].join(".") && hasValue(held, []))
    );
  });
}
