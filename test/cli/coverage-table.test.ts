/** Coverage as tables. */
import type { Look } from "../../cli/coverage-look";
import type { CoverageRow } from "../../cli/coverage-rows";
import { coverageTables } from "../../cli/coverage-table";
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
  problems: [],
  advice: "nothing",
};

/** The cells of each row of the tables. */
function cellsOf(looks: readonly Look[]): string[][] {
  return coverageTables(looks)
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) => line.split("│").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

function rowWith(more: Partial<CoverageRow>): string[] {
  return cellsOf([{ target: TARGET, rows: [{ ...ROW, ...more }] }])[1]!;
}

describe("a stage logs to", () => {
  const elsewhere = (destinationArn: string) => ({ state: "elsewhere", destinationArn }) as const;
  it.each<[string, Partial<CoverageRow>]>([
    ["Moesif", {}],
    ["Moesif, in another format", { state: "other-format" }],
    ["Moesif, in a bad format", { state: "bad-format" }],
    ["nowhere", { state: "nowhere" }],
    ["no such stage", { state: "missing" }],
    ["stream amazon-apigateway-x", elsewhere("arn:aws-cn:firehose:cn-north-1:1:deliverystream/amazon-apigateway-x")],
    ["log group /aws/orders", elsewhere("arn:aws:logs:us-east-1:111111111111:log-group:/aws/orders:*")],
    ["arn:aws:s3:::bucket", elsewhere("arn:aws:s3:::bucket")],
  ])("%s", (logsTo, more) => {
    expect(rowWith(more)[4]).toBe(logsTo);
  });
});

it("shows an API by name and id, or by its id alone", () => {
  expect(rowWith({})).toEqual(["orders (a1b2c3d4e5)", "prod", "REST", "yes", "Moesif", "nothing"]);
  expect(rowWith({ apiName: undefined, wanted: false }).slice(0, 4)).toEqual(["a1b2c3d4e5", "prod", "REST", ""]);
});

it("cuts long names, and lets no control character through", () => {
  expect(rowWith({ apiName: `\u001b[2J${"x".repeat(90)}` })[0]).toBe(`\\u001b[2J${"x".repeat(38)}… (a1b2c3d4e5)`);
});

it("says what is wrong with a format below the table", () => {
  const rows = [{ ...ROW, problems: ["a problem", "another"] }];
  expect(coverageTables([{ target: TARGET, rows }])).toMatch(
    /┘\na1b2c3d4e5 prod: a problem\na1b2c3d4e5 prod: another\n/,
  );
});

it("tells an account that could not be looked at beside those that could", () => {
  const text = coverageTables([
    { target: TARGET, error: "no way\u009b" },
    { target: { ...TARGET, region: "eu-west-1" }, rows: [] },
    { target: TARGET, rows: [ROW, { ...ROW, stage: "dev", state: "nowhere", covered: false }] },
  ]);
  expect(text).toContain(
    "production us-east-1 (111111111111, moesif-production-us-east-1)\nNot looked at: no way\\u009b\n",
  );
  expect(text).toContain("production eu-west-1 (111111111111, moesif-production-us-east-1)\nThere are no stages.\n");
  expect(text).toMatch(
    /2 stages; 2 wanted, of which 1 in Moesif and 1 not\. 1 of 3 accounts and regions could not be looked at\.$/,
  );
});
