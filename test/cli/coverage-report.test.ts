/** What coverage says of what it found: to people on a terminal and in Markdown, and to programs. */
import { PassThrough } from "node:stream";
import { showProgress } from "../../cli/coverage";
import { refusalMessages } from "../../cli/aws/access";
import { coverageReport, type TargetCoverage } from "../../cli/coverage/report";
import type { CoverageRow } from "../../cli/coverage/rows";
import { json } from "../../cli/reporters/json";
import { markdown } from "../../cli/reporters/markdown";
import { table } from "../../cli/reporters/table";
import type { RolloutStages } from "../../modules";

const TARGET: RolloutStages = {
  stackName: "moesif-production-us-east-1",
  accountId: "111111111111",
  accountName: "production",
  region: "us-east-1",
  partition: "aws",
  destinations: {},
  enrollment: { destinations: {} },
};

const ROW: CoverageRow = {
  type: "REST",
  apiId: "a1b2c3d4e5",
  apiName: "orders",
  stage: "prod",
  wanted: true,
  state: "ours",
  covered: true,
  destinationArn: "arn:aws:firehose:us-east-1:111111111111:deliverystream/amazon-apigateway-moesif",
  issues: [],
  advice: "nothing",
};

const REFUSED = { message: "not authorized\nfake line", fix: "name another role" };

const FOUND: readonly TargetCoverage[] = [
  {
    target: TARGET,
    rows: [
      { ...ROW, issues: [{ id: "format-size", path: ["status"], message: "an issue", fix: "a fix" }] },
      { ...ROW, stage: "$default", covered: false },
    ],
  },
  { target: { ...TARGET, region: "eu-west-1" }, rows: [] },
  { target: { ...TARGET, region: "eu-west-2" }, rows: [], refusal: REFUSED },
  { target: { ...TARGET, region: "eu-west-3" }, rows: [], refusal: REFUSED },
];

/** The cells of the one row of a report. */
function cellsOf(more: Partial<CoverageRow>): string[] {
  const text = table(coverageReport([{ target: TARGET, rows: [{ ...ROW, ...more }] }]));
  const [, row] = text.split("\n").filter((line) => line.startsWith("│"));
  return row!
    .split("│")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe("a stage logs to", () => {
  const elsewhere = (destinationArn: string) => ({ state: "elsewhere", destinationArn }) as const;
  it.each<[string, Partial<CoverageRow>]>([
    ["Moesif", {}],
    ["Moesif, in another format", { state: "other-format" }],
    ["Moesif, in a bad format", { state: "bad-format" }],
    ["nowhere", { state: "nowhere" }],
    ["no such stage", { state: "missing" }],
    ["no API with this id has stages", { state: "missing", apiName: undefined }],
    ["stream amazon-apigateway-x", elsewhere("arn:aws-cn:firehose:cn-north-1:1:deliverystream/amazon-apigateway-x")],
    ["log group /aws/orders", elsewhere("arn:aws:logs:us-east-1:111111111111:log-group:/aws/orders:*")],
    ["arn:aws:s3:::bucket", elsewhere("arn:aws:s3:::bucket")],
  ])("%s", (logsTo, more) => {
    expect(cellsOf(more)[5]).toBe(logsTo);
  });
});

it("shows an API by name and id, or by its id alone, and cuts long names", () => {
  expect(cellsOf({})).toEqual(["orders", "a1b2c3d4e5", "prod", "REST", "yes", "Moesif", "nothing"]);
  expect(cellsOf({ apiName: undefined, wanted: false }).slice(0, 5)).toEqual(["", "a1b2c3d4e5", "prod", "REST", ""]);
  expect(cellsOf({ apiName: "x".repeat(90) })[0]).toBe(`${"x".repeat(47)}…`);
});

it("is a table for each account and region on a terminal, with the totals at the end", () => {
  const text = table(coverageReport(FOUND));
  expect(text).toMatch(/^production us-east-1 \(111111111111, moesif-production-us-east-1\)\n┌/);
  expect(text).toContain("┘\na1b2c3d4e5 prod: status: an issue  [format-size]\n  fix: a fix\n\nproduction eu-west-1 ");
  expect(text).toContain("production eu-west-1 (111111111111, moesif-production-us-east-1)\n\nThere are no stages.");
  expect(text).toContain("\n\nNo access: not authorized\\u000afake line\n\n");
  expect(text).toMatch(
    /2 stages; 2 wanted, of which 1 in Moesif and 1 not\. No access to 2 of 4 accounts and regions\.$/,
  );
});

it("is the same in Markdown, for a pull request", () => {
  expect(markdown(coverageReport(FOUND.slice(0, 1)))).toBe(
    [
      "## production us-east-1 (111111111111, moesif-production-us-east-1)",
      "",
      "| API | id | stage | type | wanted | logs to | what to do |",
      "| --- | --- | --- | --- | --- | --- | --- |",
      "| orders | a1b2c3d4e5 | prod | REST | yes | Moesif | nothing |",
      "| orders | a1b2c3d4e5 | \\$default | REST | yes | Moesif | nothing |",
      "",
      "- a1b2c3d4e5 prod: status: an issue  \\[format-size\\]",
      "  fix: a fix",
      "",
      "2 stages; 2 wanted, of which 1 in Moesif and 1 not.",
    ].join("\n"),
  );
});

it("is a line of JSON for each stage, each refusal and the totals", () => {
  const lines = json(coverageReport(FOUND)).split("\n");
  const place = { stack: TARGET.stackName, accountId: "111111111111", account: "production" };
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      ...place,
      region: "us-east-1",
      ...ROW,
      issues: [{ id: "format-size", path: ["status"], message: "an issue", fix: "a fix" }],
    },
    { ...place, region: "us-east-1", ...ROW, stage: "$default", covered: false },
    { ...place, region: "eu-west-2", error: REFUSED.message, fix: REFUSED.fix },
    { ...place, region: "eu-west-3", error: REFUSED.message, fix: REFUSED.fix },
    { totals: { stages: 2, wanted: 2, covered: 1, uncovered: 1, errors: 2 } },
  ]);
});

it("reports an account without access once, with its regions, the reason and the fix", () => {
  expect(refusalMessages(FOUND)).toEqual([
    "account 111111111111 (production), eu-west-2, eu-west-3: not authorized\\u000afake line  [no-access]\n  fix: name another role",
  ]);
});

describe("progress", () => {
  function shown(isTTY: boolean): string {
    const stream = Object.assign(new PassThrough(), { isTTY, columns: 120, cursorTo() {}, clearLine() {} });
    const progress = showProgress(stream as unknown as NodeJS.WriteStream, 2);
    progress.onStage();
    progress.onTarget();
    progress.stop();
    return String(stream.read() ?? "");
  }

  it("is shown on a terminal", () => {
    expect(shown(true)).toContain("1 of 2 accounts and regions, stages so far: 1");
  });

  it("is not written to a file or a pipe", () => {
    expect(shown(false)).toBe("");
  });
});
