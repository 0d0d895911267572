/** Parses regular expressions: what a mask may be written in, and what a search may. */
import { ANY, type CharSet, complement } from "./char-set";
import { type Character, literal, PatternError, PatternReader } from "./pattern-reader";

/** A place between characters, as JavaScript writes it. */
export type Place = "^" | "$" | "\\b" | "\\B";

/** A part of a pattern. */
export type Node =
  | ({ readonly kind: "character" } & Character)
  | { readonly kind: "place"; readonly place: Place }
  | { readonly kind: "group"; readonly alternatives: readonly Sequence[] }
  | { readonly kind: "repeat"; readonly node: Node; readonly least: number; readonly most: number };

/** Parts that follow each other. */
export type Sequence = readonly Node[];

/** A pattern that is sought, with the flags that stand at its start. */
export interface Search {
  readonly alternatives: readonly Sequence[];
  /** `i`: letters match in either case. */
  readonly ignoreCase: boolean;
  /** `s`: `.` matches line breaks, too. */
  readonly dotAll: boolean;
}

/** How often a part may be repeated by number: longer ones take long to compile. */
const MOST_REPEATS = 1000;

/** The names that other engines have for the ends of a text. */
const PLACES: Readonly<Record<string, Place>> = { A: "^", Z: "$", z: "$" };

/**
 * The pattern of a mask: the part of JavaScript's regular expressions that is understood here.
 *
 * @throws PatternError
 */
export function parsePattern(pattern: string): readonly Sequence[] {
  return parseWhole(new PatternReader(pattern));
}

/**
 * A pattern that is sought, in the words that Python, Java and JavaScript share. Beside what a mask may be written in:
 * lazy quantifiers (they change nothing of whether something is found), named groups, empty alternatives, `(?i)` and
 * `(?s)` at the start, `\A` and `\Z`, and braces and brackets that stand for themselves, as in `/orders/{id}`.
 *
 * @throws PatternError
 */
export function parseSearch(pattern: string): Search {
  const [start = "", flags = ""] = /^\(\?([is]+)\)/.exec(pattern) ?? [];
  const alternatives = parseWhole(new PatternReader(pattern.slice(start.length), "search"));
  return { alternatives, ignoreCase: flags.includes("i"), dotAll: flags.includes("s") };
}

function parseWhole(reader: PatternReader): Sequence[] {
  const alternatives = parseAlternatives(reader);
  if (!reader.done) throw new PatternError("has a ')' without its '(': write \\) for the character");
  return alternatives;
}

function parseAlternatives(reader: PatternReader): Sequence[] {
  const alternatives: Sequence[] = [];
  do {
    const sequence: Node[] = [];
    while (!reader.done && !reader.sees("|") && !reader.sees(")")) sequence.push(parsePart(reader));
    if (sequence.length === 0 && reader.dialect === "mask") {
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
  if (reader.dialect === "search") reader.takes("?");
  if (reader.sees("?") || reader.sees("+") || reader.sees("*") || reader.seesQuantifier()) {
    throw new PatternError("has a quantifier behind a quantifier: take the second out");
  }
  if (most === 0 || least > most || least > MOST_REPEATS || (most !== Infinity && most > MOST_REPEATS)) {
    throw new PatternError(`repeats a part other than 1 to ${MOST_REPEATS} times: write * or + for more`);
  }
  return { kind: "repeat", node, least, most };
}

function parseAtom(reader: PatternReader): Node {
  if (reader.seesLiteralBracket()) return { kind: "character", ...literal(reader.next()) };
  const character = reader.next();
  switch (character) {
    case "(":
      return parseGroup(reader);
    case "[":
      return { kind: "character", ...parseClass(reader) };
    case ".":
      return { kind: "character", set: ANY, source: "." };
    case "^":
    case "$":
      return { kind: "place", place: character };
    case "\\":
      return parseEscape(reader);
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
      return { kind: "character", ...literal(character) };
  }
}

function parseEscape(reader: PatternReader): Node {
  if (reader.takes("b")) return { kind: "place", place: "\\b" };
  if (reader.takes("B")) return { kind: "place", place: "\\B" };
  if (reader.dialect === "search") {
    for (const [letter, place] of Object.entries(PLACES)) if (reader.takes(letter)) return { kind: "place", place };
  }
  return { kind: "character", ...reader.escaped() };
}

function parseGroup(reader: PatternReader): Node {
  if (reader.takes("?") && !reader.takes(":") && !reader.takesGroupName()) {
    throw new PatternError(
      reader.dialect === "mask"
        ? "looks ahead or behind, or names a group: of groups, ( ) and (?: ) alone are taken"
        : "looks ahead or behind, or sets flags in its middle: take that group out",
    );
  }
  const alternatives = parseAlternatives(reader);
  if (!reader.takes(")")) throw new PatternError("has a '(' that is not closed: write \\( for the character");
  return { kind: "group", alternatives };
}

function parseClass(reader: PatternReader): Character {
  const negated = reader.takes("^");
  const set: CharSet[number][] = [];
  let source = negated ? "[^" : "[";
  if (reader.dialect === "search" && reader.sees("]")) {
    throw new PatternError("has a ']' at the start of [ ], which engines read differently: write \\]");
  }
  while (!reader.takes("]")) {
    const from = reader.inClass();
    if (reader.takesRange()) {
      const to = reader.inClass();
      const [first, last] = [from.set[0], to.set[0]];
      if (from.set.length !== 1 || to.set.length !== 1 || first![0] !== first![1] || last![0] !== last![1]) {
        throw new PatternError("has a range in [ ] that does not run from character to character: write \\- for a '-'");
      }
      if (first![0] > last![0]) throw new PatternError("has a range in [ ] that runs backwards: swap its ends");
      set.push([first![0], last![0]]);
      source += `${from.source}-${to.source}`;
    } else {
      set.push(...from.set);
      source += from.source;
    }
  }
  return { set: negated ? opposite(set) : set, source: `${source}]` };
}

/** What is taken for any character, as `\p{L}` is, leaves nothing: its opposite may be any character as well. */
function opposite(set: CharSet): CharSet {
  const rest = complement(set);
  return rest.length === 0 ? ANY : rest;
}
