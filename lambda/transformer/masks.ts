/** The masks of each key: those of the settings, what is a secret by its nature, and what is particular to a path. */
import { Pattern } from "../re2/pattern";
import { ABSENT, REQUIRED_KEYS } from "./access-log";
import type { TimeBudget } from "../re2/time-budget";
import { HIDDEN_MASK, isMarkAlone, type Marks, MASK, type Rule } from "../secrets/placeholders";
import { mayHoldEmail, pathRules } from "./redact-path";
import { assignments } from "../secrets/assignments";
import { elements, entries } from "../secrets/entries";
import { mayBeSecret } from "../secrets/search";
import { isNamed, isPaired } from "../secrets/lists";
import { isCard, type Secrets } from "../secrets/shapes";
import type { FieldSelection, JsonValue, MaskRule, Metadata, RedactionSettings } from "./settings";

/** Masks the values of one key. */
export interface Mask {
  readonly text: (value: string) => string;
  /** Only the masks of the settings search numbers, and the one for card numbers. */
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
 * Callers, paths and user agents come again: what was made of a value is kept, of each mask up to so many characters, and
 * of values up to this length.
 */
const MOST_KEPT = 250_000;
const LONGEST_KEPT = 256;

/** The numbers of cards have 13 digits or more. */
const LEAST_CARD = 1e12;

/** Keys of which no two calls have the same value: it is not kept. */
const UNIQUE_KEYS = ["requestId", "extendedRequestId", "requestTimeEpoch"];

/** The keys that hold a path; the second where a format has both. */
const PATH_KEYS = ["resourcePath", "path"];

/** Prepares the masks of each key that a rule names, and those of all others. */
export function createMasks(
  { mask = [], path }: RedactionSettings,
  secrets: Secrets,
  marks: Marks,
  budget: TimeBudget,
  onMask?: (index: number) => void,
): Masks {
  const byNature = [
    ...secrets.shapes.map((shape) => shape.mask),
    entries(secrets),
    elements(secrets),
    assignments(secrets),
  ];
  const ofPath = pathRules(path);
  const choosesOfPath = ofPath.length > (path?.emails === "keep" ? 0 : 1);
  const prepared = mask.map((one, index) => ({
    fields: one.fields,
    rule: toRule(one, marks, budget, onMask && (() => onMask(index))),
  }));
  const rulesFor = (key?: string) =>
    prepared.filter(({ fields }) => !fields || (key !== undefined && fields.includes(key))).map(({ rule }) => rule);

  const maskCard = secrets.shapes.some(({ name }) => name === "card-number");
  const maskOf = (
    own: readonly Rule[],
    ofPath: readonly Rule[],
    mayHold: (text: string) => boolean,
    remember = onMask ? forgetting : keeping,
  ): Mask => {
    if (own.length === 0) {
      const rules = [...ofPath, ...byNature];
      return {
        text: (value) => (mayHold(value) ? marks.scrub(value, rules) : value),
        number: (value) => (maskCard && value > LEAST_CARD && isCard(String(value)) ? MASK : value),
      };
    }
    const rules = [...own, ...ofPath, ...byNature];
    const text = remember((value) => {
      if (mayHold(value)) {
        return marks.scrub(value, rules);
      }
      const masked = marks.scrub(value, own);
      // What is masked may have been a part of a word that is the name of a secret without it.
      return masked !== value && mayHold(masked) ? marks.scrub(value, rules) : masked;
    });
    const number = (value: number) => {
      const written = JSON.stringify(value);
      const masked = text(written);
      return masked === written ? value : masked;
    };
    return { text, number };
  };

  const other = maskOf(rulesFor(), [], mayBeSecret);
  const named = new Map<string, Mask>();
  for (const key of mask.length > 0 ? UNIQUE_KEYS : []) {
    named.set(key, maskOf(rulesFor(key), [], mayBeSecret, forgetting));
  }
  for (const key of mask.flatMap(({ fields = [] }) => fields)) {
    if (!named.has(key)) {
      named.set(key, maskOf(rulesFor(key), [], mayBeSecret));
    }
  }
  const mayHold = (text: string) => choosesOfPath || mayHoldEmail(text) || mayBeSecret(text);
  for (const key of PATH_KEYS) {
    named.set(key, maskOf(rulesFor(key), ofPath, mayHold));
  }
  return {
    chosen: mask.length > 0 || choosesOfPath,
    named: [...named.keys()],
    other,
    of: (key) => named.get(key) ?? other,
  };
}

/** @throws Error for a pattern that is refused: then the function must not work. */
function toRule(
  { pattern, replacement = MASK }: MaskRule,
  marks: Marks,
  budget: TimeBudget,
  onFound?: () => void,
): Rule {
  const compiled = new Pattern(pattern);
  const hidden = marks.characterOf(replacement);
  const hide = (found: string) => {
    if (found === "" || isMarkAlone(found)) {
      return found;
    }
    onFound?.();
    return hidden;
  };
  return (text) => {
    budget.requireTime();
    return compiled.replace(text, hide) ?? HIDDEN_MASK;
  };
}

/** Asks for each text, however often it comes: so a watch sees each that is masked. */
function forgetting(change: (text: string) => string): (text: string) => string {
  return change;
}

/** Remembers what becomes of a text. */
function keeping(change: (text: string) => string): (text: string) => string {
  const kept = new Map<string, string>();
  let size = 0;
  let absent: string | undefined;
  return (text) => {
    // Of a record's values, half are absent.
    if (text === ABSENT) {
      return (absent ??= change(text));
    }
    if (text.length > LONGEST_KEPT) {
      return change(text);
    }
    let changed = kept.get(text);
    if (changed === undefined) {
      changed = change(text);
      size += text.length;
      if (size > MOST_KEPT) {
        kept.clear();
        size = text.length;
      }
      kept.set(text, changed);
    }
    return changed;
  };
}

/** Masks every value within a value, and removes what is a secret by its key. Itself if nothing was to be done. */
export function maskDeep(value: JsonValue, mask: Mask, isSecret: IsSecret): JsonValue {
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
    const masked = elements.map((element, index) =>
      isPaired(elements, index, isSecret) ? MASK : maskDeep(element, mask, isSecret),
    );
    return masked.every((element, index) => element === elements[index]) ? value : masked;
  }
  return maskMembers(value as Metadata, () => mask, isSecret);
}

/** Whether a value is a secret under the name of its key. */
type IsSecret = (key: string, value: JsonValue) => boolean;

/** Masks the values of an object, each with the mask of its key, and removes what is a secret by its key. */
export function maskMembers(object: Metadata, maskOf: (key: string) => Mask, isSecret: IsSecret): Metadata {
  const entries = Object.entries(object);
  const masked = entries
    .filter(([key, held]) => !isSecret(key, held) && !isNamed(object, key, held, isSecret))
    .map(([key, held]): [string, JsonValue] => [key, maskDeep(held, maskOf(key), isSecret)]);
  const same = masked.length === entries.length && masked.every(([, held], index) => held === entries[index]![1]);
  // Unlike assignment, this copies a key called `__proto__` like any other.
  return same ? object : Object.fromEntries(masked);
}

// Which keys of a record may be sent, but for those that are secrets by their names.

/** Which keys may be sent, of a record and of its `metadata`. */
interface FieldRule {
  /** The keys of which something is said. */
  readonly named: readonly string[];
  /** Whether any key is removed. */
  readonly removes: boolean;
  /** Whether all other keys are sent; otherwise none of them is. */
  readonly othersLeave: boolean;
  readonly mayLeave: (key: string) => boolean;
  readonly mayStayInMetadata: (name: string) => boolean;
}

/** The one key that is copied into `metadata` under its own name. */
const COPIED = "stage";

/** Prepares the allow-list or the deny-list. What is removed by name is removed from `metadata` under it, too. */
export function fieldRule(fields: FieldSelection = { remove: [] }): FieldRule {
  const listed = new Set(fields.keep ? [...fields.keep, ...REQUIRED_KEYS] : fields.remove);
  const mayLeave = (key: string) => listed.has(key) === Boolean(fields.keep);
  return {
    named: [...listed],
    removes: fields.keep !== undefined || listed.size > 0,
    othersLeave: !fields.keep,
    mayLeave,
    mayStayInMetadata: (name) => mayLeave(name) || (fields.keep !== undefined && name !== COPIED),
  };
}
