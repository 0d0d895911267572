/**
 * Who made the call: `user` and `companyId`, the keys from which Moesif takes the user and the company, and
 * `subscriptionId` and `sessionToken`, which only events have a place for.
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
import { Pattern } from "../re2/pattern";
import { type AccessLog, isAbsent, USER_ORDER } from "./access-log";
import { TimeBudget } from "../re2/time-budget";
import { isPlain } from "./json";
import type { IdentityTarget, Redaction } from "./redact";
import { createReader, type Field } from "./sampling/fields";
import type { IdentityRule, IdentitySettings, IdentitySource, JsonValue } from "./settings";

/** Moesif's own order. */
const DEFAULT_USER_ORDER: readonly IdentityRule[] = USER_ORDER;
const DEFAULT_COMPANY_ORDER: readonly IdentityRule[] = ["companyId"];
const DEFAULT_SUBSCRIPTION_ORDER: readonly IdentityRule[] = ["subscriptionId"];
const DEFAULT_ORDERS: ReadonlySet<readonly IdentityRule[]> = new Set([
  DEFAULT_USER_ORDER,
  DEFAULT_COMPANY_ORDER,
  DEFAULT_SUBSCRIPTION_ORDER,
]);

/** What the maps of the settings say of one call. */
export type Found = readonly (string | undefined)[];

/** The identity rules of one transformer. */
interface Identify {
  /**
   * What the maps of the settings say: to be asked before the redaction, so that a key can identify that does not
   * leave. `undefined` if no rule has a map.
   */
  readonly lookUp: ((log: AccessLog) => Found) | undefined;
  /**
   * Sets `user`, `companyId`, `subscriptionId` and `sessionToken`: to be called after the redaction. Returns whether it changed any.
   *
   * @param found what {@link lookUp} said of the same call; without it, rules with a map find nothing
   */
  readonly identify: (log: AccessLog, found?: Found) => boolean;
  /** Whether JSON writes every text of the settings that can become part of an identity as it is, without escapes. */
  readonly plain: boolean;
}

/** The rules of one key. */
interface Aim {
  readonly target: IdentityTarget;
  readonly order: readonly IdentityRule[];
  readonly rules: readonly PreparedRule[];
  /** Where the rules' places begin in {@link Found}. */
  readonly first: number;
}

type Fill = (log: AccessLog, found: Found | undefined) => boolean;

/**
 * Prepares the rules. The first that gives a value wins; if none does, what the record has there stays. A value that
 * may not leave as what it is to be is passed over.
 *
 * A rule may read what the other rules set: those then go first. Where the rules of the user read the company and the
 * other way round, the company goes first, and reads the user that the record names. The subscription
 * and the session token go last.
 *
 * @throws Error for a pattern that is refused: then the function must not work.
 */
export function createIdentify(
  identity: IdentitySettings = {},
  redaction: Pick<Redaction, "copy" | "search">,
  budget = new TimeBudget(),
): Identify {
  const aims = aimsOf(identity, redaction.search, budget);
  const fills = aims.map((aim) => createFill(aim, redaction.copy));
  const rules = aims.flatMap((aim) => aim.rules);
  return {
    lookUp: rules.some(({ mapped }) => mapped) ? createLookUp(aims) : undefined,
    identify: (log, found) => {
      let changed = false;
      for (const fill of fills) {
        changed = fill(log, found) || changed;
      }
      return changed;
    },
    plain: rules.every(({ texts }) => texts.every(isPlain)),
  };
}

function aimsOf(identity: IdentitySettings, search: Redaction["search"], budget: TimeBudget): Aim[] {
  let first = 0;
  const aim = (target: IdentityTarget, order: readonly IdentityRule[]): Aim => {
    const rules = order.map((rule) => prepareRule(rule, search, budget));
    const own = first;
    first += rules.length;
    return { target, order, rules, first: own };
  };
  const user = aim("user", identity.user ?? DEFAULT_USER_ORDER);
  const company = aim("companyId", identity.company ?? DEFAULT_COMPANY_ORDER);
  const subscription = aim("subscriptionId", identity.subscription ?? DEFAULT_SUBSCRIPTION_ORDER);
  const sessionToken = aim("sessionToken", identity.sessionToken ?? []);
  const who = reads(user.rules, "companyId") ? [company, user] : [user, company];
  return [...who, subscription, sessionToken].filter(({ rules }) => rules.length > 0);
}

function reads(rules: readonly PreparedRule[], key: string): boolean {
  return rules.some(({ fields }) => fields.some((field) => field.toLowerCase() === key.toLowerCase()));
}

/** All calls pass here: rules that only name keys need no more than a loop over the keys. */
function createFill({ target, order, rules, first }: Aim, copy: Redaction["copy"]): Fill {
  const keys = order.map(plainKey).filter((key) => key !== undefined);
  if (keys.length === order.length) {
    // Moesif's own order names the keys as API Gateway's formats have them: no other spelling is sought in each call.
    const read = DEFAULT_ORDERS.has(order) ? () => undefined : createReader;
    const sources = keys.map((key): Source => ({ key, read: read(key) }));
    return (log) => fillFromKeys(log, target, sources, copy);
  }
  const finds = rules.map(({ find, mapped }, index): ((log: AccessLog, found?: Found) => string | undefined) =>
    mapped ? (_, found) => found?.[first + index] : find,
  );
  return (log, found) => {
    for (const find of finds) {
      const value = find(log, found);
      const copied = value === undefined ? undefined : copy(target, value);
      if (copied !== undefined) {
        return set(log, target, copied);
      }
    }
    return false;
  };
}

/** A key that a rule names, and how it is found if it may be spelt otherwise. */
interface Source {
  readonly key: string;
  readonly read: Field | undefined;
}

function fillFromKeys(
  log: AccessLog,
  target: IdentityTarget,
  sources: readonly Source[],
  copy: Redaction["copy"],
): boolean {
  for (const { key, read } of sources) {
    const value = identifyingText(read === undefined ? log[key] : read(log));
    if (value !== undefined) {
      const copied = key === target ? value : copy(target, value);
      if (copied !== undefined) {
        return set(log, target, copied);
      }
    }
  }
  return false;
}

/** Whether the target got a value that it had not. */
function set(log: AccessLog, target: IdentityTarget, value: string): boolean {
  const changed = log[target] !== value;
  log[target] = value;
  return changed;
}

/** Asks the rules that have a map; and others only for what these read of them. */
function createLookUp(aims: readonly Aim[]): (log: AccessLog) => Found {
  const mapped = aims.flatMap(({ rules }) => rules).filter((rule) => rule.mapped);
  const size = aims.reduce((sum, { rules }) => sum + rules.length, 0);
  return (log) => {
    const found = Array<string | undefined>(size).fill(undefined);
    let view = log;
    for (const { target, rules, first } of aims) {
      const isRead = reads(mapped, target);
      let identity: string | undefined;
      for (const [index, rule] of rules.entries()) {
        if (rule.mapped || (isRead && identity === undefined)) {
          const value = rule.find(view);
          identity ??= value;
          if (rule.mapped) found[first + index] = value;
        }
      }
      if (isRead && identity !== undefined) {
        view = { ...view, [target]: identity };
      }
    }
    return found;
  };
}

// One identity rule, prepared: where its value is found, and what is made of it.

/** A prepared rule. */
interface PreparedRule {
  /** The identity that it finds in a record; `undefined` if it finds none. */
  readonly find: (log: AccessLog) => string | undefined;
  /** The keys and paths that it reads. */
  readonly fields: readonly string[];
  /** Whether it has a map: then it is to be asked before the redaction. */
  readonly mapped: boolean;
  /** The texts of the settings that can become part of an identity. */
  readonly texts: readonly string[];
}

type Find = PreparedRule["find"];

/** What a value becomes; `undefined` if it is passed over. */
type Change = (value: string) => string | undefined;

/** The key that a rule names and copies as it is; `undefined` for every other rule. */
function plainKey(rule: IdentityRule): string | undefined {
  const { from, extract, lowerCase, map } = sourceOf(rule);
  const copies = extract === undefined && !lowerCase && map === undefined;
  return copies && from !== undefined && !from.includes(".") ? from : undefined;
}

/**
 * Prepares a rule: its value is read, then extracted from, then made lower case, then looked up.
 *
 * @throws Error for a pattern that is refused: then the function must not work.
 */
function prepareRule(rule: IdentityRule, search: Redaction["search"], budget: TimeBudget): PreparedRule {
  const source = sourceOf(rule);
  const { from, template, map } = source;
  const value = template === undefined ? readText(from ?? "") : fillTemplate(template, search);
  const changed = changing(source, search, budget);
  const mapping = map && mapOf(source);
  return {
    find: (log) => {
      const found = value.find(log);
      const made = found === undefined ? undefined : changed(found);
      return made === undefined || !mapping ? made : mapping.get(made);
    },
    fields: value.fields,
    mapped: mapping !== undefined,
    texts: mapping ? [...mapping.values()] : value.texts,
  };
}

function sourceOf(rule: IdentityRule): IdentitySource {
  return typeof rule === "string" ? { from: rule } : rule;
}

/** A rule's value before anything is made of it. */
type Value = Pick<PreparedRule, "find" | "fields" | "texts">;

function readText(from: string): Value {
  const read = createReader(from);
  return { find: (log) => identifyingText(read(log)), fields: [from], texts: [] };
}

/** Of `{stage}:{principalId}`, the texts between the fields and the fields take turns. */
const TEMPLATE_FIELD = /\{([^{}]*)\}/;

function fillTemplate(template: string, search: Redaction["search"]): Value {
  const parts = template.split(TEMPLATE_FIELD);
  const [texts, fields] = [parts.filter((_, index) => index % 2 === 0), parts.filter((_, index) => index % 2 === 1)];
  const reads = fields.map((field) => readText(field).find);
  const find: Find = (log) => {
    let filled = texts[0]!;
    for (const [index, read] of reads.entries()) {
      const value = read(log);
      // A mask and nothing else would make all callers one.
      if (value === undefined || search(value, same) === undefined) {
        return undefined;
      }
      filled += value + texts[index + 1]!;
    }
    return filled;
  };
  return { find, fields, texts };
}

function changing(
  { extract, lowerCase = false }: IdentitySource,
  search: Redaction["search"],
  budget: TimeBudget,
): Change {
  const lower: Change = lowerCase ? (value) => value.toLowerCase() : same;
  if (extract === undefined) {
    return lowerCase ? (value) => search(value, lower) : same;
  }
  const pattern = new Pattern(extract);
  const find: Change = (text) => {
    budget.requireTime();
    const found = pattern.extract(text);
    return isAbsent(found) ? undefined : lower(found!);
  };
  return (value) => search(value, find);
}

/** A map, since in an object a value called `constructor` would find something. */
function mapOf({ map = {}, lowerCase = false }: IdentitySource): ReadonlyMap<string, string> {
  const entries = Object.entries(map).filter(([, identity]) => !isAbsent(identity));
  return new Map(entries.map(([value, identity]) => [lowerCase ? value.toLowerCase() : value, identity]));
}

function same(value: string): string {
  return value;
}

/** The text of a value that can identify: itself, or a number as JSON writes it; `undefined` for what is neither. */
function identifyingText(value: JsonValue | undefined): string | undefined {
  if (typeof value === "string") {
    return isAbsent(value) ? undefined : value;
  }
  return typeof value === "number" ? String(value) : undefined;
}
