/**
 * Checks the types of the one source against what else its users may have: the oldest provider bindings that the peer
 * range allows, and cdktn, the successor of cdktf, under cdktf's name. The newest bindings and cdktf itself are what
 * the project is developed on.
 */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BINDINGS, installBindings } from "./install-bindings.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tsc = join(root, "node_modules", "typescript", "lib", "tsc.js");
const TIMEOUT_MS = 5 * 60_000;

for (const name of BINDINGS) {
  const { folder, wanted } = installBindings(name);
  const { status, error } = spawnSync(process.execPath, [tsc, "-p", folder], {
    cwd: root,
    stdio: "inherit",
    timeout: TIMEOUT_MS,
  });
  if (status !== 0) {
    console.error(`types do not hold against ${wanted}${error ? `: ${error.message}` : ""}`);
    process.exit(1);
  }
  console.log(`types hold against ${wanted}`);
}
