/**
 * What the settings of redaction may say. They are literals, since a pattern is checked before it is written: so
 * only JavaScript applies these rules, and they may look ahead.
 */
import { isAllowable } from "../../lambda/secrets/shapes";
import { text, type TextRule } from "../rules";

/** Masks in all: each is sought in every value of every record. */
export const MOST_MASKS = 20;

/** Keys that Moesif reads as time, number or method: in a mark it could not read them. */
const UNREADABLE_WITHOUT = "apiId, requestTime, protocol, httpMethod, status, responseLength, durationMs";

/** Every rule, by the name of what it is about. */
export const redactionRules = {
  recordKey: text("^.{1,128}$", "the name of a key, 1 to 128 characters", "records are redacted by their keys"),
  removableKey: text(
    `^(?!(${UNREADABLE_WITHOUT.replaceAll(", ", "|")})$).{1,128}$`,
    `the name of a key other than ${UNREADABLE_WITHOUT}`,
    "without these Moesif cannot read a call",
  ),
  hashableKey: text(
    `^(?!(${UNREADABLE_WITHOUT.replaceAll(", ", "|")}|metadata)$).{1,128}$`,
    `the name of a key other than ${UNREADABLE_WITHOUT}, metadata`,
    "of these Moesif must read the value; within metadata a key is hashed by its own name",
  ),
  segment: text(
    "^[^/?]{1,128}$",
    "the name of a segment, such as users, without '/'",
    "it is compared with whole segments",
  ),
  parameter: text("^[^&=]{1,128}$", "the name of a query parameter, or *", "it is compared with whole names"),
  replacement: text(
    "^\\[[a-z0-9 _-]{1,30}\\]$",
    "a mark in brackets such as [redacted]: small letters, digits, ' ', '_' or '-'",
    "by its brackets a mark is known, and not masked a second time",
  ),
} as const satisfies Record<string, TextRule>;

/** Whether a literal names a secret that can be let through: anything else would let nothing through. */
export const namesSecret = isAllowable;
export const SECRET_EXPECTATION =
  "the name or the shape of a secret that does not leave by default, as docs/privacy.md lists them";

/** Keys that are to be hashed and are removed as well, so that there is nothing to hash. */
export function hashedAndRemoved({ hash = [], fields }: HashedFields): string[] {
  return hash.filter((key) => fields?.remove?.includes(key));
}

interface HashedFields {
  readonly hash?: readonly string[];
  readonly fields?: { readonly remove?: readonly string[]; readonly keep?: readonly string[] };
}
