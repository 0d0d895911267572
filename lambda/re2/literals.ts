/** Patterns that are lists of literals, such as `^(?:id-1|id-2)$`: compared without RE2, however long they are. */

/** Whether a text holds what is sought; `undefined` if the text is too long for it. */
export type Finds = (text: string) => boolean | undefined;

/** The characters of a text times the lengths that literals have, at most. */
const MOST_STEPS = 12_000_000;

/** A text that is sought, at the start, at the end, as both, or anywhere. */
interface Literal {
  readonly text: string;
  readonly atStart: boolean;
  readonly atEnd: boolean;
}

const GROUPED = /^(\^?)\((?:\?:)?([^()]*)\)(\$?)$/s;
const SPECIAL = new Set("^$.*+?()[]{}");
const ESCAPED = /[!-/:-@[-`{-~]/;

/** The literals of a pattern that is made of nothing else. */
export function literalsOf(pattern: string): readonly Literal[] | undefined {
  const [, atStart, grouped = pattern, atEnd] = GROUPED.exec(pattern) ?? [];
  const literals: Literal[] = [];
  let next = { text: "", atStart: Boolean(atStart), atEnd: false };
  const last = () => ({ ...next, atEnd: next.atEnd || Boolean(atEnd) });
  for (let index = 0; index < grouped.length; index++) {
    const character = grouped[index]!;
    if (character === "|") {
      literals.push(last());
      next = { text: "", atStart: Boolean(atStart), atEnd: false };
    } else if (next.atEnd) {
      return undefined;
    } else if (character === "^" && next.text === "") {
      next.atStart = true;
    } else if (character === "$") {
      next.atEnd = true;
    } else if (character === "\\") {
      const escaped = grouped[++index] ?? "";
      if (!ESCAPED.test(escaped)) {
        return undefined;
      }
      next.text += escaped;
    } else if (SPECIAL.has(character)) {
      return undefined;
    } else {
      next.text += character;
    }
  }
  return [...literals, last()];
}

/** Up to here it is quicker to try one after the other. */
export const FEW = 8;

/** Prepares the search for literals. */
export function findsLiterals(literals: readonly Literal[]): Finds {
  const finds = literals.length > FEW ? findsMany(literals) : literals.map(findsOne);
  const [only] = finds;
  return finds.length === 1 ? only! : (text) => anyOf(finds, text);
}

function anyOf(finds: readonly Finds[], text: string): boolean | undefined {
  let answer: boolean | undefined = false;
  for (const one of finds) {
    const found = one(text);
    if (found) {
      return true;
    }
    answer = found === undefined ? undefined : answer;
  }
  return answer;
}

function findsOne({ text: sought, atStart, atEnd }: Literal): Finds {
  if (atStart) {
    return atEnd ? (text) => text === sought : (text) => text.startsWith(sought);
  }
  return atEnd ? (text) => text.endsWith(sought) : (text) => text.includes(sought);
}

function findsMany(literals: readonly Literal[]): Finds[] {
  const of = (atStart: boolean, atEnd: boolean) =>
    literals.filter((one) => one.atStart === atStart && one.atEnd === atEnd).map(({ text }) => text);
  const whole = new Set(of(true, true));
  const [starts, ends, anywhere] = [byLength(of(true, false)), byLength(of(false, true)), byLength(of(false, false))];
  return [
    (text) => whole.has(text),
    (text) => starts.some(([length, texts]) => texts.has(text.slice(0, length))),
    (text) => ends.some(([length, texts]) => text.length >= length && texts.has(text.slice(text.length - length))),
    (text) => (anywhere.length * text.length > MOST_STEPS ? undefined : anywhere.some((some) => isWithin(text, some))),
  ];
}

type Texts = readonly [length: number, texts: ReadonlySet<string>];

function byLength(texts: readonly string[]): readonly Texts[] {
  const sets = new Map<number, Set<string>>();
  for (const text of texts) {
    const set = sets.get(text.length) ?? new Set();
    sets.set(text.length, set.add(text));
  }
  return [...sets];
}

function isWithin(text: string, [length, texts]: Texts): boolean {
  for (let start = 0; start + length <= text.length; start++) {
    if (texts.has(text.slice(start, start + length))) {
      return true;
    }
  }
  return false;
}
