/** Parses the part of JavaScript's regular expressions that a mask may be written in. */
import { ANY, type CharSet, complement, one } from "./char-set";
import { PatternError, PatternReader } from "./pattern-reader";

/** A part of a pattern. */
export type Node =
  | { readonly kind: "character"; readonly set: CharSet }
  /** Matches between characters: `end` of the value, or another place. */
  | { readonly kind: "place"; readonly end: boolean }
  | { readonly kind: "group"; readonly alternatives: readonly Sequence[] }
  | { readonly kind: "repeat"; readonly node: Node; readonly least: number; readonly most: number };

/** Parts that follow each other. */
export type Sequence = readonly Node[];

/** How often a part may be repeated by number: longer ones take long to compile. */
const MOST_REPEATS = 1000;

/** @throws PatternError */
export function parsePattern(pattern: string): readonly Sequence[] {
  const reader = new PatternReader(pattern);
  const alternatives = parseAlternatives(reader);
  if (!reader.done) throw new PatternError("has a ')' without its '(': write \\) for the character");
  return alternatives;
}

function parseAlternatives(reader: PatternReader): Sequence[] {
  const alternatives: Sequence[] = [];
  do {
    const sequence: Node[] = [];
    while (!reader.done && !reader.sees("|") && !reader.sees(")")) sequence.push(parsePart(reader));
    if (sequence.length === 0) {
      throw new PatternError("is empty, or has an alternative that is: make the group optional with ?");
    }
    alternatives.push(sequence);
  } while (reader.takes("|"));
  return alternatives;
}

function parsePart(reader: PatternReader): Node {
  const node = parseAtom(reader);
  const bounds = reader.quantifier();
  if (bounds === undefined) return node;
  const [least, most] = bounds;
  if (node.kind === "place") throw new PatternError("repeats ^, $ or \\b: take the quantifier out");
  if (reader.sees("?") || reader.sees("+") || reader.sees("*") || reader.sees("{")) {
    throw new PatternError("has a quantifier behind a quantifier: a mask takes as much as it can, take the second out");
  }
  if (most === 0 || least > most || least > MOST_REPEATS || (most !== Infinity && most > MOST_REPEATS)) {
    throw new PatternError(`repeats a part other than 1 to ${MOST_REPEATS} times: write * or + for more`);
  }
  return { kind: "repeat", node, least, most };
}

function parseAtom(reader: PatternReader): Node {
  const character = reader.next();
  switch (character) {
    case "(":
      return parseGroup(reader);
    case "[":
      return { kind: "character", set: parseClass(reader) };
    case ".":
      return { kind: "character", set: ANY };
    case "^":
      return { kind: "place", end: false };
    case "$":
      return { kind: "place", end: true };
    case "\\":
      if (reader.takes("b") || reader.takes("B")) return { kind: "place", end: false };
      return { kind: "character", set: reader.escaped() };
    case "*":
    case "+":
    case "?":
    case "{":
    case "}":
    case "]":
      throw new PatternError(
        `has '${character}' where nothing is to be repeated: write \\${character} for the character`,
      );
    default:
      return { kind: "character", set: one(character.codePointAt(0)!) };
  }
}

function parseGroup(reader: PatternReader): Node {
  if (reader.takes("?") && !reader.takes(":")) {
    throw new PatternError("looks ahead or behind, or names a group: of groups, ( ) and (?: ) alone are taken");
  }
  const alternatives = parseAlternatives(reader);
  if (!reader.takes(")")) throw new PatternError("has a '(' that is not closed: write \\( for the character");
  return { kind: "group", alternatives };
}

function parseClass(reader: PatternReader): CharSet {
  const negated = reader.takes("^");
  const set: CharSet[number][] = [];
  while (!reader.takes("]")) {
    const from = reader.inClass();
    if (reader.takesRange()) {
      const to = reader.inClass();
      const [first, last] = [from[0], to[0]];
      if (from.length !== 1 || to.length !== 1 || first![0] !== first![1] || last![0] !== last![1]) {
        throw new PatternError("has a range in [ ] that does not run from character to character: write \\- for a '-'");
      }
      if (first![0] > last![0]) throw new PatternError("has a range in [ ] that runs backwards: swap its ends");
      set.push([first![0], last![0]]);
    } else {
      set.push(...from);
    }
  }
  return negated ? complement(set) : set;
}
