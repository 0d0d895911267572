/**
 * Patterns that are only to be found: those of filters, and those of Moesif's sampling rules, which their users wrote
 * for Python or Java. What runs over texts that anybody can choose must not run away: a pattern that leaves JavaScript's
 * engine no choice runs on it, any other on a matcher of our own, which is slower and linear.
 */
import { requireNoChoice } from "./choices";
import { flagsOf, LinearMatcher, MOST_STATES, statesOf } from "./linear-matcher";
import { type Node, parseSearch, type Search, type Sequence } from "./parse-pattern";
import { PatternError } from "./pattern-reader";

/** Longer patterns are refused. */
export const LONGEST_SEARCH = 1000;

/**
 * Up to here JavaScript's engine is the faster one. It tries each place of a text, so that its time may grow with the
 * square of it.
 */
const LONGEST_NATIVE_TEXT = 1024;

/** What of a text is looked at: paths are shorter, and whoever makes them longer shall not make the search slow. */
const LONGEST_TEXT = 2048;

/** How much work the check of a pattern may be: what is not told within it runs on the matcher. */
const MOST_STEPS = 10_000;

/** Whether a text holds what is sought. */
export type Finds = (text: string) => boolean;

/**
 * Prepares a pattern that is sought anywhere in a text, as JavaScript reads it with the flag `u`: `.` matches no line
 * break, `$` the end alone, `\d` and `\w` ASCII. It may begin with `(?i)` or `(?s)`.
 *
 * @throws PatternError for what is not understood or too large, with the end of a sentence that begins with "the
 * pattern", and how to put it right
 */
export function compileSearch(pattern: string): Finds {
  if (pattern.length > LONGEST_SEARCH) {
    throw new PatternError(`is longer than ${LONGEST_SEARCH} characters: write two rules`);
  }
  const parsed = parseSearch(pattern);
  if (statesOf(parsed.alternatives) > MOST_STATES) {
    throw new PatternError("repeats too many parts by number: write * or + for a large number");
  }
  const search = { ...parsed, alternatives: parsed.alternatives.map(trimmed) };
  const native = nativeOf(search);
  let matcher: LinearMatcher | undefined;
  const linearly: Finds = (text) => (matcher ??= new LinearMatcher(search)).search(text.slice(0, LONGEST_TEXT));
  return isSafe(search) ? (text) => (text.length > LONGEST_NATIVE_TEXT ? linearly(text) : native.test(text)) : linearly;
}

/** Why {@link compileSearch} refuses a pattern, in the words of its error; `undefined` if it takes it. */
export function searchProblem(pattern: string): string | undefined {
  try {
    compileSearch(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) {
      return error.message;
    }
    throw error;
  }
}

/** The check compares characters by case. */
function isSafe({ alternatives, ignoreCase }: Search): boolean {
  if (ignoreCase) {
    return false;
  }
  try {
    requireNoChoice(alternatives, MOST_STEPS);
    return true;
  } catch (error) {
    if (error instanceof PatternError) {
      return false;
    }
    throw error;
  }
}

/**
 * Without the repetitions at its ends beyond the least: what more they match is found without them, too. So `.*health.*`
 * is `health`, which leaves no choice.
 */
function trimmed(sequence: Sequence): Sequence {
  return trimmedStart(trimmedStart(sequence).toReversed()).toReversed();
}

function trimmedStart([first, ...rest]: Sequence): Sequence {
  if (first === undefined) {
    return [];
  }
  if (first.kind !== "repeat") {
    return [first, ...rest];
  }
  return first.least === 0 ? trimmedStart(rest) : [{ ...first, most: first.least }, ...rest];
}

/** @throws PatternError for a `\p{…}` that there is not */
function nativeOf(search: Search): RegExp {
  try {
    return new RegExp(written(search.alternatives), flagsOf(search));
  } catch {
    throw new PatternError("is no regular expression of JavaScript with its flag u: correct it");
  }
}

function written(alternatives: readonly Sequence[]): string {
  return alternatives.map((sequence) => sequence.map(writtenNode).join("")).join("|");
}

function writtenNode(node: Node): string {
  switch (node.kind) {
    case "character":
      return node.source;
    case "place":
      return node.place;
    case "group":
      return `(?:${written(node.alternatives)})`;
    case "repeat":
      return `${writtenNode(node.node)}{${node.least},${node.most === Infinity ? "" : node.most}}`;
  }
}
