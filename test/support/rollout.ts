/** Synthesizes rollout files of this repository into a temporary folder. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { synthesizeRollout } from "../../modules";
import { Synthesized } from "./synth";

export const ROOT = join(__dirname, "..", "..");

/** The stacks of a rollout file of the repository, or of an absolute path, by their names. */
export function synthesizeFile(file: string): Map<string, Synthesized> {
  const { folders } = synthesizeRollout(resolve(ROOT, file), mkdtempSync(join(tmpdir(), "rollout-")));
  return new Map(folders.map((folder) => [basename(folder), new Synthesized(folder)]));
}
