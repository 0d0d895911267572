/** The CDKTF app: a rollout file in, plain Terraform JSON for each account and region out. */
import { Command } from "commander";
import { onOutputError, print, printMessage } from "./common/print";
import { isUserError } from "./common/usage-error";
import { InvalidValueError, RolloutError, synthesizeRollout } from "./modules";

onOutputError((code) => process.exit(code));
const options = new Command("synth")
  .description("Synthesizes a rollout file to plain Terraform JSON, one stack for each account and region.")
  .option("--rollout <file>", "the rollout file", "rollout.yaml")
  .option("--out <directory>", "where the Terraform JSON goes (default: $CDKTF_OUTDIR, then cdktf.out)")
  .addHelpText("after", "\nExit codes: 0 done; 2 wrong input, or the output cannot be written.")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ rollout: string; out?: string }>();

try {
  const { folders, warnings } = synthesizeRollout(options.rollout, options.out);
  for (const warning of warnings) printMessage(`Warning: ${warning}`);
  for (const folder of folders) void print(folder);
} catch (error) {
  if (!(isUserError(error) || error instanceof RolloutError || error instanceof InvalidValueError)) throw error;
  printMessage(error.message);
  process.exitCode = 2;
}
