/**
 * What Terraform can say of a pattern that it alone knows. Its engine is RE2, which is not JavaScript's: what is refused
 * here the function would refuse as well, and what is left to be refused it refuses when it reads its settings.
 * https://github.com/google/re2/wiki/Syntax
 */
import { LONGEST_PATTERN } from "../../lambda/patterns/pattern-problem";
import { LONGEST_SEARCH } from "../../lambda/patterns/search";

/** A pattern that masks or extracts, and one of a filter, which is only to be found. */
export type PatternKind = "pattern" | "search";

/**
 * What the function takes and RE2 does not, or reads in another way: `\u`, most properties, `\Z`, an escaped character
 * that is not of ASCII, `[]` and `[^]`, a `[:` within brackets, a repetition by number of what may be repeated by number
 * (together at most 1,000 times), and named groups, which Terraform does not allow beside others.
 */
const NOT_OF_RE2 = String.raw`\\[upPZ]|\\[^\x00-\x7F]|\[\^?\]|\[:|\)\{|\(\?P?<`;

/**
 * Whether a pattern may be one that the function takes, as a Terraform expression: of the right length, a regular
 * expression as far as RE2 can tell and, but for searches, none that matches the empty text. It never refuses what the
 * function takes.
 *
 * @param reference where Terraform has the pattern, which is not null there, such as `mask.pattern`
 */
export function patternCondition(reference: string, kind: PatternKind = "pattern"): string {
  const [least, most] = kind === "search" ? [0, LONGEST_SEARCH] : [1, LONGEST_PATTERN];
  // `regex` would fail where nothing is found. `length` counts what a reader sees as one character: never too many.
  const found = `length(regexall(${reference}, ""))`;
  const compiles = kind === "search" ? `can(${found})` : `try(${found} == 0, false)`;
  const length = `length(${reference}) >= ${least} && length(${reference}) <= ${most}`;
  return `${length} && (can(regex(${JSON.stringify(NOT_OF_RE2)}, ${reference})) || ${compiles})`;
}

/** What would be right, as the end of a sentence: "must be …". */
export function patternExpectation(kind: PatternKind = "pattern"): string {
  return kind === "search"
    ? `a regular expression of at most ${LONGEST_SEARCH} characters`
    : `a regular expression of 1 to ${LONGEST_PATTERN} characters that does not match the empty text`;
}
