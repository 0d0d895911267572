/** `check-format FILE|STRING`: the issues of an access-log format, and the format repaired. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { text as textOf } from "node:stream/consumers";
import { Argument, Option } from "commander";
import { EXIT, type ExitCode } from "../common/exit-codes";
import { messageOf, UsageError } from "../common/usage-error";
import { API_TYPES, type ApiType, checkAccessLogFormat, type CheckedFormat } from "../modules";
import type { CommandSpec } from "./command";
import { printReport, type Report, type ReportOptions } from "./report";
import { counted } from "../common/table";

interface Options extends ReportOptions {
  readonly type: ApiType;
}

export const checkFormat: CommandSpec<Options> = {
  name: "check-format",
  summary: "Checks an access-log format: keys, variables, JSON and limits; prints it repaired.",
  arguments: [new Argument("<format>", "a file, the format itself, or - for standard input")],
  options: [new Option("--type <type>", "the type of the API").choices(API_TYPES).makeOptionMandatory()],
  details: `An unknown variable is replaced where it is certain which one is meant, and removed otherwise. A format that is not a
JSON object is replaced by this package's own.`,
  examples: [
    ["a file", "check-format access-log-format.json --type REST"],
    ["the format itself", `check-format '{"requestId":"$context.requestId"}' --type HTTP`],
    [
      "the format of a stage",
      `aws apigateway get-stage --rest-api-id a1b2c3d4e5 --stage-name prod \\
    --query accessLogSettings.format --output text | check-format - --type REST`,
    ],
    ["repair a file", "check-format format.json --type HTTP --json | jq -r .repaired > repaired.json"],
  ],
  found: "the format has issues",
  run,
};

/** Larger than any format that API Gateway takes. */
const MAX_BYTES = 64 * 1024;

async function run({ type, reporter }: Options, source: string): Promise<ExitCode> {
  const checked = checkAccessLogFormat(type, await read(source));
  await printReport(formatReport(type, checked), { reporter });
  return checked.issues.length === 0 ? EXIT.done : EXIT.found;
}

/** For programs, one object: `{type, issues, repaired, kept}`. */
export function formatReport(type: ApiType, checked: CheckedFormat): Report {
  const { issues, repaired, kept } = checked;
  const objects = [{ type, ...checked }];
  if (issues.length === 0)
    return { blocks: [{ kind: "paragraph", text: `The format is valid for ${type} APIs.` }], objects };
  const blocks: Report["blocks"] = [
    { kind: "paragraph", text: `${counted(issues.length, "issue")} for ${type} APIs:` },
    { kind: "issues", issues },
    { kind: "paragraph", text: kept ? "Repaired:" : "It cannot be repaired. The default format of this package:" },
    { kind: "code", text: repaired },
  ];
  return { blocks, objects };
}

async function read(source: string): Promise<string> {
  const format = source === "-" ? withoutEnd(await textOf(process.stdin)) : fileOrFormat(source);
  if (Buffer.byteLength(format) <= MAX_BYTES) return format;
  throw new UsageError(`FORMAT: more than ${MAX_BYTES} bytes, expected one format. Give the format of one stage.`);
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
    `FORMAT: ${source} is neither a file nor a format. Give one of the two, or - for standard input.`,
  );
}

/** A line break at the end belongs to the file, not to the format. */
function withoutEnd(text: string): string {
  return text.replace(/\r?\n$/, "");
}
