/**
 * How fast the built transformer is, as a ratio to the least work that such a function can do on the same records.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import type { FirehoseAnswer, FirehoseEvent } from "../lambda/transformer/firehose";
import type { TransformerSettings } from "../lambda/transformer/settings";

const ROOT = join(__dirname, "..", "..");
const SAMPLE = join(ROOT, "local", "sample", "access-logs.ndjson.gz");
const BUNDLE = join(ROOT, "dist", "lambda", "transformer", "index.mjs");
const BATCH = 1000;
const ROUNDS = { count: 6, ms: 500 };

type Handler = (event: FirehoseEvent) => Promise<FirehoseAnswer>;

function batchOf(lines: readonly string[]): FirehoseEvent {
  const records = lines.map((line, index) => ({
    recordId: String(index).padStart(56, "0"),
    approximateArrivalTimestamp: 0,
    data: Buffer.from(line).toString("base64"),
  }));
  return { invocationId: "bench", deliveryStreamArn: "bench", region: "us-east-1", records };
}

function settingsFor(lines: readonly string[]): TransformerSettings {
  const apiIds = new Set(lines.map((line) => (JSON.parse(line) as { apiId: string }).apiId));
  return {
    version: 1,
    accountId: "111111111111",
    region: "us-east-1",
    environment: "production",
    metadata: { costCentre: "4711" },
    apis: Object.fromEntries([...apiIds].map((apiId) => [apiId, { name: "bench", metadata: { team: "payments" } }])),
  };
}

/** Decode, parse, write, encode: no transformation can do less. */
function floor(event: FirehoseEvent): FirehoseAnswer {
  const records = event.records.map(({ recordId, data }) => {
    const text = JSON.stringify(JSON.parse(Buffer.from(data, "base64").toString("utf8")));
    return { recordId, result: "Ok" as const, data: Buffer.from(text).toString("base64") };
  });
  return { records };
}

async function loadHandler(settings: TransformerSettings): Promise<Handler> {
  const document = join(mkdtempSync(join(tmpdir(), "bench-")), "settings.json");
  writeFileSync(document, JSON.stringify(settings));
  process.env.SETTINGS_URL = pathToFileURL(document).href;
  const { handler } = (await import(pathToFileURL(BUNDLE).href)) as { handler: Handler };
  // The first invocation reads the settings; later ones do not need the file.
  await handler(batchOf([]));
  rmSync(dirname(document), { recursive: true });
  return handler;
}

/** Runs with standard output silenced: the handler writes a log line for each invocation. */
async function silently<T>(run: () => Promise<T>): Promise<T> {
  const write = process.stdout.write;
  process.stdout.write = () => true;
  try {
    return await run();
  } finally {
    process.stdout.write = write;
  }
}

async function main(): Promise<void> {
  const lines = gunzipSync(readFileSync(SAMPLE)).toString("utf8").trim().split("\n").slice(0, BATCH);
  const event = batchOf(lines);
  const { Bench } = await import("tinybench");
  // Short rounds side by side, the best median of each: a busy moment of the machine then hits both or neither.
  const best = new Map<string, number>();
  await silently(async () => {
    const handler = await loadHandler(settingsFor(lines));
    if ((await handler(event)).records.some(({ result }) => result !== "Ok")) {
      throw new Error("The transformer did not accept every record of the sample.");
    }
    for (let round = 0; round < ROUNDS.count; round++) {
      const bench = new Bench({ time: ROUNDS.ms });
      bench.add("floor: decode, parse, write, encode", () => void floor(event));
      bench.add("transformer: built bundle", async () => void (await handler(event)));
      for (const { name, result } of await bench.run()) {
        const ms = "latency" in result ? result.latency.p50 : NaN;
        best.set(name, Math.min(ms, best.get(name) ?? Infinity));
      }
    }
  });
  const [reference = NaN] = best.values();
  console.log(`${event.records.length} access-log records a batch, best median of ${ROUNDS.count} rounds`);
  for (const [name, ms] of best) {
    const perSecond = Math.round((event.records.length / ms) * 1000).toLocaleString("en");
    console.log(`${name.padEnd(38)} ${perSecond.padStart(9)} records/s  ratio ${(ms / reference).toFixed(2)}`);
  }
}

void main();
