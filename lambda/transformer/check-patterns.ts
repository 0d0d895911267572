/**
 * Whether the patterns of the settings are safe to run. Nobody else may have asked: of plain Terraform's variables, RE2
 * alone has seen them, which knows neither what JavaScript takes nor what runs away there.
 */
import { extractProblem, patternProblem } from "../patterns/pattern-problem";
import { searchProblem } from "../patterns/search";
import type { FilterRule, IdentityRule, TransformerSettings } from "./settings";

/** A pattern, and where in the settings it stands. */
interface PlacedPattern {
  readonly place: string;
  readonly pattern: string;
  readonly problemOf: (pattern: string) => string | undefined;
}

/**
 * What is wrong with each pattern that is refused, and how to put it right, by its place in the settings:
 * `redaction.mask[2].pattern has a '(' that is not closed: …`. Nothing of the pattern itself is told. What `passThrough`
 * turns off is not asked about: it must help where a filter is the trouble.
 */
export function patternProblems(settings: TransformerSettings): string[] {
  const { redaction, identity = {}, filter = [], passThrough } = settings;
  const patterns = (redaction?.mask ?? []).map(({ pattern }, index): PlacedPattern => {
    return { place: `redaction.mask[${index}].pattern`, pattern, problemOf: patternProblem };
  });
  if (!passThrough) {
    patterns.push(...Object.entries(identity).flatMap(([key, rules]) => extractsOf(`identity.${key}`, rules)));
    patterns.push(...filter.flatMap(searchesOf));
  }
  return patterns.flatMap(({ place, pattern, problemOf }) => {
    const problem = typeof pattern === "string" ? problemOf(pattern) : "is no text: write a regular expression";
    return problem === undefined ? [] : [`${place} ${problem}`];
  });
}

function extractsOf(place: string, rules: readonly IdentityRule[] = []): PlacedPattern[] {
  return rules.flatMap((rule, index) => {
    const pattern = typeof rule === "string" ? undefined : rule.extract;
    return pattern === undefined ? [] : [{ place: `${place}[${index}].extract`, pattern, problemOf: extractProblem }];
  });
}

function searchesOf({ drop, keep }: FilterRule, index: number): PlacedPattern[] {
  const place = `filter[${index}].${keep === undefined ? "drop" : "keep"}`;
  return Object.entries(keep ?? drop).flatMap(([field, match]) =>
    typeof match === "string" || !("pattern" in match)
      ? []
      : [{ place: `${place}[${JSON.stringify(field)}].pattern`, pattern: match.pattern, problemOf: searchProblem }],
  );
}
