/** Reads a rollout file. */
import { readFileSync } from "node:fs";
import type * as Parser from "./parse-rollout";
import { RolloutError } from "./rollout-error";
import type { Rollout } from "./targets";

/**
 * Reads a rollout file, YAML 1.2 or JSON.
 *
 * @param file its path
 * @param onWarning takes each warning, as it is printed
 * @throws RolloutError with every issue at its position, or that the file cannot be read
 */
export function readRollout(file: string, onWarning?: (warning: string) => void): Rollout {
  let content: Uint8Array;
  try {
    content = readFileSync(file);
  } catch (error) {
    const message = `the file cannot be read: ${(error as Error).message}`;
    const fix = "give the path of a rollout file";
    throw new RolloutError([{ id: "unreadable-file", file, line: 1, column: 1, path: [], message, fix }]);
  }
  const rollout = parser().parseRollout(content, file);
  if (onWarning) rollout.warnings.forEach((warning) => onWarning(warning));
  return rollout;
}

/** Loaded with the first file: an app of constructs only loads neither YAML nor the schema. */
function parser(): typeof Parser {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() would make every caller wait
  return require("./parse-rollout");
}
