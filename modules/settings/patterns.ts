/** Patterns in settings, checked by the engine that the function runs them on. */
import type * as Re2 from "re2js";
import { z } from "zod";
import { LONGEST_PATTERN, patternProblem, type PatternUse, useEngine } from "../../lambda/re2/pattern";
import { about } from "./values";

/** A pattern that the function can use. */
export function pattern(use: PatternUse, meaning: string) {
  return z
    .string({ error: () => "write a pattern, in single quotes" })
    .superRefine((text, context) => {
      useEngine(loadRe2().RE2JS);
      const found = patternProblem(text, use);
      if (!found) return;
      const params = { id: "pattern", fix: found.fix };
      context.addIssue({ code: "custom", message: `this pattern ${found.problem}`, params });
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
