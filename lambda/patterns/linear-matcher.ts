/**
 * Finds a pattern in a time that is linear in the text, whatever the pattern: instead of going back, it follows all
 * ways through the pattern at once (Thompson's simulation of a nondeterministic automaton). It says whether a text
 * holds a match, and nothing of where.
 */
import type { Node, Place, Search, Sequence } from "./parse-pattern";

const ASCII = 128;

/** Whether a character is one of a set; JavaScript's own engine knows, and is asked once for each of ASCII. */
class CharTest {
  readonly #one: RegExp;
  /** 0 where it was not asked yet, 1 for no, 2 for yes. */
  readonly #known = new Uint8Array(ASCII);

  constructor(source: string, flags: string) {
    this.#one = new RegExp(`^(?:${source})$`, flags);
  }

  matches(codePoint: number): boolean {
    if (codePoint >= ASCII) {
      return this.#one.test(String.fromCodePoint(codePoint));
    }
    this.#known[codePoint] ||= this.#one.test(String.fromCharCode(codePoint)) ? 2 : 1;
    return this.#known[codePoint] === 2;
  }
}

/** A state of the automaton. Where several ways lead on, `next` has them all; {@link DONE} has none. */
interface State {
  /** What the next character must be; other states take none. */
  readonly test?: CharTest;
  /** Where the text must be. */
  readonly place?: Place;
  readonly next: State[];
  /** The round in which it was last reached: once a round is enough. */
  round: number;
}

/** The most states that a pattern may have; each costs a step for each character of a text at worst. */
export const MOST_STATES = 500;

/**
 * How many states a pattern has, without making them.
 *
 * @returns a bound from above, large where repetitions of repetitions multiply
 */
export function statesOf(alternatives: readonly Sequence[]): number {
  return alternatives.reduce((sum, sequence) => sequence.reduce((inner, node) => inner + statesIn(node), sum), 1);
}

function statesIn(node: Node): number {
  switch (node.kind) {
    case "group":
      return statesOf(node.alternatives);
    case "repeat":
      return (node.most === Infinity ? node.least + 1 : node.most) * (statesIn(node.node) + 1);
    default:
      return 1;
  }
}

/** The flags that JavaScript needs for a pattern. */
export function flagsOf({ ignoreCase, dotAll }: Search): string {
  return `u${ignoreCase ? "i" : ""}${dotAll ? "s" : ""}`;
}

/** One pattern, ready to be sought. */
export class LinearMatcher {
  readonly #flags: string;
  readonly #tests = new Map<string, CharTest>();
  readonly #word: CharTest;
  readonly #done: State = { next: [], round: 0 };
  readonly #start: State;
  #round = 0;
  #steps = 0;

  /** @param search of at most {@link MOST_STATES} states */
  constructor(search: Search) {
    this.#flags = flagsOf(search);
    this.#word = this.#testOf("\\w");
    this.#start = this.#alternatives(search.alternatives, this.#done);
  }

  /** The states that were looked at so far, each time counted: the measure of the work done. */
  get steps(): number {
    return this.#steps;
  }

  /** Whether the pattern matches anywhere in a text. */
  search(text: string): boolean {
    /** The states that take the next character. */
    const waiting: State[] = [];
    const reached: State[] = [];
    let before = false;
    for (let index = 0; ;) {
      const codePoint = text.codePointAt(index);
      const after = codePoint !== undefined && this.#word.matches(codePoint);
      const holds = (place: Place) =>
        place === "^"
          ? index === 0
          : place === "$"
            ? codePoint === undefined
            : (before !== after) === (place === "\\b");
      // A match may begin anywhere.
      reached.push(this.#start);
      if (this.#follow(reached, waiting, holds)) {
        return true;
      }
      if (codePoint === undefined) {
        return false;
      }
      for (const { test, next } of waiting) {
        this.#steps++;
        if (test!.matches(codePoint)) {
          reached.push(next[0]!);
        }
      }
      waiting.length = 0;
      before = after;
      index += codePoint > 0xffff ? 2 : 1;
    }
  }

  /**
   * Follows the ways that take no character.
   *
   * @returns whether one of them is the end of the pattern
   */
  #follow(reached: State[], waiting: State[], holds: (place: Place) => boolean): boolean {
    const round = ++this.#round;
    for (let state = reached.pop(); state !== undefined; state = reached.pop()) {
      this.#steps++;
      if (state === this.#done) {
        return true;
      }
      if (state.round === round) {
        continue;
      }
      state.round = round;
      if (state.test !== undefined) {
        waiting.push(state);
      } else if (state.place === undefined || holds(state.place)) {
        for (const next of state.next) {
          reached.push(next);
        }
      }
    }
    return false;
  }

  /** The state in which these alternatives begin, and after which `next` follows. */
  #alternatives(alternatives: readonly Sequence[], next: State): State {
    const starts = alternatives.map((sequence) =>
      sequence.reduceRight((follows, node) => this.#state(node, follows), next),
    );
    return starts.length === 1 ? starts[0]! : { next: starts, round: 0 };
  }

  #state(node: Node, next: State): State {
    switch (node.kind) {
      case "character":
        return { test: this.#testOf(node.source), next: [next], round: 0 };
      case "place":
        return { place: node.place, next: [next], round: 0 };
      case "group":
        return this.#alternatives(node.alternatives, next);
      case "repeat":
        return this.#repeated(node, next);
    }
  }

  #repeated({ node, least, most }: Node & { kind: "repeat" }, next: State): State {
    let start = next;
    if (most === Infinity) {
      start = { next: [next], round: 0 };
      start.next.push(this.#state(node, start));
    } else {
      for (let count = least; count < most; count++) {
        start = { next: [next, this.#state(node, start)], round: 0 };
      }
    }
    for (let count = 0; count < least; count++) {
      start = this.#state(node, start);
    }
    return start;
  }

  #testOf(source: string): CharTest {
    let test = this.#tests.get(source);
    if (test === undefined) {
      test = new CharTest(source, this.#flags);
      this.#tests.set(source, test);
    }
    return test;
  }
}
