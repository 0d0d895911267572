/** Alarms of the redrive and of the enrollment, on what these functions log. */
import type * as Redrive from "../../lambda/redrive/handler";
import { reportOf } from "../../lambda/stage-enrollment/report";
import { enroll } from "../../lambda/stage-enrollment/runs";
import { toClf } from "../../lambda/transformer/normalise";
import { Metrics } from "../../local/metrics";
import { call, FAILED, failedLine, MemoryBucket, MemoryStream, objectOf, PREFIX } from "../redrive/support";
import { FakeApiGateway, FakeStore } from "../stage-enrollment/fakes";
import { Alarms } from "./alarms";

const NOW = Date.now();
const DAY = 86_400_000;
const MINUTE = 60_000;
const alarms = new Alarms();

/** The alarms that fire in ten minutes with these metrics. */
function fired(metrics: Metrics): string[] {
  return alarms.fired({ metrics, errorLog: [], from: NOW - MINUTE, to: NOW + 9 * MINUTE });
}

function firedBy(...lines: readonly string[]): string[] {
  const metrics = new Metrics();
  for (const line of lines) metrics.takeLine(line);
  return fired(metrics);
}

describe("of the redrive", () => {
  const own = { ...process.env };
  const logged: string[] = [];
  let bucket: MemoryBucket;
  let handler: typeof Redrive.handler;

  beforeEach(() => {
    bucket = new MemoryBucket();
    bucket.now = NOW;
    logged.length = 0;
    process.env = { ...own, AWS_REGION: "eu-west-1", BUCKET: "backup", PREFIX, STREAM: "amazon-apigateway-moesif" };
    jest.resetModules();
    const stream = new MemoryStream();
    jest.doMock("../../lambda/redrive/aws", () => ({ openBucket: async () => bucket, openStream: () => stream.put }));
    jest.spyOn(process.stdout, "write").mockImplementation((text) => logged.push(String(text)) > 0);
    ({ handler } = jest.requireActual<typeof Redrive>("../../lambda/redrive/handler"));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.env = own;
  });

  const put = (age: number, key = FAILED) =>
    bucket.put(key, objectOf([failedLine(call(1, { requestTime: toClf(NOW - age) }))]), NOW - DAY);

  it("none fires when all records are sent", async () => {
    put(DAY);
    await handler({});
    expect(firedBy(...logged)).toEqual([]);
  });

  it("givenUp fires when a record is too old", async () => {
    put(40 * DAY);
    await handler({});
    expect(firedBy(...logged)).toEqual(["givenUp"]);
  });

  it("none fires when records are only counted", async () => {
    put(40 * DAY);
    await handler({ dryRun: true });
    expect(firedBy(...logged)).toEqual([]);
  });

  /** Messages in the dead-letter queue, of one that SQS hands over until it is done or was handed over too often. */
  async function deadLetters(): Promise<Metrics> {
    const body = JSON.stringify({ Records: [{ s3: { object: { key: FAILED } } }] });
    let isDone = false;
    for (let receives = 0; !isDone && receives < alarms.receives; receives++) {
      const answer = await handler({ Records: [{ messageId: "a", body }] });
      isDone = (answer as { batchItemFailures: readonly unknown[] }).batchItemFailures.length === 0;
    }
    const metrics = new Metrics();
    const dimensions = { QueueName: "moesif-redrive-moesif-failed" };
    const metric = "ApproximateNumberOfMessagesVisible";
    metrics.put({ namespace: "AWS/SQS", metric, dimensions }, NOW, isDone ? 0 : 1);
    return metrics;
  }

  it("redriveFailed fires when a message was handed over as often as the queue says", async () => {
    put(DAY);
    // Firehose fails to deliver all the time.
    const today = new Date(NOW).toISOString().slice(0, 10).replaceAll("-", "/");
    bucket.put(`${PREFIX}http-endpoint-failed/${today}/new`, objectOf([failedLine(call(2))]), NOW);
    expect(fired(await deadLetters())).toEqual(["redriveFailed"]);
  });

  it("redriveFailed does not fire when the message is done", async () => {
    put(DAY);
    expect(fired(await deadLetters())).toEqual([]);
  });
});

describe("of the enrollment", () => {
  const id = (apiId: string) => ({ type: "REST" as const, apiId, stage: "prod" });
  const log = (destinationArn: string) => ({ destinationArn, format: "$context.requestId" });

  /** The line of a run that enrolls two stages. */
  async function lineOf(prepare: (api: FakeApiGateway) => void): Promise<string> {
    const api = new FakeApiGateway();
    prepare(api);
    const answer = await enroll(
      {
        api,
        store: new FakeStore(),
        others: { own: "one", at: async () => undefined },
        writer: "a",
        deadline: NOW + MINUTE,
        end: NOW + MINUTE,
        now: () => NOW,
        sleep: async () => undefined,
      },
      { enrollment: { destinations: { REST: log("stream") }, stages: [id("a"), id("b")] }, run: 1 },
    );
    return JSON.stringify(reportOf(answer!, "moesif-enroll-moesif", NOW, 1));
  }

  it("none fires when all stages are enrolled", async () => {
    const line = await lineOf((api) => ["a", "b"].forEach((apiId) => api.add(id(apiId))));
    expect(firedBy(line)).toEqual([]);
  });

  it("stagesNotEnrolled fires when a stage does not exist", async () => {
    expect(firedBy(await lineOf((api) => api.add(id("a"))))).toEqual(["stagesNotEnrolled"]);
  });

  it("stagesNotEnrolled fires when a stage logs to another destination", async () => {
    const line = await lineOf((api) => {
      api.add(id("a"));
      api.add(id("b"), log("other"));
    });
    expect(firedBy(line)).toEqual(["stagesNotEnrolled"]);
  });

  it("stagesNotEnrolled fires when API Gateway refuses to set a stage", async () => {
    const line = await lineOf((api) => {
      for (const apiId of ["a", "b"]) api.add(id(apiId));
      api.before = (kind, stage) => {
        if (kind === "write" && stage?.apiId === "b") throw new Error("refused");
      };
    });
    expect(firedBy(line)).toEqual(["stagesNotEnrolled"]);
  });
});
