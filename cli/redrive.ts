/** `redrive`: failed records of the bucket, or old access logs, back on the stream. */
import { Readable } from "node:stream";
import { SingleBar } from "cli-progress";
import { InvalidArgumentError, Option } from "commander";
import { EXIT, type ExitCode } from "../common/exit-codes";
import { printableLine, printMessage, printWarning } from "../common/print";
import { messageOf, UsageError } from "../common/usage-error";
import {
  DEFAULTS,
  ERROR_TYPES,
  type ErrorType,
  type OldRecord,
  type RedriveOptions,
  type RedriveSummary,
} from "../lambda/redrive/contract";
import { type RolloutStages, rolloutStages } from "../modules";
import { AccessError, credentialsFor, fixOf, type Session } from "./aws/access";
import type { CommandSpec } from "./command";
import { readLog } from "./preview/log-records";
import { type Bundle, type Connection, loadRedrive } from "./redrive/bundle";
import { backfillReport, redriveReport, type Subject } from "./redrive/report";
import { printReport, type ReportOptions } from "./report";

interface Options extends ReportOptions {
  readonly rollout: string;
  readonly stack?: string;
  readonly stream?: string;
  readonly region?: string;
  readonly role?: string;
  readonly send?: boolean;
  readonly since?: number;
  readonly until?: number;
  readonly errorType?: ErrorType;
  readonly rate: number;
  readonly maxAttempts: number;
  readonly quietMinutes: number;
  readonly from?: readonly string[];
  readonly skip: number;
}

export const redrive: CommandSpec<Options> = {
  name: "redrive",
  summary: "Puts failed records of the bucket, or calls of old access logs, back on the stream.",
  arguments: [],
  options: [
    new Option("--send", "do it; without this option, the command only counts"),
    new Option("--rollout <file>", "the rollout file that names the stream").default("rollout.yaml"),
    new Option("--stack <name>", "the stack of the stream; by default the first of the rollout"),
    new Option("--stream <name>", "the stream, instead of a rollout file").conflicts(["rollout", "stack"]),
    new Option("--region <name>", "the region of --stream; by default $AWS_REGION"),
    new Option(
      "--role <name>",
      "the role to assume: its name, or an ARN; by default the rollout's deployRole",
    ).conflicts("stream"),
    new Option("--since <time>", "only what failed from then on, such as 2026-11-30T09:00:00Z").argParser(time),
    new Option("--until <time>", "only what failed before then").argParser(time),
    new Option("--error-type <type>", "only one kind of failure").choices(ERROR_TYPES),
    new Option("--rate <records>", "records a second").argParser(wholeNumber).default(DEFAULTS.rate),
    new Option("--max-attempts <number>", "how often a record is put back before it is given up")
      .argParser(wholeNumber)
      .default(DEFAULTS.maxAttempts),
    new Option(
      "--quiet-minutes <minutes>",
      "send nothing while Firehose failed to deliver so recently; 0 turns this off",
    )
      .argParser(wholeNumber)
      .default(DEFAULTS.quietMinutes),
    new Option("--from <log...>", "send calls of these access logs instead: files, - or s3://bucket/prefix"),
    new Option("--skip <records>", "with --from: leave out the first records, as an interrupted run says")
      .argParser(wholeNumber)
      .default(0),
  ],
  details: `Firehose says where the stream keeps what failed. Each record goes back on the stream as it is, and an object is moved when
all of its records are there: to redriven/, and what cannot be sent to given-up/, by reason. The dedupe id of a call does not
change, so Moesif drops what comes twice: after an interrupt, run the command again.
A record is given up when it was put back --max-attempts times, or when its calls are older than the 30 days that Moesif takes.
--from takes access logs in the forms that preview takes: run preview on them first, to see what Moesif will receive.
Credentials are found as the AWS CLI finds them. The command assumes the rollout's deployRole, or --role, in a session
that may do only this. Without either, your own credentials must belong to that account; with --stream, they serve as they are.
They need firehose:DescribeDeliveryStream and firehose:PutRecordBatch on the
stream; on the bucket s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject; and its KMS key, if it has one.`,
  examples: [
    ["what failed, and what would become of it", "redrive"],
    ["put it back", "redrive --send"],
    ["a stream by its name", "redrive --stream amazon-apigateway-moesif --region eu-west-1"],
    [
      "what failed while Moesif was down",
      "redrive --error-type http-endpoint-failed --since 2026-11-30T09:00:00Z --send",
    ],
    ["the calls of the last weeks", "redrive --from access.ndjson s3://old-logs/apigateway/2026/11/ --send"],
    ["for a script", "redrive --json | jq .records"],
  ],
  found: "records were given up, or are left for the next time",
  run,
};

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number, such as 100.");
}

function time(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new InvalidArgumentError("Give a time in ISO 8601, such as 2026-11-30T09:00:00Z.");
}

async function run(options: Options): Promise<ExitCode> {
  if (options.rate === 0) throw new UsageError("--rate: 0 records a second send nothing. Give a number from 1.");
  const { stream, region, account } = streamOf(options);
  const bundle = await loadRedrive();
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  const progress = showProgress(process.stderr);
  const session = { name: "cdktf-moesif-firehose-redrive", actions: ACTIONS, role: options.role };
  try {
    const connection = await connectionOf(region, account, session);
    const { bucket, prefix } = await bundle.findFailures(stream, connection);
    const subject: Subject = { stream, region, bucket, prefix, send: options.send ?? false };
    const opened = await bundle.openBucket(bucket, connection);
    const place = { bucket: opened, put: await bundle.openStream(stream, connection), prefix };
    const control = { signal: interrupt.signal, onProgress: progress.update };
    const asked = askedOf(options);
    if (options.from !== undefined) {
      await progress.start();
      const records = after(options.skip, recordsOf(options.from, connection, bundle));
      const { done, ...summary } = await bundle.backfill(place, records, asked, control);
      progress.stop();
      await printReport(backfillReport(subject, { ...summary, done: options.skip + done }), options);
      return codeOf(summary.stopped, Object.keys(summary.refused).length > 0);
    }
    await progress.start(() => bundle.countObjects(place, asked));
    const summary = await bundle.redrive(place, asked, control);
    progress.stop();
    await printReport(redriveReport(subject, summary), options);
    return codeOf(summary.stopped, Object.keys(summary.records.givenUp).length + summary.left + summary.damaged > 0);
  } catch (error) {
    progress.stop();
    if (!isOfAws(error)) throw error;
    const fix = error instanceof AccessError ? error.fix : fixOf(error, OWN_FIXES);
    printMessage(`${stream} in ${region}: ${printableLine(messageOf(error))}  [no-access]\n  fix: ${fix}`);
    return EXIT.noAccess;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** All that the session of a role may do. */
const ACTIONS = [
  "firehose:DescribeDeliveryStream",
  "firehose:PutRecordBatch",
  "s3:ListBucket",
  "s3:GetObject",
  "s3:PutObject",
  "s3:DeleteObject",
  "kms:Decrypt",
  "kms:GenerateDataKey",
];

/** What to do about errors of AWS, by their names. */
const OWN_FIXES = [
  [/^AccessDenied/, `allow ${ACTIONS.join(", ")} to the role or user`],
  [
    /^ResourceNotFoundException$/,
    "name a stream of this account and region; the rollout's exists once its stack is applied",
  ],
] as const;

/** To a stream that a rollout names, as the role of its stack. */
async function connectionOf(region: string, account: RolloutStages | undefined, session: Session): Promise<Connection> {
  const assume = async () => account && (await credentialsFor(account, session));
  let current = await assume();
  if (current === undefined) return { region };
  // A role that a role assumes serves for an hour: the SDK asks again before that.
  const credentials = async () => {
    if (current!.expiration.getTime() - Date.now() < RENEWED_BEFORE_MS) current = await assume();
    return current!;
  };
  return { region, credentials };
}

/** The SDK asks when five minutes are left, for credentials that are newer. */
const RENEWED_BEFORE_MS = 6 * 60_000;

/** The stream by its name, or that of a stack of the rollout. */
function streamOf({ stream, region = process.env["AWS_REGION"], rollout, stack }: Options): {
  readonly stream: string;
  readonly region: string;
  readonly account?: RolloutStages;
} {
  if (stream !== undefined) {
    if (region === undefined) throw new UsageError("--stream: give its --region, or set AWS_REGION.");
    return { stream, region };
  }
  const targets = rolloutStages(rollout, printWarning);
  const target = stack === undefined ? targets[0]! : targets.find(({ stackName }) => stackName === stack);
  if (target === undefined) {
    const known = targets.map(({ stackName }) => stackName).join(", ");
    throw new UsageError(`--stack: there is no stack ${stack}. There are: ${known}.`);
  }
  const arn = target.destinations.REST!.destinationArn;
  return { stream: arn.split("/").at(-1)!, region: target.region, account: target };
}

function askedOf({ send = false, since, until, errorType, rate, maxAttempts, quietMinutes }: Options): RedriveOptions {
  return {
    send,
    rate,
    maxAttempts,
    quietMinutes,
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(errorType !== undefined && { errorTypes: [errorType] }),
  };
}

/** The records of logs, one log after the other. */
async function* recordsOf(logs: readonly string[], connection: Connection, bundle: Bundle): AsyncGenerator<OldRecord> {
  for (const log of logs) {
    const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(log) ?? [];
    if (bucket === undefined) {
      yield* readLog(log);
      continue;
    }
    const opened = await bundle.openBucket(bucket, connection);
    for await (const { key, bytes } of opened.list(prefix)) {
      const body = bytes > 0 ? await opened.read(key) : undefined;
      if (body !== undefined) yield* readLog("-", { standardInput: Readable.from(body) });
    }
  }
}

/** Without the first records. */
async function* after(skip: number, records: AsyncIterable<OldRecord>): AsyncGenerator<OldRecord> {
  let read = 0;
  for await (const record of records) if (read++ >= skip) yield record;
}

function codeOf(stopped: string | undefined, isLeft: boolean): ExitCode {
  if (stopped === "denied") return EXIT.noAccess;
  return stopped !== undefined || isLeft ? EXIT.found : EXIT.done;
}

/** Whether AWS, or the SDK on its way there, says so; not a defect of ours. */
function isOfAws(error: unknown): boolean {
  const { name = "", code = "", $metadata } = Object(error) as Error & { code?: string; $metadata?: object };
  return (
    error instanceof AccessError ||
    $metadata !== undefined ||
    /Credential|Token|Timeout/.test(name) ||
    /^(ECONN|ENOTFOUND|EAI_)/.test(code)
  );
}

/** Shows how far the command is, if the stream is a terminal. */
function showProgress(stream: NodeJS.WriteStream) {
  let bar: SingleBar | undefined;
  return {
    /** @param count counts the objects; a list of them is made for a terminal only */
    async start(count?: () => Promise<number>): Promise<void> {
      if (!stream.isTTY) return;
      const format = count ? "{bar} {value} of {total} objects, {sent} records" : "{sent} records";
      bar = new SingleBar({ format, stream, hideCursor: true, clearOnComplete: true });
      bar.start((await count?.()) ?? 1, 0, { sent: 0 });
    },
    update: ({ records, moved, left, damaged }: RedriveSummary) =>
      bar?.update(moved + left + damaged, { sent: records.sent }),
    stop: () => bar?.stop(),
  };
}
