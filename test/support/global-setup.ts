/**
 * Runs once before all test files: makes a temporary folder for the run, which the teardown removes with all that tests
 * and their commands put there, and looks for the tools. Says what will be skipped, or fails if nothing may be skipped.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTools, HOW_TO_GET } from "./tools";

/** By which property tests run, unless FC_SEED names another seed: `npm run fuzz` draws one. */
const SEED = "20261130";
/** Of the cases that property tests ask for. */
const SHARE = "0.25";

export default function setup(): void {
  process.env.FC_SEED ??= SEED;
  process.env.FC_SHARE ??= SHARE;
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), "tests-"));
  const tools = findTools(join(process.env.TMPDIR, "provider"));
  process.env.TEST_TOOLS = JSON.stringify(tools);
  const missing = (Object.keys(HOW_TO_GET) as (keyof typeof HOW_TO_GET)[]).filter((tool) => !tools[tool]);
  if (missing.length === 0) return;
  const message = missing.map((tool) => `  ${HOW_TO_GET[tool]}`).join("\n");
  const { REQUIRE_TERRAFORM_TESTS: terraform, REQUIRE_BROWSER_TESTS: browser } = process.env;
  if (missing.some((tool) => (tool === "chromium" ? browser : terraform)))
    throw new Error(`missing, and needed here:\n${message}`);
  process.env.TEST_TOOLS_MISSING = message;
}
