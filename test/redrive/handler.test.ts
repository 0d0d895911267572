/** The redrive function as AWS Lambda calls it: with a request, or with messages of its queue. */
import type * as Redrive from "../../lambda/redrive/handler";
import { toClf } from "../../lambda/transformer/normalise";
import { call, FAILED, failedLine, MemoryBucket, MemoryStream, objectOf, PREFIX } from "./support";

const NOW = Date.now();
const DAY = 86_400_000;
const ENVIRONMENT = { AWS_REGION: "us-east-1", BUCKET: "backup", PREFIX, STREAM: "amazon-apigateway-moesif" };
const own = { ...process.env };

let bucket: MemoryBucket;
let stream: MemoryStream;
let logged: string[];
let handler: typeof Redrive.handler;

beforeEach(() => {
  [bucket, stream, logged] = [new MemoryBucket(), new MemoryStream(), []];
  bucket.now = NOW;
  process.env = { ...own, ...ENVIRONMENT };
  jest.resetModules();
  jest.doMock("../../lambda/redrive/aws", () => ({ openBucket: async () => bucket, openStream: () => stream.put }));
  jest.spyOn(process.stdout, "write").mockImplementation((text) => logged.push(String(text)) > 0);
  ({ handler } = jest.requireActual<typeof Redrive>("../../lambda/redrive/handler"));
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = own;
});

const recent = (id: number) => call(id, { requestTime: toClf(NOW) });
const keyOf = (name: string) => FAILED.replace("moesif-1", name);

/** A failed object of one call, which Firehose wrote so many days ago. */
function putFailed(name: string, id: number, days = 1): void {
  bucket.put(keyOf(name), objectOf([failedLine(recent(id))]), NOW - days * DAY);
}

/** A message of SQS, with the event that S3 writes of these keys. */
function message(messageId: string, ...keys: readonly string[]) {
  const Records = keys.map((key) => ({ s3: { object: { key: encodeURIComponent(key).replaceAll("%20", "+") } } }));
  return { messageId, body: JSON.stringify({ Records }) };
}

const ask = (request: Redrive.RedriveRequest = {}) => handler(request);
const hand = (...Records: readonly object[]) => handler({ Records });
const left = () => bucket.keys(PREFIX);

describe("with messages of the queue, the function", () => {
  it("redrives the objects of a message, and no other", async () => {
    putFailed("named", 1);
    putFailed("other", 2);
    expect(await hand(message("a", keyOf("named")))).toEqual({ batchItemFailures: [] });
    expect(stream.texts()).toEqual([`${recent(1)}\t`]);
    expect(left()).toEqual([keyOf("other")]);
  });

  it("reads keys as S3 writes them: encoded, with a plus for a space", async () => {
    putFailed("a b+c é=1", 1);
    await hand(message("a", keyOf("a b+c é=1")));
    expect(left()).toEqual([]);
    expect(stream.texts()).toHaveLength(1);
  });

  it("takes the test event that S3 sends when the notification is set up", async () => {
    const body = JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "backup" });
    expect(await hand({ messageId: "a", body })).toEqual({ batchItemFailures: [] });
  });

  it("takes a message again whose object is gone, since the queue may deliver it twice", async () => {
    expect(await hand(message("a", keyOf("gone")))).toEqual({ batchItemFailures: [] });
  });

  it("gets back only the messages of which an object was not moved", async () => {
    putFailed("taken", 1);
    putFailed("refused", 2);
    stream.failure = "rejected";
    stream.takes = (batch) => batch.map((data) => !data.includes("ext-2"));
    const messages = [message("a", keyOf("refused"), keyOf("taken")), message("b", keyOf("taken"))];
    expect(await hand(...messages)).toEqual({ batchItemFailures: [{ itemIdentifier: "a" }] });
    expect(left()).toEqual([keyOf("refused")]);
  });

  it("gets back every message while Firehose fails to deliver", async () => {
    putFailed("named", 1);
    const today = new Date(NOW).toISOString().slice(0, 10).replaceAll("-", "/");
    bucket.put(`${PREFIX}http-endpoint-failed/${today}/new`, objectOf([failedLine(recent(2))]), NOW);
    expect(await hand(message("a", keyOf("named")))).toEqual({ batchItemFailures: [{ itemIdentifier: "a" }] });
    expect(stream.records).toEqual([]);
  });
});

describe("with a request, the function", () => {
  it("redrives all that failed, and logs its metrics as one line", async () => {
    putFailed("old", 1, 3);
    putFailed("new", 2);
    const summary = await ask();
    expect(summary).toMatchObject({ moved: 2, left: 0, records: { sent: 2 } });
    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged[0]!)).toMatchObject({
      ...summary,
      DeliveryStreamName: ENVIRONMENT.STREAM,
      RecordsRedriven: 2,
      RecordsGivenUp: 0,
      ObjectsRedriven: 2,
      ObjectsLeft: 0,
    });
  });

  it("only counts in a dry run", async () => {
    putFailed("new", 1);
    expect(await ask({ dryRun: true })).toMatchObject({ moved: 1, records: { sent: 1 } });
    expect([stream.records, logged]).toEqual([[], []]);
    expect(left()).toEqual([keyOf("new")]);
  });

  it("redrives what Firehose wrote between two times", async () => {
    for (const days of [1, 2, 3]) putFailed(`${days}`, days, days);
    const time = (days: number) => new Date(NOW - days * DAY).toISOString();
    await ask({ since: time(2.5), until: time(1.5) });
    expect(left()).toEqual([keyOf("1"), keyOf("3")]);
  });

  it.each(["since", "until"])("refuses a time in %s that it cannot read", async (key) => {
    await expect(ask({ [key]: "yesterday" })).rejects.toThrow(`${key} is no time: give it as ISO 8601`);
  });

  it("has its limits from the environment, unless the request names others", async () => {
    process.env.MAX_ATTEMPTS = "1";
    bucket.put(keyOf("again"), objectOf([failedLine(`${recent(1)}\t`)]));
    expect(await ask({ dryRun: true })).toMatchObject({ records: { sent: 0, givenUp: { attempts: 1 } } });
    expect(await ask({ dryRun: true, maxAttempts: 2 })).toMatchObject({ records: { sent: 1, givenUp: {} } });
  });

  it("begins no object when its time is nearly up", async () => {
    putFailed("new", 1);
    const summary = await handler({}, { getRemainingTimeInMillis: () => 60_000 });
    expect(summary).toMatchObject({ moved: 0, stopped: "out-of-time" });
    expect(left()).toEqual([keyOf("new")]);
  });

  it.each(["BUCKET", "PREFIX", "STREAM", "AWS_REGION"])("says that the variable %s is missing", async (name) => {
    delete process.env[name];
    await expect(ask()).rejects.toThrow(`${name} is not set`);
  });
});
