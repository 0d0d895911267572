/** Whether a pattern that masks or extracts is safe to run over texts that anybody can choose. */
import { mayBeEmpty, requireNoChoice } from "./choices";
import { parsePattern } from "./parse-pattern";
import { PatternError } from "./pattern-reader";

/** Longer patterns are refused. */
export const LONGEST_PATTERN = 256;

/** A fraction of a second: no pattern that is meant comes near. */
const MOST_STEPS = 1_000_000;

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
    requireNoChoice(alternatives, MOST_STEPS);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    if (error instanceof SyntaxError) return "is no regular expression of JavaScript with its flag u: correct it";
    throw error;
  }
}

/** The same of the pattern of an identity rule: of several groups, nobody could tell which one is meant. */
export function extractProblem(pattern: string): string | undefined {
  const problem = patternProblem(pattern);
  if (problem !== undefined) return problem.replaceAll("mask", "rule");
  // With an empty alternative it matches the empty text, and the match lists every group.
  const groups = new RegExp(`${pattern}|`, "su").exec("")!.length - 1;
  return groups > 1 ? `has ${groups} groups that count: leave one, and write the others as (?: )` : undefined;
}
