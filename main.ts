/** The CDKTF app: a rollout file in, plain Terraform JSON for each account and region out. */
import { Command } from "commander";
import { InvalidValueError, RolloutError, synthesizeRollout } from "./modules";

const options = new Command("synth")
  .description("Synthesizes a rollout file to plain Terraform JSON, one stack for each account and region.")
  .option("--rollout <file>", "the rollout file", "rollout.yaml")
  .option("--out <directory>", "where the Terraform JSON goes (default: $CDKTF_OUTDIR, then cdktf.out)")
  .parse()
  .opts<{ rollout: string; out?: string }>();

try {
  const { folders, warnings } = synthesizeRollout(options.rollout, options.out);
  for (const warning of warnings) console.warn(`Warning: ${warning}`);
  for (const folder of folders) console.log(folder);
} catch (error) {
  if (!isForTheReader(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** A mistake in the file, or a folder that cannot be written to: no stack trace helps with these. */
function isForTheReader(error: unknown): error is Error {
  return (
    error instanceof RolloutError ||
    error instanceof InvalidValueError ||
    (error instanceof Error && "syscall" in error && "path" in error)
  );
}
