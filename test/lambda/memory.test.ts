/** The built function in the memory that it has by default, and in the least that it can have, with batches that inflate to hundreds of megabytes. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { peakMebibytes } from "../../bench/child";
import { DEFAULT_MEMORY_MB } from "../../lambda/transformer/handler";
import { FirehoseStandIn } from "../support/firehose-stand-in";
import { ROOT } from "../support/rollout";
import { accessLog, envelope, eventOf, settings } from "./support";

const BUNDLE = join(ROOT, "dist", "lambda", "transformer", "index.mjs");
const folder = mkdtempSync(join(tmpdir(), "memory-"));
const event = join(folder, "event.json");
const settingsFile = join(folder, "settings.json");

/** Runs the handler, and tells the results of the answer and the most memory that the process took, in MB. */
const CHILD = `
import * as fs from "node:fs";
const { readFileSync } = fs;
const { handler } = await import(process.argv[1]);
process.stdout.write = () => true;
const { records } = await handler(JSON.parse(readFileSync(process.argv[2], "utf8")));
const answer = JSON.stringify({ records });
const peak = (${peakMebibytes})(fs);
console.error(JSON.stringify({ results: records.map(({ result }) => result), bytes: answer.length, peak }));
`;

interface Ran {
  readonly results: readonly string[];
  readonly bytes: number;
  readonly peak: number;
}

let firehose: FirehoseStandIn;
beforeAll(async () => (firehose = await FirehoseStandIn.start()));
afterAll(async () => {
  await firehose.stop();
  rmSync(folder, { recursive: true });
});

function run(datas: readonly string[], sampling: object, memoryMb: number): Promise<Ran> {
  writeFileSync(event, JSON.stringify(eventOf(datas)));
  writeFileSync(settingsFile, JSON.stringify({ ...settings, sampling: { remote: false, ...sampling } }));
  const env = {
    ...process.env,
    SETTINGS_URL: pathToFileURL(settingsFile).href,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_ENDPOINT_URL_FIREHOSE: firehose.url,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    NODE_NO_WARNINGS: "1",
  };
  // As AWS Lambda has it, the heap is a little less than the function's memory, and its young part is small.
  const heap = [
    `--max-old-space-size=${Math.floor(0.9 * memoryMb)}`,
    `--max-semi-space-size=${Math.ceil(memoryMb / 64)}`,
  ];
  const args = [...heap, "--input-type=module", "--eval", CHILD, pathToFileURL(BUNDLE).href, event];
  const child = spawn(process.execPath, args, { env, timeout: 5 * 60_000, stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  child.stderr.on("data", (chunk) => (text += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on("close", (code) => (code === 0 ? resolve(JSON.parse(text) as Ran) : reject(new Error(text))));
  });
}

/** The least that AWS Lambda offers. */
const SMALLEST_MEMORY_MB = 128;

const LONG = "Mozilla/5.0 ".repeat(660);

function logs(count: number, userAgent = "curl/8.5.0"): string[] {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify(accessLog({ requestId: String(index), requestTimeEpoch: String(Date.now()), userAgent })),
  );
}

describe.each([DEFAULT_MEMORY_MB, SMALLEST_MEMORY_MB])("in %d MB of memory", (memoryMb) => {
  it.each([
    ["200 envelopes of 120 calls with long user agents", 200, () => logs(120, LONG), {}],
    ["100 envelopes of 7 MB", 100, () => logs(840, LONG), {}],
    ["30 envelopes of 8,000 calls", 30, () => logs(8_000), {}],
    ["30 envelopes of 8,000 calls, held at once", 30, () => logs(8_000), { companyLimit: 1_000_000 }],
    ["4 envelopes that inflate to 25 MB", 4, () => logs(40_000), {}],
    ["3 envelopes of 4,000 calls, every other of them bad", 3, () => logs(2_000).flatMap((log) => [log, "{"]), {}],
  ])("%s are answered", async (_, count, messages, sampling) => {
    const { results, bytes, peak } = await run(Array<string>(count).fill(envelope(messages())), sampling, memoryMb);
    expect(results).toHaveLength(count);
    expect(results).not.toContain("ProcessingFailed");
    expect(bytes).toBeLessThan(6 * 1024 * 1024);
    expect(peak).toBeLessThan(memoryMb);
  });
});
