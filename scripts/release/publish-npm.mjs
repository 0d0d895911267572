/**
 * Publishes the npm package of release.out/, with provenance. npm trusts the workflow by OpenID Connect: there is no
 * token. https://docs.npmjs.com/trusted-publishers
 *   node scripts/release/publish-npm.mjs [--dry-run]     which asks no registry
 */
import { join } from "node:path";
import { fail, isPrerelease, OUTPUT, packageJson, run } from "./repository.mjs";

const LEAST_NPM = "11.5.1";

const dryRun = process.argv.includes("--dry-run");
const { name, version } = packageJson();
if (!dryRun && process.env.ACTIONS_ID_TOKEN_REQUEST_URL === undefined) {
  fail("only the release workflow can publish, in a job with `id-token: write`: here, use --dry-run");
}
const npm = run("npm", ["--version"]).trim();
if (!dryRun && npm.localeCompare(LEAST_NPM, "en", { numeric: true }) < 0) {
  fail(`npm is ${npm}, and trusted publishing needs ${LEAST_NPM}: use a newer Node.js`);
}
const args = ["publish", `./${join(OUTPUT, `${name}-${version}.tgz`)}`, "--provenance", "--access", "public"];
// Where no tag is named, npm takes `latest`, and refuses it to a version below the one that has it.
if (isPrerelease(version)) args.push("--tag", "next");
if (dryRun) args.push("--dry-run");
console.log(`npm ${args.join(" ")}`);
run("npm", args, { stdio: ["ignore", "inherit", "inherit"] });
