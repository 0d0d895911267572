/** The dashboards are what CloudWatch takes, name metrics that there are, and show what a run leaves. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shownBy } from "../../bench/dashboard/evaluate";
import { dashboardPage, record, type Recording, recordedDashboard } from "../../bench/dashboard/record";
import { reportOf as enrollmentReportOf } from "../../lambda/stage-enrollment/report";
import { dropped, failed } from "../../lambda/transformer/outcome";
import { reasonLines, reportOf } from "../../lambda/transformer/report";
import { InvalidValueError, RolloutDashboard } from "../../modules";
import { App, TerraformStack } from "../../modules/cdk";
import { pipelineDashboard } from "../../modules/monitoring/dashboard";
import { rolloutDashboard } from "../../modules/monitoring/rollout-dashboard";
import { ROOT, synthesizeFile } from "../support/rollout";
import { type Dashboard, dashboardSchema } from "./dashboard-schema";

const environment = { accountId: "111111111111", region: "eu-west-1", partition: "aws" };
const ALL = { memoryMb: 512, isInvoked: true, readsApplicationId: true };
const NONE = { memoryMb: 512, isInvoked: false, readsApplicationId: false };

const full = pipelineDashboard({
  pipeline: { name: "orders", environment, transformer: ALL, redrive: { deadLetterQueue: {} } },
  alarmNames: ["moesif-orders-no-traffic"],
  enrolls: true,
});
const bare = pipelineDashboard({
  pipeline: { name: "orders", environment, transformer: NONE },
  alarmNames: [],
  enrolls: false,
});
const rollout = rolloutDashboard({
  "production eu-west-1": { name: "moesif", environment },
  "staging us-east-1": {
    name: "moesif",
    environment: { ...environment, accountId: "222222222222", region: "us-east-1" },
  },
});
const DASHBOARDS = { full, bare, rollout };

const widgetsOf = (body: object) => (body as Dashboard).widgets.filter((one) => one.type === "metric");
const titlesOf = (body: object) => widgetsOf(body).map(({ properties }) => properties.title);

describe("a dashboard", () => {
  it.each(Object.entries(DASHBOARDS))("is what CloudWatch takes: %s", (_, body) => {
    expect(dashboardSchema.safeParse(body).error?.issues).toBeUndefined();
  });

  it.each<[string, (body: any) => void]>([
    ["has a widget that lies over another", ({ widgets }) => (widgets[3].x = 4)],
    ["is wider than the grid", ({ widgets }) => (widgets.at(-1).width = 24)],
    ["has a period of 90 seconds", ({ widgets }) => (widgets[3].properties.period = 90)],
    ["has a statistic that there is not", ({ widgets }) => (widgets[3].properties.stat = "Total")],
    ["names no region", ({ widgets }) => delete widgets[3].properties.region],
    ["has a metric without the value of a dimension", ({ widgets }) => widgets[3].properties.metrics[0].splice(3, 1)],
    ["refers to a metric that is not there", ({ widgets }) => widgets[4].properties.metrics.pop()],
    ["has an alarm by its name", ({ widgets }) => (widgets[1].properties.alarms = ["moesif-orders-no-traffic"])],
    ["has a member that is not documented", ({ widgets }) => (widgets[3].properties.colour = "red")],
  ])("is refused if it %s", (_, spoil) => {
    const body = structuredClone(full);
    spoil(body);
    expect(dashboardSchema.safeParse(body).success).toBe(false);
  });

  it.each(Object.entries(DASHBOARDS))("names only metrics that there are: %s", (_, body) => {
    expect(metricsOf(body).filter((one) => !known().has(one))).toEqual([]);
  });

  it("shows what the pipeline has", () => {
    expect(titlesOf(bare)).toEqual([
      "Over the whole time",
      "Traffic: records into the stream",
      "Traffic: share of the stream's quota, %",
      "Delivery: records to Moesif",
      "Delivery: success, %",
      "Freshness: age of the oldest record when it is delivered, s",
      expect.stringMatching(/^Cost: MB into/),
      expect.stringMatching(/^Cost: MB out/),
    ]);
    const more = titlesOf(full).filter((title) => !titlesOf(bare).includes(title));
    const subjects = new Set(more.map((title) => title.split(":")[0]));
    expect([...subjects]).toEqual([
      "Calls",
      "Drops by reason, calls",
      "Failures by reason, calls",
      "Who is known",
      "Sampling",
      "Damaged calls",
      "Transformer",
      "Moesif's sampling rules",
      "Redrive",
      "Stage enrollment",
      "Cost",
    ]);
  });
});

describe("RolloutDashboard", () => {
  const build = (props: object) => () =>
    new RolloutDashboard(new TerraformStack(new App(), "test"), "dashboard", props as never);

  it("shows each pipeline in its account and region", () => {
    const [first] = widgetsOf(rollout);
    expect(first!.properties.metrics.map((entry) => entry.at(-1))).toEqual([
      { accountId: "111111111111", region: "eu-west-1", label: "production eu-west-1" },
      { accountId: "222222222222", region: "us-east-1", label: "staging us-east-1" },
    ]);
  });

  it("takes from one pipeline to 500", () => {
    const pipelines = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}`, { name: "moesif", environment }]));
    expect(dashboardSchema.safeParse(rolloutDashboard(pipelines(500))).error?.issues).toBeUndefined();
    expect(build({ pipelines: pipelines(501) })).toThrow(InvalidValueError);
    expect(build({ pipelines: {} })).toThrow(InvalidValueError);
  });
});

describe("the dashboard of a rollout file", () => {
  it("is a stack of its own, which knows every target by its name", () => {
    const file = join(mkdtempSync(join(tmpdir(), "dashboard-")), "rollout.yaml");
    writeFileSync(
      file,
      `version: 1
defaults: { applicationId: { secretName: moesif } }
state: { s3: { bucket: states, region: eu-west-1, keyPrefix: moesif } }
dashboard: { accountId: "333333333333", region: eu-west-1, deployRole: "arn:aws:iam::333333333333:role/deploy" }
accounts:
  - id: "111111111111"
    name: production
    regions: [{ name: eu-west-1 }, { name: us-east-1, settings: { name: orders } }]
`,
    );
    const stacks = synthesizeFile(file);
    expect([...stacks.keys()]).toEqual([
      "moesif-production-eu-west-1",
      "moesif-production-us-east-1",
      "moesif-dashboard",
    ]);
    const stack = stacks.get("moesif-dashboard")!;
    const { dashboard_name: name, dashboard_body: body } = stack.resource("aws_cloudwatch_dashboard");
    expect(name).toBe("moesif-rollout");
    expect(dashboardSchema.safeParse(JSON.parse(body)).error?.issues).toBeUndefined();
    expect(widgetsOf(JSON.parse(body))[0]!.properties.metrics.map((entry) => entry.slice(3))).toEqual([
      ["amazon-apigateway-moesif", { accountId: "111111111111", region: "eu-west-1", label: "production eu-west-1" }],
      ["amazon-apigateway-orders", { accountId: "111111111111", region: "us-east-1", label: "production us-east-1" }],
    ]);
    expect(stack.json.provider.aws[0]).toMatchObject({ allowed_account_ids: ["333333333333"], region: "eu-west-1" });
    expect(stack.json.terraform).toMatchObject({
      backend: { s3: { key: "moesif/moesif-dashboard.tfstate" } },
      required_version: ">= 1.11.0",
    });
  });
});

describe("the recorded run", () => {
  let recording: Recording;

  beforeAll(async () => {
    recording = await record();
  });

  it("gives every widget something to show", () => {
    const empty = widgetsOf(recordedDashboard([])).filter(({ properties }) => {
      const series = shownBy(properties, recording.metrics, recording.span);
      return series.length === 0 || series.some(({ values }) => values.every((value) => value === undefined));
    });
    expect(empty.map(({ properties }) => properties.title)).toEqual([]);
  });

  it("shows its faults where they are looked for", () => {
    const worst = (title: string, label: string, of: (...values: number[]) => number) => {
      const { properties } = widgetsOf(recordedDashboard([])).find((one) => one.properties.title === title)!;
      const series = shownBy(properties, recording.metrics, recording.span).find((one) => one.label === label)!;
      return of(...series.values.filter((value) => value !== undefined));
    };
    expect(worst("Delivery: success, %", "Requests that Moesif took", Math.min)).toBe(0);
    expect(worst("Transformer: invocations", "Errors", Math.max)).toBeGreaterThan(0);
    expect(worst("Transformer: duration, ms", "Longest", Math.max)).toBe(60_000);
    const known = worst("Who is known: share of the calls sent, %", "With a user", Math.max);
    expect(known).toBeLessThan(100);
    expect(known).toBeGreaterThan(30);
  });

  it("is drawn as a page without a value that cannot be read", () => {
    const text = dashboardPage(recording);
    expect(text).not.toMatch(/NaN|undefined|\$\{/);
  });
});

/** `namespace/metric by dimensions`, of each metric and of each search. */
function metricsOf(body: object): string[] {
  const entries = widgetsOf(body).flatMap(({ properties }) => properties.metrics);
  return entries.flatMap((entry) => {
    const last = entry.at(-1)!;
    if (typeof last !== "string" && "expression" in last) {
      const searched = [...String(last.expression).matchAll(/SEARCH\('\{([^}]+)\} MetricName="(\w+)"/g)];
      return searched.map(([, schema = "", metric = ""]) => {
        const [namespace = "", ...dimensions] = schema.split(",");
        return nameOf(namespace, metric, dimensions);
      });
    }
    const texts = (entry as readonly unknown[]).filter((one) => typeof one === "string");
    const [namespace = "", metric = "", ...pairs] = texts;
    return [
      nameOf(
        namespace,
        metric,
        pairs.filter((_, index) => index % 2 === 0),
      ),
    ];
  });
}

function nameOf(namespace: string, metric: string, dimensions: readonly string[]): string {
  return `${namespace}/${metric} by ${[...dimensions].sort().join(", ")}`;
}

/** https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html */
const FIREHOSE = [
  ...["Bytes", "Records", "DataFreshness", "Success", "ProcessedBytes", "ProcessedRecords"].map(
    (name) => `DeliveryToHttpEndpoint.${name}`,
  ),
  ...["IncomingBytes", "IncomingRecords", "IncomingPutRequests", "ThrottledRecords"],
  ...["BytesPerSecondLimit", "RecordsPerSecondLimit", "PutRequestsPerSecondLimit"],
  ...["ExecuteProcessing.Duration", "ExecuteProcessing.Success"],
];

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
const LAMBDA = ["Invocations", "Errors", "Throttles", "Duration"];

/** What AWS documents, and what the functions write. */
function known(): Set<string> {
  const event = { invocationId: "", deliveryStreamArn: "", region: "", records: [] };
  const config = { state: "fresh", ageSeconds: 1, failures: {}, skipped: 0 } as const;
  const report = reportOf(event, [failed("not-json"), dropped("empty")], 0, 0, { config });
  const lines = [
    report,
    ...reasonLines(report),
    enrollmentReportOf({ run: 1, problems: [], warnings: [], stages: [], totals: {} }, "enroll", 0, 0),
  ].flatMap(({ _aws }) => _aws.CloudWatchMetrics);
  const written = lines.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name }) => Dimensions.map((dimensions) => nameOf(Namespace, Name, dimensions))),
  );
  const redrive = /^ {2}const metrics = \{\n(.*?)\};/ms.exec(
    readFileSync(join(ROOT, "lambda/redrive/handler.ts"), "utf8"),
  )!;
  return new Set([
    ...FIREHOSE.map((name) => nameOf("AWS/Firehose", name, ["DeliveryStreamName"])),
    ...LAMBDA.map((name) => nameOf("AWS/Lambda", name, ["FunctionName"])),
    nameOf("AWS/SQS", "ApproximateNumberOfMessagesVisible", ["QueueName"]),
    ...written,
    ...[...redrive[1]!.matchAll(/(\w+):/g)].map(([, name]) => nameOf("MoesifFirehose", name!, ["DeliveryStreamName"])),
  ]);
}
