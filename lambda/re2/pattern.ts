/**
 * The patterns of settings and of Moesif's sampling rules: RE2, as Terraform's own functions have it, whose time is
 * linear in the text. https://github.com/google/re2/wiki/Syntax
 */
import type { RE2JS, RE2JSSyntaxException } from "re2js";
import { FEW, type Finds, findsLiterals, literalsOf } from "./literals";

/** Longer patterns are refused, unless they are lists of literals. */
export const LONGEST_PATTERN = 1000;

/** {@link expansionOf} a pattern at most: RE2 writes out what is repeated by number, and takes time for each part. */
export const MOST_EXPANSION = 10_000;

/**
 * The parts of a pattern times the characters of a text, at most: a fraction of a second. A longer text is not searched: a mask
 * hides the whole text, a rule may hold.
 */
export const MOST_STEPS = 12_000_000;

/** The states of one pattern that are kept, in bytes: some need very many, by texts that a caller can choose. */
const STATE_BYTES = 512 * 1024;

let engine: typeof RE2JS | undefined;

/** Loads RE2: most functions have no pattern, and start sooner without it. */
export async function loadEngine(): Promise<void> {
  // The same, but for TypeScript, which has types of it for each kind of module.
  useEngine((await import("re2js")).RE2JS as unknown as typeof RE2JS);
}

/** The same for those who cannot wait. */
export function useEngine(loaded: typeof RE2JS): void {
  engine = loaded;
}

/** What a pattern is for. Of `extract`, one group at most counts. */
export type PatternUse = "mask" | "extract" | "search";

/** What is wrong with a pattern, as the end of a sentence that begins with "this pattern", and what to write instead. */
export interface PatternProblem {
  readonly problem: string;
  readonly fix: string;
}

/** A literal of JavaScript, PHP or Perl with flags. Without flags it may be a path: `/users/`. */
const DELIMITED = /^(?:\/.*\/[dmsuvy]*[gi][dgimsuvy]*|([#~%@!]).*\1[gimsux]+|(?:m|qr)\/.*\/[gimsux]+)$/s;
const PERL_GROUP = /^\(\?<?[=!]/;

/** What is wrong with a pattern; `undefined` if it can be used. Nothing of the pattern itself is in it. */
export function patternProblem(pattern: unknown, use: PatternUse): PatternProblem | undefined {
  if (typeof pattern !== "string") {
    return { problem: "is not a string", fix: "write a regular expression" };
  }
  if (DELIMITED.test(pattern)) {
    return { problem: "has delimiters, which RE2 would match", fix: "write the pattern without delimiters" };
  }
  return sizeProblem(pattern) ?? syntaxProblem(pattern, use);
}

function sizeProblem(pattern: string): PatternProblem | undefined {
  if (pattern.length > LONGEST_PATTERN) {
    return { problem: `is longer than ${LONGEST_PATTERN} characters`, fix: "split it into several" };
  }
  return expansionOf(pattern) > MOST_EXPANSION
    ? { problem: "repeats too much by number", fix: "use * or + for large numbers" }
    : undefined;
}

function syntaxProblem(pattern: string, use: PatternUse): PatternProblem | undefined {
  let compiled: RE2JS;
  try {
    compiled = compile(pattern);
  } catch (error) {
    return problemOf(error as RE2JSSyntaxException);
  }
  if (use !== "search" && compiled.test("")) {
    return { problem: "matches the empty string", fix: "require at least one character, with + in place of *" };
  }
  const groups = compiled.groupCount();
  return use === "extract" && groups > 1
    ? { problem: `has ${groups} capturing groups`, fix: "keep one, and write the others as (?: )" }
    : undefined;
}

function problemOf({ error, input }: RE2JSSyntaxException): PatternProblem {
  const at = input ?? "";
  if (PERL_GROUP.test(at)) {
    return { problem: "uses look-around, which RE2 does not have", fix: "match the text itself, without it" };
  }
  if (/^\\[1-9]/.test(at)) {
    return { problem: "uses a back-reference, which RE2 does not have", fix: "write out what it repeats" };
  }
  switch (error) {
    case "missing closing )":
      return { problem: "has an unclosed (", fix: "close it, or write \\( for the character itself" };
    case "missing closing ]":
      return { problem: "has an unclosed [", fix: "close it, or write \\[ for the character itself" };
    case "unexpected )":
      return { problem: "has a ) without a (", fix: "open it, or write \\) for the character itself" };
    default:
      return { problem: `is not RE2 (${error})`, fix: "see https://github.com/google/re2/wiki/Syntax" };
  }
}

/**
 * How large RE2 makes a pattern at most: its characters, times the counts behind groups, which multiply within each
 * other, times the sum of the others. Terraform's module computes the same.
 */
export function expansionOf(pattern: string): number {
  let [groups, others] = [1, 1];
  for (const [, before, least, most] of pattern.matchAll(/(.)\{(\d+)(?:,(\d*))?\}/gs)) {
    const count = Math.max(1, Number(most || least));
    if (before === ")") groups *= count;
    else others += count;
  }
  return pattern.length * groups * others;
}

function compile(pattern: string): RE2JS {
  if (engine === undefined) {
    throw new Error("RE2 is not loaded.");
  }
  return engine.compile(pattern);
}

/** A pattern, ready. `undefined` as an answer says that the text is too long for it: see {@link MOST_STEPS}. */
export class Pattern {
  readonly #compiled: RE2JS;
  readonly #size: number;

  /** @throws Error for a pattern with a {@link patternProblem} */
  constructor(pattern: string) {
    this.#compiled = compile(pattern);
    this.#size = this.#compiled.programSize();
    const { dfa } = this.#compiled.re2();
    dfa.stateBudget = dfa.memBudget = STATE_BYTES;
  }

  /** Whether a text holds a match. */
  finds(text: string): boolean | undefined {
    return this.#size * text.length > MOST_STEPS ? undefined : this.#compiled.test(text);
  }

  /** The text with something in the place of each match. Matches of nothing stay. */
  replace(text: string, replacement: (found: string) => string): string | undefined {
    const found = this.finds(text);
    if (!found) {
      return found === false ? text : undefined;
    }
    const matcher = this.#compiled.matcher(text);
    let [written, end] = ["", 0];
    // Each search may read all that is left of the text.
    for (let steps = 0; matcher.find();) {
      steps += this.#size * (text.length - end);
      if (steps > MOST_STEPS) {
        return undefined;
      }
      written += text.slice(end, matcher.start()) + replacement(text.slice(matcher.start(), matcher.end()));
      end = matcher.end();
    }
    return written + text.slice(end);
  }

  /** The first group, or without one the whole match; `undefined` also if there is none. */
  extract(text: string): string | undefined {
    const match = this.finds(text) ? this.#compiled.exec(text) : undefined;
    return match?.[match.length > 1 ? 1 : 0];
  }
}

/** A pattern that is only to be found. */
export interface Search {
  readonly finds: Finds;
  /** Whether its answers are worth keeping. */
  readonly isSlow: boolean;
}

/**
 * Prepares a pattern that is sought anywhere in a text. A list of literals (`^(?:a|b)$`) is compared without the engine,
 * however long it is.
 *
 * @param literalsOnly refuses what is no list of literals
 * @throws Error for a pattern that cannot be used
 */
export function createSearch(pattern: string, literalsOnly = false): Search {
  const literals = literalsOf(pattern);
  if (literals !== undefined) {
    return { finds: findsLiterals(literals), isSlow: literals.length > FEW };
  }
  if (literalsOnly || sizeProblem(pattern) !== undefined) {
    throw new Error("This pattern is not prepared.");
  }
  const compiled = new Pattern(pattern);
  return { finds: (text) => compiled.finds(text), isSlow: true };
}
