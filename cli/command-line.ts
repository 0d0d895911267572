/** The command line of the package: reads the arguments, runs a command, and says what went wrong. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { EXIT, type ExitCode, exitCodesHelp } from "../common/exit-codes";
import { printMessage } from "../common/print";
import { isUserError } from "../common/usage-error";
import { InvalidValueError, RolloutError } from "../modules";
import { packageRoot } from "../common/package-root";
import { addCheckFormat } from "./check-format";
import { addCoverage } from "./coverage";
import { addPreview } from "./preview";
import { addSynth } from "./synth";

/**
 * Runs a command.
 *
 * @param args the command and its arguments
 * @param printError takes messages about wrong usage or input
 * @returns the exit code
 */
export async function runCommand(
  args: readonly string[],
  printError: (text: string) => void = (text) => printMessage(text.trimEnd()),
): Promise<ExitCode> {
  const { name, version, description } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  const program = new Command(name)
    .description(description)
    .version(version)
    .showHelpAfterError("--help shows the options.")
    .allowExcessArguments(false)
    .configureOutput({ writeErr: printError })
    .addHelpText("after", `\n${exitCodesHelp()}`)
    .exitOverride();
  let code: ExitCode = EXIT.done;
  addSynth(program);
  addPreview(program, (result) => (code = result));
  addCoverage(program, (result) => (code = result));
  addCheckFormat(program, (result) => (code = result));
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongInput;
    if (!(isUserError(error) || error instanceof RolloutError || error instanceof InvalidValueError)) throw error;
    printError(`${error.message}\n`);
    return EXIT.wrongInput;
  }
}
