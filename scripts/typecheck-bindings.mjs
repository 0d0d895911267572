/**
 * Checks the types of the one source against the oldest provider bindings that the peer range allows; the newest are
 * the ones that the project is developed on. The old bindings unpack to 362 MB, so they live in a folder of their own
 * and are installed on demand.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "test", "bindings", "provider-aws-20");

function run(command, args, cwd, timeoutMinutes) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: "inherit", timeout: timeoutMinutes * 60_000 });
  if (status !== 0) {
    console.error(`${command} ${args.join(" ")} failed${error ? `: ${error.message}` : ""}`);
    process.exit(1);
  }
}

const installed = join(folder, "node_modules", "@cdktf", "provider-aws", "package.json");
const wanted = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).dependencies["@cdktf/provider-aws"];
if (!existsSync(installed) || JSON.parse(readFileSync(installed, "utf8")).version !== wanted) {
  run("npm", ["ci", "--legacy-peer-deps", "--no-audit", "--no-fund"], folder, 10);
}
run(process.execPath, [join(root, "node_modules", "typescript", "lib", "tsc.js"), "-p", folder], root, 5);
console.log(`types hold against provider bindings ${wanted}`);
