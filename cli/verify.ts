/** `verify`: whether a rollout is deployed as its file says, and whether calls arrive in Moesif. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { SingleBar } from "cli-progress";
import { InvalidArgumentError, Option } from "commander";
import { EXIT, type ExitCode } from "../common/exit-codes";
import { isObject, parseJson } from "../common/json";
import { printMessage, printWarning } from "../common/print";
import { messageOf, UsageError } from "../common/usage-error";
import { AccessError, fixOf, refusalMessages } from "./aws/access";
import { loadServices } from "./aws/load";
import { type Check, checksExitCode, checksReport, type TargetChecks } from "./checks";
import type { CommandSpec } from "./command";
import { printReport, type ReportOptions } from "./report";
import { chosenStacks } from "./stacks";
import { connect } from "./verify/clients";
import { checkCount, span } from "./verify/count";
import { expectedOf } from "./verify/expected";
import { Inspection, NoAccess } from "./verify/inspection";
import { apiUrl, MoesifApi, MoesifError } from "./verify/moesif";
import { syntheticCalls } from "./verify/record";
import { sendRecords } from "./verify/send";
import { checkSetUp } from "./verify/set-up";

interface Options extends ReportOptions {
  readonly rollout: string;
  readonly stack?: readonly string[];
  readonly role?: string;
  readonly record: boolean;
  readonly timeout?: number;
  readonly moesifToken?: string;
  readonly moesifApi: string;
  readonly count?: boolean;
  readonly since?: number;
}

export const verify: CommandSpec<Options> = {
  name: "verify",
  summary: "Checks what is deployed against the rollout file, sends a made-up call, and follows it into Moesif.",
  arguments: [],
  options: [
    new Option("--rollout <file>", "the rollout file").default("rollout.yaml"),
    new Option("--stack <name...>", "only these stacks; by default all of the rollout"),
    new Option(
      "--role <name>",
      "the role to assume in each account: its name, or an ARN with {account} for the account's id",
    ),
    new Option("--no-record", "send nothing; only check what is deployed"),
    new Option(
      "--timeout <seconds>",
      "how long to wait for the call; by default as long as the stream buffers, and 5 minutes",
    ).argParser(seconds),
    new Option(
      "--moesif-token <source>",
      "where a management token with the scope read:events is: env:NAME, or secret:NAME or secret:ARN in Secrets Manager",
    ),
    new Option("--moesif-api <url>", "Moesif's management API").default("https://api.moesif.com/v1").argParser(apiUrl),
    new Option(
      "--count",
      "compare the number of calls delivered with Moesif's, and do nothing else; needs --moesif-token",
    ),
    new Option("--since <time>", "the time that --count covers, such as 30m or 7d; by default 1h").argParser(span),
  ],
  details: `It changes nothing but by the calls that it sends. These have the user agent and path cdktf-moesif-firehose/verify, and the
user cdktf-moesif-firehose-verify. Without --moesif-token one call is sent, and followed as far as AWS knows. With it, the call
is sent twice, and another one with a weight; then each field is read back out of Moesif and compared with what was delivered.
What Moesif documents is a problem where it is otherwise; what it does not document is observed, and no problem.
Credentials are found as the AWS CLI finds them. In each account the command assumes the rollout's deployRole, or --role, in a
session that may do no more than docs/permissions.md lists for it. No secret is printed.`,
  examples: [
    ["after terraform apply", "verify"],
    ["into Moesif, with a token from the environment", "verify --moesif-token env:MOESIF_MANAGEMENT_TOKEN"],
    ["only what is deployed", "verify --no-record --stack moesif-production-us-east-1"],
    [
      "whether as many calls are in Moesif as were delivered",
      "verify --count --since 1h --moesif-token secret:moesif/management-token",
    ],
    ["what is wrong", "verify --json | jq -c 'select(.result == \"problem\") | [.stack, .id, .subject, .cause, .fix]'"],
  ],
  found: "something is not as the rollout file says, or a call does not arrive",
  run,
};

function seconds(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number of seconds, such as 600.");
}

async function run(options: Options): Promise<ExitCode> {
  const { rollout, stack, count, moesifToken, moesifApi, since = span("1h") } = options;
  if (count && moesifToken === undefined) throw new UsageError("--count: name the token with --moesif-token.");
  const targets = chosenStacks(expectedOf(rollout, printWarning), stack, ({ target }) => target.stackName);
  const api = moesifToken === undefined ? undefined : new MoesifApi(moesifApi, await tokenOf(moesifToken));
  try {
    // Before anything is sent: whether the token may read at all.
    await api?.count({ match_all: {} }, { from: Date.now() - 60_000, to: Date.now() });
  } catch (error) {
    return noAccess(error);
  }
  const progress = showProgress(process.stderr);
  try {
    const found = await Promise.all(
      targets.map(async (expected): Promise<TargetChecks> => {
        const { target } = expected;
        try {
          const aws = await connect(target, options.role);
          if (count)
            return { target, checks: [await checkCount(new Inspection(expected, aws), api!, since, Date.now())] };
          const inspection = await checkSetUp(expected, aws);
          return {
            target,
            checks: [...inspection.checks, ...(await record(inspection, api, options, progress.update))],
          };
        } catch (error) {
          if (error instanceof UsageError || error instanceof MoesifError) throw error;
          return { target, refusal: refusalOf(error), checks: [] };
        }
      }),
    );
    progress.stop();
    await printReport(checksReport(found), options);
    for (const message of refusalMessages(found)) printMessage(message);
    return checksExitCode(found);
  } catch (error) {
    return noAccess(error);
  } finally {
    progress.stop();
  }
}

/** A refusal of Moesif; what else was thrown goes on. */
function noAccess(error: unknown): ExitCode {
  if (!(error instanceof MoesifError)) throw error;
  printMessage(`${error.message}  [no-access]\n  fix: ${error.fix}`);
  return EXIT.noAccess;
}

function refusalOf(error: unknown) {
  if (error instanceof AccessError) return error;
  const { $metadata, name = "" } = Object(error) as { readonly $metadata?: object; readonly name?: string };
  const isOfAws =
    $metadata !== undefined || error instanceof NoAccess || /Credential|Token|Timeout|^AggregateError$/.test(name);
  if (!isOfAws && !("code" in Object(error))) throw error;
  const denied = [[/^AccessDenied/, "allow firehose:DescribeDeliveryStream to the role or user that checks"]] as const;
  return { message: messageOf(error), fix: fixOf(error, denied) };
}

async function record(
  inspection: Inspection,
  api: MoesifApi | undefined,
  options: Options,
  onWait: (seconds: number) => void,
): Promise<Check[]> {
  if (!options.record) return [];
  const stream = inspection.checks.find(({ id }) => id === "stream")!;
  if (!inspection.streamIsActive) {
    return [
      { id: "record", subject: stream.subject, result: "unknown", cause: "nothing was sent: the stream is not active" },
    ];
  }
  // Hashes with a made-up key are not compared.
  const hashKey = inspection.hashKey ?? randomBytes(48).toString("base64url");
  const calls = await syntheticCalls(inspection.expected, hashKey, Date.now());
  const { timeout } = options;
  return sendRecords(inspection, calls, { api, timeout, clock: { now: Date.now, sleep }, onWait });
}

/**
 * The token that a source names. It is no argument itself: arguments show in the list of processes.
 *
 * @throws UsageError that does not repeat the argument, which may be a token
 */
async function tokenOf(source: string): Promise<string> {
  const [, kind, name = ""] = /^(env|secret):(.+)$/s.exec(source) ?? [];
  if (kind === undefined) {
    throw new UsageError(
      "--moesif-token: name where the token is, env:NAME or secret:NAME, and not the token itself: arguments show in the list of processes.",
    );
  }
  const text = kind === "env" ? (process.env[name] ?? "") : await secretOf(name);
  const value = parseJson(text);
  const token = (isObject(value) ? String(value["token"] ?? "") : text).trim();
  if (/^[!-~]+$/.test(token)) return token;
  throw new UsageError(`--moesif-token: ${source} holds no token. Give it the token, or {"token": "..."}.`);
}

async function secretOf(name: string): Promise<string> {
  const { SecretsManagerClient, GetSecretValueCommand } = await loadServices();
  const [, , , region = process.env["AWS_REGION"]] = name.split(":");
  const client = new SecretsManagerClient({ ...(region !== undefined && { region }) });
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: name }))).SecretString ?? "";
  } catch (error) {
    throw new UsageError(
      `--moesif-token: the secret ${name} cannot be read: ${messageOf(error)}. Name another, or allow secretsmanager:GetSecretValue.`,
    );
  } finally {
    client.destroy();
  }
}

/** Shows how long the command has waited, if the stream is a terminal. */
function showProgress(stream: NodeJS.WriteStream) {
  if (!stream.isTTY) return { update() {}, stop() {} };
  const bar = new SingleBar({
    format: "{value} s: waiting for the call to arrive",
    stream,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(1, 0);
  return { update: (seconds: number) => bar.update(seconds), stop: () => bar.stop() };
}
