/** The command line of the package: the table of its commands, and what becomes of their errors. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { EXIT, type ExitCode, exitCodesHelp } from "../common/exit-codes";
import { packageRoot } from "../common/package-root";
import { printMessage } from "../common/print";
import { isUserError } from "../common/usage-error";
import { InvalidValueError, RolloutError } from "../modules";
import { checkFormat } from "./check-format";
import { addCommand, type CommandSpec } from "./command";
import { cost } from "./cost";
import { coverage } from "./coverage";
import { preflight } from "./preflight";
import { preview } from "./preview";
import { redrive } from "./redrive";
import { synth } from "./synth";
import { verify } from "./verify";

/** In the order of `--help`. */
export const COMMANDS: readonly CommandSpec[] = [
  synth,
  preflight,
  preview,
  coverage,
  verify,
  checkFormat,
  redrive,
  cost,
];

/** Prints messages about wrong usage or input. */
const toStandardError = (text: string): void => printMessage(text.trimEnd());

/**
 * The parser of the whole command line.
 *
 * @param exitWith takes the exit code of a command
 * @param printError takes messages about wrong usage
 */
export function programOf(exitWith: (code: ExitCode) => void, printError = toStandardError): Command {
  const { name, version, description } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  const program = new Command(name)
    .description(description)
    .version(version)
    .showHelpAfterError("--help shows the options.")
    .allowExcessArguments(false)
    .configureOutput({ writeErr: printError })
    .addHelpText("after", `\n${exitCodesHelp()}`)
    .exitOverride();
  for (const spec of COMMANDS) addCommand(program, spec, exitWith);
  return program;
}

/**
 * Runs a command.
 *
 * @param args the command and its arguments
 * @param printError takes messages about wrong usage or input
 * @returns the exit code
 */
export async function runCommand(args: readonly string[], printError = toStandardError): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  try {
    await programOf((result) => (code = result), printError).parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongInput;
    if (!(isUserError(error) || error instanceof RolloutError || error instanceof InvalidValueError)) throw error;
    printError(`${error.message}\n`);
    return EXIT.wrongInput;
  }
}
