/** The masks of each key: those of the settings, what is a secret by its nature, and what is particular to a path. */
import { SECRET_KEYS } from "./field-rule";
import { HIDDEN_MASK, isMarkAlone, MASK, type Marks, type Rule } from "./marks";
import { maskSecrets, mayHoldSecret } from "./mask-secrets";
import { mayHoldEmail, pathRules } from "./redact-path";
import type { JsonValue, MaskRule, Metadata, RedactionSettings } from "./settings";

/** Masks the values of one key. */
export interface Mask {
  readonly text: (value: string) => string;
  /** Only the masks of the settings look at numbers. */
  readonly number: (value: number) => number | string;
}

/** The masks of every key. */
export interface Masks {
  /** Whether the settings ask for any. */
  readonly chosen: boolean;
  /** The keys that have masks of their own. */
  readonly named: readonly string[];
  /** The mask of all other keys. */
  readonly other: Mask;
  readonly of: (key: string) => Mask;
}

/**
 * What the masks of the settings look at, in characters. A pattern that was found safe takes time in proportion to the
 * square of the text at worst; so a longer text is masked whole.
 */
export const LONGEST_TEXT = 1024;

/** The keys that hold a path; the second where a format has it besides the first. */
const PATH_KEYS = ["resourcePath", "path"];

/** Prepares the masks of each key that a rule names, and those of all others. */
export function createMasks({ mask = [], path }: RedactionSettings, marks: Marks): Masks {
  const ofPath = pathRules(path);
  const choosesOfPath = ofPath.length > (path?.emails === "keep" ? 0 : 1);
  const rulesFor = (key?: string) =>
    mask
      .filter(({ fields }) => !fields || (key !== undefined && fields.includes(key)))
      .map((one) => toRule(one, marks));

  const other = maskOf(rulesFor(), [], mayHoldSecret, marks);
  const named = new Map<string, Mask>();
  for (const key of mask.flatMap(({ fields = [] }) => fields)) {
    named.set(key, maskOf(rulesFor(key), [], mayHoldSecret, marks));
  }
  const mayHold = (text: string) => choosesOfPath || mayHoldEmail(text) || mayHoldSecret(text);
  for (const key of PATH_KEYS) {
    named.set(key, maskOf(rulesFor(key), ofPath, mayHold, marks));
  }
  return {
    chosen: mask.length > 0 || choosesOfPath,
    named: [...named.keys()],
    other,
    of: (key) => named.get(key) ?? other,
  };
}

/** @throws SyntaxError for a pattern that is none: then the function must not work. */
function toRule({ pattern, replacement = MASK }: MaskRule, marks: Marks): Rule {
  const regex = new RegExp(pattern, "gsu");
  const hidden = marks.characterOf(replacement);
  return (text) => text.replace(regex, (found) => (found === "" || isMarkAlone(found) ? found : hidden));
}

const bounded: Rule = (text) => (text.length > LONGEST_TEXT ? HIDDEN_MASK : text);

function maskOf(own: readonly Rule[], ofPath: readonly Rule[], mayHold: (text: string) => boolean, marks: Marks): Mask {
  if (own.length === 0) {
    const rules = [...ofPath, maskSecrets];
    return {
      text: (value) => (mayHold(value) ? marks.scrub(value, rules) : value),
      number: (value) => value,
    };
  }
  const rules = [bounded, ...own, ...ofPath, maskSecrets];
  const text = (value: string) => marks.scrub(value, rules);
  const number = (value: number) => {
    const written = JSON.stringify(value);
    const masked = text(written);
    return masked === written ? value : masked;
  };
  return { text, number };
}

/** Masks every value within a value, and removes what is a secret by its key. Itself if nothing was to be done. */
export function maskDeep(value: JsonValue, mask: Mask): JsonValue {
  if (typeof value === "string") {
    return mask.text(value);
  }
  if (typeof value === "number") {
    return mask.number(value);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    const elements = value as readonly JsonValue[];
    const masked = elements.map((element) => maskDeep(element, mask));
    return masked.every((element, index) => element === elements[index]) ? value : masked;
  }
  return maskMembers(value as Metadata, () => mask);
}

/** Masks the values of an object, each with the mask of its key, and removes what is a secret by its key. */
export function maskMembers(object: Metadata, maskOf: (key: string) => Mask): Metadata {
  const entries = Object.entries(object);
  const masked = entries
    .filter(([key]) => !SECRET_KEYS.has(key))
    .map(([key, held]): [string, JsonValue] => [key, maskDeep(held, maskOf(key))]);
  const same = masked.length === entries.length && masked.every(([, held], index) => held === entries[index]![1]);
  // Unlike assignment, this copies a key called `__proto__` like any other.
  return same ? object : Object.fromEntries(masked);
}
