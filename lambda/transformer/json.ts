/** Finds objects in a text without parsing them: each character is read once and nothing recurses. */
import type { JsonValue } from "./settings";

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Where the object that opens at `start` ends, or -1. Only braces are counted: JSON.parse checks the rest. */
export function endOfObject(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = closingQuote(text, index + 1);
    } else if (code === OPEN) {
      depth++;
    } else if (code === CLOSE && --depth === 0) {
      return index + 1;
    }
  }
  return -1;
}

/** The texts of the outermost objects of a text in which nothing else holds braces: objects, arrays of objects. */
export function objectTexts(text: string): string[] {
  const texts: string[] = [];
  for (let start = text.indexOf("{"), end: number; start >= 0; start = text.indexOf("{", end)) {
    end = endOfObject(text, start);
    texts.push(text.slice(start, end));
  }
  return texts;
}

/** The texts of the elements of a JSON array. */
export function elementTexts(array: string): string[] {
  const texts: string[] = [];
  let depth = 0;
  let start = -1;
  for (let index = 0; index < array.length; index++) {
    const code = array.charCodeAt(index);
    if (code === QUOTE) {
      index = closingQuote(array, index + 1);
    } else if (code === OPEN || code === OPEN_LIST) {
      depth++;
      start = start < 0 ? index + 1 : start;
    } else if (code === CLOSE || code === CLOSE_LIST) {
      depth--;
    }
    if ((depth === 1 && code === COMMA) || (depth === 0 && code === CLOSE_LIST)) {
      texts.push(array.slice(start, index).trim());
      start = index + 1;
    }
  }
  return texts;
}

// Whether an object was written with a key twice. `JSON.parse` keeps the last, and the steps see only that one: were
// the text delivered as it is, another reader might take the first.

/** Whether the JSON text of an object, or of several, writes more keys than they have. Nothing recurses. */
export function hasDuplicateKeys(text: string, parsed: object): boolean {
  return text.length !== shortestLength(parsed) && countKeys(text) !== keysOf(parsed);
}

/**
 * The length of the shortest JSON of an object that holds nothing but texts without escapes, as access logs mostly do;
 * -1 for others. A text of this length holds no key but those that are parsed.
 */
function shortestLength(parsed: object): number {
  const log = (Array.isArray(parsed) && parsed.length === 1 ? parsed[0] : parsed) as Record<string, unknown>;
  let length = 1;
  for (const key in log) {
    const value = log[key];
    if (typeof value !== "string") {
      return -1;
    }
    length += key.length + value.length + '"":"",'.length;
  }
  return length;
}

function keysOf(parsed: object): number {
  const rest: object[] = [parsed];
  let keys = 0;
  for (let value = rest.pop(); value !== undefined; value = rest.pop()) {
    const held: unknown[] = Object.values(value);
    keys += Array.isArray(value) ? 0 : held.length;
    for (const one of held) {
      if (typeof one === "object" && one !== null) {
        rest.push(one);
      }
    }
  }
  return keys;
}

/** How many keys a JSON text writes, in all of its objects: each is followed by the one colon outside of a string. */
export function countKeys(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = closingQuote(text, index + 1);
    } else if (code === COLON) {
      count++;
    }
  }
  return count;
}

/** Where the string that began before `from` is closed; the text's length if it never is. */
export function closingQuote(text: string, from: number): number {
  let index = from;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      return index;
    }
    index += code === BACKSLASH ? 2 : 1;
  }
  return text.length;
}

/** Where the white space from `from` on, as JSON has it, ends. */
export function skipSpace(text: string, from: number): number {
  let index = from;
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
      break;
    }
  }
  return index;
}

// Reads numbers without rounding them. A number in JSON can have any digits; JavaScript keeps some sixteen of them, so that
// two callers with ids of 64 bits would be one. Newer versions of Node.js show a number's source text to a reviver of
// `JSON.parse`, but not Node.js 20.

/** What a text has that holds a number of many digits or with an exponent; others may have it, too. */
const MAY_ROUND = /[:,[\s]-?(?:\d[\d.]{15}|\d[\d.]*[eE])/;
const NUMBER = /-?\d[\d.eE+-]*/y;

/**
 * A JSON text in which every number that JavaScript would round is a text: so it keeps its digits in whatever is made of
 * it. The same holds for integers that JavaScript writes with an exponent.
 *
 * @param text valid JSON
 */
export function withExactNumbers(text: string): string {
  if (!MAY_ROUND.test(text)) {
    return text;
  }
  let exact = "";
  let from = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = closingQuote(text, index + 1);
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      NUMBER.lastIndex = index;
      const [number = ""] = NUMBER.exec(text) ?? [];
      if (!isExact(number)) {
        exact += `${text.slice(from, index)}"${number}"`;
        from = index + number.length;
      }
      index += number.length - 1;
    }
  }
  return exact + text.slice(from);
}

/** Whether JavaScript writes a number as it was written, or a fraction in another way but with the same value. */
function isExact(number: string): boolean {
  const written = String(Number(number));
  return written === number || (!/^-?\d{16,}$/.test(number) && decimalOf(written) === decimalOf(number));
}

/** The digits of a number without zeros around them, and their power of ten. */
function decimalOf(number: string): string {
  const [, whole = "", fraction = "", exponent = "0"] = /^-?(\d+)\.?(\d*)(?:e(.+))?$/i.exec(number) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return significant === "" ? "0" : `${significant}e${power}`;
}

// Writes JSON quicker than `JSON.stringify` can: it tests each character for one to escape. A JSON text without a
// backslash holds no such character, nor does any value parsed from it, so that these are written as they are.

/** Writes a text as JSON. */
export type Quote = (text: string) => string;

/** For any text. */
export const quoteAny: Quote = JSON.stringify;

/** For a text that needs no escape: {@link isPlain}. */
export const quotePlain: Quote = (text) => `"${text}"`;

/** Whether a text needs no escape in JSON. */
export function isPlain(text: string): boolean {
  return JSON.stringify(text) === `"${text}"`;
}

/** Whether no value that is parsed from this JSON text needs an escape. */
export function holdsPlainTexts(json: string): boolean {
  return !json.includes("\\");
}

/** Formats have some twenty keys: what is written around each is kept ready, as long as these are few. */
const MOST_KEYS = 1000;
const keys = new Map<string, string>();

/**
 * Adds a member to an object that is not closed yet. In few pieces, and not as a text of its own: each piece is copied,
 * which is a third of the work for a call.
 *
 * @param json begins with `{`
 */
export function appendMember(json: string, key: string, value: JsonValue, quote: Quote): string {
  if (quote === quotePlain && typeof value === "string" && json.length > 1) {
    return json + plainKey(key) + value + '"';
  }
  return appendJson(json, key, typeof value === "string" ? quote(value) : JSON.stringify(value), quote);
}

/** `,"key":"` */
function plainKey(key: string): string {
  let text = keys.get(key);
  if (text === undefined) {
    text = `,"${key}":"`;
    if (keys.size < MOST_KEYS) {
      keys.set(key, text);
    }
  }
  return text;
}

/** Adds a member of which the value is JSON already. */
export function appendJson(json: string, key: string, value: string, quote: Quote): string {
  return json + (json.length === 1 ? "" : ",") + quote(key) + ":" + value;
}
