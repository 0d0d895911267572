/**
 * Whether a pattern is safe to run over texts that anybody can choose. JavaScript's engine goes back and tries again
 * wherever a pattern leaves it a choice, and two choices that multiply can take it hours. So a pattern is taken only
 * if the text never leaves one: at each `|`, and at the end of each repetition, the characters that follow decide. An
 * attempt from one place then takes time in proportion to the text.
 */
import { type CharSet, disjoint, NONE } from "./char-set";
import { type Node, parsePattern, type Sequence } from "./parse-pattern";
import { PatternError } from "./pattern-reader";

/** Longer patterns are refused. */
export const LONGEST_PATTERN = 256;

/** How far the ways on from a place are told apart, in characters. */
const DEPTH = 16;

/** How many ways on from a place are looked at. */
const MOST_WAYS = 200;

/** The first characters on one way through the rest of a pattern. */
interface Way {
  readonly sets: readonly CharSet[];
  /** After these, the pattern has matched; otherwise more may follow. */
  readonly ends: boolean;
}

const END: readonly Way[] = [{ sets: [], ends: true }];
const UNKNOWN: readonly Way[] = [{ sets: [], ends: false }];

/**
 * What is wrong with the pattern of a mask, as the end of a sentence that begins with "the pattern", and how to put it
 * right; `undefined` if it is safe.
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST_PATTERN) return `is longer than ${LONGEST_PATTERN} characters: write two masks`;
  try {
    const alternatives = parsePattern(pattern);
    const compiled = new RegExp(pattern, "su");
    if (alternatives.some(mayBeEmpty) || compiled.test("")) {
      return "matches where nothing is: ask for one character at least, with + in place of *";
    }
    waysThrough({ kind: "group", alternatives }, END);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    if (error instanceof SyntaxError) return "is no regular expression of JavaScript with its flag u: correct it";
    throw error;
  }
}

function mayBeEmpty(sequence: Sequence): boolean {
  return sequence.every(
    (node) =>
      node.kind === "place" ||
      (node.kind === "repeat" && (node.least === 0 || mayBeEmpty([node.node]))) ||
      (node.kind === "group" && node.alternatives.some(mayBeEmpty)),
  );
}

/**
 * The ways through a part and on.
 *
 * @param on the ways that follow
 * @throws PatternError if the text leaves a choice
 */
function waysThrough(node: Node, on: readonly Way[]): readonly Way[] {
  switch (node.kind) {
    case "character":
      return limited(on.map((way) => prefixed(node.set, way)));
    case "place":
      // Where a value ends, there is no character: that tells it from every way that goes on. Of other places, the
      // characters say nothing; the match may fail there.
      return on.map((way) => (node.end ? { sets: [NONE], ends: false } : { ...way, ends: false }));
    case "group": {
      const ways = node.alternatives.map((sequence) => waysOf(sequence, on));
      ways.forEach((some, index) => ways.slice(index + 1).forEach((others) => requireExclusive(some, others, "|")));
      return limited(ways.flat());
    }
    case "repeat":
      return waysRepeated(node, on);
  }
}

function waysOf(sequence: Sequence, on: readonly Way[]): readonly Way[] {
  return sequence.reduceRight((ways, node) => waysThrough(node, ways), on);
}

function waysRepeated({ node, least, most }: Node & { kind: "repeat" }, on: readonly Way[]): readonly Way[] {
  if (least === most) {
    // Beyond the depth the ways are not told apart: nothing is said of what follows.
    let ways = least > DEPTH ? UNKNOWN : on;
    for (let count = 0; count < Math.min(least, DEPTH); count++) ways = waysThrough(node, ways);
    return ways;
  }
  if (repeats(node))
    throw new PatternError("has a repetition within a repetition: repeat single characters or [ ] alone");
  const once = waysThrough(node, UNKNOWN);
  requireExclusive(once, on, "repetition");
  let ways = once;
  for (let count = 1; count < Math.min(least, DEPTH); count++) ways = waysThrough(node, ways);
  return limited(least === 0 ? [...ways, ...on] : ways);
}

/** Whether a part holds a repetition, or may be empty. */
function repeats(node: Node): boolean {
  switch (node.kind) {
    case "repeat":
      return node.least !== node.most || repeats(node.node);
    case "group":
      return node.alternatives.some((sequence) => mayBeEmpty(sequence) || sequence.some(repeats));
    default:
      return false;
  }
}

function prefixed(set: CharSet, { sets, ends }: Way): Way {
  return sets.length < DEPTH ? { sets: [set, ...sets], ends } : { sets: [set, ...sets.slice(0, -1)], ends: false };
}

function requireExclusive(some: readonly Way[], others: readonly Way[], where: "|" | "repetition"): void {
  const exclusive = some.every((a) => others.every((b) => haveMatched(where, b) || differ(a, b)));
  if (exclusive) return;
  throw new PatternError(
    where === "|"
      ? "has alternatives that can begin alike, which could take hours: let their first characters differ"
      : "has a repetition that can go on with what follows it, which could take hours: leave that character out of the one or the other, as in [^@]+@",
  );
}

/** Behind a repetition that ends the pattern nothing can fail, and nothing is tried again. */
function haveMatched(where: "|" | "repetition", { sets, ends }: Way): boolean {
  return where === "repetition" && ends && sets.length === 0;
}

function differ(a: Way, b: Way): boolean {
  return a.sets.some((set, index) => index < b.sets.length && disjoint(set, b.sets[index]!));
}

function limited(ways: readonly Way[]): readonly Way[] {
  if (ways.length > MOST_WAYS) throw new PatternError("has too many alternatives: write two masks");
  return ways;
}
