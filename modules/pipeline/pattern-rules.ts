/** Regular expressions in the settings: of a kind that no text can make run away, checked before they are written. */
import { LONGEST_PATTERN, patternProblem } from "../../lambda/patterns/pattern-problem";
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

function refusalOf(problem: string | undefined): Refusal | undefined {
  if (problem === undefined) return undefined;
  const [what = "", fix = ""] = problem.split(/: (.*)/s);
  return { problem: `this pattern ${what}`, fix };
}

/** The same for a pattern that extracts: of several groups, nobody could tell which one is meant. */
export function extractRefusal(pattern: string): Refusal | undefined {
  const refusal = patternRefusal(pattern, "rule");
  if (refusal) return refusal;
  // With an empty alternative it matches the empty text, and the match lists every group.
  const groups = new RegExp(`${pattern}|`, "su").exec("")!.length - 1;
  return groups > 1
    ? { problem: `this pattern has ${groups} groups that count`, fix: "leave one, and write the others as (?: )" }
    : undefined;
}
