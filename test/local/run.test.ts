/** A whole run over the stack of the shipped rollout: what Moesif answers decides where the records end. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunResult } from "../../local/account";
import { problemsOf } from "../../local/report";
import { run, type RunOptions } from "../../local/run";
import { clfOf } from "../../local/sample-times";
import { replaceTransformer, setSettings, stackFile, type Stack } from "./stacks";
import { logEvent, objectsIn, temporaryDirectory, writeLog } from "./support";

const EVENTS = Array.from({ length: 300 }, (_, index) => logEvent(index));

function runWith(options: Partial<RunOptions> = {}): Promise<RunResult> {
  return run({
    stackFile: stackFile(),
    input: writeLog(EVENTS),
    out: join(temporaryDirectory(), "out"),
    timeScale: 1000,
    ...options,
  });
}

/** The stack with other attributes of its HTTP endpoint. */
function withEndpoint(attributes: Record<string, unknown>): string {
  return stackFile(({ endpoint }) => Object.assign(endpoint, attributes));
}

function failureLines(result: RunResult, type: string): Record<string, unknown>[] {
  return objectsIn(result.backupDirectory)
    .filter(({ key }) => key.includes(`failed/${type}/`))
    .flatMap(({ text }) => text.trim().split("\n"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("every record is delivered through the transformer, and none is lost", async () => {
  const result = await runWith();

  expect(result).toMatchObject({ recordsIn: 300, delivered: 300, dropped: 0, failed: 0, lost: 0 });
  expect(result.events).toEqual({ in: 300, putBack: 0, delivered: 300, dropped: 0, failed: 0, lost: 0 });
  expect(result.sample?.after).toContain('"organisation":"example"');
  expect(result.sample?.before).not.toContain("organisation");
  expect(problemsOf(result)).toEqual([]);
});

test("the transformer decides which records are dropped and which have failed", async () => {
  const events = [{}, { resourcePath: "/health" }].map((change, i) => JSON.stringify(logEvent(i, change)));
  const input = join(temporaryDirectory(), "log.ndjson");
  writeFileSync(input, [...events, "no JSON"].join("\n"));
  const changed = stackFile((stack) => setSettings(stack, { filter: [{ drop: { resourcePath: "/health" } }] }));
  const result = await runWith({ stackFile: changed, input });

  expect(result).toMatchObject({ recordsIn: 3, delivered: 1, dropped: 1, failed: 1, lost: 0 });
  expect(result.droppedByReason).toEqual({ filtered: 1 });
  expect(result.failures).toEqual({ "Lambda.ProcessingFailedStatus": 1 });
  const [line] = failureLines(result, "processing-failed");
  expect(Buffer.from(String(line?.["rawData"]), "base64").toString()).toBe("no JSON");
  expect(problemsOf(result)).toEqual([]);
});

test.each([503, 401, 204])(
  "when Moesif answers %i every record lies in the backup bucket, in Firehose's format",
  async (status) => {
    const result = await runWith({ moesif: { status } });

    expect(result).toMatchObject({ recordsIn: 300, delivered: 0, dropped: 0, failed: 300, lost: 0 });
    expect(result.failures).toEqual({ "HttpEndpoint.DestinationException": 300 });
    const lines = failureLines(result, "http-endpoint-failed");
    expect(Object.keys(lines[0] ?? {})).toEqual([
      "attemptsMade",
      "arrivalTimestamp",
      "errorCode",
      "errorMessage",
      "attemptEndingTimestamp",
      "rawData",
      "subsequenceNumber",
      "dataId",
    ]);
    const kept = lines.map(
      ({ rawData }) =>
        JSON.parse(Buffer.from(String(rawData), "base64").toString()) as { metadata: { requestId: string } },
    );
    expect(kept.map(({ metadata }) => metadata.requestId).sort()).toEqual(EVENTS.map(({ requestId }) => requestId));
    expect(kept[0]).toMatchObject({ metadata: { organisation: "example" } });
    expect(problemsOf(result)).toEqual([]);
  },
);

test("a Moesif that does not reply in time has not taken the records", async () => {
  const changed = withEndpoint({ retry_duration: 0.5 });
  const result = await runWith({ stackFile: changed, replySeconds: 0.2, moesif: { delayMs: 1000 } });

  expect(result).toMatchObject({ delivered: 0, failed: 300, lost: 0, requests: 2 });
  expect(result.failures).toEqual({ "HttpEndpoint.RequestTimeout": 300 });
});

test("413 loses the records, and the run says so", async () => {
  const result = await runWith({ moesif: { status: 413 } });

  expect(result).toMatchObject({
    recordsIn: 300,
    delivered: 0,
    failed: 0,
    lost: 300,
    refusedAsTooLarge: 300,
    requests: 1,
  });
  expect(problemsOf(result).join(" ")).toMatch(/300 records lost.*413 to 300 records/);
});

test("a stream that does not deliver to where Moesif takes access logs breaks the contract", async () => {
  const changed = withEndpoint({ url: "https://api.moesif.net/v1/events" });
  const result = await runWith({ stackFile: changed });

  expect(result).toMatchObject({ delivered: 0, failed: 300, lost: 0 });
  expect(problemsOf(result).join(" ")).toContain("the path /v1/events ends neither with /v1/partners/aws/kinesis");
});

test("common attributes beyond ASCII are delivered", async () => {
  const request_configuration = { common_attributes: [{ name: "place", value: "Zürich →" }] };
  const result = await runWith({ stackFile: withEndpoint({ request_configuration }) });

  expect(result).toMatchObject({ delivered: 300, failed: 0, lost: 0 });
  expect(problemsOf(result)).toEqual([]);
});

test("with processing off the records arrive as they were sent", async () => {
  const changed = withEndpoint({ processing_configuration: { enabled: false } });
  const result = await runWith({ stackFile: changed });

  expect(result).toMatchObject({ delivered: 300, lost: 0 });
  expect(result.sample).toBeUndefined();
});

test("in the mode AllData the bucket keeps every record, delivered or not, and none counts as failed", async () => {
  const changed = withEndpoint({ s3_backup_mode: "AllData" });
  const result = await runWith({ stackFile: changed });

  expect(result).toMatchObject({ delivered: 300, failed: 0, lost: 0 });
  const [object] = objectsIn(result.backupDirectory);
  expect(object?.key).toMatch(/^firehose\/moesif\/all\/\d{4}\/\d\d\/\d\d\/\d\d\/amazon-apigateway-moesif-1-/);
  expect(object?.text).toBe(EVENTS.map((event) => JSON.stringify(event)).join(""));
});

test("reasons of dropped records are known even where nothing is delivered", async () => {
  const changed = stackFile((stack) => setSettings(stack, { filter: [{ drop: { httpMethod: "GET" } }] }));
  const result = await runWith({ stackFile: changed });

  expect(result).toMatchObject({ dropped: 300, droppedByReason: { filtered: 300 }, requests: 0, lost: 0 });
});

test.each(["", "/a", "//a"])(
  "behind a proxy, deliveries and sampling rules keep the path of the URL: %j",
  async (path) => {
    const changed = stackFile((stack) => {
      stack.endpoint.url = `https://proxy.example.com${path}/v1/partners/aws/kinesis`;
      setSettings(stack, { baseUrl: `https://proxy.example.com${path}` });
    });
    const result = await runWith({ stackFile: changed, moesif: { config: { sample_rate: 20 } } });

    expect(result).toMatchObject({ droppedByReason: { sampled: result.dropped }, lost: 0 });
    expect(result.delivered).toBeGreaterThan(20);
    expect(result.delivered).toBeLessThan(100);
    expect(problemsOf(result)).toEqual([]);
  },
);

test("at the address of events, an event is what Moesif asks for, and an access log breaks the contract", async () => {
  const toEvents = ({ endpoint }: Stack): void => {
    endpoint.url = "https://api.moesif.net/v1/partners/aws/kinesis/events";
  };
  const events = stackFile((stack) => {
    toEvents(stack);
    setSettings(stack, { output: "event" });
  });
  const good = await runWith({ stackFile: events });
  expect(good).toMatchObject({ delivered: 300, lost: 0, events: { delivered: 300, lost: 0 }, repeatedEvents: 0 });
  expect(problemsOf(good)).toEqual([]);

  const bad = await runWith({ stackFile: stackFile(toEvents) });
  expect(bad).toMatchObject({ delivered: 0, failed: 300 });
  expect(problemsOf(bad).join(" ")).toContain("an event of record 1 lacks request");
});

/** Gives each record the data of the first. */
const CONFUSING = `export const handler = async ({ records }) => ({
  records: records.map(({ recordId }) => ({ recordId, result: "Ok", data: records[0].data })),
});`;

test("a transformer that gives two records the data of one is found out", async () => {
  const changed = stackFile((stack) => replaceTransformer(stack, CONFUSING));
  const result = await runWith({ stackFile: changed });

  expect(result).toMatchObject({ delivered: 300, lost: 0, repeatedEvents: 299 });
  expect(problemsOf(result)).toEqual(["299 events delivered with the id of another."]);
});

test("events that the input itself repeats are no fault of the run", async () => {
  const result = await runWith({ input: writeLog([logEvent(1), logEvent(1), logEvent(2)]) });

  expect(result).toMatchObject({ recordsIn: 3, delivered: 3, lost: 0, repeatedEvents: 0 });
});

test("a run that is interrupted while the transformer hangs leaves no files of its own", async () => {
  const controller = new AbortController();
  const out = join(temporaryDirectory(), "out");
  const source = "export const handler = () => (console.log(process.env.LAMBDA_TASK_ROOT), new Promise(() => {}));";
  const log = join(out, "transformer.log");
  const interrupt = (): void => {
    if (existsSync(log)) controller.abort(new Error("Interrupted."));
  };
  const changed = stackFile((stack) => replaceTransformer(stack, source));

  await expect(runWith({ stackFile: changed, out, signal: controller.signal, onProgress: interrupt })).rejects.toThrow(
    "Interrupted.",
  );
  expect(existsSync(readFileSync(log, "utf8").trim())).toBe(false);
});

test("records are sent with their own times, and those of the sample in the last minute", async () => {
  const yesterday = clfOf(Date.now() - 24 * 3600 * 1000);
  const input = writeLog([1, 2, 3].map((index) => logEvent(index, { requestTime: yesterday })));
  const moved = await runWith({ input, isSample: true, through: "stream" });
  expect(moved.sample?.before).not.toContain(yesterday);
  expect(moved).toMatchObject({ recordsIn: 3, delivered: 3, lost: 0, repeatedEvents: 0 });
  expect((await runWith({ input })).sample?.before).toContain(yesterday);
});

test("a second run clears what the first one wrote", async () => {
  const out = join(temporaryDirectory(), "out");
  await runWith({ out, moesif: { status: 503 } });
  const result = await runWith({ out });

  expect(result.failed).toBe(0);
  expect(existsSync(join(out, "secret.json"))).toBe(true);
});
