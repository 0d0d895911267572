/**
 * Reads fields of a record, by keys and paths. Identity rules read them as they are; for filters and sampling rules, the
 * paths of Moesif's events find the keys of an access log as well, as in Moesif's own function:
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
import { type AccessLog, isAbsent } from "../access-log";
import type { JsonValue } from "../settings";

/**
 * The value of one field of a record; `undefined` if there is none.
 *
 * @param isEvent whether the record is an event, and no access log. Default: `false`
 */
export type Field = (record: AccessLog, isEvent?: boolean) => JsonValue | undefined;

/** The keys of an access log that hold what a path of an event says; the first that has a value counts. */
const ACCESS_LOG_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ["request.verb", ["httpMethod"]],
  ["request.route", ["resourcePath"]],
  ["request.uri", ["resourcePath"]],
  ["request.ip_address", ["ip"]],
  ["response.status", ["status"]],
  ["user_id", ["user", "apiKeyId", "principalId", "cognitoIdentityId", "caller"]],
  ["company_id", ["companyId"]],
]);

/** A name, with its spelling in small letters. */
interface Name {
  readonly name: string;
  readonly folded: string;
}

/** A name within a path. */
interface Segment extends Name {
  /** The index in a list that it may be. */
  readonly index: number | undefined;
  /** What is left of the path from here on, which may be the name of a key as well; `undefined` at its end. */
  readonly rest: Name | undefined;
}

/**
 * Prepares the reading of a key or of a dotted path (`metadata.stage`, `tags.0`). Names match exactly, else in any case.
 * A key that has dots in it wins over the path that they would make, at every depth, unless it has no value:
 * `claims.https://example.com/org` finds the claim of that name.
 */
export function createReader(path: string): Field {
  const names = path.split(".");
  const segments = names.map((name, index): Segment => ({
    ...nameOf(name),
    index: /^-?[0-9]{1,9}$/.test(name) ? Number(name) : undefined,
    rest: index < names.length - 1 ? nameOf(names.slice(index).join(".")) : undefined,
  }));
  const [only] = segments;
  return segments.length === 1 ? (record) => memberOf(record, only!) : (record) => walk(record, segments);
}

/**
 * Prepares a field: what {@link createReader} reads, or a path of Moesif's events. What the record holds under the path
 * itself comes first; then, for `request.route`, the path within the `request.uri` of an event; then the keys of an access
 * log that say the same, of which those without a value are passed over.
 */
export function createField(path: string): Field {
  const own = createReader(path);
  const names = ACCESS_LOG_KEYS.get(path);
  if (names === undefined) {
    return own;
  }
  const keys = names.map(createReader);
  const derived = path === "request.route" ? routeOf : undefined;
  return (record, isEvent = false) => {
    if (hasPlainKeys(record)) {
      return firstOf(names, (name) => record[name]);
    }
    const value = own(record);
    // `null` is a value: that of a key which is there.
    if (value !== undefined) {
      return value;
    }
    return derived?.(record) ?? (isEvent ? undefined : firstOf(keys, (field) => field(record)));
  };
}

/** The same for a field that is a text with a value, or none. */
export type TextField = (record: AccessLog, isEvent?: boolean) => string | undefined;

/** The user of a call, if it is a text with a value. */
export const userOf = createTextField("user_id");

/** The company of a call, if it is a text with a value. */
export const companyOf = createTextField("company_id");

/** The text that a value is compared as: itself, or its JSON. */
export function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function createTextField(path: string): TextField {
  const field = createField(path);
  return (record, isEvent) => {
    const value = field(record, isEvent);
    return typeof value === "string" && !isAbsent(value) ? value : undefined;
  };
}

function nameOf(name: string): Name {
  return { name, folded: name.toLowerCase() };
}

function walk(record: AccessLog, segments: readonly Segment[]): JsonValue | undefined {
  let held: JsonValue | undefined = record as JsonValue;
  for (const segment of segments) {
    if (typeof held !== "object" || held === null) {
      return undefined;
    }
    if (Array.isArray(held)) {
      held = segment.index === undefined ? undefined : (held as readonly JsonValue[]).at(segment.index);
      continue;
    }
    const whole = segment.rest && memberOf(held as AccessLog, segment.rest);
    if (!isAbsent(whole)) {
      return whole;
    }
    held = memberOf(held as AccessLog, segment);
  }
  return held;
}

/** A key that is set to `undefined` is a removed one. */
function memberOf(object: AccessLog, { name, folded }: Name): JsonValue | undefined {
  if (Object.hasOwn(object, name) && object[name] !== undefined) {
    return object[name];
  }
  for (const key in object) {
    // The length first: each key of each record is asked.
    if (key.length === name.length && object[key] !== undefined && key.toLowerCase() === folded) {
      return object[key];
    }
  }
  return undefined;
}

const uriOf = createReader("request.uri");

/** The path in an event's URI, without the query string; `/` for a URI that is none, or has none. */
function routeOf(record: AccessLog): string | undefined {
  const uri = uriOf(record);
  return typeof uri === "string" ? (/^https*:\/\/[^/]+(\/[^?]+)/.exec(uri)?.[1] ?? "/") : undefined;
}

/** Every name by which a rule could find something in a record, in small letters. */
const FOLDED: ReadonlySet<string> = new Set(
  [...ACCESS_LOG_KEYS].flatMap(([path, keys]) => [path.split(".")[0]!, ...keys]).map((name) => name.toLowerCase()),
);
const EXACT: ReadonlySet<string> = new Set([...ACCESS_LOG_KEYS.values()].flat());

/** Whether a key is to be read, of as many as formats have in all. */
const MOST_KEYS = 1000;
const kinds = new Map<string, boolean>();

let lastRecord: AccessLog | undefined;
let lastIsPlain = false;

/**
 * Whether the keys of a record that rules know are spelt as API Gateway's own are, and it has nothing of an event: then a
 * rule's path can find nothing but these keys. Asked of a record once, whatever rules there are.
 */
function hasPlainKeys(record: AccessLog): boolean {
  if (record !== lastRecord) {
    lastRecord = record;
    lastIsPlain = true;
    for (const key in record) {
      if (kinds.get(key) ?? isOdd(key)) {
        lastIsPlain = false;
        break;
      }
    }
  }
  return lastIsPlain;
}

function isOdd(key: string): boolean {
  const isOdd = !EXACT.has(key) && FOLDED.has(key.toLowerCase());
  if (kinds.size < MOST_KEYS) {
    kinds.set(key, isOdd);
  }
  return isOdd;
}

/** The first of several that has a value. */
function firstOf<T>(all: readonly T[], valueOf: (one: T) => JsonValue | undefined): JsonValue | undefined {
  for (const one of all) {
    const value = valueOf(one);
    if (value !== null && !isAbsent(value)) {
      return value;
    }
  }
  return undefined;
}
