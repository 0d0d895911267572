/** Which rules of the settings found nothing in a log: a key that no record has is often a misspelt one. */
import { isObject } from "../../common/json";
import type { IdentityRule, TransformerSettings } from "../../modules";
import type { RuleWatch } from "../../lambda/transformer/outcome";
import { type JsonObject, summaryOf } from "./transform";

/** A rule that found nothing. */
export interface UnusedRule {
  /** The path of the setting, such as `redaction.hash[0]`. */
  readonly rule: string;
  /** What it names: a key, a segment of a path, a parameter. */
  readonly name?: string;
  readonly reason: string;
}

/** A rule that has not found anything so far. */
interface Pending extends UnusedRule {
  /** Whether a record, before the redaction, has what it names. */
  readonly isIn?: (log: JsonObject) => boolean;
  /** Whether what is delivered has it. */
  readonly isInDelivered?: (object: JsonObject) => boolean;
}

/** Learns from the transformer what its rules find. */
export class UnusedRules implements RuleWatch {
  #pending: readonly Pending[];
  #records = 0;

  constructor(settings: TransformerSettings) {
    this.#pending = [...redactionRules(settings), ...(settings.passThrough ? [] : decidingRules(settings))];
  }

  readonly onRecord = (log: JsonObject): void => {
    this.#records++;
    this.#drop(({ isIn }) => isIn?.(log));
  };

  readonly onMask = (index: number): void => this.#drop(({ rule }) => rule === `redaction.mask[${index}]`);

  readonly onFilter = (index: number): void => this.#drop(({ rule }) => rule === `filter[${index}]`);

  /** @param objects parsed only if anything is to be found in them */
  onDelivered(objects: () => readonly JsonObject[]): void {
    if (!this.#pending.some(({ isInDelivered }) => isInDelivered)) return;
    for (const object of objects()) this.#drop(({ isInDelivered }) => isInDelivered?.(object));
  }

  /** Those that found nothing so far; none where there was nothing to be found in. */
  list(): UnusedRule[] {
    if (this.#records === 0) return [];
    return this.#pending.map(({ rule, name, reason }) => ({ rule, ...(name !== undefined && { name }), reason }));
  }

  /** Most of them find something soon: then there is nothing left to look for. */
  #drop(isFound: (rule: Pending) => boolean | undefined): void {
    if (this.#pending.some(isFound)) this.#pending = this.#pending.filter((rule) => !isFound(rule));
  }
}

const NO_KEY = "no record has this key";

/** Keys that the identity rules set: whether a record has them says nothing. */
const SET_BY_IDENTITY = new Set(["user", "companyId", "subscriptionId", "sessionToken", "metadata"]);

function redactionRules({ redaction = {} }: TransformerSettings): Pending[] {
  const { fields, hash = [], mask = [], path = {} } = redaction;
  const list = fields?.keep ? "keep" : "remove";
  return [
    ...(fields?.[list] ?? []).flatMap((key, index) => ofKey(`redaction.fields.${list}[${index}]`, key)),
    ...hash.flatMap((key, index) => ofKey(`redaction.hash[${index}]`, key)),
    ...mask.flatMap((one, index): Pending[] => [
      { rule: `redaction.mask[${index}]`, reason: "it found nothing to mask" },
      ...(one.fields ?? []).flatMap((key, at) => ofKey(`redaction.mask[${index}].fields[${at}]`, key)),
    ]),
    ...(path.segmentsAfter ?? []).map((name, index): Pending => {
      const reason = "no path has a segment after this one";
      const isIn = (log: JsonObject) => pathsOf(log).some((one) => `${one.split("?")[0]!}`.includes(`/${name}/`));
      return { rule: `redaction.path.segmentsAfter[${index}]`, name, reason, isIn };
    }),
    ...(path.queryParameters ?? []).map((name, index): Pending => {
      const isIn = (log: JsonObject) => pathsOf(log).some((one) => hasParameter(one, name));
      return { rule: `redaction.path.queryParameters[${index}]`, name, reason: "no path has this parameter", isIn };
    }),
  ];
}

function ofKey(rule: string, key: string): Pending[] {
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
function decidingRules({
  filter = [],
  identity = {},
  sampling = {},
  enrichment,
  output,
}: TransformerSettings): Pending[] {
  const identifies = enrichment !== "none" || output === "event";
  return [
    ...filter.map((_, index): Pending => ({ rule: `filter[${index}]`, reason: "it decided on no call" })),
    ...(identifies ? Object.entries(identity) : []).flatMap(([name, rules]) =>
      (rules as readonly IdentityRule[]).flatMap((rule, index) =>
        keysOf(rule).map((key): Pending => {
          const isIn = (log: JsonObject) => hasValue(log, key.toLowerCase().split("."));
          return { rule: `identity.${name}[${index}]`, name: key, reason: "no record has a value of this key", isIn };
        }),
      ),
    ),
    ...(sampling.by === "user" || sampling.by === "company" ? [ofCaller("sampling.by", sampling.by)] : []),
    ...(sampling.companyLimit === undefined ? [] : [ofCaller("sampling.companyLimit", "company")]),
  ];
}

function ofCaller(rule: string, name: "user" | "company"): Pending {
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
