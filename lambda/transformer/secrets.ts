/** Finds what is a secret by its nature in any text: JSON Web Tokens, and what follows `Bearer` or `Basic`. */

import { HIDDEN_MASK } from "./placeholders";

/** Every token of this kind begins with `{"` in base64url. */
const TOKEN_START = "eyJ";
const TOKEN_RUN = /[\w.-]+/g;

/** The name of a scheme and what parts it from its value, in a header's form or in that of a query. */
const SCHEME = "(?:[Bb]earer|BEARER|[Bb]asic|BASIC)(?: |\\+|%20)+";
/** A value ends where the next scheme begins, lest it hide that scheme's own value. */
const VALUE = `(?:(?!\\b${SCHEME})[\\w.~+/=%-])+`;
/** How many schemes may stand before a value is bounded, so that a text of nothing but schemes is soon read. */
const CREDENTIALS = new RegExp(`\\b(${SCHEME})((?:${SCHEME}){0,3})(${VALUE})`, "g");
const BEARER = /bearer/i;

/**
 * Every text with one of them has one of these. The first letter of each is a rare one, since that is what is sought
 * first: all of them together are found sooner than by one regular expression. Few texts have a capital B at all.
 */
const TRACES = ["yJ", "bearer", "basic"];
const CAPITAL = "B";
const CAPITAL_TRACES = ["Bearer", "BEARER", "Basic", "BASIC"];

const COLON = 0x3a;

/** Whether a text may hold one: cheap, since every value is asked. */
export function mayHoldSecret(text: string): boolean {
  return holdsAny(text, TRACES) || (text.includes(CAPITAL) && holdsAny(text, CAPITAL_TRACES));
}

/** Whether a text holds one of these. */
export function holdsAny(text: string, traces: readonly string[]): boolean {
  for (const trace of traces) {
    if (text.includes(trace)) {
      return true;
    }
  }
  return false;
}

/** Masks each of them; the name of the scheme stays. Reads a text once, however long. */
export function maskSecrets(hidden: string): string {
  return hidden.replace(TOKEN_RUN, maskToken).replace(CREDENTIALS, maskCredentials);
}

function maskToken(run: string): string {
  const start = run.indexOf(TOKEN_START);
  return start < 0 || !run.includes(".", start) ? run : run.slice(0, start) + HIDDEN_MASK;
}

/** "Basic" is a word, too: what follows it counts if it is `user:password` in base64, as RFC 7617 has it. */
function maskCredentials(whole: string, scheme: string, more: string, value: string): string {
  const secret = BEARER.test(scheme + more) || Buffer.from(value, "base64").includes(COLON);
  return secret ? scheme + HIDDEN_MASK : whole;
}
