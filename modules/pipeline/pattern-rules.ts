/** The check of patterns in the settings, by the engine that the function runs them on. */
import type * as Re2 from "re2js";
import {
  LONGEST_PATTERN,
  patternProblem,
  type PatternProblem,
  type PatternUse,
  useEngine,
} from "../../lambda/re2/pattern";

export { LONGEST_PATTERN, type PatternUse };

/** What is wrong with a value, and what would be right. */
export type Refusal = PatternProblem;

/** What is wrong with a pattern; `undefined` if it can be used. */
export function patternRefusal(pattern: string, use: PatternUse): Refusal | undefined {
  useEngine(loadRe2().RE2JS);
  const found = patternProblem(pattern, use);
  return found && { problem: `this pattern ${found.problem}`, fix: found.fix };
}

/** Loaded with the first pattern, and kept by Node.js: most stacks have none. */
function loadRe2(): typeof Re2 {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() would make every caller wait
  return require("re2js");
}
