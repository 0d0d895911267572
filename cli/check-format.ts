/** `check-format FILE|STRING`: what keeps an access-log format from reaching Moesif, and the format repaired. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { text as textOf } from "node:stream/consumers";
import { type Command, Option } from "commander";
import { messageOf, UsageError } from "../common/usage-error";
import { API_TYPES, type ApiType, checkAccessLogFormat, type CheckedFormat } from "../modules";
import { print, printableLine } from "../common/print";
import { counted } from "./table";

interface Options {
  readonly type: ApiType;
  readonly json?: boolean;
}

const HELP = `
FORMAT is the path of a file, the format itself, or - for standard input. Unknown variables are replaced where it is
certain which one is meant, and otherwise taken out; a format that is no JSON object is replaced by this package's own.

Examples:
  check-format access-log-format.json --type REST
  check-format '{"requestId":"$context.requestId"}' --type HTTP
  aws apigateway get-stage --rest-api-id a1b2c3d4e5 --stage-name prod --query accessLogSettings.format --output text |
    check-format - --type REST
  check-format format.json --type HTTP --json | jq -r .repaired > repaired.json

Exit codes: 0 the format is good; 1 it is not; 2 the command could not run.`;

/** Larger than any format that API Gateway takes. */
const MOST_BYTES = 64 * 1024;

/**
 * Adds the sub-command to the command line.
 *
 * @param exitWith takes the exit code
 */
export function addCheckFormat(program: Command, exitWith: (code: number) => void): void {
  program
    .command("check-format")
    .description("Checks an access-log format: keys, variables, JSON and limits; prints a repaired one.")
    .argument("<format>", "a file, the format itself, or - for standard input")
    .addOption(new Option("--type <type>", "the type of the API").choices(API_TYPES).makeOptionMandatory())
    .option("--json", "one JSON object: type, good, problems, repaired, kept")
    .addHelpText("after", HELP)
    .action(async (format: string, options: Options) => exitWith(await checkFormat(format, options)));
}

async function checkFormat(source: string, { type, json }: Options): Promise<number> {
  const checked = checkAccessLogFormat(type, await read(source));
  const good = checked.problems.length === 0;
  await print(json ? JSON.stringify({ type, good, ...checked }) : report(type, checked));
  return good ? 0 : 1;
}

function report(type: ApiType, { problems, repaired, kept }: CheckedFormat): string {
  if (problems.length === 0) return `The format is good for ${type} APIs.`;
  const list = problems.map(({ message }) => `  - ${printableLine(message)}`);
  const heading = kept ? "Repaired:" : "Nothing of it can be kept. The format that this package builds:";
  return [
    `${counted(problems.length, "problem")} for ${type} APIs:`,
    ...list,
    "",
    heading,
    printableLine(repaired),
  ].join("\n");
}

async function read(source: string): Promise<string> {
  const format = source === "-" ? withoutEnd(await textOf(process.stdin)) : fileOrFormat(source);
  if (Buffer.byteLength(format) <= MOST_BYTES) return format;
  throw new UsageError(`FORMAT: there are more than ${MOST_BYTES} bytes, which is no format. Give that of one stage.`);
}

function fileOrFormat(source: string): string {
  if (existsSync(source)) {
    if (statSync(source).isDirectory()) throw new UsageError(`FORMAT: ${source} is a folder. Give the path of a file.`);
    try {
      return withoutEnd(readFileSync(source, "utf8"));
    } catch (error) {
      throw new UsageError(`FORMAT: ${source} cannot be read: ${messageOf(error)}`);
    }
  }
  if (/[{$<]/.test(source)) return source;
  throw new UsageError(
    `FORMAT: there is no file ${source}, and it is no format. Give one of the two, or - for standard input.`,
  );
}

/** The line break at its end is the file's, and not the format's. */
function withoutEnd(text: string): string {
  return text.replace(/\r?\n$/, "");
}
