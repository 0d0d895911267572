/** Plain words: documents, and the messages and comments of code, use the field's terms. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/rollout";

/** Words that are not written, by what to write instead. */
const INSTEAD: Readonly<Record<string, RegExp>> = {
  "delivery path": /\broads?\b/i,
  "space, layer or folder": /\brooms?\b/i,
  "reported, given or known": /\btold\b/i,
  "next to, or in addition to": /\bbesides?\b/i,
  "only, separately or by itself": /\balone\b/i,
  "no one, or a name for who": /\b(nobody|somebody|whoever)\b/i,
  "valid or undamaged": /\bsound(ly)?\b/i,
  "check, read, search or see": /\blook(s|ed|ing)? (at|for|into|through|after|again|whether)\b/i,
  "an observation": /\bsights?\b/i,
  "a workspace": /\bworkplaces?\b/i,
  "dependencies, or by": /\b(by|of) means\b|\bmeans of\b/i,
  "your own, or custom": /\bone's own\b/i,
  restore: /\bg(ive|ives|iven|iving|ave) (it |them |everything |all )?back\b/i,
  "uninstall or restore": /\bleaving\b/i,
};

/** The meaning of exit code 1. */
const ALLOWED = "something found that you asked to be told of";

/** Files and folders that people read. */
const DOCUMENTS = [
  "README.md",
  "AGENTS.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "docs",
  "examples",
  "local/sample",
  "rollout.schema.json",
  "rollout.yaml",
  "terraform",
];
/** Code whose messages and comments follow the list. */
const CODE = ["main.ts", "modules", "cli", "common", "lambda", "local", "bench", "scripts"];

const TEXT = /\.(md|ts|mjs|yaml|json|tf|hcl)$/;

function filesIn(place: string): string[] {
  if (!statSync(join(ROOT, place)).isDirectory()) return [place];
  return readdirSync(join(ROOT, place), { recursive: true, encoding: "utf8" })
    .map((name) => join(place, name))
    .filter((path) => TEXT.test(path) && !path.includes(".terraform"));
}

/** The words of a file that are not written, each with its line and what to write instead. */
function wordsIn(path: string): string[] {
  const lines = readFileSync(join(ROOT, path), "utf8").split("\n");
  return lines.flatMap((line, index) => {
    const text = path.endsWith(".md") ? line.replaceAll(/`[^`]*`|\]\([^)]*\)|<!-- file: .*/g, "") : line;
    return Object.entries(INSTEAD).flatMap(([instead, word]) => {
      const [found] = word.exec(text.replace(ALLOWED, "")) ?? [];
      return found === undefined ? [] : [`${path}:${index + 1}: "${found}": write ${instead}`];
    });
  });
}

test.each([...DOCUMENTS, ...CODE])("%s has plain words", (place) => {
  expect(filesIn(place).flatMap(wordsIn)).toEqual([]);
});

test("each word is found", () => {
  const words = ["road", "rooms", "told", "beside", "alone", "whoever", "sound", "looked at", "sight", "workplace"];
  const all = [...words, "by means of", "one's own", "gives back", "leaving"];
  expect(all.filter((word) => !Object.values(INSTEAD).some((pattern) => pattern.test(`It is ${word}.`)))).toEqual([]);
});
