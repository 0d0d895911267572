/** The command line of the package: a sub-command in each file. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { printMessage } from "../common/print";
import { isUserError } from "../common/usage-error";
import { RolloutError } from "../modules";
import { packageRoot } from "../modules/package-root";
import { addCheckFormat } from "./check-format";
import { addCoverage } from "./coverage";
import { addPreview } from "./preview";

/**
 * Runs a command.
 *
 * @param args the sub-command and what follows
 * @param complain takes what is said of bad usage
 * @returns the exit code: 0, what the command says of its findings, or 2 for what the user can mend
 */
export async function runCommand(
  args: readonly string[],
  complain: (text: string) => void = (text) => printMessage(text.trimEnd()),
): Promise<number> {
  const { name, version, description } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  const program = new Command(name)
    .description(description)
    .version(version)
    .showHelpAfterError("--help shows the options.")
    .allowExcessArguments(false)
    .configureOutput({ writeErr: complain })
    .exitOverride();
  let code = 0;
  addPreview(program);
  addCoverage(program, (found) => (code = found));
  addCheckFormat(program, (found) => (code = found));
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(isUserError(error) || error instanceof RolloutError)) throw error;
    complain(`${error.message}\n`);
    return 2;
  }
}
