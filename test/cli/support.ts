/** What the tests of the command line share: access logs, and the lines that Firehose keeps of records. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { toClf } from "../../lambda/transformer/normalise";
import { accessLog } from "../lambda/support";
import { ROOT } from "../support/rollout";

export { accessLog };

/** When these tests run: what is much older, the transformer refuses. */
const REQUEST_TIME = toClf(Date.now());

/** An access log of this moment. */
export function recentLog(more: Record<string, unknown> = {}): Record<string, unknown> {
  return accessLog({ requestTime: REQUEST_TIME, ...more });
}

const folder = mkdtempSync(join(tmpdir(), "cli-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** Writes a file of its own, and returns its path. */
export function file(content: string | Buffer): string {
  const path = join(folder, String(++files));
  writeFileSync(path, content);
  return path;
}

export function base64(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64");
}

const KEPT = { attemptsMade: 4, arrivalTimestamp: 1_795_000_000_123 };

/** What Firehose keeps of a record that the function did not process. */
export function processingFailed(record: unknown): string {
  const error = { errorCode: "Lambda.ProcessingFailedStatus", errorMessage: "ProcessingFailed status set for record" };
  const lambdaArn = "arn:aws:lambda:us-east-1:111111111111:function:moesif-transform-moesif:$LATEST";
  return JSON.stringify({ ...KEPT, ...error, attemptEndingTimestamp: 1, rawData: base64(record), lambdaArn });
}

/** What it keeps of one that was not delivered, with the message as AWS shows it: its quotes are not escaped. */
export function deliveryFailed(record: unknown, response: string): string {
  const message = `Received the following response from the endpoint destination. ${response}`;
  return (
    `{"attemptsMade":${KEPT.attemptsMade},"arrivalTimestamp":${KEPT.arrivalTimestamp},` +
    `"errorCode":"HttpEndpoint.DestinationException","errorMessage":"${message}","attemptEndingTimestamp":2,` +
    `"rawData":"${base64(record)}","subsequenceNumber":0,"dataId":"1.0"}`
  );
}

/** The command as it is installed. */
export const COMMAND = join(ROOT, "dist", "cli", "main.js");

/** What a command wrote, and how it ended. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Answers each message `{args, input, cwd}` with what the command wrote and its exit code. */
const RUNNER = `
  const { Readable } = require("node:stream");
  const { runCommand } = require(process.argv[1]);
  process.on("message", async ({ args, input, cwd }) => {
    const run = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"]) {
      process[stream].write = (text) => { run[stream] += text; return true; };
    }
    const stdin = Readable.from([Buffer.from(input, "base64")]);
    Object.defineProperty(process, "stdin", { value: stdin, configurable: true });
    process.chdir(cwd);
    run.code = await runCommand(args).catch((error) => { run.stderr += error.stack; return 70; });
    process.send(run);
  });`;
let runner: ChildProcess | undefined;
let lastRun: Promise<unknown> = Promise.resolve();
afterAll(async () => {
  if (runner?.kill()) await once(runner, "exit");
});

/** Runs a command in a process of the built package that all runs of a test file share: to start one takes longest. */
export function run(args: readonly string[], { input = "" as string | Buffer, cwd = ROOT } = {}): Promise<Run> {
  runner ??= spawn(process.execPath, ["--eval", RUNNER, join(ROOT, "dist", "cli", "command-line.js")], {
    // Also what a test has set.
    env: { ...process.env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    timeout: 5 * 60_000,
  });
  const child = runner;
  const result = lastRun.then(async () => {
    child.send({ args, input: Buffer.from(input).toString("base64"), cwd });
    const [answer] = (await once(child, "message")) as [Run];
    return answer;
  });
  lastRun = result.catch(() => {});
  return result;
}

/** Runs `preview`. */
export function preview(args: readonly string[], input: string | Buffer = ""): Promise<Run> {
  return run(["preview", ...args], { input });
}

/** Runs `preview` with each of these arguments. */
export function previewEach(all: readonly (readonly string[])[]): Promise<Run[]> {
  return Promise.all(all.map((args) => preview(args)));
}
