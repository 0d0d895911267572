/**
 * What the settings of redaction may say. They are literals, since a pattern is checked before it is written: so
 * JavaScript alone applies these rules, and they may look ahead.
 */
import { patternProblem } from "../patterns/pattern-problem";
import type { TextRule } from "../rules";

/** Masks in all: each is sought in every value of every record. */
export const MOST_MASKS = 20;

/** Keys that Moesif reads as time, number or method: in a mark it could not read them. */
const UNREADABLE_WITHOUT = "apiId, requestTime, protocol, httpMethod, status, responseLength, durationMs";

function text(pattern: string, expects: string, because: string): TextRule {
  return { kind: "text", pattern, expects, because };
}

/** Every rule, by the name of what it is about. */
export const redactionRules = {
  recordKey: text("^.{1,128}$", "the name of a key, 1 to 128 characters", "records are redacted by their keys"),
  removableKey: text(
    `^(?!(${UNREADABLE_WITHOUT.replaceAll(", ", "|")})$).{1,128}$`,
    `the name of a key other than ${UNREADABLE_WITHOUT}`,
    "without these Moesif cannot read a call",
  ),
  segment: text(
    "^[^/?]{1,128}$",
    "the name of a segment, such as users, without '/'",
    "it is compared with whole segments",
  ),
  parameter: text("^[^&=]{1,128}$", "the name of a query parameter, or *", "it is compared with whole names"),
  replacement: text(
    "^\\[[a-z0-9 _-]{1,30}\\]$",
    "a mark in brackets such as [redacted]: small letters, digits, ' ', '_' or '-'",
    "by its brackets a mark is known, and not masked a second time",
  ),
} as const satisfies Record<string, TextRule>;

/** What is wrong with a pattern, and what would be right; `undefined` if it can be used. */
export function maskPatternProblem(pattern: string): { problem: string; fix: string } | undefined {
  const problem = patternProblem(pattern);
  if (problem === undefined) return undefined;
  const [what = "", fix = ""] = problem.split(/: (.*)/s);
  return { problem: `this pattern ${what}`, fix };
}
