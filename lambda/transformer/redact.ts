/**
 * What must not be sent is taken out of an access log, hashed or masked, before anything else reads it: so
 * nothing that a later step copies into another key can bring it back. What later steps add themselves passes here as
 * well.
 */
import { type AccessLog, isObject, MARK_KEY, MARK_VALUE, REQUIRED_KEYS } from "./access-log";
import { TimeBudget } from "../re2/time-budget";
import type { Documents } from "./documents";
import { createMasks, fieldRule, type Mask, maskDeep, maskMembers } from "./masks";
import type { RuleWatch } from "./outcome";
import { Marks, MASK } from "../secrets/placeholders";
import {
  ADDRESS_KEYS,
  besideHashes,
  createKeyedHash,
  hashedNetwork,
  hashMask,
  isHash,
  maskedNetwork,
  networksOf,
} from "./redact-value";
import { holdsSecretName, isNamed } from "../secrets/lists";
import { mayHoldSecret, mayHoldSecretIn } from "../secrets/search";
import { secretsBut } from "../secrets/shapes";
import type { JsonValue, Metadata, RedactionSettings } from "./settings";

/** A key that the identity rules set. */
export type IdentityTarget = (typeof IDENTITY_TARGETS)[number];

type Examined = Pick<Documents, "text" | "logs" | "format" | "values">;

/** The redaction of one transformer. */
export interface Redaction {
  /** Whether the objects of a JSON text may hold anything to redact. Cheap: most records need not be gone through. */
  readonly concerns: (documents: Examined) => boolean;
  /** Redacts all that the record brought. Returns whether it changed anything. */
  readonly record: (log: AccessLog) => boolean;
  /** What may stand in `key` in the place of a value that is copied there; `undefined` if nothing may. */
  readonly copy: (key: IdentityTarget, value: string) => string | undefined;
  /**
   * What a search finds in a redacted text: a whole mark or none of it, and nothing in a text of only marks. A hash is not
   * searched, but found as a whole.
   */
  readonly search: (text: string, find: (searched: string) => string | undefined) => string | undefined;
  /** What may be sent of a value of this key; `undefined` if nothing may. */
  readonly value: (key: string, value: JsonValue) => JsonValue | undefined;
  /** Whether metadata is sent as it is, but for secrets. */
  readonly leavesMetadata: boolean;
  /** Metadata that may be sent: itself if nothing is to be redacted, or a copy; `undefined` if none may. */
  readonly metadata: (metadata: Metadata) => Metadata | undefined;
}

/** What the redaction needs in addition to its settings. */
export interface RedactionDependencies {
  /** The key of `hash`: a secret. */
  readonly hashKey?: string;
  /** The time for patterns. Default: without end. */
  readonly budget?: TimeBudget;
  /** Default: none. */
  readonly watch?: RuleWatch;
}

/**
 * Prepares the rules. Without settings, what is a secret by its nature is redacted all the same.
 *
 * @throws Error if values are to be hashed and there is no key: then the function must not work.
 */
export function createRedaction(
  settings: RedactionSettings = {},
  { hashKey, budget = new TimeBudget(), watch }: RedactionDependencies = {},
): Redaction {
  const rules = createKeyRules(settings, hashKey, budget, watch);
  const { chosen, redact, search } = rules;

  function record(log: AccessLog): boolean {
    const before = IDENTITY_TARGETS.map((target) => log[target]);
    let changed = false;
    for (const key in log) {
      const value = log[key];
      if (value !== undefined && key !== "metadata") {
        const after = rules.isNamed(log, key, value) ? undefined : redact(key, value);
        if (after !== value) {
          changed = true;
          log[key] = after;
          alike(log, before, key, value, after);
        }
      }
    }
    return (log.metadata !== undefined && ownMetadata(log, before, log.metadata)) || changed;
  }

  /** A format may write one variable into two keys, as `apiKeyId` and `user`: both are redacted alike. */
  function alike(
    log: AccessLog,
    before: (JsonValue | undefined)[],
    key: string,
    value: JsonValue,
    after: JsonValue | undefined,
  ): void {
    for (const [index, target] of IDENTITY_TARGETS.entries()) {
      // What is hashed hides all of it, and shall be the hash of the value itself.
      if (value === before[index] && key !== target && (after === undefined || !rules.hashes(target))) {
        log[target] = after === undefined ? undefined : rules.copy(target, after);
        // What was removed with one key does not come back with another.
        if (after === undefined) before[index] = undefined;
      }
    }
  }

  function ownMetadata(log: AccessLog, before: (JsonValue | undefined)[], own: JsonValue): boolean {
    const left = isObject(own) ? metadata(own as Metadata) : redact("metadata", own);
    log.metadata = left;
    if (left !== own && isObject(own) && isObject(left)) {
      for (const [name, value] of Object.entries(own)) {
        const after = Object.hasOwn(left, name) ? left[name] : undefined;
        if (after !== value) alike(log, before, name, value, after);
      }
    }
    return left !== own;
  }

  /** The mark is ours, and nothing of the call: it is always sent, at its place. */
  function metadata(own: Metadata): Metadata | undefined {
    if (own[MARK_KEY] !== MARK_VALUE) {
      return rules.metadata(own);
    }
    const { [MARK_KEY]: mark, ...rest } = own;
    const left = rules.metadata(rest);
    return left === rest ? own : { ...left, [MARK_KEY]: mark };
  }

  return {
    concerns: chosen ? () => true : mayHoldAny,
    record,
    copy: (key, value) => rules.copy(key, value) as string | undefined,
    search,
    value: redact,
    leavesMetadata: !chosen,
    metadata,
  };
}

/** Whether objects may hold a secret by its nature; or a mark, which is no user. */
function mayHoldAny({ text, logs, format, values }: Examined): boolean {
  const may =
    format !== undefined && values !== undefined
      ? format.namesSecret || mayHoldSecretIn(text, values, format)
      : logs.some(holdsSecretName) || mayHoldSecret(text);
  return may || text.includes(MASK);
}

// What becomes of the values of each key: removed, hashed or masked.

/** The keys that the identity rules set. */
export const IDENTITY_TARGETS = ["user", "companyId", "subscriptionId", "sessionToken"] as const;

/** The rules of one transformer. */
interface KeyRules {
  /** Whether the settings ask for more than what is a secret by its nature. */
  readonly chosen: boolean;
  /** Whether the values of a key are hashed. */
  readonly hashes: (key: string) => boolean;
  /** What becomes of the value of a key; `undefined` if it is removed. Not for an object as `metadata`. */
  readonly redact: (key: string, value: JsonValue) => JsonValue | undefined;
  /** Whether a member of a log is the value of a secret that another member names. */
  readonly isNamed: (log: AccessLog, key: string, value: JsonValue) => boolean;
  /** What becomes of a value that is copied to a key: what it was called before counts, and not what the key is called. */
  readonly copy: (key: IdentityTarget, value: JsonValue) => JsonValue | undefined;
  /** The same for the members of `metadata`: itself if nothing is to be done, `undefined` if none may be sent. */
  readonly metadata: (metadata: Metadata) => Metadata | undefined;
  /** See {@link Redaction.search}. */
  readonly search: (text: string, find: (searched: string) => string | undefined) => string | undefined;
}

const required: ReadonlySet<string> = new Set(REQUIRED_KEYS);
const targets: ReadonlySet<string> = new Set(IDENTITY_TARGETS);

type Redact = (value: JsonValue) => JsonValue | undefined;

/** @throws Error if values are to be hashed and there is no key: then the function must not work. */
function createKeyRules(
  settings: RedactionSettings,
  hashKey: string | undefined,
  budget: TimeBudget,
  watch: RuleWatch | undefined,
): KeyRules {
  const fields = fieldRule(settings.fields);
  const marks = new Marks((settings.mask ?? []).flatMap(({ replacement = [] }) => replacement));
  const secrets = secretsBut(settings.allow);
  const masks = createMasks(settings, secrets, marks, budget, watch?.onMask);
  const hashed: ReadonlySet<string> = new Set(settings.hash);
  const hash = hashed.size > 0 ? createKeyedHash(checked(hashKey)) : undefined;
  const hashing = hash && hashMask(hash, marks);

  function maskOf(key: string): Mask {
    return hashing && hashed.has(key) ? hashing : masks.of(key);
  }

  function redactOf(key: string): Redact {
    if (!fields.mayLeave(key)) {
      // Moesif rejects a record without a required key: its value goes, the key stays.
      return required.has(key) ? () => MASK : remove;
    }
    const mask = maskOf(key);
    if (ADDRESS_KEYS.has(key) && settings.ip === "truncate") {
      const networkOf = hash && hashed.has(key) ? hashedNetwork(hash) : maskedNetwork(mask);
      return (value) => (typeof value === "string" ? networksOf(value, networkOf) : undefined);
    }
    if (targets.has(key)) {
      // Hashes come here from the keys that are copied.
      const own = hash && !hashed.has(key) ? besideHashes(mask) : mask;
      return (value) => unlessMark(maskDeep(value, own, secrets.isSecret), marks);
    }
    return (value) => maskDeep(value, mask, secrets.isSecret);
  }

  // A map, since a record may have a key that every object inherits.
  const known = new Map<string, Redact>();
  for (const key of [...targets, ...ADDRESS_KEYS, ...required, ...fields.named, ...masks.named, ...hashed]) {
    known.set(key, redactOf(key));
  }
  const copied = new Map(IDENTITY_TARGETS.map((target) => [target, known.get(target)!]));
  for (const [key, rule] of known) {
    if (secrets.mayName(key)) known.set(key, unlessSecret(key, rule));
  }
  function unlessSecret(key: string, rule: Redact): Redact {
    return (value) => (secrets.isSecret(key, value) ? undefined : rule(value));
  }

  const other = fields.othersLeave ? maskOther(masks.other, secrets.isSecret) : remove;

  function metadata(own: Metadata): Metadata | undefined {
    if (!fields.mayLeave("metadata")) {
      return undefined;
    }
    const mask = maskOf("metadata");
    const masked = maskMembers(own, (name) => (hashing && hashed.has(name) ? hashing : mask), secrets.isSecret);
    const names = Object.keys(masked);
    return names.every(fields.mayStayInMetadata)
      ? masked
      : Object.fromEntries(names.filter(fields.mayStayInMetadata).map((name) => [name, masked[name]!]));
  }

  return {
    chosen: fields.removes || masks.chosen || settings.ip === "truncate" || hash !== undefined,
    hashes: (key) => hashed.has(key),
    redact: (key, value) => {
      const rule = known.get(key);
      return rule === undefined && secrets.isSecret(key, value) ? undefined : (rule ?? other)(value);
    },
    isNamed: (log, key, value) => isNamed(log as Metadata, key, value, secrets.isSecret),
    copy: (key, value) => copied.get(key)!(value),
    metadata,
    search: (text, find) => (hash && isHash(text) ? text : marks.search(text, find)),
  };
}

function checked(hashKey: string | undefined): string {
  if (!hashKey) {
    throw new Error(
      'redaction.hash is set, but there is no key: let HASH_KEY_SECRET name a secret that holds {"hash_key": "…"}.',
    );
  }
  return hashKey;
}

function remove(): undefined {
  return undefined;
}

/** Most values are texts of keys that no rule names. */
function maskOther(mask: Mask, isSecret: (key: string, value: JsonValue) => boolean): Redact {
  return (value) => (typeof value === "string" ? mask.text(value) : maskDeep(value, mask, isSecret));
}

/** A user or a company that is nothing but a mark is none: all callers would be one in Moesif. */
function unlessMark(value: JsonValue, marks: Marks): JsonValue | undefined {
  return typeof value === "string" && marks.areAll(value) ? undefined : value;
}
