/** `preview FILE`: what Moesif would receive of a log, what would be dropped or fail, and why. */
import { existsSync, statSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { exitCodesHelp } from "../common/exit-codes";
import { UsageError } from "../common/usage-error";
import { readLog } from "./log-records";
import { jsonLinesOf } from "./preview-json";
import { readSettings, type SettingsOptions } from "./preview-settings";
import { tablesOf } from "./preview-table";
import { previewRecords } from "./previewed-record";
import { print, printMessage } from "../common/print";
import { loadTransformer } from "./transformer";

interface Options extends SettingsOptions {
  readonly json?: boolean;
  readonly checkAge?: boolean;
  readonly limit: number;
}

const HELP = `
FILE holds access logs as API Gateway writes them (a line for each, a JSON array, or run together), or an object of the
backup bucket; gzip or not. - is standard input. Nothing leaves this machine.

Examples:
  preview access.ndjson                           with the settings of the first stack of rollout.yaml
  preview access.ndjson.gz --stack moesif-staging-eu-west-1
  preview failed.gz --settings settings.json      what failed in AWS, with the settings document of the bucket
  preview - --json < access.ndjson | jq -c 'select(.result == "ProcessingFailed") | [.line, .reason]'

${exitCodesHelp()}`;

/** Before any call: none is late then, or too old. */
const AGELESS = -Infinity;

/** Adds the sub-command to the command line. */
export function addPreview(program: Command): void {
  program
    .command("preview")
    .description("Passes a log through the transformer, and shows what Moesif would receive.")
    .argument("<file>", "the log; - is standard input")
    .option("--rollout <file>", "the rollout file with the settings", "rollout.yaml")
    .option("--stack <name>", "the stack whose settings count; by default the first of the rollout")
    .option("--settings <file>", "a settings document, in the place of a rollout file")
    .option("--moesif-config <file>", "a saved body of Moesif's /v1/config, whose sampling rules count then")
    .option("--hash-key-file <file>", 'the key of hashes, {"hash_key": "…"} as in its secret; by default a made-up one')
    .option("--check-age", "fail and flag old calls as of now; by default a log is taken as if its calls were new")
    .option("--limit <records>", "how many records the table shows", wholeNumber, 20)
    .option("--json", "newline-delimited JSON: an object for each record, and one with the totals")
    .addHelpText("after", HELP)
    .hook("preAction", refuseTwoSettings)
    .action(preview);
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number, such as 100.");
}

function refuseTwoSettings(command: Command): void {
  const given = ["rollout", "stack"].find((name) => command.getOptionValueSource(name) === "cli");
  if (given === undefined || command.getOptionValue("settings") === undefined) return;
  throw new UsageError(`--settings: it stands in the place of --${given}. Give one of the two.`);
}

async function preview(file: string, options: Options): Promise<void> {
  if (file !== "-" && !(existsSync(file) && !statSync(file).isDirectory())) {
    throw new UsageError(`FILE: there is no file ${file}. Give the path of one, or - for standard input.`);
  }
  const { settings, notes, ...means } = readSettings(options);
  const transform = await loadTransformer(settings, means);
  const records = previewRecords(readLog(file), transform, options.checkAge ? Date.now() : AGELESS);
  if (options.json) {
    for (const note of notes) printMessage(note);
    for await (const line of jsonLinesOf(records)) await print(line);
  } else {
    await print([...notes, "", await tablesOf(records, options.limit)].join("\n"));
  }
}
