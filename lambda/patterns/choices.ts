/**
 * Whether a pattern leaves JavaScript's engine a choice. It goes back and tries again wherever a pattern does, and two
 * choices that multiply can take it hours. If the text never leaves one — at each `|`, and at the end of each
 * repetition, the characters that follow decide —, an attempt from one place takes time in proportion to the text.
 */
import { type CharSet, disjoint, NONE } from "./char-set";
import type { Node, Sequence } from "./parse-pattern";
import { PatternError } from "./pattern-reader";

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
 * Checks that the text never leaves a choice.
 *
 * @param mostSteps how much work the check may be; repetitions of repetitions multiply it
 * @throws PatternError if it does, or if it cannot be told
 */
export function requireNoChoice(alternatives: readonly Sequence[], mostSteps: number): void {
  new Check(mostSteps).waysThrough({ kind: "group", alternatives }, END);
}

/** Whether a sequence may match without a character. */
export function mayBeEmpty(sequence: Sequence): boolean {
  return sequence.every(
    (node) =>
      node.kind === "place" ||
      (node.kind === "repeat" && (node.least === 0 || mayBeEmpty([node.node]))) ||
      (node.kind === "group" && node.alternatives.some(mayBeEmpty)),
  );
}

class Check {
  #stepsLeft: number;

  constructor(mostSteps: number) {
    this.#stepsLeft = mostSteps;
  }

  /**
   * The ways through a part and on.
   *
   * @param on the ways that follow
   * @throws PatternError if the text leaves a choice
   */
  waysThrough(node: Node, on: readonly Way[]): readonly Way[] {
    this.#count(1 + on.length);
    switch (node.kind) {
      case "character":
        return limited(on.map((way) => prefixed(node.set, way)));
      case "place":
        // Where a value ends, there is no character: that tells it from every way that goes on. Of other places, the
        // characters say nothing; the match may fail there.
        return on.map((way) => (node.place === "$" ? { sets: [NONE], ends: false } : { ...way, ends: false }));
      case "group": {
        const ways = node.alternatives.map((sequence) => this.#waysOf(sequence, on));
        ways.forEach((some, index) =>
          ways.slice(index + 1).forEach((others) => this.#requireExclusive(some, others, "|")),
        );
        return limited(ways.flat());
      }
      case "repeat":
        return this.#waysRepeated(node, on);
    }
  }

  #waysOf(sequence: Sequence, on: readonly Way[]): readonly Way[] {
    return sequence.reduceRight((ways, node) => this.waysThrough(node, ways), on);
  }

  #waysRepeated({ node, least, most }: Node & { kind: "repeat" }, on: readonly Way[]): readonly Way[] {
    if (least === most) {
      // Beyond the depth the ways are not told apart: nothing is said of what follows.
      let ways = least > DEPTH ? UNKNOWN : on;
      for (let count = 0; count < Math.min(least, DEPTH); count++) ways = this.waysThrough(node, ways);
      return ways;
    }
    if (repeats(node))
      throw new PatternError("has a repetition within a repetition: repeat single characters or [ ] alone");
    const once = this.waysThrough(node, UNKNOWN);
    this.#requireExclusive(once, on, "repetition");
    let ways = once;
    for (let count = 1; count < Math.min(least, DEPTH); count++) ways = this.waysThrough(node, ways);
    return limited(least === 0 ? [...ways, ...on] : ways);
  }

  #requireExclusive(some: readonly Way[], others: readonly Way[], where: "|" | "repetition"): void {
    this.#count(some.length * others.length);
    const exclusive = some.every((a) => others.every((b) => haveMatched(where, b) || differ(a, b)));
    if (exclusive) return;
    throw new PatternError(
      where === "|"
        ? "has alternatives that can begin alike, which could take hours: let their first characters differ"
        : "has a repetition that can go on with what follows it, which could take hours: leave that character out of the one or the other, as in [^@]+@",
    );
  }

  #count(steps: number): void {
    this.#stepsLeft -= steps;
    if (this.#stepsLeft < 0) throw new PatternError("has too many repetitions of repetitions: write them out");
  }
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
