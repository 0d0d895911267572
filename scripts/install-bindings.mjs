/**
 * Installs packages of CDKTF that only some checks need: on demand, since the bindings of a provider unpack to 362 MB,
 * and each in a folder of its own in test/bindings.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "..", "test", "bindings");
const TIMEOUT_MS = 10 * 60_000;

/** Those that the types are checked against. */
export const BINDINGS = ["provider-aws-20", "cdktn"];

/**
 * Installs what a folder's package.json names, unless it is there.
 *
 * @returns the folder, where the package lies in it, and its version as npm would be asked for it
 * @throws Error with what npm said
 */
export function installBindings(name) {
  const folder = join(FOLDER, name);
  const read = (file) => JSON.parse(readFileSync(file, "utf8"));
  const [[dependency, wanted]] = Object.entries(read(join(folder, "package.json")).dependencies);
  const path = join(folder, "node_modules", dependency);
  const manifest = join(path, "package.json");
  // An alias, such as npm:cdktn@0.24.0, ends with the version too.
  const version = wanted.split("@").at(-1);
  if (!existsSync(manifest) || read(manifest).version !== version) {
    // Their peers are those of the project.
    const args = ["ci", "--legacy-peer-deps", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
    args.push("--fetch-retries=1", "--fetch-retry-mintimeout=1000");
    const { status, stderr, error } = spawnSync("npm", args, { cwd: folder, encoding: "utf8", timeout: TIMEOUT_MS });
    if (status !== 0) throw new Error(`npm ${args.join(" ")} in ${folder}: ${error?.message ?? stderr}`);
  }
  return { folder, path, version, wanted: `${dependency}@${wanted}` };
}
