/** A whole run over a hand-made stack: what Moesif answers decides where the records end. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunResult } from "../../local/account";
import { problemsOf } from "../../local/report";
import { run, type RunOptions } from "../../local/run";
import { UsageError } from "../../common/usage-error";
import {
  logEvent,
  moesifEvent,
  objectsIn,
  stackJson,
  temporaryDirectory,
  TRANSFORMER,
  writeLog,
  writeStack,
} from "./support";

jest.setTimeout(60_000);

const EVENTS = Array.from({ length: 300 }, (_, index) => logEvent(index));

function runWith(options: Partial<RunOptions> = {}): Promise<RunResult> {
  return run({
    stackFile: options.stackFile ?? writeStack(),
    input: writeLog(EVENTS),
    out: join(temporaryDirectory(), "out"),
    timeScale: 1000,
    ...options,
  });
}

function failureLines(result: RunResult, type: string): Record<string, unknown>[] {
  return objectsIn(result.backupDirectory)
    .filter(({ key }) => key.includes(`firehose/failed/${type}/`))
    .flatMap(({ text }) => text.trim().split("\n"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("every record is delivered through the transformer, and none is lost", async () => {
  const result = await runWith();

  expect(result).toMatchObject({ recordsIn: 300, delivered: 300, dropped: 0, failed: 0, lost: 0 });
  expect(result.events).toEqual({ in: 300, putBack: 0, delivered: 300, dropped: 0, failed: 0, lost: 0 });
  expect(result.sample?.after).toContain('"companyId":"acme"');
  expect(result.sample?.before).not.toContain("companyId");
  expect(problemsOf(result)).toEqual([]);
});

test("the transformer decides which records are dropped and which have failed", async () => {
  const events = [{}, { resourcePath: "/drop" }, { resourcePath: "/fail" }].map((change, i) => logEvent(i, change));
  const result = await runWith({ input: writeLog(events) });

  expect(result).toMatchObject({ recordsIn: 3, delivered: 1, dropped: 1, failed: 1, lost: 0 });
  expect(result.failures).toEqual({ "Lambda.ProcessingFailedStatus": 1 });
  const [line] = failureLines(result, "processing-failed");
  expect(JSON.parse(Buffer.from(String(line?.["rawData"]), "base64").toString())).toEqual(events[2]);
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
      ({ rawData }) => JSON.parse(Buffer.from(String(rawData), "base64").toString()) as { requestId: string },
    );
    expect(kept.map(({ requestId }) => requestId).sort()).toEqual(EVENTS.map(({ requestId }) => requestId));
    expect(kept[0]).toMatchObject({ companyId: "acme" });
    expect(problemsOf(result)).toEqual([]);
  },
);

test("a reply that is no acknowledgement counts as a failure", async () => {
  const result = await runWith({ moesif: { malformed: true } });

  expect(result).toMatchObject({ delivered: 0, failed: 300, lost: 0 });
  expect(result.failures).toEqual({ "HttpEndpoint.InvalidResponseFromDestination": 300 });
});

test("a slow Moesif is awaited", async () => {
  const result = await runWith({ moesif: { delayMs: 400 } });

  expect(result).toMatchObject({ delivered: 300, failed: 0, lost: 0, requests: 1 });
});

test("a Moesif that does not reply in time has not taken the records", async () => {
  const stackFile = writeStack(stackJson({ endpoint: { retry_duration: 0.5 } }));
  const result = await runWith({ stackFile, replySeconds: 0.2, moesif: { delayMs: 1000 } });

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

test("a stack without an access key breaks Moesif's contract", async () => {
  const stackFile = writeStack(stackJson({ endpoint: { secrets_manager_configuration: { enabled: false } } }));
  const result = await runWith({ stackFile });

  expect(result).toMatchObject({ delivered: 0, failed: 300, lost: 0 });
  expect(problemsOf(result).join(" ")).toContain("the header x-amz-firehose-access-key is missing");
});

test.each(["https://proxy.example.com/a", "https://proxy.example.com//a"])(
  "a stream behind %s keeps the path of its URL, and stays on this machine",
  async (baseUrl) => {
    const stackFile = writeStack(stackJson({ endpoint: { url: `${baseUrl}/v1/partners/aws/kinesis` } }));
    const result = await runWith({ stackFile });

    expect(result).toMatchObject({ delivered: 300, failed: 0, lost: 0 });
    expect(problemsOf(result)).toEqual([]);
  },
);

test("a stream that does not deliver to where Moesif takes access logs breaks the contract", async () => {
  const stackFile = writeStack(stackJson({ endpoint: { url: "https://api.moesif.net/v1/events" } }));
  const result = await runWith({ stackFile });

  expect(result).toMatchObject({ delivered: 0, failed: 300, lost: 0 });
  expect(problemsOf(result).join(" ")).toContain("the path /v1/events ends neither with /v1/partners/aws/kinesis");
});

test("common attributes beyond ASCII are delivered", async () => {
  const request_configuration = { common_attributes: [{ name: "place", value: "Zürich →" }] };
  const result = await runWith({ stackFile: writeStack(stackJson({ endpoint: { request_configuration } })) });

  expect(result).toMatchObject({ delivered: 300, failed: 0, lost: 0 });
  expect(problemsOf(result)).toEqual([]);
});

test("with processing off the records arrive as they were sent", async () => {
  const stackFile = writeStack(stackJson({ endpoint: { processing_configuration: { enabled: false } } }));
  const result = await runWith({ stackFile });

  expect(result).toMatchObject({ delivered: 300, lost: 0 });
  expect(result.sample).toBeUndefined();
});

test("in the mode AllData the bucket keeps every record, delivered or not, and none counts as failed", async () => {
  const stackFile = writeStack(stackJson({ endpoint: { s3_backup_mode: "AllData" } }));
  const result = await runWith({ stackFile });

  expect(result).toMatchObject({ delivered: 300, failed: 0, lost: 0 });
  const [object] = objectsIn(result.backupDirectory);
  expect(object?.key).toMatch(/^firehose\/delivered\/\d{4}\/\d\d\/\d\d\/\d\d\/amazon-apigateway-test-1-/);
  expect(object?.text).toBe(EVENTS.map((event) => JSON.stringify(event)).join(""));
});

/** Drops each record that is not marked and puts it back, marked, in `pieces` pieces. */
const PUTTING_BACK = (pieces: number): string => `
export const handler = async ({ deliveryStreamArn, records }) => {
  const Data = (text) => Buffer.from(text).toString("base64");
  const Records = [];
  const answers = records.map(({ recordId, data }) => {
    const event = JSON.parse(Buffer.from(data, "base64").toString());
    if (event.mark) return { recordId, result: "Ok", data };
    for (let piece = 0; piece < ${pieces}; piece++)
      Records.push({ Data: Data(JSON.stringify({ ...event, requestId: event.requestId + piece, mark: true })) });
    return { recordId, result: "Dropped" };
  });
  while (Records.length > 0) {
    const response = await fetch(process.env.AWS_ENDPOINT_URL_FIREHOSE, {
      method: "POST",
      headers: { "X-Amz-Target": "Firehose_20150804.PutRecordBatch" },
      body: JSON.stringify({ DeliveryStreamName: deliveryStreamArn.split("/")[1], Records: Records.splice(0, 500) }),
    });
    if (!response.ok) throw new Error(await response.text());
  }
  const dropped = answers.filter(({ result }) => result === "Dropped").length;
  process.stdout.write(JSON.stringify({ message: "transformed", dropped: dropped > 0 ? { "put-back": dropped } : {} }) + "\\n");
  return { records: answers };
};`;

test("records that the transformer puts back come in anew, and every one is accounted for", async () => {
  const result = await runWith({ stackFile: writeStack(stackJson(), PUTTING_BACK(2)) });

  expect(result).toMatchObject({ recordsIn: 300, putBack: 600, delivered: 600, dropped: 300, failed: 0, lost: 0 });
  expect(result.droppedByReason).toEqual({ "put-back": 300 });
  expect(problemsOf(result)).toEqual([]);
});

test("reasons of dropped records are known even where nothing is delivered", async () => {
  const source = `export const handler = async ({ records }) => {
    process.stdout.write(JSON.stringify({ dropped: { sampled: records.length } }) + "\\n");
    return { records: records.map(({ recordId }) => ({ recordId, result: "Dropped" })) };
  };`;
  const result = await runWith({ stackFile: writeStack(stackJson(), source) });

  expect(result).toMatchObject({ dropped: 300, droppedByReason: { sampled: 300 }, requests: 0, lost: 0 });
});

/** Asks for Moesif's config as the settings and the secret say, and delivers it in each record. */
const ASKING = `
import { readFileSync } from "node:fs";
const read = (name) => JSON.parse(readFileSync(new URL(process.env[name]), "utf8"));
export const handler = async ({ records }) => {
  const headers = { "X-Moesif-Application-Id": read("APPLICATION_ID_SECRET").api_key };
  const config = await (await fetch(read("SETTINGS_URL").baseUrl + "/v1/config", { headers })).json();
  return {
    records: records.map(({ recordId, data }) => {
      const event = { ...JSON.parse(Buffer.from(data, "base64").toString()), rate: config.sample_rate };
      return { recordId, result: "Ok", data: Buffer.from(JSON.stringify(event)).toString("base64") };
    }),
  };
};`;

test.each(["", "/a"])(
  "the transformer gets its sampling rules from the stand-in, also behind a proxy: %j",
  async (path) => {
    const variables = {
      SETTINGS_URL: "${aws_s3_object.settings.key}",
      APPLICATION_ID_SECRET: "${data.aws_secretsmanager_secret.application_id.arn}",
    };
    const stack = stackJson({
      endpoint: { url: `https://proxy.example.com${path}/v1/partners/aws/kinesis` },
      function: { environment: { variables } },
      object: { content: JSON.stringify({ version: 1, baseUrl: `https://proxy.example.com${path}` }) },
    });
    const result = await runWith({ stackFile: writeStack(stack, ASKING), moesif: { config: { sample_rate: 7 } } });

    expect(result).toMatchObject({ delivered: 300, lost: 0 });
    expect(JSON.parse(result.sample!.after)).toMatchObject({ rate: 7 });
    expect(problemsOf(result)).toEqual([]);
  },
);

test("at the address of events, an event is what Moesif asks for, and an access log breaks the contract", async () => {
  const json = stackJson({ endpoint: { url: "https://api.moesif.net/v1/partners/aws/kinesis/events" } });
  const source = `export const handler = async ({ records }) => ({
    records: records.map(({ recordId, data }) => {
      const { requestId } = JSON.parse(Buffer.from(data, "base64").toString());
      const event = { ...${JSON.stringify(moesifEvent())}, transaction_id: requestId };
      return { recordId, result: "Ok", data: Buffer.from(JSON.stringify(event)).toString("base64") };
    }),
  });`;
  const good = await runWith({ stackFile: writeStack(json, source) });
  expect(good).toMatchObject({ delivered: 300, lost: 0, events: { delivered: 300, lost: 0 }, repeatedEvents: 0 });
  expect(problemsOf(good)).toEqual([]);

  const bad = await runWith({ stackFile: writeStack(json) });
  expect(bad).toMatchObject({ delivered: 0, failed: 300 });
  expect(problemsOf(bad).join(" ")).toContain("an event of record 1 lacks request");
});

test("a transformer that gives two records the data of one is found out", async () => {
  const source = TRANSFORMER.replace("recordId, data }) =>", "recordId }, _, [{ data }]) =>");
  const result = await runWith({ stackFile: writeStack(stackJson(), source) });

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
  const stackFile = writeStack(stackJson({ function: { timeout: 60 } }), source);

  await expect(runWith({ stackFile, out, signal: controller.signal, onProgress: interrupt })).rejects.toThrow(
    "Interrupted.",
  );
  expect(existsSync(readFileSync(log, "utf8").trim())).toBe(false);
});

test("records are sent with their own times, and those of the sample in the last minute", async () => {
  const moved = await runWith({ isSample: true });
  expect(moved.sample?.before).not.toContain("17/Nov/2026");
  expect(moved).toMatchObject({ recordsIn: 300, delivered: 300, lost: 0, repeatedEvents: 0 });
  expect((await runWith()).sample?.before).toContain("17/Nov/2026:10:05:03 +0000");
});

test("a second run clears what the first one wrote", async () => {
  const out = join(temporaryDirectory(), "out");
  await runWith({ out, moesif: { status: 503 } });
  const result = await runWith({ out });

  expect(result.failed).toBe(0);
  expect(existsSync(join(out, "secret.json"))).toBe(true);
});

test("an input that is too large for Firehose is refused with its line", async () => {
  const input = writeLog([logEvent(1), logEvent(2, { resourcePath: "x".repeat(1_100_000) })]);

  await expect(runWith({ input })).rejects.toThrow(
    new UsageError("--input: line 2 has more than 1024000 bytes, the most that Firehose takes in a record."),
  );
});
