/** The function as AWS Lambda calls it, with what it reads from the outside. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { moduleArgs, runNode } from "../../bench/child";
import type { handler as Handler } from "../../lambda/transformer/handler";
import { REPAIRABLE_FORMATS } from "../../lambda/transformer/repair";
import { ConfigEndpoint } from "../support/config-endpoint";
import { FirehoseStandIn } from "../support/firehose-stand-in";
import { ROOT } from "../support/rollout";
import { accessLog, base64, envelope, eventOf, HASH_KEY, NOW, settings, textOf } from "./support";

/** A handler as a new execution environment has it: without settings. */
function freshHandler(): typeof Handler {
  let fresh: typeof Handler | undefined;
  jest.isolateModules(() => {
    fresh = (jest.requireActual("../../lambda/transformer/handler") as { handler: typeof Handler }).handler;
  });
  return fresh!;
}

const folder = mkdtempSync(join(tmpdir(), "handler-"));
const file = join(folder, "settings.json");
const environment = process.env;
const log = jest
  .spyOn(process.getBuiltinModule("node:fs"), "writeSync")
  .mockImplementation((_, line) => Buffer.byteLength(line));
jest.spyOn(Date, "now").mockReturnValue(NOW);

/** Moesif is not asked, unless a test says so. */
const offline = { sampling: { remote: false } };

function writeSettings(more: object = offline): void {
  writeFileSync(file, JSON.stringify({ ...settings, ...more }));
}

function secret(name: string, content: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return pathToFileURL(path).href;
}

function lastReport(): Record<string, unknown> {
  const lines = log.mock.calls.map(([, line]) => JSON.parse(String(line)) as Record<string, unknown>);
  return lines.findLast(({ RecordsIn }) => RecordsIn !== undefined)!;
}

beforeEach(() => {
  process.env = { ...environment, SETTINGS_URL: pathToFileURL(file).href };
  writeSettings();
  log.mockClear();
});

afterAll(() => {
  process.env = environment;
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe("handler", () => {
  it("answers each record in order, with data for those alone that are delivered", async () => {
    const event = eventOf([base64(JSON.stringify(accessLog())), base64(" "), "not base64", base64("{}")]);

    const { records } = await freshHandler()(event);

    expect(records.map(({ recordId }) => recordId)).toEqual(event.records.map(({ recordId }) => recordId));
    expect(records.map(({ result }) => result)).toEqual(["Ok", "Dropped", "ProcessingFailed", "ProcessingFailed"]);
    expect(records.map((record) => Object.keys(record).join())).toEqual([
      "recordId,result,data",
      "recordId,result",
      "recordId,result",
      "recordId,result",
    ]);
    const delivered: unknown = JSON.parse(textOf((records[0] as { data: string }).data));
    expect(delivered).toMatchObject({ metadata: { apiName: "Orders" } });
  });

  it("answers what has an id, whatever else is wrong with a record", async () => {
    const strange = [null, {}, { recordId: "1" }, { recordId: "2", data: 7 }, "3"] as never;
    const { records } = await freshHandler()({ ...eventOf([]), records: strange });
    expect(records).toEqual([
      { recordId: "1", result: "ProcessingFailed" },
      { recordId: "2", result: "ProcessingFailed" },
    ]);
  });

  it("logs nothing else where nothing fails", async () => {
    await freshHandler()(eventOf([base64(JSON.stringify(accessLog()))]));
    expect(log).toHaveBeenCalledTimes(1);
  });

  it("answers an empty batch", async () => {
    await expect(freshHandler()(eventOf([]))).resolves.toEqual({ records: [] });
  });

  it("logs a line of JSON with counts and one for each reason, and nothing of what the records hold", async () => {
    await freshHandler()(eventOf([base64(JSON.stringify(accessLog({ user: "jane" }))), base64('{"jane":'), "jane!"]));

    const lines = log.mock.calls.map(([, text]) => String(text));
    const [line = ""] = lines;
    for (const one of lines) expect(one).toMatch(/^\{.*\}\n$/);
    expect(lines.join()).not.toContain("jane");
    expect(lines.slice(1).map((one) => JSON.parse(one).Reason)).toEqual(["not-json", "not-base64"]);
    expect(JSON.parse(line)).toMatchObject({
      _aws: { Timestamp: NOW },
      RecordsIn: 3,
      EventsKept: 1,
      EventsFailed: 2,
      failed: { "not-json": 1, "not-base64": 1 },
    });
  });

  it.each(["accessLog", "event"] as const)("counts who is known, with output %s", async (output) => {
    writeSettings({ ...settings, output });
    const calls = [
      {},
      { user: "-", companyId: "" },
      { principalId: "jane" },
      { user: "jane", companyId: "acme" },
      { companyId: "acme" },
    ];
    const several = calls.map((call) => JSON.stringify(accessLog(call))).join("\n");

    await freshHandler()(eventOf([...calls.map((call) => base64(JSON.stringify(accessLog(call)))), base64(several)]));

    expect(lastReport()).toMatchObject({ EventsKept: 10, EventsWithUser: 4, EventsWithCompany: 4 });
  });

  it("counts who is known of events, and of calls that it leaves to Moesif", async () => {
    const request = { time: "2026-11-17T10:05:03Z", uri: "https://example.com/", verb: "GET", headers: {} };
    const events = [{ request }, { request, user_id: "jane" }, { request, user_id: "jane", company_id: "acme" }];
    writeSettings({ ...settings, output: "event" });
    await freshHandler()(eventOf(events.map((event) => base64(JSON.stringify(event)))));
    expect(lastReport()).toMatchObject({ EventsKept: 3, EventsWithUser: 2, EventsWithCompany: 1 });

    writeSettings({ ...settings, passThrough: true });
    await freshHandler()(eventOf([base64(JSON.stringify(accessLog({ principalId: "jane" })))]));
    expect(lastReport()).toMatchObject({ EventsKept: 1, EventsWithUser: 1, EventsWithCompany: 0 });
  });

  it("logs the rest of the line through the stream where the pipe is full", async () => {
    const stream = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    log.mockReturnValueOnce(10);
    await freshHandler()(eventOf([]));
    const line = Buffer.from(log.mock.lastCall![1]);
    expect(stream.mock.calls).toEqual([[line.subarray(10)]]);

    log.mockImplementationOnce(() => {
      throw new Error("EAGAIN");
    });
    await freshHandler()(eventOf([]));
    expect(String(stream.mock.lastCall![0])).toMatch(/^\{.*\}\n$/);
    stream.mockRestore();
  });

  it("counts what it repaired, and logs nothing of that either", async () => {
    const keys = REPAIRABLE_FORMATS[0]!;
    const damaged = `{${keys.map((key) => `"${key}":"${key === "user" ? 'jane "j"' : "-"}"`).join()}}`;
    await freshHandler()(eventOf([envelope([damaged, damaged]), base64(damaged), envelope(["jane"])]));

    expect(String(log.mock.calls[0]![1])).not.toContain("jane");
    expect(lastReport()).toMatchObject({ EventsKept: 3, EventsRepaired: 3, failed: { "not-json": 1 } });
  });

  it("reads the settings once for all invocations", async () => {
    const handler = freshHandler();
    await handler(eventOf([]));
    rmSync(file);
    await expect(handler(eventOf([]))).resolves.toEqual({ records: [] });
  });

  it("fails without settings, so that Firehose keeps the records, and tries again at the next invocation", async () => {
    rmSync(file);
    const handler = freshHandler();
    await expect(handler(eventOf([""]))).rejects.toThrow("SETTINGS_URL");
    writeSettings();
    await expect(handler(eventOf([""]))).resolves.toMatchObject({ records: [{ result: "Dropped" }] });
  });

  it("hashes with the key of its secret, and does not work without", async () => {
    writeSettings({ ...offline, redaction: { hash: ["user"] } });
    const event = eventOf([base64(JSON.stringify(accessLog({ user: "jane" })))]);
    const handler = freshHandler();
    await expect(handler(event)).rejects.toThrow("HASH_KEY_SECRET is not set");

    process.env["HASH_KEY_SECRET"] = secret("hash-key", { hash_key: HASH_KEY });
    const { records } = await handler(event);
    const delivered = JSON.parse(textOf((records[0] as { data: string }).data)) as { user: string };
    expect(delivered.user).toMatch(/^hmac:/);
  });
});

describe("an answer that would be too large", () => {
  let firehose: FirehoseStandIn;
  const large = base64(JSON.stringify(accessLog({ note: "n".repeat(990_000) })));
  const small = base64(JSON.stringify(accessLog()));
  const event = eventOf([...(Array(6) as string[]).fill(large), small]);

  beforeAll(async () => (firehose = await FirehoseStandIn.start()));
  afterAll(() => firehose.stop());
  beforeEach(() => {
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_FIREHOSE: firehose.url,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    });
  });

  it("is made to fit: what is too much goes back to its stream, and passes as it is when it comes again", async () => {
    const handler = freshHandler();
    const { records } = await handler(event);

    expect(records.map(({ result }) => result)).toEqual(["Ok", "Ok", "Ok", "Ok", "Dropped", "Dropped", "Ok"]);
    expect(Buffer.byteLength(JSON.stringify({ records }))).toBeLessThan(6 * 1024 * 1024);
    expect(firehose.calls.map(({ stream }) => stream)).toEqual(["amazon-apigateway-moesif"]);
    expect(lastReport()).toMatchObject({ EventsIn: 7, EventsKept: 5, EventsPutBack: 2 });

    const again = await handler(eventOf(firehose.taken.map(base64)));
    expect(again.records.map((record) => (record as { data: string }).data)).toEqual(firehose.taken.map(base64));
  });

  it("fails what cannot be put back, so that Firehose keeps it", async () => {
    firehose.answers.push({ error: "AccessDeniedException", status: 400 });
    const { records } = await freshHandler()(event, { getRemainingTimeInMillis: () => 60_000 });
    expect(records.map(({ result }) => result).slice(4)).toEqual(["ProcessingFailed", "ProcessingFailed", "Ok"]);
    expect(lastReport()).toMatchObject({
      EventsFailed: 2,
      failed: { "answer-too-large": 2 },
      putBackFailures: { denied: 2 },
    });
  });
});

describe("Moesif's sampling rules", () => {
  let moesif: ConfigEndpoint;
  const logs = ["jane", "joe"].map((user) => base64(JSON.stringify(accessLog({ user }))));

  beforeAll(async () => (moesif = await ConfigEndpoint.start()));
  afterAll(() => moesif.stop());
  beforeEach(() => {
    process.env["APPLICATION_ID_SECRET"] = secret("application-id", { api_key: "collector" });
    writeSettings({ baseUrl: moesif.url });
  });

  it("are known before the first batch is sent, and decide", async () => {
    moesif.answers({
      body: { sample_rate: 100, user_sample_rate: { jane: 0 } },
      headers: { "X-Moesif-Config-ETag": "1" },
    });
    const { records } = await freshHandler()(eventOf(logs));

    expect(records.map(({ result }) => result)).toEqual(["Dropped", "Ok"]);
    expect(moesif.requests.map(({ path, headers }) => [path, headers["x-moesif-application-id"]])).toEqual([
      ["/v1/config", "collector"],
    ]);
    expect(lastReport()).toMatchObject({ dropped: { sampled: 1 }, ConfigFailures: 0, config: { state: "fresh" } });
  });

  it("cost nothing but volume where they cannot be had, and that is counted once", async () => {
    moesif.answers({ status: 404 });
    const handler = freshHandler();
    const { records } = await handler(eventOf(logs));

    expect(records.map(({ result }) => result)).toEqual(["Ok", "Ok"]);
    expect(lastReport()).toMatchObject({ ConfigFailures: 1, config: { state: "none", failures: { "http-404": 1 } } });
    await handler(eventOf(logs));
    expect(lastReport()).toMatchObject({ ConfigFailures: 0 });
    expect(JSON.stringify(lastReport())).not.toContain("collector");
  });

  it("say why the application id cannot be read, and what to do", async () => {
    delete process.env["APPLICATION_ID_SECRET"];
    await freshHandler()(eventOf(logs));
    expect(lastReport()).toMatchObject({
      SecretFailures: 1,
      config: { failures: { "no-application-id": 1 } },
      applicationIdProblem:
        "APPLICATION_ID_SECRET is not set: set it to the ARN or the name of a secret in Secrets Manager.",
    });
  });

  it("are not asked for by the kill switch", async () => {
    moesif.answers({ body: { sample_rate: 0 } });
    writeSettings({ baseUrl: moesif.url, passThrough: true });
    const { records } = await freshHandler()(eventOf(logs));
    expect(records.map((record) => (record as { data: string }).data)).toEqual(logs);
    expect(moesif.requests).toEqual([]);
  });
});

describe("the built function", () => {
  /** What the first invocation answers if the settings become others after the function is loaded. */
  function firstResult(atLoad: string | undefined, later: string | undefined): Promise<string> {
    const source = `
      import { rmSync, writeFileSync } from "node:fs";
      const [bundle, file, event, settings] = process.argv.slice(1);
      const { handler } = await import(bundle);
      settings === "" ? rmSync(file, { force: true }) : writeFileSync(file, settings);
      const { records } = await handler(JSON.parse(event)).catch(({ message }) => ({ records: [{ result: message }] }));
      console.log("\\n" + JSON.stringify(records[0].result));
    `;
    rmSync(file, { force: true });
    if (atLoad !== undefined) writeFileSync(file, atLoad);
    const bundle = pathToFileURL(join(ROOT, "dist", "lambda", "transformer", "index.mjs")).href;
    return runNode<string>(moduleArgs(source, bundle, file, JSON.stringify(eventOf([base64(" ")])), later ?? ""), {
      SETTINGS_URL: pathToFileURL(file).href,
    });
  }
  const document = JSON.stringify({ ...settings, ...offline });

  it("has read its settings before the first invocation", async () => {
    expect(await firstResult(document, undefined)).toBe("Dropped");
  });

  it("reads them in the first invocation if they could not be read before, and fails if they still cannot", async () => {
    expect(await firstResult(undefined, document)).toBe("Dropped");
    expect(await firstResult(undefined, undefined)).toMatch(/^SETTINGS_URL .* cannot be read/);
  });
});
