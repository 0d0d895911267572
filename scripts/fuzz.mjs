/**
 * Runs the property tests by random seeds: `npm run fuzz`, or `npm run fuzz -- 20` for twenty seeds.
 * It stops at the first seed that finds something; jest then prints how to run it again.
 */
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

const ROUND_TIMEOUT_MS = 15 * 60_000;
/** Of one test, which tries eight times as much as in CI. */
const TEST_TIMEOUT_MS = 4 * 60_000;

const tests = readdirSync("test", { recursive: true })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => `test/${file}`)
  .filter((file) => readFileSync(file, "utf8").includes("fc.assert("));

for (let round = 0; round < Number(process.argv[2] ?? 1); round++) {
  const { status } = spawnSync(
    process.execPath,
    ["node_modules/jest/bin/jest.js", `--testTimeout=${TEST_TIMEOUT_MS}`, "--runTestsByPath", ...tests],
    {
      env: { ...process.env, FC_SHARE: "2", FC_SEED: String(randomInt(2 ** 31)) },
      stdio: "inherit",
      timeout: ROUND_TIMEOUT_MS,
    },
  );
  if (status !== 0) process.exit(status ?? 1);
}
