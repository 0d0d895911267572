/** Looks for the tools once, for all test files; says what will be skipped, or refuses to go on where nothing may be. */
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
  const folder = mkdtempSync(join(tmpdir(), "provider-"));
  process.env.TEST_PROVIDER_FOLDER = folder;
  const tools = findTools(folder);
  process.env.TEST_TOOLS = JSON.stringify(tools);
  const missing = (Object.keys(HOW_TO_GET) as (keyof typeof HOW_TO_GET)[]).filter((tool) => !tools[tool]);
  if (missing.length === 0) return;
  const message = missing.map((tool) => `  ${HOW_TO_GET[tool]}`).join("\n");
  if (process.env.REQUIRE_TERRAFORM_TESTS) throw new Error(`missing, and needed here:\n${message}`);
  process.env.TEST_TOOLS_MISSING = message;
}
