/**
 * Checks the types of the one source against what else its users may have: the oldest provider bindings that the peer
 * range allows, and cdktn, the successor of cdktf, under cdktf's name. The newest bindings and cdktf itself are what
 * the project is developed on.
 */
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { BINDINGS, installBindings } from "./install-bindings.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tsc = join(root, "node_modules", "typescript", "lib", "tsc.js");
const TIMEOUT_MS = 5 * 60_000;

async function check({ folder, wanted }) {
  try {
    await promisify(execFile)(process.execPath, [tsc, "-p", folder], { cwd: root, timeout: TIMEOUT_MS });
    console.log(`types hold against ${wanted}`);
  } catch ({ killed, stdout, message }) {
    console.error(`${stdout}types do not hold against ${wanted}${killed ? `: ${message}` : ""}`);
    process.exitCode = 1;
  }
}

// One for each core of a small machine.
await Promise.all(BINDINGS.map(installBindings).map(check));
