/** What becomes of the values of each key: removed, hashed or masked. */
import { REQUIRED_KEYS } from "./access-log";
import { fieldRule } from "./field-rule";
import { besideHashes, createKeyedHash, hashMask, isHash } from "./keyed-hash";
import { Marks, MASK } from "./marks";
import { createMasks, type Mask, maskDeep, maskMembers } from "./masks";
import { ADDRESS_KEYS, hashedNetwork, maskedNetwork, networksOf } from "./redact-ip";
import type { JsonValue, Metadata, RedactionSettings } from "./settings";

/** The keys that the identity rules set. */
export const IDENTITY_TARGETS = ["user", "companyId", "sessionToken"] as const;

/** The rules of one transformer. */
export interface KeyRules {
  /** Whether the settings ask for more than what is a secret by its nature. */
  readonly chosen: boolean;
  /** Whether the values of a key are hashed. */
  readonly hashes: (key: string) => boolean;
  /** What becomes of the value of a key; `undefined` if it is removed. Not for an object as `metadata`. */
  readonly redact: (key: string, value: JsonValue) => JsonValue | undefined;
  /** The same for the members of `metadata`: itself if nothing is to be done, `undefined` if none may leave. */
  readonly metadata: (metadata: Metadata) => Metadata | undefined;
  /** See {@link Redaction.search}. */
  readonly search: (text: string, find: (searched: string) => string | undefined) => string | undefined;
}

const required: ReadonlySet<string> = new Set(REQUIRED_KEYS);
const targets: ReadonlySet<string> = new Set(IDENTITY_TARGETS);

type Redact = (value: JsonValue) => JsonValue | undefined;

/** @throws Error if values are to be hashed and there is no key: then the function must not work. */
export function createKeyRules(settings: RedactionSettings, hashKey: string | undefined): KeyRules {
  const fields = fieldRule(settings.fields);
  const marks = new Marks((settings.mask ?? []).flatMap(({ replacement = [] }) => replacement));
  const masks = createMasks(settings, marks);
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
      return (value) => unlessMark(maskDeep(value, own), marks);
    }
    return (value) => maskDeep(value, mask);
  }

  // A map, since a record may have a key that every object inherits.
  const known = new Map<string, Redact>();
  for (const key of [...targets, ...ADDRESS_KEYS, ...required, ...fields.named, ...masks.named, ...hashed]) {
    known.set(key, redactOf(key));
  }
  const other = fields.othersLeave ? maskOther(masks.other) : remove;

  function metadata(own: Metadata): Metadata | undefined {
    if (!fields.mayLeave("metadata")) {
      return undefined;
    }
    const mask = maskOf("metadata");
    const masked = maskMembers(own, (name) => (hashing && hashed.has(name) ? hashing : mask));
    const names = Object.keys(masked);
    return names.every(fields.mayStayInMetadata)
      ? masked
      : Object.fromEntries(names.filter(fields.mayStayInMetadata).map((name) => [name, masked[name]!]));
  }

  return {
    chosen: fields.removes || masks.chosen || settings.ip === "truncate" || hash !== undefined,
    hashes: (key) => hashed.has(key),
    redact: (key, value) => (known.get(key) ?? other)(value),
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
function maskOther(mask: Mask): Redact {
  return (value) => (typeof value === "string" ? mask.text(value) : maskDeep(value, mask));
}

/** A user or a company that is nothing but a mark is none: everybody would be the same one in Moesif. */
function unlessMark(value: JsonValue, marks: Marks): JsonValue | undefined {
  return typeof value === "string" && marks.areAll(value) ? undefined : value;
}
