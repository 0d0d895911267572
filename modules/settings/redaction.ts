/** `redaction`: what does not leave the account. Scopes join: what any of them redacts is redacted. */
import { z } from "zod";
import { isAllowable } from "../../lambda/secrets/shapes";
import type { FieldSelection, RedactionSettings } from "../../lambda/transformer/settings";
import { pattern } from "./patterns";
import { recordKey } from "./record-keys";
import { about, atMost, choice, exactlyOne, list, section, setting, text, type TextLimit, valueOf } from "./values";
import type { ValidSubset } from "./valid-subset";

/** Each mask is sought in every value of every record. */
export const MAX_MASKS = 20;

/** Keys that Moesif reads as time, number or method: it could not read a mask in their place. */
const UNREADABLE_WITHOUT = "apiId, requestTime, protocol, httpMethod, status, responseLength, durationMs";

export const redactionLimits = {
  recordKey: text("^.{1,128}$", "the name of a key, 1 to 128 characters", "records are redacted by their keys"),
  removableKey: text(
    `^(?!(${UNREADABLE_WITHOUT.replaceAll(", ", "|")})$).{1,128}$`,
    `the name of a key other than ${UNREADABLE_WITHOUT}`,
    "without these Moesif cannot read a call",
  ),
  hashableKey: text(
    `^(?!(${UNREADABLE_WITHOUT.replaceAll(", ", "|")}|metadata)$).{1,128}$`,
    `the name of a key other than ${UNREADABLE_WITHOUT}, metadata`,
    "Moesif must read the values of these; within metadata a key is hashed by its own name",
  ),
  segment: text(
    "^[^/?]{1,128}$",
    "the name of a segment, such as users, without '/'",
    "it is compared with whole segments",
  ),
  parameter: text("^[^&=]{1,128}$", "the name of a query parameter, or *", "it is compared with whole names"),
  replacement: text(
    "^\\[[a-z0-9 _-]{1,30}\\]$",
    "a replacement in brackets such as [redacted]: lowercase letters, digits, ' ', '_' or '-'",
    "by its brackets a replacement is recognised, and not masked a second time",
  ),
  emails: choice(["mask", "keep"], "path segments that hold an e-mail address are masked by default"),
  ip: choice(["keep", "truncate"], "truncate cuts an address to its network"),
} as const;

const keys = (limit: TextLimit, least: 0 | 1 = 0) => list(recordKey(valueOf(limit)), "keys", least);

const fields = exactlyOne(
  section({
    keep: keys(redactionLimits.recordKey)
      .optional()
      .meta(about("Of the optional keys only these leave, in addition to those that Moesif requires.")),
    remove: keys(redactionLimits.removableKey)
      .optional()
      .meta(about("These keys do not leave; of a key that Moesif requires, the value is masked.")),
  }),
  "keep",
  "remove",
);

const mask = section({
  pattern: pattern("mask", "A pattern (RE2); what it finds is masked."),
  fields: keys(redactionLimits.recordKey, 1)
    .optional()
    .meta(about("Keys whose values are searched, in depth; every key if left out.")),
  replacement: setting(redactionLimits.replacement, "The replacement of what is found.", "[redacted]"),
});

const path = section({
  emails: setting(redactionLimits.emails, "Whether path segments that hold an e-mail address are masked.", "mask"),
  segmentsAfter: list(valueOf(redactionLimits.segment), "segments")
    .optional()
    .meta(about("Names of path segments: the one that follows is masked, as 42 in /users/42.", [])),
  queryParameters: list(valueOf(redactionLimits.parameter), "names")
    .optional()
    .meta(about("Names of query parameters whose values are masked where a path carries any; * for all.", [])),
});

const secret = z.string({ error: () => "write the name of a secret" }).refine(isAllowable, {
  error: () => "this is neither the name nor the shape of a secret that is redacted by default",
  params: { id: "unknown-secret", fix: "write one that docs/privacy.md lists" },
});

export const redactionSection = section({
  fields: fields
    .optional()
    .meta(about("Which keys of a record leave: exactly one of keep and remove. If left out, all do.")),
  allow: list(secret, "secrets")
    .optional()
    .meta(about("Names and shapes of secrets that are not redacted; docs/privacy.md lists them.", [])),
  mask: atMost(list(mask, "masks"), MAX_MASKS).optional().meta(about("Masks what patterns find.", [])),
  ip: setting(
    redactionLimits.ip,
    "Whether the caller's address is cut to its network, /24 of IPv4 and /48 of IPv6.",
    "keep",
  ),
  path: path.optional().meta(about("What of a path does not leave.")),
  hash: keys(redactionLimits.hashableKey)
    .optional()
    .meta(
      about(
        "Keys whose values leave as a keyed hash, equal for equal values, also within metadata under these names. Requires hashKey.",
        [],
      ),
    ),
});

/** Keys that are hashed and removed as well, so that there is nothing to hash. */
export function hashedAndRemoved({ hash = [], fields }: HashedFields): string[] {
  return hash.filter((key): key is string => key !== undefined && fields?.remove?.includes(key) === true);
}

interface HashedFields {
  readonly hash?: readonly (string | undefined)[];
  readonly fields?: { readonly remove?: readonly (string | undefined)[] };
}

type Redaction = ValidSubset<z.output<typeof redactionSection>>;

/**
 * Joins the redaction of two scopes: what either asks for is redacted. So no scope can take back what another asks,
 * and an organisation's defaults are a floor for its accounts.
 */
export function joinRedaction<R extends Redaction>(far: R, near: R): R {
  const path = {
    ...strictest("emails", "mask", far.path, near.path),
    ...joined("segmentsAfter", far.path, near.path),
    ...joined("queryParameters", far.path, near.path),
  };
  const fields = joinFields(far.fields, near.fields);
  const hash = joined("hash", far, near);
  return {
    ...(fields && { fields }),
    ...allowedByBoth(far, near),
    ...joined("mask", far, near),
    ...strictest("ip", "truncate", far, near),
    ...(Object.keys(path).length > 0 && { path }),
    ...withoutRemoved({ ...hash, fields }),
  } as unknown as R;
}

/** What one scope hashes and another removes is removed. */
function withoutRemoved(redaction: HashedFields): { hash?: HashedFields["hash"] } {
  const removed = hashedAndRemoved(redaction);
  return redaction.hash ? { hash: redaction.hash.filter((key) => key === undefined || !removed.includes(key)) } : {};
}

/** Of two values the one that redacts, if either scope says it. */
function strictest<K extends string>(key: K, strict: string, far: Part<K, unknown>, near: Part<K, unknown>): object {
  const value = far?.[key] === strict ? strict : (near?.[key] ?? far?.[key]);
  return value === undefined ? {} : { [key]: value };
}

function joined<K extends string>(key: K, far: Part<K, readonly unknown[]>, near: Part<K, readonly unknown[]>): object {
  const all = [...(far?.[key] ?? []), ...(near?.[key] ?? [])];
  const texts = new Map(all.map((one) => [JSON.stringify(one), one]));
  return (far?.[key] ?? near?.[key]) ? { [key]: [...texts.values()] } : {};
}

type Part<K extends string, V> = { readonly [key in K]?: V } | undefined;

/** A secret leaves that both scopes let leave; a scope without allow lets it. */
function allowedByBoth(far: Redaction, near: Redaction): object {
  const allow =
    far.allow && near.allow ? far.allow.filter((name) => near.allow!.includes(name)) : (far.allow ?? near.allow);
  return allow ? { allow } : {};
}

/** A key leaves that both scopes let leave. */
function joinFields(far: Redaction["fields"], near: Redaction["fields"]): object | undefined {
  if (!far || !near) return far ?? near;
  const removed = new Set([...(far.remove ?? []), ...(near.remove ?? [])]);
  const kept = [far.keep, near.keep].filter((keep) => keep !== undefined);
  const [first, second = first] = kept;
  if (!first) return { remove: [...removed] };
  return { keep: first.filter((key) => second!.includes(key) && !removed.has(key)) };
}

/** The redaction as the settings document has it, without what is the default: so writing that changes nothing. */
export function redactionOf(settings: z.output<typeof redactionSection> = {}): RedactionSettings | undefined {
  const { fields, allow = [], mask = [], ip, path = {}, hash = [] } = settings;
  const { emails, segmentsAfter = [], queryParameters = [] } = path;
  const ofPath = {
    ...(emails === "keep" && { emails }),
    ...(segmentsAfter.length > 0 && { segmentsAfter }),
    ...(queryParameters.length > 0 && { queryParameters }),
  };
  const redaction: RedactionSettings = {
    ...(fields && { fields: fields as FieldSelection }),
    ...(allow.length > 0 && { allow }),
    ...(mask.length > 0 && { mask }),
    ...(ip === "truncate" && { ip }),
    ...(Object.keys(ofPath).length > 0 && { path: ofPath }),
    ...(hash.length > 0 && { hash }),
  };
  return Object.keys(redaction).length > 0 ? redaction : undefined;
}
