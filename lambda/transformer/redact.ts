/**
 * What may not leave the account is taken out of an access log, or masked, before anything else reads it: so nothing
 * that a later step copies into another key can bring it back. What later steps add themselves passes here as well.
 */
import { type AccessLog, REQUIRED_KEYS } from "./access-log";
import { fieldRule, KEY_TRACE } from "./field-rule";
import { Marks, MASK } from "./marks";
import { SECRET_TRACE } from "./mask-secrets";
import { createMasks, type Mask, maskDeep } from "./masks";
import { PATH_TRACES } from "./redact-path";
import type { JsonValue, Metadata, RedactionSettings } from "./settings";
import { truncateIp } from "./truncate-ip";

/** The redaction of one transformer. */
export interface Redaction {
  /** Whether the objects of a JSON text may hold anything to redact. Cheap: most records need not be gone through. */
  readonly concerns: (text: string) => boolean;
  /** Redacts what the record brought, but for its `metadata`. Returns whether it changed anything. */
  readonly record: (log: AccessLog) => boolean;
  /** What may stand in `key` in the place of a value that is copied there; `undefined` if nothing may. */
  readonly copy: (key: "user" | "companyId", value: string) => string | undefined;
  /** What may leave of a value of this key; `undefined` if nothing may. */
  readonly value: (key: string, value: JsonValue) => JsonValue | undefined;
  /** Whether metadata leaves as it is, but for what is a secret by its nature. */
  readonly leavesMetadata: boolean;
  /** Metadata that may leave: itself if nothing is to be redacted, or a copy; `undefined` if none may. */
  readonly metadata: (metadata: Metadata) => Metadata | undefined;
}

const required: ReadonlySet<string> = new Set(REQUIRED_KEYS);

/** What becomes of a value of one key; `undefined` if it is removed. */
type Redact = (value: JsonValue) => JsonValue | undefined;

/** Prepares the rules. Without settings, what is a secret by its nature is redacted all the same. */
export function createRedaction(settings: RedactionSettings = {}): Redaction {
  const fields = fieldRule(settings.fields);
  const marks = new Marks((settings.mask ?? []).flatMap(({ replacement = [] }) => replacement));
  const masks = createMasks(settings, marks);

  function redactOf(key: string): Redact {
    if (!fields.mayLeave(key)) {
      // Moesif rejects a record without a required key: its value goes, the key stays.
      return required.has(key) ? () => MASK : remove;
    }
    const mask = masks.of(key);
    if (key === "ip" && settings.ip === "truncate") {
      return (value) => (typeof value === "string" ? maskedIp(value, mask) : undefined);
    }
    if (key === "user" || key === "companyId") {
      return (value) => unlessMark(maskDeep(value, mask), marks);
    }
    return (value) => maskDeep(value, mask);
  }

  // A map, since a record may have a key that every object inherits.
  const known = new Map<string, Redact>();
  for (const key of ["user", "companyId", "ip", ...REQUIRED_KEYS, ...fields.named, ...masks.named]) {
    known.set(key, redactOf(key));
  }
  const other = fields.othersLeave ? maskOther(masks.other) : remove;

  function record(log: AccessLog): boolean {
    const { user, companyId } = log;
    let changed = false;
    for (const key in log) {
      const value = log[key];
      if (value !== undefined && key !== "metadata") {
        const after = (known.get(key) ?? other)(value);
        if (after !== value) {
          changed = true;
          log[key] = after;
          // A format may write one variable into two keys, as `apiKeyId` and `user`: both are redacted alike.
          if (value === user && key !== "user") log.user = alike("user", after);
          if (value === companyId && key !== "companyId") log.companyId = alike("companyId", after);
        }
      }
    }
    return changed;
  }

  function alike(key: string, after: JsonValue | undefined): JsonValue | undefined {
    return after === undefined ? undefined : known.get(key)!(after);
  }

  function copy(key: "user" | "companyId", value: string): string | undefined {
    return known.get(key)!(value) as string | undefined;
  }

  function value(key: string, one: JsonValue): JsonValue | undefined {
    return (known.get(key) ?? other)(one);
  }

  function metadata(own: Metadata): Metadata | undefined {
    if (!fields.mayLeave("metadata")) {
      return undefined;
    }
    const masked = maskDeep(own, masks.of("metadata")) as Metadata;
    const names = Object.keys(masked);
    return names.every(fields.mayStayInMetadata)
      ? masked
      : Object.fromEntries(names.filter(fields.mayStayInMetadata).map((name) => [name, masked[name]!]));
  }

  const concerns = fields.removes || masks.chosen || settings.ip === "truncate" ? () => true : mayHoldSecret;
  const leavesMetadata = !fields.removes && !masks.chosen;
  return { concerns, record, copy, value, metadata, leavesMetadata };
}

/** What every text has that holds a secret by its nature: in a value, or by its key. */
const SECRET = new RegExp(`${SECRET_TRACE.source}|${KEY_TRACE.source}`);

/** The same for a path; and for what an escape hides. */
const OTHER_TRACES = [...PATH_TRACES, "\\u"];

function mayHoldSecret(text: string): boolean {
  return SECRET.test(text) || OTHER_TRACES.some((trace) => text.includes(trace));
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

/** Truncates what is left of an address when it was masked; what is no address any more is removed. */
function maskedIp(address: string, { text }: Mask): string | undefined {
  const truncated = truncateIp(text(address));
  return truncated !== undefined && text(truncated) === truncated ? truncated : undefined;
}
