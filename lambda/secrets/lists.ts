/** Finds secrets in objects and lists: by keys, and by names that are values themselves, as lists of header fields have. */
import { mayNameSecret } from "./names";
import { WORD } from "./assignments";
import type { JsonValue, Metadata } from "../transformer/settings";

type IsSecret = (name: string, value: JsonValue) => boolean;

const NAME_KEY = /^(?:name|key|header|field)$/i;
const VALUE_KEY = /^values?$/i;

/** Whether an object with these keys may be an entry. */
export function holdsEntry(keys: readonly string[]): boolean {
  return keys.some((key) => NAME_KEY.test(key)) && keys.some((key) => VALUE_KEY.test(key));
}

/** Whether a member is the value of an entry: `{name: "X-Api-Key", value: "…"}`. */
export function isNamed(object: Metadata, key: string, value: JsonValue, isSecret: IsSecret): boolean {
  return (
    VALUE_KEY.test(key) &&
    Object.entries(object).some(
      ([other, name]) => NAME_KEY.test(other) && typeof name === "string" && isSecret(name, value),
    )
  );
}

/** Whether an element follows its name: `["X-Api-Key", "…"]`, also in a list of many. A list of words is none of these. */
export function isPaired(elements: readonly JsonValue[], index: number, isSecret: IsSecret): boolean {
  const [name, value] = [elements[index - 1], elements[index]!];
  return (
    index % 2 === 1 &&
    elements.length % 2 === 0 &&
    typeof name === "string" &&
    isSecret(name, value) &&
    !(typeof value === "string" && WORD.test(value))
  );
}

/** Whether an object may hold a secret by a name, at any depth. Nothing recurses. */
export function holdsSecretName(object: object): boolean {
  const rest: object[] = [object];
  for (let held = rest.pop(); held !== undefined; held = rest.pop()) {
    const isList = Array.isArray(held);
    for (const [key, value] of Object.entries(held) as [string, unknown][]) {
      if (typeof value === "object" && value !== null) {
        rest.push(value);
      }
      if (isList || NAME_KEY.test(key) ? typeof value === "string" && mayNameSecret(value) : mayNameSecret(key)) {
        return true;
      }
    }
  }
  return false;
}
