/** What the tests of the command line share: access logs, and the lines that Firehose keeps of records. */
import { execFileSync, spawn } from "node:child_process";
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

/** Runs `preview` with each of these arguments, all in one process of the built command: to start one takes longest. */
export function previewEach(all: readonly (readonly string[])[]): readonly Run[] {
  const script = `
    const [module, all] = process.argv.slice(1);
    const { runCommand } = require(module);
    const out = process.stdout.write.bind(process.stdout);
    (async () => {
      for (const args of JSON.parse(all)) {
        const run = { stdout: "", stderr: "" };
        for (const stream of ["stdout", "stderr"]) {
          process[stream].write = (text) => { run[stream] += text; return true; };
        }
        run.code = await runCommand(["preview", ...args]);
        out(JSON.stringify(run) + "\\n");
      }
    })();`;
  const args = ["--eval", script, join(ROOT, "dist", "cli", "command-line.js"), JSON.stringify(all)];
  const output = execFileSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", timeout: 5 * 60_000 });
  return output
    .trim()
    .split("\n")
    .map((line): Run => JSON.parse(line));
}

/** Runs `preview` in a process of its own. */
export async function preview(args: readonly string[], input: string | Buffer = "") {
  const child = spawn(process.execPath, [COMMAND, "preview", ...args], { cwd: ROOT, timeout: 5 * 60_000 });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (text.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (text.stderr += String(chunk)));
  child.stdin.on("error", () => {}); // it may end before it has read anything
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...text };
}
