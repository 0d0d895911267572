/**
 * Keyed hashes (HMAC-SHA-256, RFC 2104) in the place of values: equal for equal values, so that calls can be told
 * apart and counted. Without the key nobody can find a value by trying all that there may be, as with a plain hash of
 * an IP address.
 */
import { createHmac } from "node:crypto";
import { isAbsent } from "./access-log";
import type { Marks } from "./marks";
import type { Mask } from "./masks";

/** What every hash begins with. */
const PREFIX = "hmac:";

/** 132 of the 256 bits, in base64url. */
const LENGTH = 22;

const FORM = `${PREFIX}[A-Za-z0-9_-]{${LENGTH}}`;
const HASH = new RegExp(`^${FORM}$`);
/** Not within a longer word, which may be a token. */
const HASHES = new RegExp(`(?<![\\w.-])(${FORM})(?![\\w.-])`);

/** Hashes that are kept ready, and the longest value whose hash is: callers come back. */
const MOST_KEPT = 10_000;
const LONGEST_KEPT = 128;

/** Whether a text is a hash, or made to look like one. */
export function isHash(text: string): boolean {
  return text.startsWith(PREFIX) && HASH.test(text);
}

/** The hash of any text under this key. */
export function createKeyedHash(key: string): (text: string) => string {
  const kept = new Map<string, string>();
  return (text) => {
    let hash = kept.get(text);
    if (hash === undefined) {
      hash = PREFIX + createHmac("sha256", key).update(text).digest("base64url").slice(0, LENGTH);
      if (text.length <= LONGEST_KEPT) {
        if (kept.size === MOST_KEPT) kept.clear();
        kept.set(text, hash);
      }
    }
    return hash;
  };
}

/**
 * Hashes in the place of a mask. What is absent, a hash already or nothing but marks stays: hashing twice gives the
 * same, and of a mark everybody would be the same one. A number has the hash of its text.
 */
export function hashMask(hash: (text: string) => string, marks: Marks): Mask {
  const text = (value: string) => (isAbsent(value) || isHash(value) || marks.areAll(value) ? value : hash(value));
  return { text, number: (value) => text(JSON.stringify(value)) };
}

/** The same mask, but for hashes that an identity was made of: they hold nothing to be masked. */
export function besideHashes({ text, number }: Mask): Mask {
  const beside = (value: string) =>
    value
      .split(HASHES)
      .map((part, index) => (index % 2 === 0 ? text(part) : part))
      .join("");
  return { text: (value) => (value.includes(PREFIX) ? beside(value) : text(value)), number };
}
