/** The module's validations take the patterns that the function takes, and no others. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { RE2JS } from "re2js";
import { patternProblem, type PatternUse, useEngine } from "../../lambda/re2/pattern";
import { ROOT } from "../support/rollout";
import { describeWithTerraform, terraformEnvironment } from "../support/terraform";

useEngine(RE2JS);

const PATTERNS = [
  "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}",
  ".+@.+",
  "\\b(?:\\d[ -]*?){13,16}\\b",
  "(?i)password=[^&]+",
  "[[:digit:]]+",
  "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
  "(?<=token=)[^&]+",
  "a(?=b)",
  "(a)\\1",
  "/[0-9]{16}/g",
  "/users/",
  "/api/v",
  "(",
  "[a",
  "a)",
  "a**",
  "",
  "a*",
  "a|",
  "(?s)a.b",
  "(?P<name>a)b",
  "(?<name>a)b",
  "(a)(b)",
  "(?:a)(b)",
  "\\Qa.b\\E",
  "\\pL+",
  "\\p{Greek}+",
  "\\x{1F600}",
  "\\u0041",
  "\\Z",
  "\\z",
  "(?>a)",
  "a{1001}",
  "a{1000}",
  "(?:a{50}){20}",
  "(?:(?:a{10}){10}){10}",
  "(?:[a-z]{1,3}\\.){3,}x",
  "x".repeat(1000),
  "x".repeat(1001),
  'quote " dollar $ ${brace} %{percent} \\\\ end',
  "two\\nlines",
  "é+😀",
];

const PARTS =
  "a b . [ab] [^a] \\d \\b \\. ^ $ | * + ? ?: {2} {30} {2,} {7,50} {200} (a) (?:b) (?:ab{3}){20} ( ) [ \\1 (?=".split(
    " ",
  );
const part = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...PARTS.slice(0, 8)) }, fc.constantFrom(...PARTS));
const generated = fc.sample(
  fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("")),
  { numRuns: 1000, seed: 20261130 },
);

/** The conditions of the validations whose message begins with a name. */
function conditionsOf(file: string, name: string): string[] {
  const text = readFileSync(join(ROOT, "terraform", file), "utf8");
  const blocks = [...text.matchAll(/^ {2}validation \{\n(.*?)^ {2}\}\n/gms)].map(([, body]) => body!);
  const own = blocks.filter((body) => body.includes(`error_message = "${name}`));
  return own.map((body) => /condition *= (.*?)\n? *error_message/s.exec(body)![1]!);
}

/** The value of a local, as it is written. */
function localOf(name: string): string {
  const text = readFileSync(join(ROOT, "terraform", "fields.tf"), "utf8");
  return new RegExp(`^ *${name} *= (".*")$`, "m").exec(text)![1]!;
}

function takenByTerraform(patterns: readonly string[], conditions: readonly string[], variable: string, value: string) {
  const all = conditions
    .map((condition) =>
      condition.replaceAll(`var.${variable}`, value).replaceAll(/local\.(\w+)/g, (_, name) => localOf(name)),
    )
    .map((condition) => `(${condition.replaceAll(/\n\s*/g, " ")})`)
    .join(" && ");
  const cwd = mkdtempSync(join(tmpdir(), "console-"));
  writeFileSync(join(cwd, "patterns.json"), JSON.stringify(patterns));
  const input = `jsonencode([for given in jsondecode(file("patterns.json")) : ${all}])\n`;
  const env = { ...process.env, ...terraformEnvironment() };
  const output = execFileSync("terraform", ["console"], { input, cwd, env, timeout: 5 * 60_000, encoding: "utf8" });
  return JSON.parse(JSON.parse(output) as string) as boolean[];
}

const USES: readonly (readonly [PatternUse, file: string, name: string, variable: string, value: string])[] = [
  ["mask", "variables_privacy.tf", "redaction.mask[].pattern", "redaction", "{ mask = [{ pattern = given }] }"],
  ["extract", "variables_calls.tf", "identity.*[].extract", "identity", "{ user = [{ extract = given }] }"],
  ["search", "variables_calls.tf", "filter[].*.pattern", "filter", "[{ drop = { user = { pattern = given } } }]"],
];

describeWithTerraform("a pattern", () => {
  it.each(USES)("for a %s is taken by the module if the function takes it", (use, file, name, variable, value) => {
    const conditions = conditionsOf(file, name);
    expect(conditions.length).toBeGreaterThanOrEqual(2);
    const patterns = [...PATTERNS, ...generated];
    const taken = takenByTerraform(patterns, conditions, variable, value);
    const differing = patterns.filter(
      (pattern, index) => taken[index] !== (patternProblem(pattern, use) === undefined),
    );
    expect(differing).toEqual([]);
    expect(taken.filter((one) => one).length).toBeGreaterThan(200);
  });
});
