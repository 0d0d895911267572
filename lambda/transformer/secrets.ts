/** Finds what is a secret by its nature in any text: JSON Web Tokens, and what follows `Bearer` or `Basic`. */

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

// The marks that stand in the place of what was redacted, and the way to put them there so that redacting twice gives
// the same.
//
// While a value is worked on, each mark in it is one character that no rule finds: so a rule never redacts the text of
// a mark, whether the mark is new or came with the record.

/** What stands in the place of a redacted value, or of the part of it that is. */
export const MASK = "[redacted]";

/** A rule for a text in which marks are hidden. */
export type Rule = (hidden: string) => string;

/** Unicode keeps these 32 characters from ever being text. */
const FIRST = 0xfdd0;
const HIDDEN = /[\uFDD0-\uFDEF]/g;
const HIDDEN_ALONE = /^[\uFDD0-\uFDEF]+$/;

/** {@link MASK} as it is hidden. */
export const HIDDEN_MASK = String.fromCharCode(FIRST);

/** The rules may bring each other about; where they do not come to rest, the whole value is redacted. */
const MOST_PASSES = 4;

/** Whether a text is nothing but marks, hidden ones: what was redacted already. */
export function isMarkAlone(hidden: string): boolean {
  return HIDDEN_ALONE.test(hidden);
}

/** The marks of one transformer: {@link MASK}, and the replacements of its settings. */
export class Marks {
  readonly #marks: readonly string[];
  readonly #shown: RegExp;

  /** @param replacements each in brackets, so that no mark can be a part of another */
  constructor(replacements: readonly string[]) {
    this.#marks = [...new Set([MASK, ...replacements])];
    this.#shown = new RegExp(this.#marks.map((mark) => mark.replaceAll(/[^a-z0-9]/gi, "\\$&")).join("|"), "g");
  }

  /** The character that a mark is hidden as. */
  characterOf(mark: string): string {
    return String.fromCharCode(FIRST + this.#marks.indexOf(mark));
  }

  /** Whether a text is nothing but marks. */
  areAll(text: string): boolean {
    return text.startsWith("[") && isMarkAlone(this.#hide(text));
  }

  /** What a search finds in a text in which each mark is one character; `undefined` for nothing but marks. */
  search(text: string, find: (hidden: string) => string | undefined): string | undefined {
    if (!text.includes("[")) {
      return find(text);
    }
    const hidden = this.#hide(text);
    const found = isMarkAlone(hidden) ? undefined : find(hidden);
    return found === undefined ? undefined : this.#show(found);
  }

  /** Applies rules in their order, again and again, until none changes anything. */
  scrub(text: string, rules: readonly Rule[]): string {
    let hidden = this.#hide(text);
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const before = hidden;
      for (const rule of rules) {
        hidden = rule(hidden);
      }
      if (hidden === before) {
        return this.#show(hidden);
      }
    }
    return MASK;
  }

  #hide(text: string): string {
    return text.replace(this.#shown, (mark) => this.characterOf(mark));
  }

  #show(hidden: string): string {
    return hidden.replace(HIDDEN, (character) => this.#marks[character.charCodeAt(0) - FIRST] ?? MASK);
  }
}
