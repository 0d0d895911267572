/** Regular expressions in the settings: of a kind that no text can make run away, checked before they are written. */
import { extractProblem, LONGEST_PATTERN, patternProblem } from "../../lambda/patterns/pattern-problem";
import { searchProblem } from "../../lambda/patterns/search";

export { LONGEST_PATTERN };

/** What is wrong with a value, and what would be right. */
export interface Refusal {
  readonly problem: string;
  readonly fix: string;
}

/**
 * What is wrong with a pattern; `undefined` if it can be used.
 *
 * @param thing what the pattern is of, for the fix
 */
export function patternRefusal(pattern: string, thing: "mask" | "rule"): Refusal | undefined {
  return refusalOf(patternProblem(pattern)?.replaceAll("mask", thing));
}

/** The same for a pattern that is only to be found, of which more can be taken: of a filter. */
export function searchRefusal(pattern: string): Refusal | undefined {
  return refusalOf(searchProblem(pattern));
}

/** The same for a pattern that extracts, of which one group at most may count. */
export function extractRefusal(pattern: string): Refusal | undefined {
  return refusalOf(extractProblem(pattern));
}

function refusalOf(problem: string | undefined): Refusal | undefined {
  if (problem === undefined) return undefined;
  const [what = "", fix = ""] = problem.split(/: (.*)/s);
  return { problem: `this pattern ${what}`, fix };
}
