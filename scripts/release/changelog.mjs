/**
 * Adds to CHANGELOG.md the section of the version that package.json names, with the subjects of the commits since the
 * last version's tag, or of all commits where there is none. An editor groups them before they are committed.
 *   npm run changelog
 */
import { readFileSync, writeFileSync } from "node:fs";
import { sections, withVersion } from "./changelog-text.mjs";
import { fail, git, packageJson } from "./repository.mjs";

const FILE = "CHANGELOG.md";

const { version } = packageJson();
const changelog = readFileSync(FILE, "utf8");
if (sections(changelog).some((section) => section.version === version)) {
  fail(`${FILE} has a section ${version} already: set the next version by \`npm version --no-git-tag-version\` first`);
}
if (git("rev-parse", "--is-shallow-repository").trim() === "true") {
  fail("this clone is shallow, so that commits are missing: `git fetch --unshallow --tags` first");
}
// A release candidate stands before its version.
const tags = git(
  "-c",
  "versionsort.suffix=-",
  "tag",
  "--list",
  "v[0-9]*",
  "--merged",
  "HEAD",
  "--sort=-version:refname",
);
const [last] = tags.split("\n");
const range = last === "" ? "HEAD" : `${last}..HEAD`;
const subjects = git("log", "--no-merges", "--format=%s", range).split("\n").filter(Boolean);
if (subjects.length === 0) {
  fail(`there is no commit since ${last}, and so nothing to release`);
}
// The last commit's date, so that the same history gives the same text.
const date = git("log", "-1", "--format=%cs").trim();
writeFileSync(FILE, withVersion(changelog, { version, date, subjects }));
console.log(`${FILE}: ${version}, with ${subjects.length} commits${last && ` since ${last}`}`);
