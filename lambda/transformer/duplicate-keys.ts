/**
 * Whether an object was written with a key twice. `JSON.parse` keeps the last, and the steps see that one alone: were
 * the text delivered as it is, somebody else might read the first.
 */
import { countKeys } from "./json-text";

/** Whether the JSON text of an object, or of several, writes more keys than they have. Nothing recurses. */
export function hasDuplicateKeys(text: string, parsed: object): boolean {
  const keys = keysOf(parsed);
  return keys !== quicklyCounted(text) && keys !== countKeys(text);
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

/**
 * Never less than the keys of a text in which no space stands before a colon: it counts what looks like one in a string,
 * too. So if it is what the objects have, none is doubled. -1 for a text with such a space.
 */
function quicklyCounted(text: string): number {
  if (/"[ \t\r\n]+:/.test(text)) {
    return -1;
  }
  let count = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) {
    count++;
  }
  return count;
}
