/**
 * Makes the GitHub release of a tag that is there, with the notes and files of release.out/.
 *   node scripts/release/publish-github.mjs [--dry-run]     which only prints the command
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fail, isPrerelease, OUTPUT, packageJson, run } from "./repository.mjs";

const NOTES = "NOTES.md";

const { version } = packageJson();
const tag = `v${version}`;
const names = existsSync(OUTPUT) ? readdirSync(OUTPUT).sort() : [];
const files = names.filter((file) => file !== NOTES).map((file) => join(OUTPUT, file));
if (files.length === 0) fail(`${OUTPUT}/ is empty: scripts/release/assemble.mjs fills it`);

const args = ["release", "create", tag, "--verify-tag", "--title", tag, "--notes-file", join(OUTPUT, NOTES)];
if (isPrerelease(version)) args.push("--prerelease");
args.push(...files);
console.log(`gh ${args.join(" ")}`);
if (!process.argv.includes("--dry-run")) run("gh", args, { stdio: "inherit" });
