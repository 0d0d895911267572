/** `npm start`: the rollout synthesized, and a log sent through its delivery stream on this machine. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { inspect } from "node:util";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { sampleLog } from "./input";
import { RunPage } from "./page";
import { showProgress } from "./progress";
import { hintsOf, nothingDelivered, problemsOf, reportJson, reportTable, sampleText } from "./report";
import type { RunResult } from "./account";
import { DELIVERY_PATHS, type DeliveryPath } from "./feeds";
import { run } from "./run";
import { chooseStack, readManifest, synthesize } from "./synthesis";
import { lockWorkspace } from "./workspace";
import { isFolder } from "../common/folders";
import { packageRoot } from "../common/package-root";
import { onOutputError, print, printMessage } from "../common/print";
import { isUserError, messageOf, UsageError } from "../common/usage-error";

interface Options {
  readonly input: string;
  readonly through?: DeliveryPath;
  readonly report?: string;
  readonly expectDelivered?: boolean;
  readonly moesifStatus?: number;
  readonly moesifDelay?: number;
  readonly moesifMalformed?: true;
  readonly moesifConfigStatus?: number;
  readonly duplicateDeliveries?: number;
  readonly putBackFailures?: number;
  readonly moesifConfig?: string;
  readonly stack?: string;
  readonly rollout?: string;
  readonly timeScale: number;
  readonly out: string;
}

/** Beyond the 3 minutes that Firehose waits for a reply, a longer delay changes nothing. */
const LONGEST_DELAY_MS = 200_000;

const EXAMPLES = `
Examples:
  npm start                                          the sample log through the example rollout
  npm start -- --input access.ndjson                 a log of your own, one JSON record a line
  zcat access.ndjson.gz | npm start -- --input -     from standard input
  npm start -- --input http.ndjson --through log-group
                                                     a log of an HTTP or WebSocket API, as CloudWatch Logs delivers it
  npm start -- --moesif-status 503                   Moesif is down: see the backup bucket fill
  npm start -- --duplicate-deliveries 1              Firehose delivers 1 % of the records twice
  npm start -- --report report.json                  the figures as JSON

Exit codes: 0 every record is accounted for; 1 a record was lost, a contract was broken, or nothing was delivered with
--expect-delivered; 2 the command could not run.`;

function integerStatus(text: string): number {
  const status = Number(text);
  if (Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new InvalidArgumentError("Give an HTTP status from 200 to 599, such as 503.");
}

function percentage(text: string): number {
  const percent = Number(text);
  if (percent > 0 && percent <= 100) return percent;
  throw new InvalidArgumentError("Give a percentage above 0 and up to 100, such as 1.");
}

function milliseconds(text: string): number {
  const ms = Number(text);
  if (/^\d+$/.test(text) && ms <= LONGEST_DELAY_MS) return ms;
  throw new InvalidArgumentError(`Give milliseconds from 0 to ${LONGEST_DELAY_MS}, such as 500.`);
}

function positiveNumber(text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError("Give a number above 0, such as 100; 1 is real time.");
}

function parse(argv: readonly string[]): Options {
  const command = new Command("npm start --")
    .description("Synthesizes the rollout and sends a log through its delivery stream, on this machine.")
    .addOption(
      new Option("--input <file>", "records to send, one JSON object a line, gzip or not; - is standard input").default(
        sampleLog(),
        "the sample in local/sample",
      ),
    )
    .addOption(
      new Option(
        "--through <path>",
        "delivery path of the log: straight to the stream as from REST stages, or through the log group of HTTP and " +
          "WebSocket stages (default: stream; part of the sample also goes through the log group if there is one)",
      ).choices(DELIVERY_PATHS),
    )
    .option("--report <file>", "write the figures as JSON")
    .option("--expect-delivered", "exit with 1 if no event was delivered")
    .option("--moesif-status <status>", "let the stand-in for Moesif answer this HTTP status always", integerStatus)
    .option("--moesif-delay <ms>", "let the stand-in wait before each answer, in real milliseconds", milliseconds)
    .addOption(
      new Option(
        "--moesif-malformed",
        "let the stand-in answer deliveries with 200 and a body that is no acknowledgement",
      ).conflicts("moesifStatus"),
    )
    .option("--moesif-config <file>", "what the stand-in answers at /v1/config, such as sampling rules; JSON")
    .addOption(
      new Option("--moesif-config-status <status>", "let the stand-in answer this HTTP status at /v1/config only")
        .argParser(integerStatus)
        .conflicts("moesifConfig"),
    )
    .option(
      "--duplicate-deliveries <percent>",
      "deliver this percentage of the records twice: Firehose delivers at least once",
      percentage,
    )
    .option(
      "--put-back-failures <percent>",
      "refuse this percentage of the records that the transformer puts back on the stream, as when it is throttled",
      percentage,
    )
    .option("--stack <name>", "the stack to run; by default the first of the rollout")
    .option("--rollout <file>", "the rollout file to synthesize")
    .option("--time-scale <factor>", "how many times faster than real time the stream runs", positiveNumber, 100)
    .option("--out <directory>", "where the page, the backup bucket and the log go", "local.out")
    .addHelpText("after", EXAMPLES)
    .showHelpAfterError("npm start -- --help shows the options.")
    .allowExcessArguments(false)
    .exitOverride();
  return command.parse(argv, { from: "user" }).opts<Options>();
}

/** What can be seen to be wrong before anything runs. */
function checkFiles({ input, report, rollout, moesifConfig }: Options): void {
  for (const [option, file] of [
    ["--input", input],
    ["--rollout", rollout],
    ["--moesif-config", moesifConfig],
  ] as const)
    if (file !== undefined && file !== "-" && !existsSync(file))
      throw new UsageError(`${option}: there is no file ${file}. Give the path of one.`);
  if (report !== undefined) checkReport(report);
}

function readConfig(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`--moesif-config: ${file} cannot be read as JSON: ${messageOf(error)}. Name another file.`);
  }
}

function checkReport(report: string): void {
  const directory = dirname(resolve(report));
  if (!existsSync(directory))
    throw new UsageError(`--report: there is no directory ${dirname(report)}. Make it, or name another.`);
  if (!isFolder(directory)) throw new UsageError(`--report: ${dirname(report)} is not a directory. Name another.`);
  if (isFolder(resolve(report)))
    throw new UsageError(`--report: ${report} is a directory. Name a file, such as ${join(report, "report.json")}.`);
}

function writeReport(file: string, result: RunResult): void {
  try {
    writeFileSync(file, reportJson(result));
  } catch (error) {
    throw new UsageError(`--report: ${file} cannot be written: ${messageOf(error)}. Name another file.`);
  }
}

async function start(options: Options, signal: AbortSignal): Promise<number> {
  checkFiles(options);
  const { moesifConfig } = options;
  const config = moesifConfig === undefined ? undefined : readConfig(moesifConfig);
  const out = resolve(options.out);
  const unlock = lockWorkspace(out);
  try {
    return await runRollout({ ...options, out }, config, signal);
  } finally {
    unlock();
  }
}

async function runRollout(options: Options, config: unknown, signal: AbortSignal): Promise<number> {
  const say = (text: string): void => void print(text);
  const { out, duplicateDeliveries, putBackFailures } = options;
  const rollout = options.rollout === undefined ? undefined : resolve(options.rollout);
  const { directory, warnings } = await synthesize(packageRoot(), rollout, join(out, "cdktf.out"), signal);
  if (warnings !== "") printMessage(warnings);
  const stacks = readManifest(directory);
  const stack = chooseStack(stacks, options.stack);
  say(`Synthesized: ${stacks.map(({ name }) => name).join(", ")}.`);

  const page = await RunPage.load();
  const progress = showProgress(process.stderr);
  try {
    const result = await run({
      stackFile: stack.file,
      input: options.input,
      isSample: resolve(options.input) === sampleLog(),
      through: options.through,
      out,
      timeScale: options.timeScale,
      moesif: {
        status: options.moesifStatus,
        configStatus: options.moesifConfigStatus,
        delayMs: options.moesifDelay,
        malformed: options.moesifMalformed,
        config,
        onEvent: page.add,
      },
      faults: { duplicateDeliveries, putBackFailures },
      signal,
      onStarted: (name, origin) =>
        say(`Running ${name} of ${stack.name} on ${origin}, ${options.timeScale} times faster than real time.`),
      onProgress: (read, settled) => progress.update(read, settled),
    });
    progress.stop();
    if (result.sample) say(`\n${sampleText(result.sample)}`);
    say(`\n${reportTable(result, directory)}`);
    for (const hint of hintsOf(result)) say(`\n${hint}`);
    if (putBackFailures !== undefined && result.putBackRefused === 0)
      say("\n--put-back-failures had no effect: the transformer put too few records back. Try --through log-group.");
    const problems = problemsOf(result);
    const nothing = nothingDelivered(result);
    if (nothing !== undefined && options.expectDelivered) problems.push(nothing);
    else if (nothing !== undefined) say(`\n${nothing}`);
    for (const problem of problems) printMessage(problem);
    if (options.report !== undefined) writeReport(options.report, result);
    say(`\nPage: ${relative(process.cwd(), page.write(out, options.input, stack.name, result))}`);
    return problems.length > 0 ? 1 : 0;
  } finally {
    progress.stop();
  }
}

async function main(): Promise<number> {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort(new Error("Interrupted.")));
  process.once("SIGTERM", () => controller.abort(new Error("Interrupted.")));
  const outputFailed = new Error("The output cannot be written.");
  onOutputError((code) => {
    if (code === 0) return; // the report and the exit code still count
    process.exitCode = code;
    controller.abort(outputFailed);
  });
  try {
    return await start(parse(process.argv.slice(2)), controller.signal);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error === outputFailed) return 2;
    const isForUser = isUserError(error) || controller.signal.aborted;
    printMessage(isForUser ? messageOf(error) : inspect(error));
    if (isUserError(error)) return 2;
    return controller.signal.aborted ? 130 : 1;
  }
}

void main().then((code) => {
  process.exitCode ??= code;
});
