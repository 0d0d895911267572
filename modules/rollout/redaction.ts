/** The `redaction` section of the settings, and how those of several levels become one. */
import { z } from "zod";
import type { FieldSelection, RedactionSettings } from "../../lambda/transformer/settings";
import {
  hashedAndRemoved,
  MOST_MASKS,
  namesSecret,
  redactionRules,
  SECRET_EXPECTATION,
} from "../pipeline/redaction-rules";
import { about, exactlyOne, list, regularExpression, section, setting, spelt, valueOf } from "./fields";
import type { Sound } from "./sound";

const pattern = regularExpression("mask", "A regular expression (RE2); what it finds is masked.");

const keys = (rule: typeof redactionRules.recordKey, least: 0 | 1 = 0) => list(spelt(valueOf(rule)), "keys", least);

const fields = exactlyOne(
  section({
    keep: keys(redactionRules.recordKey)
      .optional()
      .meta(about("Of the optional keys these alone leave, beside those that Moesif requires.")),
    remove: keys(redactionRules.removableKey)
      .optional()
      .meta(about("These keys do not leave; of a key that Moesif requires, the value is masked.")),
  }),
  "keep",
  "remove",
);

const mask = section({
  pattern,
  fields: keys(redactionRules.recordKey, 1)
    .optional()
    .meta(about("Keys whose values are looked at, with all that is within; every key if left out.")),
  replacement: setting(redactionRules.replacement, "What takes the place.", "[redacted]"),
});

const path = section({
  emails: z
    .enum(["mask", "keep"], { error: () => "write one of mask, keep" })
    .optional()
    .meta(about("Whether path segments that hold an e-mail address are masked.", "mask")),
  segmentsAfter: list(valueOf(redactionRules.segment), "segments")
    .optional()
    .meta(about("Names of path segments: the one that follows is masked, as 42 in /users/42.", [])),
  queryParameters: list(valueOf(redactionRules.parameter), "names")
    .optional()
    .meta(about("Names of query parameters whose values are masked where a path carries any; * for all.", [])),
});

/** What does not leave the account. */
export const redactionSection = section({
  fields: fields
    .optional()
    .meta(about("Which keys of a record leave: exactly one of keep and remove. Without it, all do.")),
  allow: list(z.string().refine(namesSecret, { error: () => `write ${SECRET_EXPECTATION}` }), "secrets")
    .optional()
    .meta(about("Names and shapes of secrets that leave all the same; docs/privacy.md lists them.", [])),
  mask: list(mask, "masks")
    .max(MOST_MASKS, { error: () => `keep at most ${MOST_MASKS}` })
    .optional()
    .meta(about("Masks whatever patterns find.", [])),
  ip: z
    .enum(["keep", "truncate"], { error: () => "write one of keep, truncate" })
    .optional()
    .meta(about("Whether the caller's address is cut to its network, /24 of IPv4 and /48 of IPv6.", "keep")),
  path: path.optional().meta(about("What of a path does not leave.")),
  hash: keys(redactionRules.hashableKey)
    .optional()
    .meta(
      about(
        "Keys whose values leave as a keyed hash, equal for equal values, also within metadata under these names; needs hashKey.",
        [],
      ),
    ),
});

type Redaction = Sound<z.output<typeof redactionSection>>;

/**
 * Joins the redaction of two levels: what either asks for is redacted. So no level can take back what another asks,
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

/** What one level hashes and another removes is removed. */
function withoutRemoved(redaction: Parameters<typeof hashedAndRemoved>[0]): { hash?: readonly string[] } {
  const removed = hashedAndRemoved(redaction);
  return redaction.hash ? { hash: redaction.hash.filter((key) => !removed.includes(key)) } : {};
}

/** Of two values the one that redacts, if either level says it. */
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

/** A secret leaves that both levels let leave; a level that says nothing lets it. */
function allowedByBoth(far: Redaction, near: Redaction): object {
  const allow =
    far.allow && near.allow ? far.allow.filter((name) => near.allow!.includes(name)) : (far.allow ?? near.allow);
  return allow ? { allow } : {};
}

/** A key leaves that both levels let leave. */
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
