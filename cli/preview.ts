/** `preview FILE`: what Moesif would receive of a log, what would be dropped or fail, and why. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { EXIT, type ExitCode, exitCodesHelp } from "../common/exit-codes";
import { isFolder } from "../common/folders";
import { parseJson } from "../common/json";
import { print, printMessage, printWarning } from "../common/print";
import { messageOf, UsageError } from "../common/usage-error";
import { bypassingStacks, rolloutSettings, type TransformerSettings } from "../modules";
import { readLog } from "./log-records";
import { diffPreviews, diffReport } from "./preview-diff";
import { type PreviewedRecord, previewRecords } from "./preview-records";
import { previewReport, recordObject, Totals, Unread } from "./preview-report";
import { UnusedRules } from "./preview-rules";
import { addReportOptions, printReport, type ReportOptions } from "./report";
import { loadTransformer, type Means } from "./transformer";

interface Options extends ReportOptions {
  readonly rollout: string;
  readonly stack?: string;
  readonly settings?: string;
  readonly diff?: string;
  readonly moesifConfig?: string;
  readonly hashKeyFile?: string;
  readonly checkAge?: boolean;
  readonly limit: number;
}

const HELP = `
FILE holds access logs in any form in which AWS writes or prints them, gzip or not; - is standard input:
  - a line for each, a JSON array, pretty-printed or run together
  - aws logs tail, filter-log-events, get-log-events, get-query-results
  - CloudWatch's exports: to S3, as CSV or JSON of Logs Insights or of a log group
  - an object of the backup bucket; records and events of Firehose; CloudWatch envelopes
The command runs offline: nothing leaves this machine.

Examples:
  preview access.ndjson                           with the settings of the first stack of rollout.yaml
  preview access.ndjson.gz --stack moesif-staging-eu-west-1
  preview failed.gz --settings settings.json      what failed in AWS, with the settings document of the bucket
  preview access.ndjson --diff new.yaml           which calls and fields differ with the settings of another rollout file
  preview access.ndjson --diff new.yaml --reporter markdown     for a pull request
  aws logs tail /aws/vendedlogs/orders | preview -
  preview - --json < access.ndjson | jq -c 'select(.result == "ProcessingFailed") | [.line, .reason]'

${exitCodesHelp("with --diff, a call differs")}`;

/** Before any call: none is late then, or too old. */
const AGELESS = -Infinity;

/**
 * Adds the command.
 *
 * @param exitWith takes the exit code
 */
export function addPreview(program: Command, exitWith: (code: ExitCode) => void): void {
  const command = program
    .command("preview")
    .description("Passes a log through the transformer, and shows what Moesif would receive.")
    .argument("<file>", "the log; - is standard input")
    .option("--rollout <file>", "the rollout file with the settings", "rollout.yaml")
    .option("--stack <name>", "the stack with the settings; by default the first of the rollout")
    .option("--settings <file>", "a settings document instead of a rollout file")
    .option("--diff <file>", "another rollout file or settings document: show what differs with its settings")
    .option("--moesif-config <file>", "a saved body of Moesif's /v1/config: apply its sampling rules")
    .option("--hash-key-file <file>", 'the key of hashes, {"hash_key": "…"} as in its secret; by default a made-up one')
    .option("--check-age", "fail and flag old calls as of now; by default all calls count as new")
    .option("--limit <records>", "how many records the table shows", wholeNumber, 20);
  addReportOptions(command)
    .addHelpText("after", HELP)
    .hook("preAction", refuseTwoSettings)
    .action(async (file: string, options: Options) => exitWith(await preview(file, options)));
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

async function preview(file: string, options: Options): Promise<ExitCode> {
  if (file !== "-" && !existsSync(file)) {
    throw new UsageError(`FILE: there is no file ${file}. Give the path of one, or - for standard input.`);
  }
  if (isFolder(file)) throw new UsageError(`FILE: ${file} is a folder. Give the path of a file.`);
  const unread = new Unread();
  const log = readLog(file, { onUnread: (part) => unread.add(part) });
  const now = options.checkAge ? Date.now() : AGELESS;
  const isDifferent = await (options.diff === undefined ? show(log, options, unread, now) : compare(log, options, now));
  const [first] = unread.parts;
  if (first === undefined) return isDifferent ? EXIT.found : EXIT.done;
  printMessage(
    `FILE: ${unread.count} ${unread.count === 1 ? "part holds" : "parts hold"} no record, the first on line ${first.line}: ${first.reason}  [no-record]`,
  );
  return EXIT.wrongInput;
}

type Log = ReturnType<typeof readLog>;

/** Prints what becomes of each record. */
async function show(log: Log, options: Options, unread: Unread, now: number): Promise<false> {
  const source = settingsOf(options);
  const notes = [`Settings: ${source.origin}.`, ...notesOn(source, options)];
  const rules = new UnusedRules(source.settings);
  const transform = await loadTransformer(source.settings, { ...meansOf(options), watch: rules });
  const isJson = options.reporter === "json";
  if (isJson) for (const note of notes) printMessage(note);
  const totals = new Totals();
  const rows: PreviewedRecord[] = [];
  let more = 0;
  let sample: PreviewedRecord | undefined;
  for await (const record of previewRecords(log, transform, now)) {
    totals.add(record);
    if (record.result === "Ok") {
      rules.onDelivered(record.delivered);
      sample ??= record;
    }
    if (isJson) await print(JSON.stringify(recordObject(record)));
    else if (rows.length < options.limit) rows.push(record);
    else more++;
  }
  const result = { notes, rows, more, totals: totals.list(), sample, unread, unusedRules: rules.list() };
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

/** Settings, and where they come from. */
interface Source {
  readonly settings: TransformerSettings;
  readonly origin: string;
  /** Whether the stream does without the transformer; a document does not say. */
  readonly bypassed?: boolean;
}

/**
 * Reads what the options name.
 *
 * @throws UsageError naming the option, or RolloutError with every mistake of the rollout file
 */
function settingsOf({ rollout, stack, settings: document }: Options): Source {
  if (document !== undefined) {
    const settings = documentIn(readJson("--settings", document));
    if (settings) return { settings, origin: document };
    throw new UsageError(
      `--settings: ${document} is no settings document of version 1. Give the one in the backup bucket, or --rollout.`,
    );
  }
  readText("--rollout", rollout);
  const targets = rolloutSettings(rollout, printWarning);
  const name = stack ?? [...targets.keys()][0]!;
  if (targets.has(name)) return sourceOf(rollout, name, targets);
  throw new UsageError(`--stack: there is no stack ${name}. There are: ${[...targets.keys()].join(", ")}.`);
}

/** The settings of another file for the same account and region. */
function otherSettings(file: string, { accountId, region }: TransformerSettings): Source {
  const settings = documentIn(parseJson(readText("--diff", file)));
  if (settings) return { settings, origin: file };
  const targets = rolloutSettings(file, printWarning);
  const name = [...targets].find(([, one]) => one.accountId === accountId && one.region === region)?.[0];
  if (name !== undefined) return sourceOf(file, name, targets);
  throw new UsageError(
    `--diff: ${file} has no stack for account ${accountId} and region ${region}. Choose another --stack.`,
  );
}

function sourceOf(file: string, name: string, targets: ReadonlyMap<string, TransformerSettings>): Source {
  return { settings: targets.get(name)!, origin: `${name} of ${file}`, bypassed: bypassingStacks(file).has(name) };
}

/** A light check that this is a settings document: it was checked when it was written. */
function documentIn(value: unknown): TransformerSettings | undefined {
  const { version, accountId, region } = Object(value) as Partial<TransformerSettings>;
  const isDocument = version === 1 && typeof accountId === "string" && typeof region === "string";
  return isDocument ? (value as TransformerSettings) : undefined;
}

/** Bytes of a key that is as long as the function asks for, and longer. */
const MADE_UP_KEY_BYTES = 48;

function meansOf({ moesifConfig, hashKeyFile }: Options, madeUpKey = randomKey()): Means {
  return {
    ...(moesifConfig !== undefined && { moesifConfig: readJson("--moesif-config", moesifConfig) }),
    hashKey: hashKeyFile === undefined ? madeUpKey : readKey(hashKeyFile),
  };
}

function randomKey(): string {
  return randomBytes(MADE_UP_KEY_BYTES).toString("base64url");
}

/** As many characters as the function asks for. */
const LEAST_KEY_LENGTH = 32;

function readKey(file: string): string {
  const { hash_key: key } = Object(readJson("--hash-key-file", file)) as { readonly hash_key?: unknown };
  if (typeof key === "string" && key.length >= LEAST_KEY_LENGTH) return key;
  throw new UsageError(
    `--hash-key-file: ${file} has no hash_key of ${LEAST_KEY_LENGTH} characters or more. Write {"hash_key": "…"}, as in the secret.`,
  );
}

/** The messages quote nothing of the file: it may be a secret's. */
function readJson(option: string, file: string): unknown {
  const value = parseJson(readText(option, file));
  if (value !== undefined) return value;
  throw new UsageError(`${option}: ${file} is not JSON. Give a JSON file.`);
}

function readText(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${option}: ${file} cannot be read: ${messageOf(error)}. Give the path of a file.`);
  }
}

/** In what the preview differs from AWS. */
function notesOn({ settings, bypassed }: Source, { moesifConfig, hashKeyFile }: Options): string[] {
  const { sampling, redaction, passThrough } = settings;
  const asksMoesif = sampling?.remote !== false && passThrough !== true;
  const hashes = (redaction?.hash ?? []).length > 0;
  return [
    ...(bypassed
      ? [
          "The transformer of this stack is disabled: records are delivered as they are. This shows what it would make of them.",
        ]
      : []),
    ...(asksMoesif && moesifConfig === undefined
      ? ["Sampling rules made in Moesif are not applied: --moesif-config takes a saved body of its /v1/config."]
      : []),
    ...(hashes && hashKeyFile === undefined
      ? ["Hashes are made with a made-up key, and differ from the real ones: --hash-key-file takes the key."]
      : []),
  ];
}
