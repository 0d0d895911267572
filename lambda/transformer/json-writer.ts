/**
 * Writes JSON quicker than `JSON.stringify` can: it looks at each character for one to escape. A JSON text without a
 * backslash holds no such character, nor does any value parsed from it, so that these are written as they are.
 */
import type { JsonValue } from "./settings";

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
