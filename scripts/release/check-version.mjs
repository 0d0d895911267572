/**
 * Checks that a tag, package.json, package-lock.json and CHANGELOG.md mean the same version, and that package.json names
 * the repository that publishes it, without which npm refuses the provenance. Tells every mistake at once.
 *   node scripts/release/check-version.mjs [tag]     by default the tag in GITHUB_REF_NAME
 */
import { readFileSync } from "node:fs";
import { notesOf, sections, UNRELEASED } from "./changelog-text.mjs";
import { fail, packageJson, readJson } from "./repository.mjs";

// https://semver.org, without build metadata, which npm drops.
const TAG = /^v((?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)$/;

const tag = process.argv[2] ?? process.env.GITHUB_REF_NAME ?? "";
const version = TAG.exec(tag)?.[1];
if (version === undefined) {
  fail(`the tag is ${JSON.stringify(tag)}: it must be v and a semantic version, such as v1.2.3 or v1.2.3-rc.1`);
}
const mistakes = [...versionMistakes(), ...changelogMistakes(), ...repositoryMistakes()];
if (mistakes.length > 0) fail(...mistakes);
console.log(`${tag}: package.json, package-lock.json and CHANGELOG.md agree`);

function versionMistakes() {
  const lock = readJson("package-lock.json");
  const found = [
    ["package.json", packageJson().version],
    ["package-lock.json", lock.version],
    ['package-lock.json packages[""]', lock.packages[""].version],
  ];
  return found
    .filter(([, one]) => one !== version)
    .map(([where, one]) => `${where} has version ${one}, and the tag ${tag}: set one by \`npm version\``);
}

function changelogMistakes() {
  const changelog = readFileSync("CHANGELOG.md", "utf8");
  const newest = sections(changelog)[0]?.version;
  if (newest === UNRELEASED) {
    return [`CHANGELOG.md still says ${UNRELEASED} on top: \`npm run changelog\` makes it the section ${version}`];
  }
  if (newest !== version) {
    return [`the newest section of CHANGELOG.md is ${newest}, and not ${version}: \`npm run changelog\` adds it`];
  }
  return notesOf(changelog, version) === "" ? [`CHANGELOG.md says nothing under ${version}`] : [];
}

/** npm compares case by case, https://docs.npmjs.com/generating-provenance-statements#prerequisites. */
function repositoryMistakes() {
  const { GITHUB_REPOSITORY: publisher } = process.env;
  const { repository = "" } = packageJson();
  const url = typeof repository === "string" ? repository : (repository.url ?? "");
  const named = url.replace(/^(github:|(git\+)?https:\/\/github\.com\/)/, "").replace(/\.git$/, "");
  if (publisher === undefined || named === publisher) return [];
  const wanted = `git+https://github.com/${publisher}.git`;
  return [
    `package.json has repository ${JSON.stringify(url)}: npm takes the provenance only if repository.url is ${wanted}`,
  ];
}
