/** From a rollout file to a folder of Terraform JSON. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { lockFolder, makeFolder } from "../../common/folders";
import { AnnotationMetadataEntryType, App } from "../cdk";
import { rollOut } from ".";

export interface SynthesizedRollout {
  /** The folder of each stack, where Terraform runs. */
  readonly folders: readonly string[];
  /** What the constructs warn of, each behind its path, which begins with the stack. */
  readonly warnings: readonly string[];
}

/**
 * @param file path of the rollout file
 * @param outdir where the JSON goes; default: `CDKTF_OUTDIR`, which the CLI of cdktf sets, then `cdktf.out`
 * @throws RolloutError with every mistake of the file; nothing is written then
 * @throws UsageError while another process writes to the folder
 */
export function synthesizeRollout(file: string, outdir = process.env.CDKTF_OUTDIR ?? "cdktf.out"): SynthesizedRollout {
  let app: App | undefined;
  const stacks = rollOut(() => {
    makeFolder(outdir);
    return (app = new App({ outdir }));
  }, file);
  const unlock = lockFolder(outdir, "--out");
  try {
    app!.synth();
  } finally {
    unlock();
  }
  const manifests = stacks.map((stack) => app!.manifest.forStack(stack));
  return {
    folders: manifests.map(({ workingDirectory }) => join(app!.outdir, workingDirectory)),
    warnings: [
      ...manifests.flatMap(({ annotations }) =>
        annotations
          .filter(({ level }) => level === AnnotationMetadataEntryType.WARN)
          .map(({ constructPath, message }) => `${constructPath}: ${message}`),
      ),
      ...leftFolders(join(app!.outdir, "stacks"), new Set(manifests.map(({ name }) => name))),
    ],
  };
}

/** Folders of stacks that the file named earlier; what they deployed is still there. */
function leftFolders(stacks: string, named: ReadonlySet<string>): string[] {
  return readdirSync(stacks)
    .filter((folder) => !named.has(folder))
    .map(
      (folder) => `${join(stacks, folder)} is of no stack of the rollout any more: destroy it, then delete the folder`,
    );
}
