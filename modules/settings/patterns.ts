/** Patterns in settings, checked by the engine that the function runs them on. */
import type * as Re2 from "re2js";
import { z } from "zod";
import { LONGEST_PATTERN, patternProblem, type PatternUse, useEngine } from "../../lambda/re2/pattern";
import { about } from "./values";

/** A literal of another language, or a path such as `/users/`. */
const MAYBE_DELIMITED = /^([/#~%@!])(?:(?!\1).)+\1$/s;

/** A pattern that the function can use. */
export function pattern(use: PatternUse, meaning: string) {
  return z
    .string({ error: () => "write a pattern, in single quotes" })
    .superRefine((text, context) => {
      useEngine(loadRe2().RE2JS);
      const found = patternProblem(text, use);
      if (found) {
        const params = { id: "pattern", fix: found.fix };
        context.addIssue({ code: "custom", message: `this pattern ${found.problem}`, params });
        return;
      }
      const [, character] = MAYBE_DELIMITED.exec(text) ?? [];
      if (character === undefined) return;
      const fix = `remove both if they are delimiters; write [${character}] for the character itself`;
      const params = { id: "pattern-delimiters", fix, severity: "warning" };
      context.addIssue({ code: "custom", message: `this pattern matches the ${character} at its ends, too`, params });
    })
    .meta({
      ...about(`${meaning} See docs/privacy.md.`),
      expects: `a pattern of at most ${LONGEST_PATTERN} characters`,
      format: "regex",
      maxLength: LONGEST_PATTERN,
    });
}

/** Loaded with the first pattern, and cached by Node.js: most stacks have none. */
function loadRe2(): typeof Re2 {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() would make every caller wait
  return require("re2js");
}
