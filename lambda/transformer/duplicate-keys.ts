/**
 * Whether an object was written with a key twice. `JSON.parse` keeps the last, and the steps see that one alone: were
 * the text delivered as it is, somebody else might read the first.
 */
import { countKeys } from "./json-text";

/** Whether the JSON text of an object, or of several, writes more keys than they have. Nothing recurses. */
export function hasDuplicateKeys(text: string, parsed: object): boolean {
  return text.length !== shortestLength(parsed) && countKeys(text) !== keysOf(parsed);
}

/**
 * The length of the shortest JSON of an object that holds nothing but texts without escapes, as access logs mostly do;
 * -1 for others. A text of this length has room for no key beside those that are parsed.
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
