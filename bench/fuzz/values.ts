/** Values as callers and formats write them, from the plain to the malicious. */
import type { Random } from "./random";

/** Any JSON object. */
export type Json = Record<string, unknown>;

/** Texts that have broken programs before: what must be escaped, what is no character, what turns the direction. */
const UNUSUAL = [
  ...[
    "é",
    "日本語",
    "👩‍👩‍👧",
    "\u202eabc",
    "\u2028",
    "\ufeff",
    "\ufffd",
    "\ud800",
    "\udfff\ud800",
    "\u0000",
    "\u001b[2J",
    "\ufdd0",
  ],
  ...[
    '"',
    "\\",
    '\\"',
    "\n",
    "\r\n",
    "\t",
    "{",
    "}{",
    "[redacted]",
    "[card]",
    "null",
    "-",
    "",
    " ",
    "%",
    "%zz",
    "$&",
    "$1",
  ],
  ...[
    "__proto__",
    "constructor",
    "toJSON",
    "hasOwnProperty",
    "0",
    "-1",
    "1e400",
    "bearer",
    "Basic ",
    "eyJ",
    "@",
    "a@b",
  ],
];

/** Keys that every object inherits, that JSON reorders, or that mean something to a step. */
const KEYS = [
  ...["__proto__", "constructor", "toJSON", "toString", "valueOf", "0", "1", "01", "", " ", "é", "\ud800", "a.b"],
  ...[
    "orgId",
    "subscriptionId",
    "tags",
    "accountId",
    "region",
    "environment",
    "weight",
    "late",
    "value",
    "transformer",
  ],
  ...[
    "errorMessage",
    "errorType",
    "integrationLatency",
    "integrationStatus",
    "wafStatus",
    "forwardedFor",
    "contentType",
  ],
];

/** A text of unusual characters. */
export function unusualText(random: Random): string {
  return random.times(1 + random.below(4), () => random.pick(UNUSUAL)).join(random.oneIn(2) ? "" : " ");
}

/** A key of a user's own. */
export function anyKey(random: Random): string {
  return random.oneIn(4) ? unusualText(random) : random.pick(KEYS);
}

/** Any JSON value. */
export function anyValue(random: Random, depth = 3): unknown {
  switch (random.below(depth > 0 ? 9 : 7)) {
    case 0:
      return random.pick([null, true, false]);
    case 1:
      return random.pick([0, -0, 1, -1, 1.5, 1e21, 1e-7, 2 ** 53, Number.MAX_VALUE, random.below(1000)]);
    case 2:
    case 3:
      return unusualText(random);
    case 4:
      return random.pick(["-", "", "200", "acme", "jane"]);
    case 5:
    case 6:
      return random.digits(1 + random.below(30), 36);
    case 7:
      return random.times(random.below(4), () => anyValue(random, depth - 1));
    default:
      return anyObject(random, depth - 1);
  }
}

/** Any JSON object; assignment would lose a key called `__proto__`. */
export function anyObject(random: Random, depth = 3): Json {
  return Object.fromEntries(random.times(random.below(5), () => [anyKey(random), anyValue(random, depth)]));
}
