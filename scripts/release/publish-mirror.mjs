/**
 * Makes the module of release.out/ the content of the repository from which Terraform's and OpenTofu's registries take it,
 * as one commit with the tag of this version. They ask for a repository of this name, with the module at its root:
 * https://developer.hashicorp.com/terraform/registry/modules/publish
 *   node scripts/release/publish-mirror.mjs [--dry-run]     which pushes to an empty repository on this machine instead
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fail, OUTPUT, packageJson, run } from "./repository.mjs";

const REPOSITORY = "terraform-aws-moesif-firehose";
const BRANCH = "main";

const { name, version } = packageJson();
const tag = `v${version}`;
const zip = resolve(OUTPUT, `${name}-terraform-${version}.zip`);
if (!existsSync(zip)) fail(`${zip} is missing: scripts/release/assemble.mjs makes it`);

const folder = mkdtempSync(join(tmpdir(), "mirror-"));
let released;
try {
  released = release(address(), join(folder, "clone"));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (!released) fail(`the mirror has ${tag} already`);

/** Whether there was no such release before. */
function release(mirror, clone) {
  const env = { ...process.env, ...sshWith(process.env.MIRROR_DEPLOY_KEY) };
  const git = (...args) => run("git", args, { cwd: existsSync(clone) ? clone : folder, env });

  git("clone", "--quiet", mirror, clone);
  if (git("ls-remote", "--tags", "origin", `refs/tags/${tag}`) !== "") return false;
  git("checkout", "--quiet", "-B", BRANCH);
  for (const one of readdirSync(clone).filter((entry) => entry !== ".git")) {
    rmSync(join(clone, one), { recursive: true });
  }
  run("unzip", ["-q", zip, "-d", clone]);
  git("add", "--all");
  const who = ["-c", `user.name=${name}`, "-c", `user.email=${name}@users.noreply.github.com`];
  git(...who, "commit", "--quiet", "--allow-empty", "--message", `Release ${tag}`);
  git(...who, "tag", "--annotate", "--message", tag, tag);
  git("push", "--quiet", "--atomic", "origin", BRANCH, tag);
  console.log(`${mirror}: ${tag}, ${git("ls-files").trim().split("\n").length} files`);
  return true;
}

/** Where the mirror is: of the same owner as this repository. */
function address() {
  if (process.argv.includes("--dry-run")) {
    const empty = join(folder, `${REPOSITORY}.git`);
    run("git", ["init", "--quiet", "--bare", `--initial-branch=${BRANCH}`, empty]);
    return empty;
  }
  const { MIRROR_URL: url, GITHUB_REPOSITORY_OWNER: owner } = process.env;
  if (url === undefined && owner === undefined) fail("GITHUB_REPOSITORY_OWNER says who owns the mirror: it is not set");
  return url ?? `git@github.com:${owner}/${REPOSITORY}.git`;
}

/** What makes git use a key that may write to the mirror and to nothing else. */
function sshWith(key) {
  if (key === undefined) return {};
  const file = join(folder, "key");
  writeFileSync(file, `${key.trimEnd()}\n`, { mode: 0o600 });
  return { GIT_SSH_COMMAND: `ssh -i ${file} -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new` };
}
