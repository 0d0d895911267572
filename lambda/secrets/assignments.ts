/**
 * Finds values in a text that are secrets by the names before them: `token=…` in a query, a path, a cookie or a form, also
 * where it is escaped; `"token": "…"` in JSON; `X-Api-Key: …` in a header. Time is in proportion to the text.
 */
import { LONGEST_NAME } from "./names";
import { HIDDEN_MASK, type Rule } from "./placeholders";
import { SCHEMES, type Secrets } from "./shapes";
import type { JsonValue } from "../transformer/settings";

/** Where a value begins and ends. */
export type Span = readonly [start: number, end: number];

/**
 * Masks what is found behind each match of a global pattern, from left to right.
 *
 * @param find gets a match, and where the last one or its value ended
 */
export function maskFound(
  text: string,
  pattern: RegExp,
  find: (found: RegExpExecArray, last: number) => Span | undefined,
): string {
  let masked = "";
  let from = 0;
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text), last = 0; found !== null; found = pattern.exec(text)) {
    const next = pattern.lastIndex;
    const [start, end] = find(found, last) ?? [next, next];
    const isFound = start < end && !isMasked(text, start, end);
    if (isFound) {
      masked += text.slice(from, start) + HIDDEN_MASK;
      from = end;
    }
    pattern.lastIndex = last = isFound ? end : next;
  }
  return masked + text.slice(from);
}

/** What a rule has masked already: the mark, maybe with a scheme before it. */
const MASKED = new RegExp(`(?:${SCHEMES}(?:[ \\t+:=]|%(?:25)*(?:20|09|2[Bb]|3[AaDd])){1,8})?[\\uFDD0-\\uFDEF]+`, "iy");

/** A blank behind the scheme may end the value, where it is not escaped. */
function isMasked(text: string, start: number, end: number): boolean {
  return endOfMatch(MASKED, text, start) >= end;
}

/** Where a sticky pattern that matches here ends. */
function endOfMatch(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

/** A quote, however it is escaped. */
const QUOTE = "\\\\{0,7}[\"'`]|%(?:25)*(?:2[27]|60)|&(?:quot|apos|#34|#39|#x22|#x27);|[“”„«»‘’‚]";
/** What ends a name and begins its value. The `25` say how many times more than once it is escaped. */
const SEPARATOR = new RegExp(`(${QUOTE})?[ \\t]{0,2}(?:={1,2}>?|(:)|%((?:25)*)3(?:[Dd]|([Aa])))`, "g");
/** So often is a query within a query escaped at most. */
const DEEPEST = 4;
const BLANKS = /(?:[ \t+]|%(?:25)*20){0,3}/y;
const BLANKS_OF_PAIR = /[ \t]{0,2}/y;
/** The names of these have a value of several words. */
const WHOLE_LINE = /(?:authorization|cookie)$/i;
/** A word and no secret: `Invalid token: expected a number`. */
export const WORD = /^[a-z]{0,20}\W?$/;
/** The type of a variable in GraphQL: `$password: String!`. */
const TYPE = /^\[?[A-Z][A-Za-z]*!?\]?!?$/;
const PASSWORD = /pass|pwd/i;
/** `name:value` in a path is mostly no header, as in `/tokens/token:revoke`: there the value must not have the form of a word. */
const NO_WORD = /^(?=.*\d)(?=.*[A-Za-z]).{8,}$/;
/** Stands for any object or list: to ask whether one is a secret before its end is sought. */
export const ANY_OBJECT = { any: "" };
/** Objects up to this length may be nothing but counts. */
const LONGEST_COUNTS = 300;

/** Masks what is assigned to a name of a secret. */
export function assignments(secrets: Secrets): Rule {
  return (text) => {
    const found = new Assignments(text, secrets);
    return maskFound(text, SEPARATOR, (separator, last) => found.valueAfter(separator, last));
  };
}

/** A name and where its value may begin. */
interface Assigned {
  readonly name: Name;
  readonly start: number;
  /** How often the separator is escaped. */
  readonly level: number;
}

/** The assignments of one text. A name is checked before its value is sought: so most of the text is read once. */
class Assignments {
  readonly #ends = new Map<string, { readonly pattern: RegExp; from: number; end: number }>();

  constructor(
    private readonly text: string,
    private readonly secrets: Secrets,
  ) {}

  /** The value behind a separator, if it is a secret. */
  valueAfter([separator, quote, colon, escapes, escapedColon]: RegExpExecArray, last: number): Span | undefined {
    const start = SEPARATOR.lastIndex;
    const name = nameBefore(this.text, start - separator.length, last);
    if (name.text === "" || !this.secrets.mayName(name.text)) {
      return undefined;
    }
    const assigned = { name, start, level: escapes === undefined ? 0 : escapes.length / 2 + 1 };
    if (colon === undefined && escapedColon === undefined) {
      return this.#pair(assigned);
    }
    return quote === undefined ? this.#header(assigned) : this.#member(assigned);
  }

  /** `token=…`, by itself or among other pairs. */
  #pair({ name, start, level }: Assigned): Span | undefined {
    const from = endOfMatch(BLANKS_OF_PAIR, this.text, start);
    const span = quoted(this.text, from) ?? this.#unquoted(from, this.#endOfPair(name.before), level);
    const value = valueIn(this.text, span);
    return this.secrets.isParameter(name.text, value) && !this.#isName(value) ? span : undefined;
  }

  /** `"token": …` in an object. */
  #member({ name, start, level }: Assigned): Span | undefined {
    const from = endOfMatch(BLANKS, this.text, start);
    if (this.text[from] === "{" || this.text[from] === "[") {
      return this.#nested(name, from);
    }
    const span = quoted(this.text, from) ?? this.#unquoted(from, JSON_END, level);
    return this.secrets.isSecret(name.text, valueIn(this.text, span)) ? span : undefined;
  }

  #nested(name: Name, start: number): Span | undefined {
    if (!this.secrets.isSecret(name.text, ANY_OBJECT)) {
      return undefined;
    }
    const end = endOfNested(this.text, start);
    const counts = end - start > LONGEST_COUNTS ? undefined : parsed(this.text.slice(start, end));
    return counts === undefined || this.secrets.isSecret(name.text, counts) ? [start, end] : undefined;
  }

  /** `X-Api-Key: …`, or `name: …` in any other text. */
  #header({ name, start, level }: Assigned): Span | undefined {
    const from = endOfMatch(BLANKS, this.text, start);
    const inQuotes = quoted(this.text, from);
    if (inQuotes !== undefined) {
      return this.secrets.isSecret(name.text, valueIn(this.text, inQuotes)) ? inQuotes : undefined;
    }
    const isTight = from === start;
    // A part of a name that has several, such as an ARN.
    if (isTight && (name.before === ":" || name.before === "@")) {
      return undefined;
    }
    const isLine = WHOLE_LINE.test(name.text);
    const span = this.#unquoted(from, isLine ? LINE_END : WORD_END, level);
    const value = valueIn(this.text, span);
    if (!this.secrets.isSecret(name.text, value) || (name.text.startsWith("$") && TYPE.test(value))) {
      return undefined;
    }
    if (isTight && name.before === "/") {
      return NO_WORD.test(value) ? span : undefined;
    }
    const isWord = !PASSWORD.test(name.text) && WORD.test(value);
    return isWord || (!isLine && this.#isName(value)) ? undefined : span;
  }

  /** Whether a value is the name of another header: its own value is the secret. */
  #isName(value: string): boolean {
    return value.length <= LONGEST_NAME && value.endsWith(":") && this.secrets.mayName(value.slice(0, -1));
  }

  /** The value of a parameter goes on up to the next; between which parameters it stands, the character before it says. */
  #endOfPair(before: string | undefined): End {
    if (before === ";") {
      return /^(?:\/|\w{1,20}:\/\/)/.test(this.text) ? IN_PATH : AMONG_PAIRS;
    }
    return before === "," ? AMONG_PARAMETERS : PAIR_END;
  }

  /**
   * A value up to what ends it. What is escaped more often than the separator before the value is a part of it. A value
   * within one that was no secret has the same end, which is not sought again.
   */
  #unquoted(start: number, end: End, level: number): Span {
    const pattern = endPattern(end, Math.min(level, DEEPEST));
    const known = this.#ends.get(pattern) ?? { pattern: new RegExp(pattern, "gi"), from: 0, end: -1 };
    this.#ends.set(pattern, known);
    if (start < known.from || start > known.end) {
      known.pattern.lastIndex = known.from = start;
      known.end = known.pattern.exec(this.text)?.index ?? this.text.length;
    }
    return [start, known.end];
  }
}

/** What is judged of a value: what is no secret is searched again, for names within it. */
const LONGEST_JUDGED = 256;

export function valueIn(text: string, [start, end]: Span): string {
  return text.slice(start, Math.min(end, start + LONGEST_JUDGED));
}

// Names.

/** A name before a separator, without escapes. */
interface Name {
  readonly text: string;
  /** The character before it. */
  readonly before: string | undefined;
}

/** By their codes. */
const NAME_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) =>
  /[\w.$~[\]%\\-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** What stands between a place and the character before it that is in no name; with escapes, if there are any. */
export function writtenNameBefore(text: string, end: number, from = 0): string {
  let start = end;
  while (start > from && end - start < LONGEST_NAME && NAME_CHARACTERS[text.charCodeAt(start - 1)] === 1) {
    start--;
  }
  return text.slice(start, end);
}

function nameBefore(text: string, end: number, from: number): Name {
  const written = writtenNameBefore(text, end, from);
  const start = end - written.length;
  const isEscaped = written.includes("%") || written.includes("\\");
  const plain = isEscaped ? unescaped(written).replace(/[\s\0]+$/, "") : written;
  const first = plain.search(/[\w.$~[\]-]*$/);
  const before = text.slice(Math.max(0, start - 3), start) + plain.slice(0, first);
  return { text: plain.slice(first), before: before.trimEnd().at(-1) };
}

/** Names are escaped once or twice, as a query within a query is. */
function unescaped(name: string): string {
  let plain = name.replaceAll(/\\u([0-9A-Fa-f]{4})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  for (let pass = 0; pass <= DEEPEST && plain.includes("%"); pass++) {
    plain = plain.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  }
  return plain;
}

// Ends of values.

/** What ends a value: characters, and the same where they are escaped. */
interface End {
  readonly characters: string;
  readonly escaped: string;
}

const QUOTES: End = { characters: "\\r\\n\"'`<>\\\\", escaped: "26|22|27|60|3C|3E|0A|0D" };
const LINE_END = QUOTES;
const JSON_END = withEnd(QUOTES, "&\\s,}\\]", "20|2C|7D|5D");
const WORD_END = withEnd(JSON_END, ";)", "3B|29");
const PAIR_END = withEnd(QUOTES, "&\\s#", "20|23");
const AMONG_PAIRS = withEnd(PAIR_END, ";", "3B");
const AMONG_PARAMETERS = withEnd(PAIR_END, ",", "2C");
const IN_PATH = withEnd(AMONG_PAIRS, "/?", "2F|3F");

function withEnd({ characters, escaped }: End, more: string, moreEscaped: string): End {
  return { characters: characters + more, escaped: `${escaped}|${moreEscaped}` };
}

function endPattern({ characters, escaped }: End, depth: number): string {
  return `[${characters}]${depth > 0 ? `|%(?:25){0,${depth - 1}}(?:${escaped})` : ""}`;
}

const OPENING = new RegExp(QUOTE, "y");

/** The text within quotes that open at a place. */
export function quoted(text: string, start: number): Span | undefined {
  const opened = endOfMatch(OPENING, text, start);
  return opened === start ? undefined : [opened, closingQuote(text, opened, text.slice(start, opened))];
}

const TYPOGRAPHIC = /[“”„«»]|([‘’‚])/;
const CLOSING_DOUBLE = /[“”«»]/g;
const CLOSING_SINGLE = /[‘’]/g;

/** Where the next quote of this kind stands that is not itself escaped. */
function closingQuote(text: string, from: number, quote: string): number {
  const typographic = TYPOGRAPHIC.exec(quote);
  if (typographic !== null) {
    const closing = typographic[1] === undefined ? CLOSING_DOUBLE : CLOSING_SINGLE;
    closing.lastIndex = from;
    return closing.exec(text)?.index ?? text.length;
  }
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
    if (at === from || text[at - 1] !== "\\") {
      return at;
    }
  }
  return text.length;
}

const BRACKET = /["{}[\]]/g;

/** Where an object or a list ends; all is its own of one that was cut off, or whose quotes are escaped. */
function endOfNested(text: string, start: number): number {
  let depth = 0;
  BRACKET.lastIndex = start;
  for (let found = BRACKET.exec(text); found !== null; found = BRACKET.exec(text)) {
    if (found[0] === '"') {
      BRACKET.lastIndex = closingQuote(text, BRACKET.lastIndex, '"') + 1;
    } else {
      depth += found[0] === "{" || found[0] === "[" ? 1 : -1;
      if (depth === 0) return BRACKET.lastIndex;
    }
  }
  return text.length;
}

function parsed(json: string): JsonValue | undefined {
  try {
    return JSON.parse(json) as JsonValue;
  } catch {
    return undefined;
  }
}
