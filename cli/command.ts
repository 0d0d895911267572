/**
 * What a command is: arguments, options, help and work. From it come the usage, `--help`, the messages about wrong usage
 * and the tables of docs/cli.md.
 */
import { type Argument, type Command, Option } from "commander";
import { type ExitCode, exitCodesHelp } from "../common/exit-codes";
import { REPORTERS } from "./report";

/** A command of the package: one file of `cli/`, and one entry of the table in `command-line.ts`. */
export interface CommandSpec<Options = object> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** What its input is and what it does, below the options. */
  readonly details: string;
  readonly arguments: readonly Argument[];
  /** Those that choose the reporter are added to every command. */
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  /** What it found if it exits with 1, as the end of a sentence; without it the command never does. */
  readonly found?: string;
  run(options: Options, ...args: string[]): ExitCode | Promise<ExitCode>;
}

/** What an example does, and how to run it without the name of the package. */
export type Example = readonly [purpose: string, commandLine: string];

const reporterOptions = () => [
  new Option("--reporter <name>", "form of the result; json is an object on each line")
    .choices(Object.keys(REPORTERS))
    .default("table"),
  new Option("--json", "short for --reporter json").implies({ reporter: "json" }),
];

/**
 * Adds a command to the parser.
 *
 * @param exitWith takes the exit code
 */
export function addCommand(program: Command, spec: CommandSpec, exitWith: (code: ExitCode) => void): void {
  const command = program
    .command(spec.name)
    .description(spec.summary)
    .addHelpText("after", `\n${spec.details}\n\n${examplesHelp(spec)}\n\n${exitCodesHelp(spec.found)}`)
    .action(async (...given: unknown[]) => {
      const args = given.slice(0, spec.arguments.length) as string[];
      exitWith(await spec.run(command.opts(), ...args));
    });
  for (const argument of spec.arguments) command.addArgument(argument);
  for (const option of [...spec.options, ...reporterOptions()]) command.addOption(option);
}

/** How the package is called from the command line. */
const NPX = "npx cdktf-moesif-firehose";

function examplesHelp({ name, examples }: CommandSpec): string {
  const called = (line: string) => line.replace(new RegExp(`(?<=^|\\| )(?=${name}\\b)`), `${NPX} `);
  return ["Examples:", ...examples.flatMap(([purpose, line]) => [`  # ${purpose}`, `  ${called(line)}`])].join("\n");
}
