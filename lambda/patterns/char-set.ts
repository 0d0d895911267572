/** Sets of characters, as ranges of code points: as much as it takes to tell whether two of them share a character. */

const LAST = 0x10ffff;

/** From and to, both within. */
type Range = readonly [number, number];

/** In any order; ranges may overlap. */
export type CharSet = readonly Range[];

/** Nothing: what no character can be. */
export const NONE: CharSet = [];

/** Every character. */
export const ANY: CharSet = [[0, LAST]];

const DIGIT: CharSet = [[0x30, 0x39]];
const WORD: CharSet = [...DIGIT, [0x41, 0x5a], [0x61, 0x7a], [0x5f, 0x5f]];
const SPACE: CharSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** The set of one character, by its code point. */
export function one(codePoint: number): CharSet {
  return [[codePoint, codePoint]];
}

/** What is not in a set. */
export function complement(set: CharSet): CharSet {
  const rest: Range[] = [];
  let next = 0;
  for (const [from, to] of [...set].sort((a, b) => a[0] - b[0])) {
    if (from > next) rest.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  return next > LAST ? rest : [...rest, [next, LAST]];
}

/** Whether two sets share no character. */
export function disjoint(a: CharSet, b: CharSet): boolean {
  return a.every(([from, to]) => b.every(([start, end]) => to < start || end < from));
}

/** The sets that a letter behind a backslash stands for. */
export const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  D: complement(DIGIT),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};
