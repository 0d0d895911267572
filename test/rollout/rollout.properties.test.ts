/** What holds for every rollout, right or wrong, on generated ones. */
import fc from "fast-check";
import { stringify } from "yaml";
import { parseRollout } from "../../modules/rollout/parse-rollout";
import type { PlacedIssue } from "../../modules/rollout/rollout-error";
import type { Path } from "../../modules/settings/issue";
import { nearlyYaml, soundRollout, spoiltRollout } from "./arbitraries";
import { errorOf, targetsOf } from "./support";

const writers = [
  (rollout: unknown) => stringify(rollout),
  (rollout: unknown) => JSON.stringify(rollout),
  (rollout: unknown) => JSON.stringify(rollout, null, 2).replaceAll("\n", "\r\n"),
];

const issuesOf = (text: string) => errorOf(() => parseRollout(text, "rollout.yaml"))?.issues ?? [];

test("a sound rollout is accepted, as YAML and as JSON, and gives a target for each region", () => {
  fc.assert(
    fc.property(soundRollout, fc.constantFrom(...writers), (rollout, write) => {
      const targets = targetsOf(write(rollout));
      expect(targets.map(({ region }) => region)).toEqual(
        rollout.accounts.flatMap(({ regions }) => regions.map(({ name }) => name)),
      );
      expect(new Set(targets.map(({ stackName }) => stackName)).size).toBe(targets.length);
    }),
    { numRuns: 100 },
  );
});

test("any text is a rollout or has mistakes, each at a place of the text", () => {
  fc.assert(
    fc.property(fc.oneof(nearlyYaml, fc.string({ unit: "binary" })), (text) => {
      for (const issue of issuesOf(text)) expect(isPlaceOf(issue, text)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

// Found by the test above, or written for the ends of lines and of the text.
test.each([
  ["a line that a syntax error swallows", "version: 1- id: '1'.\n  version: 1: !!set ", [1, 2]],
  ["an open bracket at the end", "version: 1\naccounts: [", [2]],
  ["an open bracket before the last line break", "version: 1\r\naccounts: [\r\n", [2, 3]],
  ["a syntax error after CRLF", "version: 1\r\naccounts: 1: 2\r\n", [2]],
  ["an empty file", "", [1]],
  ["a file of one line break", "\n", [1]],
])("%s has its mistakes at places of the text", (_, text, lines) => {
  const issues = issuesOf(text);
  for (const issue of issues) expect(isPlaceOf(issue, text)).toBe(true);
  expect([...new Set(issues.map(({ line }) => line))]).toEqual(lines);
});

test("a mistake is at its value, and a missing key at the map that misses it", () => {
  fc.assert(
    fc.property(spoiltRollout, (rollout) => {
      const text = JSON.stringify(rollout, null, 1);
      for (const issue of issuesOf(text)) {
        expect(isPlaceOf(issue, text)).toBe(true);
        const { found, value } = follow(rollout, issue.path);
        const written = text.split("\n")[issue.line - 1]!.slice(issue.column - 1);
        expect(found || issue.id === "missing-key").toBe(true);
        expect(written[0]).toBe(beginsAs(value, issue));
      }
    }),
    { numRuns: 200 },
  );
});

function isPlaceOf({ line, column }: PlacedIssue, text: string): boolean {
  const written = text.split("\n")[line - 1];
  return written !== undefined && column >= 1 && column <= written.length + 1;
}

/** The value at a path, or that of the map in which its last key is missing. */
function follow(root: unknown, keys: Path): { found: boolean; value: unknown } {
  let value = root;
  for (const [depth, key] of keys.entries()) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
      return { found: false, value: depth === keys.length - 1 ? value : undefined };
    }
    value = (value as Record<string, unknown>)[key];
  }
  return { found: true, value };
}

/** The character with which JSON writes a value; a key that is wrong itself is a string, as is the name of a record's key. */
function beginsAs(value: unknown, { id }: PlacedIssue): string {
  if (id === "unknown-key" || id === "invalid-key" || id.endsWith("record-key")) return '"';
  return JSON.stringify(value)[0]!;
}
