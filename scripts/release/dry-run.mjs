/**
 * Everything of a release but publishing, as if the version that package.json names were tagged at HEAD: in a clone, so
 * that nothing here changes, and that what is not committed is not in it. Asks no registry.
 *   npm run release:dry-run
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { sections } from "./changelog-text.mjs";
import { git, packageJson, run } from "./repository.mjs";

const STEPS = dirname(fileURLToPath(import.meta.url));
// A fork is not what package.json names.
const { GITHUB_REPOSITORY: _, ...env } = process.env;

const clone = mkdtempSync(join(tmpdir(), "release-"));
try {
  git("clone", "--quiet", ".", clone);
  const modules = resolve("node_modules");
  process.chdir(clone);
  if (existsSync(modules)) symlinkSync(modules, "node_modules", "junction");
  release(packageJson().version);
} catch (error) {
  // A step that fails has said why.
  if (error.status === undefined) throw error;
  process.exitCode = 1;
} finally {
  process.chdir(tmpdir());
  rmSync(clone, { recursive: true, force: true });
}

function release(version) {
  if (!sections(readFileSync("CHANGELOG.md", "utf8")).some((section) => section.version === version)) {
    step("changelog");
  }
  step("check-version", `v${version}`);
  step("check-merged", "--dry-run");
  step("assemble");
  step("publish-npm", "--dry-run");
  step("publish-github", "--dry-run");
  step("publish-mirror", "--dry-run");
  step("publish-oci", "--dry-run");
}

function step(name, ...args) {
  console.log(`\n# ${name}`);
  run(process.execPath, [join(STEPS, `${name}.mjs`), ...args], { stdio: "inherit", env });
}
