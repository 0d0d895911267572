/** What Terraform says of patterns, held against what the function says of them. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { patternProblem } from "../../lambda/patterns/pattern-problem";
import { searchProblem } from "../../lambda/patterns/search";
import { patternCondition, type PatternKind } from "../../modules/terraform-module/pattern-conditions";
import { MASKS, SEARCHES } from "../patterns/taken";
import { describeWithTerraform, Terraform } from "../support/terraform";

/** Of each pattern, whether Terraform's condition holds. */
async function conditionsOf(kind: PatternKind, patterns: readonly string[]): Promise<boolean[]> {
  const directory = mkdtempSync(join(tmpdir(), "patterns-"));
  const value = `\${[for pattern in var.patterns : ${patternCondition("pattern", kind)}]}`;
  writeFileSync(
    join(directory, "main.tf.json"),
    JSON.stringify({ variable: { patterns: { type: "list(string)" } }, output: { holds: { value } } }),
  );
  writeFileSync(join(directory, "terraform.tfvars.json"), JSON.stringify({ patterns }));
  const terraform = new Terraform(directory);
  await terraform.init();
  await terraform.apply();
  return JSON.parse(await terraform.must(["output", "-json", "holds"])) as boolean[];
}

/** Parts of patterns, and above all those that engines read differently. */
const PARTS = [
  ..."ab1.^$|()[]{}*+?\\-,:é😀",
  ...["\\d", "\\W", "\\s", "\\b", "\\x41", "\\t", "\\/", "\\-", "\\.", "\\p{L}", "\\P{Script=Greek}", "\\p{ASCII}"],
  ...["\\u0041", "\\u{1F600}", "\\A", "\\Z", "\\é", "\\_", "[^a]", "[a-z]", "[^\\d_-]", "[]", "[^]", "[[:a:]", "[-a]"],
  ...["[^\\s\\S]", "[--/]", "{2}", "{02}", "{1,3}", "{2,}", "{1000}", "{id}", "+?", "(?:", "(?<n>", "(?P<n>", "(?i)"],
];

/** Patterns that the function takes. */
function taken(problemOf: (pattern: string) => string | undefined): string[] {
  const any = fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
  const good = fc.sample(any, { numRuns: 60_000, seed: 1 }).filter((pattern) => problemOf(pattern) === undefined);
  return [...new Set(good)];
}

describeWithTerraform("Terraform's condition of a pattern", () => {
  it.each<[PatternKind, readonly string[], (pattern: string) => string | undefined]>([
    ["pattern", MASKS, patternProblem],
    ["search", SEARCHES.map(([pattern]) => pattern), searchProblem],
  ])("refuses no %s that the function takes", async (kind, known, problemOf) => {
    const long = kind === "pattern" ? ["a".repeat(256), "😀".repeat(128), "(?:a{100}){100}b"] : ["", "a".repeat(1000)];
    const patterns = [...known, ...long, ...taken(problemOf)];
    expect(patterns.length).toBeGreaterThan(3000);
    const holds = await conditionsOf(kind, patterns);
    expect(patterns.filter((_, index) => !holds[index])).toEqual([]);
  });

  it.each<[PatternKind, readonly string[]]>([
    [
      "pattern",
      ["", "a*", "(?:a|)", "^$", "(", "[a", "a)", "a**", "[z-a]", "\\q", "a{2,1}", "(?=a)b", "a".repeat(257)],
    ],
    ["search", ["(", "[a", "a)", "a**", "[z-a]", "a\\", "(?=a)b", "(a)\\1", "a".repeat(1001)]],
  ])("refuses of a %s what is none for RE2 either", async (kind, patterns) => {
    const holds = await conditionsOf(kind, patterns);
    expect(patterns.filter((_, index) => holds[index])).toEqual([]);
  });
});
