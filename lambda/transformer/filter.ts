/** Which calls are sent at all, by ordered rules. */
import { createSearch } from "../re2/pattern";
import { type AccessLog, isAbsent } from "./access-log";
import { TimeBudget } from "../re2/time-budget";
import { createField, textOf } from "./sampling/fields";
import type { FieldMatch, FieldMatches, FilterRule } from "./settings";

/** Whether a call is sent. */
type Filter = (log: AccessLog) => boolean;

/** Whether a call is one that a rule is about; `undefined` if a text of it is too long for a pattern. */
type Matches = (log: AccessLog) => boolean | undefined;

/**
 * Prepares the rules: the first that matches a call decides, and without one it is sent. A rule matches if each of its
 * fields does; a field without a value matches nothing.
 *
 * Where a pattern gives no answer, the call is sent: a filter fails open.
 *
 * @param onFilter takes the index of the rule that decides
 * @returns `undefined` if there are no rules
 * @throws Error for a pattern that is refused: then the function must not work
 */
export function createFilter(
  rules: readonly FilterRule[] = [],
  budget = new TimeBudget(),
  onFilter?: (index: number) => void,
): Filter | undefined {
  if (rules.length === 0) {
    return undefined;
  }
  const prepared = rules.map(({ drop, keep }) => {
    return { keeps: keep !== undefined, matches: matcherOf(keep ?? drop, budget) };
  });
  return (log) => {
    const index = prepared.findIndex(({ keeps, matches }) => matches(log) ?? keeps);
    if (index < 0) {
      return true;
    }
    onFilter?.(index);
    return prepared[index]!.keeps;
  };
}

function matcherOf(fields: FieldMatches, budget: TimeBudget): Matches {
  const conditions = Object.entries(fields).map(([name, match]): Matches => {
    const field = createField(name);
    const accepts = acceptedBy(match, budget);
    return (log) => {
      const value = field(log);
      return value !== undefined && value !== null && !isAbsent(value) && accepts(textOf(value));
    };
  });
  return (log) => {
    let all: boolean | undefined = true;
    for (const holds of conditions) {
      const answer = holds(log);
      if (answer === false) {
        return false;
      }
      all = answer && all;
    }
    return all;
  };
}

function acceptedBy(match: FieldMatch, budget: TimeBudget): (text: string) => boolean | undefined {
  if (typeof match === "string") {
    return (text) => text === match;
  }
  if (!("pattern" in match)) {
    return accepted(match);
  }
  const { finds } = createSearch(match.pattern);
  return (text) => {
    budget.requireTime();
    return finds(text);
  };
}

function accepted(texts: readonly string[]): (text: string) => boolean {
  const known = new Set(texts);
  return (text) => known.has(text);
}
