/**
 * How fast the built transformer is, as a ratio to the least work that such a function can do on the same records.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import type { FirehoseAnswer, FirehoseEvent } from "../lambda/transformer/firehose";
import type { TransformerSettings } from "../lambda/transformer/settings";

const ROOT = join(__dirname, "..", "..");
const SAMPLE = join(ROOT, "local", "sample", "access-logs.ndjson.gz");
const BUNDLE = join(ROOT, "dist", "lambda", "transformer", "index.mjs");
const BATCH = 1000;
/** Log events in an envelope of CloudWatch Logs. */
const EVENTS = 100;
const ROUNDS = { count: 6, ms: 500 };

type Handler = (event: FirehoseEvent) => Promise<FirehoseAnswer>;

function batchOf(contents: readonly (string | Buffer)[]): FirehoseEvent {
  const records = contents.map((content, index) => ({
    recordId: String(index).padStart(56, "0"),
    approximateArrivalTimestamp: 0,
    data: Buffer.from(content as string).toString("base64"),
  }));
  return { invocationId: "bench", deliveryStreamArn: "bench", region: "us-east-1", records };
}

/** The same access logs as CloudWatch Logs sends them: many in one record, compressed. */
function envelopesOf(lines: readonly string[]): Buffer[] {
  const envelopes: Buffer[] = [];
  for (let start = 0; start < lines.length; start += EVENTS) {
    const logEvents = lines.slice(start, start + EVENTS).map((message, index) => ({
      id: String(start + index).padStart(56, "3"),
      timestamp: 1_795_000_000_000,
      message,
    }));
    const head = { owner: "111111111111", logGroup: "/aws/vendedlogs/bench", logStream: "bench" };
    const envelope = { messageType: "DATA_MESSAGE", ...head, subscriptionFilters: ["bench"], logEvents };
    envelopes.push(gzipSync(JSON.stringify(envelope)));
  }
  return envelopes;
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

/** Work that is measured against other work on the same access logs. */
interface Measured {
  readonly name: string;
  readonly run: () => unknown;
}

/** The least work for each kind of record, and the transformer's. */
async function comparisons(handler: Handler, lines: readonly string[]): Promise<[Measured, Measured][]> {
  const plain = batchOf(lines);
  const gzip = envelopesOf(lines);
  const envelopes = batchOf(gzip);
  const answers = await Promise.all([handler(plain), handler(envelopes)]);
  if (answers.some(({ records }) => records.some(({ result }) => result !== "Ok"))) {
    throw new Error("The transformer did not accept every record of the sample.");
  }
  const inflateAndHandle = () => (gzip.forEach((record) => gunzipSync(record)), handler(plain));
  return [
    [
      { name: "floor: decode, parse, write, encode", run: () => floor(plain) },
      { name: "transformer: built bundle", run: () => handler(plain) },
    ],
    [
      { name: "gunzip, and the transformer without", run: inflateAndHandle },
      { name: `transformer: gzip envelopes of ${EVENTS}`, run: () => handler(envelopes) },
    ],
  ];
}

async function main(): Promise<void> {
  const lines = gunzipSync(readFileSync(SAMPLE)).toString("utf8").trim().split("\n").slice(0, BATCH);
  const { Bench } = await import("tinybench");
  // Short rounds side by side, the best median of each: a busy moment of the machine then hits both or neither.
  const best = new Map<string, number>();
  const pairs = await silently(async () => {
    const compared = await comparisons(await loadHandler(settingsFor(lines)), lines);
    for (let round = 0; round < ROUNDS.count; round++) {
      for (const pair of compared) {
        const bench = new Bench({ time: ROUNDS.ms });
        pair.forEach(({ name, run }) => bench.add(name, async () => void (await run())));
        for (const { name, result } of await bench.run()) {
          const ms = "latency" in result ? result.latency.p50 : NaN;
          best.set(name, Math.min(ms, best.get(name) ?? Infinity));
        }
      }
    }
    return compared;
  });
  console.log(`${lines.length} access logs a batch, best median of ${ROUNDS.count} rounds`);
  for (const pair of pairs) {
    const reference = best.get(pair[0].name)!;
    for (const { name } of pair) {
      const ms = best.get(name)!;
      const perSecond = Math.round((lines.length / ms) * 1000).toLocaleString("en");
      console.log(`${name.padEnd(38)} ${perSecond.padStart(9)} logs/s  ratio ${(ms / reference).toFixed(2)}`);
    }
  }
}

void main();
