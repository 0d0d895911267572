/** Reads a rollout file. */
import { readFileSync } from "node:fs";
import { RolloutError } from "./mistakes";
import type * as Parser from "./parse-rollout";
import type { Rollout } from "./targets";

/**
 * Reads a rollout file, YAML 1.2 or JSON.
 *
 * @param file its path
 * @throws RolloutError naming every mistake, with its position; or that the file cannot be read
 */
export function readRollout(file: string): Rollout {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const problem = `cannot be read: ${(error as Error).message}`;
    throw new RolloutError([{ file, line: 1, column: 1, path: "", problem, fix: "give the path of a rollout file" }]);
  }
  return parser().parseRollout(text, file);
}

/** Loaded by the first file: whoever uses the constructs alone pays neither for YAML nor for the schema. */
function parser(): typeof Parser {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() would make every caller wait
  return require("./parse-rollout");
}
