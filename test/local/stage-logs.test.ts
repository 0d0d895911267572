/** Access logs of HTTP and WebSocket stages, by way of the log group of the shipped rollout. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { RunResult } from "../../local/account";
import { sampleLog } from "../../local/input";
import { problemsOf, reportTable } from "../../local/report";
import { run, type RunOptions } from "../../local/run";
import { UsageError } from "../../common/usage-error";
import { replaceTransformer, setSettings, stackFile, type Stack } from "./stacks";
import { logEvent, temporaryDirectory, writeLog } from "./support";

/** The stack with these settings. */
function withSettings(settings: Record<string, unknown>): string {
  return stackFile((stack) => {
    setSettings(stack, settings);
    if (settings.output === "event") stack.endpoint.url += "/events";
  });
}

const WITHOUT_LOG_GROUP = ({ json }: Stack): void => {
  delete json.resource.aws_cloudwatch_log_subscription_filter;
};

const SAMPLE = gunzipSync(readFileSync(sampleLog())).toString("utf8").trim().split("\n");

/** So many calls of the sample, and other lines behind them. */
function someOfSample(calls: number, ...others: readonly string[]): string {
  const file = join(temporaryDirectory(), "log.ndjson");
  writeFileSync(file, [...SAMPLE.slice(0, calls), ...others].join("\n"));
  return file;
}

function runWith(options: Partial<RunOptions> = {}): Promise<RunResult> {
  return run({
    stackFile: stackFile(),
    input: someOfSample(1000),
    isSample: true,
    out: join(temporaryDirectory(), "out"),
    timeScale: 1000,
    ...options,
  });
}

const nothing = { putBack: 0, dropped: 0, failed: 0, lost: 0 };

test.each(["accessLog", "event"] as const)(
  "of the sample, every call of REST, HTTP and WebSocket APIs arrives as Moesif takes it: %s",
  async (output) => {
    const result = await runWith({ stackFile: withSettings({ output }) });

    // The stand-in refuses what lacks one of Moesif's keys.
    expect(problemsOf(result)).toEqual([]);
    expect(result.deliveryPaths.stream).toEqual({
      records: { ...nothing, in: 1000, delivered: 1000 },
      events: { ...nothing, in: 1000, delivered: 1000 },
    });
    // A control message, and one envelope.
    expect(result.deliveryPaths["log-group"]).toEqual({
      records: { ...nothing, in: 2, delivered: 1, dropped: 1 },
      events: { ...nothing, in: 100, delivered: 100 },
    });
    expect(result).toMatchObject({ recordsIn: 1002, events: { in: 1100, delivered: 1100 }, repeatedEvents: 0 });
  },
);

test("the table has the counts of each delivery path", async () => {
  const table = reportTable(await runWith(), "");
  expect(table).toMatch(/ in +│ +1,002 │ +1,100 │\n│ {3}straight to the stream +│ +1,000 │ +1,000 │\n/);
  expect(table).toMatch(/ {3}through the log group +│ +2 │ +100 │\n│ delivered +│ +1,001 │ +1,100 │\n/);
});

test("envelopes that hold more than a record may come back in pieces, and no call is lost", async () => {
  const result = await runWith({ input: someOfSample(2000), through: "log-group" });

  expect(problemsOf(result)).toEqual([]);
  expect(result.events).toMatchObject({ in: 2000, delivered: 2000, failed: 0, lost: 0 });
  expect(result.events.putBack).toBeGreaterThan(0);
});

test("an event of an envelope is shown before and after", async () => {
  const { sample } = await runWith({
    input: writeLog([logEvent(1, { requestTime: "-", requestTimeEpoch: String(Date.now()) })]),
    isSample: false,
    through: "log-group",
  });
  expect(JSON.parse(sample!.before)).toMatchObject({ requestId: logEvent(1)["requestId"] });
  expect(JSON.parse(sample!.after)).toMatchObject({ metadata: { requestId: logEvent(1)["requestId"] } });
});

test("the log of the sample alone takes both delivery paths, and only where nothing else is said", async () => {
  const deliveryPaths = async (options: Partial<RunOptions>): Promise<string[]> =>
    Object.keys((await runWith(options)).deliveryPaths);
  expect(await deliveryPaths({ through: "stream" })).toEqual(["stream"]);
  expect(await deliveryPaths({ stackFile: stackFile(WITHOUT_LOG_GROUP) })).toEqual(["stream"]);
  expect(await deliveryPaths({ input: writeLog([logEvent(1)]), isSample: false })).toEqual(["stream"]);
});

test("when Moesif is down, the events of envelopes are all in the backup bucket", async () => {
  const result = await runWith({ moesif: { status: 503 } });

  expect(problemsOf(result)).toEqual([]);
  expect(result.deliveryPaths["log-group"]?.events).toEqual({ ...nothing, in: 100, failed: 100, delivered: 0 });
});

test("one message that is not understood is in the backup bucket, and the others of its envelope are delivered", async () => {
  const input = someOfSample(9, "no JSON");
  const result = await runWith({ input, isSample: false, through: "log-group" });

  expect(problemsOf(result)).toEqual([]);
  expect(result).toMatchObject({ recordsIn: 2, delivered: 1, dropped: 1, failed: 1, lost: 0 });
  expect(result.events).toEqual({ ...nothing, in: 10, delivered: 9, dropped: 1, putBack: 1, failed: 1 });
});

test("events that a filter takes out of an envelope are counted as dropped", async () => {
  const filter = [{ drop: { httpMethod: "MESSAGE" } }];
  const result = await runWith({ stackFile: withSettings({ filter }), through: "log-group" });

  expect(problemsOf(result)).toEqual([]);
  expect(result.droppedByReason).toMatchObject({ filtered: 500 });
});

/** Leaves the last event of each envelope out, and says nothing of it. */
const LOSING = `
import { gunzipSync } from "node:zlib";
export const handler = async ({ records }) => ({
  records: records.map(({ recordId, data }) => {
    const { messageType, logEvents } = JSON.parse(gunzipSync(Buffer.from(data, "base64")));
    if (messageType === "CONTROL_MESSAGE") return { recordId, result: "Dropped" };
    const lines = logEvents.slice(0, -1).map(({ message }) => message);
    return { recordId, result: "Ok", data: Buffer.from(lines.join("\\n")).toString("base64") };
  }),
});`;

test("a transformer that loses an event of an envelope is found out, though no record is lost", async () => {
  const result = await runWith({
    stackFile: stackFile((stack) => replaceTransformer(stack, LOSING)),
    input: writeLog([1, 2, 3].map((index) => logEvent(index))),
    isSample: false,
    through: "log-group",
  });

  expect(result).toMatchObject({ lost: 0, events: { in: 3, delivered: 2, lost: 1 } });
  expect(problemsOf(result)).toEqual(["1 event lost, though no record is."]);
});

test("without a log group the run says what to write in the rollout file", async () => {
  await expect(runWith({ stackFile: stackFile(WITHOUT_LOG_GROUP), through: "log-group" })).rejects.toThrow(
    new UsageError(
      "--through log-group: in this stack, no log group is subscribed to the stream. In the rollout file, list a stage " +
        "of an HTTP or WebSocket API, or write under defaults:\n  stageLogs:\n    enabled: true",
    ),
  );
});
