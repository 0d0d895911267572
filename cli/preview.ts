/** `preview FILE`: what Moesif would receive of a log, what would be dropped or fail, and why. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { Argument, InvalidArgumentError, Option } from "commander";
import { EXIT, type ExitCode } from "../common/exit-codes";
import { isFolder } from "../common/folders";
import { print, printMessage } from "../common/print";
import { UsageError } from "../common/usage-error";
import type { TransformerSettings } from "../modules";
import type { CommandSpec } from "./command";
import { diffPreviews, diffReport } from "./preview/diff";
import { type LogRecord, readLog } from "./preview/log-records";
import { previewReport, recordObject, Totals, Unread } from "./preview/report";
import {
  MADE_UP_KEY_BYTES,
  meansOf,
  type MeansOptions,
  notesOn,
  otherSettings,
  settingsOf,
  type Source,
  type SourceOptions,
} from "./preview/settings";
import { loadReader, loadTransformer, type Means, type PreviewedRecord, previewRecords } from "./preview/transform";
import { RuleUses } from "./preview/rule-uses";
import { Traffic } from "../pages/traffic";
import { printReport, type ReportOptions } from "./report";

interface Options extends ReportOptions, SourceOptions, MeansOptions {
  readonly diff?: string;
  readonly checkAge?: boolean;
  readonly limit: number;
}

/** Before any call: none is late then, or too old. */
const AGELESS = -Infinity;

export const preview: CommandSpec<Options> = {
  name: "preview",
  summary: "Passes a log through the transformer, and shows what Moesif would receive.",
  arguments: [new Argument("<file>", "the log; - is standard input")],
  options: [
    new Option("--rollout <file>", "the rollout file with the settings").default("rollout.yaml"),
    new Option("--stack <name>", "the stack with the settings; by default the first of the rollout"),
    new Option("--settings <file>", "a settings document instead of a rollout file").conflicts(["rollout", "stack"]),
    new Option("--diff <file>", "another rollout file or settings document: show what differs with its settings"),
    new Option("--moesif-config <file>", "a saved body of Moesif's /v1/config: apply its sampling rules"),
    new Option(
      "--hash-key-file <file>",
      'the key of hashes, {"hash_key": "…"} as in its secret; by default a made-up one',
    ),
    new Option("--check-age", "fail and flag old calls as of now; by default all calls count as new"),
    new Option("--limit <records>", "how many records the table shows").argParser(wholeNumber).default(20),
  ],
  details: `FILE holds access logs in any form in which AWS writes or prints them, gzip or not:
  - a line for each, a JSON array, pretty-printed or run together
  - aws logs tail, filter-log-events, get-log-events, get-query-results
  - CloudWatch's exports: to S3, as CSV or JSON of Logs Insights or of a log group
  - an object of the backup bucket; records and events of Firehose; CloudWatch envelopes
The command runs offline: nothing leaves this machine.`,
  examples: [
    ["with the settings of the first stack of rollout.yaml", "preview access.ndjson"],
    ["with those of another stack", "preview access.ndjson.gz --stack moesif-staging-eu-west-1"],
    ["what failed in AWS, with the settings document of the bucket", "preview failed.gz --settings settings.json"],
    ["which calls and fields differ with the settings of another file", "preview access.ndjson --diff new.yaml"],
    ["the same, for a pull request", "preview access.ndjson --diff new.yaml --reporter markdown"],
    ["what Moesif would show, as a page", "preview access.ndjson --reporter html > preview.html"],
    ["what a log group receives", "aws logs tail /aws/vendedlogs/orders | preview -"],
    [
      "what fails",
      `preview - --json < access.ndjson | jq -c 'select(.result == "ProcessingFailed") | [.line, .reason]'`,
    ],
  ],
  found: "with --diff, a call differs",
  run,
};

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number, such as 100.");
}

async function run(options: Options, file: string): Promise<ExitCode> {
  if (file !== "-" && !existsSync(file)) {
    throw new UsageError(`FILE: there is no file ${file}. Give the path of one, or - for standard input.`);
  }
  if (isFolder(file)) throw new UsageError(`FILE: ${file} is a folder. Give the path of a file.`);
  const unread = new Unread();
  const log = refuseText(file, readLog(file, { onUnread: (part) => unread.add(part) }));
  const now = options.checkAge ? Date.now() : AGELESS;
  const isDifferent = await (options.diff === undefined
    ? show(file, log, options, unread, now)
    : compare(log, options, now));
  const [first] = unread.parts;
  if (first === undefined) return isDifferent ? EXIT.found : EXIT.done;
  printMessage(
    `FILE: ${unread.count} ${unread.count === 1 ? "part holds" : "parts hold"} no record, the first on line ${first.line}: ${first.reason}  [no-record]`,
  );
  return EXIT.wrongInput;
}

type Log = AsyncGenerator<LogRecord>;

/** Records that are held back until one looks like JSON. */
const MAX_HELD = 10_000;

/** @throws UsageError if no line of the file looks like JSON */
async function* refuseText(file: string, log: Log): Log {
  const held: LogRecord[] = [];
  let texts = 0;
  let isLog = false;
  for await (const record of log) {
    isLog ||= record.isText !== true;
    if (!isLog && texts++ < MAX_HELD) held.push(record);
    else yield* [...held.splice(0), record];
  }
  if (isLog || texts === 0) return;
  throw new UsageError(
    `FILE: ${file} is no access log: no line of it holds JSON. Give a log in one of the forms that preview --help lists.`,
  );
}

/** Prints what becomes of each record. */
async function show(file: string, log: Log, options: Options, unread: Unread, now: number): Promise<false> {
  const source = settingsOf(options);
  const notes = [`Settings: ${source.origin}.`, ...notesOn(source, options)];
  const rules = new RuleUses(source.settings);
  const transform = await loadTransformer(source.settings, { ...meansOf(options), watch: rules });
  const isJson = options.reporter === "json";
  if (isJson) for (const note of notes) printMessage(note);
  // The others show no figures of the calls: then nothing that is delivered need be parsed.
  const traffic = isJson || options.reporter === "html" ? new Traffic() : undefined;
  const read = await loadReader(source.settings);
  const totals = new Totals();
  const rows: PreviewedRecord[] = [];
  let more = 0;
  let sample: PreviewedRecord | undefined;
  for await (const record of previewRecords(log, transform, now)) {
    totals.add(record);
    if (record.result === "Ok") {
      rules.onDelivered(record.delivered);
      sample ??= record;
      if (traffic) for (const object of record.delivered()) traffic.add(read(object));
    }
    if (isJson) await print(JSON.stringify(recordObject(record)));
    else if (rows.length < options.limit) rows.push(record);
    else more++;
  }
  const name = file === "-" ? "standard input" : basename(file);
  const found = { totals: totals.list(), unread, rules: rules.list(), unusedRules: rules.unused() };
  const result = { name, notes, rows, more, sample, ...found, traffic: traffic?.summary() };
  await printReport(previewReport(result), options);
  return false;
}

/** Prints what differs with other settings. */
async function compare(log: Log, options: Options, now: number): Promise<boolean> {
  const before = settingsOf(options);
  const after = otherSettings(options.diff!, before.settings);
  for (const source of [before, after]) {
    for (const note of notesOn(source, options)) printMessage(`${source.origin}: ${note}`);
  }
  // Sampling may go by a hash: with another key each time, so would the result.
  const means = meansOf(options, "k".repeat(MADE_UP_KEY_BYTES));
  const [was, is] = [await sideOf(before, means), await sideOf(after, means)];
  const diff = await diffPreviews(log, was, is, now);
  await printReport(diffReport(diff), options);
  return diff.same < diff.calls;
}

async function sideOf({ settings, origin }: Source, means: Means) {
  const { filter: _, sampling: __, ...rest } = settings;
  const all: TransformerSettings = { ...rest, sampling: { remote: false } };
  return {
    name: origin,
    transform: await loadTransformer(settings, means),
    transformAll: await loadTransformer(all, means),
  };
}
