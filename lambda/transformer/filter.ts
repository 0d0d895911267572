/** Which calls are sent at all, by ordered rules. */
import { compileSearch } from "../patterns/search";
import { type AccessLog, isAbsent } from "./access-log";
import { createField, textOf } from "./sampling/fields";
import type { FieldMatch, FieldMatches, FilterRule } from "./settings";

/** Whether a call is sent. */
type Filter = (log: AccessLog) => boolean;

/** Whether a call is one that a rule is about. */
type Matches = (log: AccessLog) => boolean;

/**
 * Prepares the rules: the first that matches a call decides, and without one it is sent. A rule matches if each of its
 * fields does; a field without a value matches nothing.
 *
 * @returns `undefined` if there are no rules
 * @throws PatternError for a pattern that is refused: then the function must not work
 */
export function createFilter(rules: readonly FilterRule[] = []): Filter | undefined {
  if (rules.length === 0) {
    return undefined;
  }
  const prepared = rules.map(({ drop, keep }) => ({ keeps: keep !== undefined, matches: matcherOf(keep ?? drop) }));
  return (log) => prepared.find(({ matches }) => matches(log))?.keeps ?? true;
}

function matcherOf(fields: FieldMatches): Matches {
  const conditions = Object.entries(fields).map(([name, match]): Matches => {
    const field = createField(name);
    const accepts = acceptedBy(match);
    return (log) => {
      const value = field(log);
      return value !== undefined && value !== null && !isAbsent(value) && accepts(textOf(value));
    };
  });
  return (log) => conditions.every((holds) => holds(log));
}

function acceptedBy(match: FieldMatch): (text: string) => boolean {
  if (typeof match === "string") {
    return (text) => text === match;
  }
  return "pattern" in match ? compileSearch(match.pattern) : accepted(match);
}

function accepted(texts: readonly string[]): (text: string) => boolean {
  const known = new Set(texts);
  return (text) => known.has(text);
}
