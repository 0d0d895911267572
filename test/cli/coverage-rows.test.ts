/** What is said of stages: where they log, whether that serves Moesif, and what to do. */
import fc from "fast-check";
import type { AccessLogSettings, ApiType, Stage } from "../../lambda/api-gateway/stage";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import { coverageRows } from "../../cli/coverage/rows";
import { httpAccessLogFormat, restAccessLogFormat, type RolloutStages, websocketAccessLogFormat } from "../../modules";

const STREAM = "arn:aws:firehose:us-east-1:111111111111:deliverystream/amazon-apigateway-moesif";
const LOG_GROUP = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/vendedlogs/apigateway/moesif";
const OTHER = "arn:aws:logs:us-east-1:111111111111:log-group:orders";

const DESTINATIONS = {
  REST: { destinationArn: STREAM, format: restAccessLogFormat() },
  HTTP: { destinationArn: LOG_GROUP, format: httpAccessLogFormat() },
  WEBSOCKET: { destinationArn: LOG_GROUP, format: websocketAccessLogFormat() },
};

/** As good as the rollout's, and another. */
const OTHER_FORMAT = restAccessLogFormat({ extra: { zone: "$context.domainPrefix" } });
const BAD_FORMAT = '{"requestId":"$context.requestId"}';

function target(
  wanted: Omit<Enrollment, "destinations">,
  destinations: RolloutStages["destinations"] = DESTINATIONS,
): RolloutStages {
  return {
    stackName: "moesif-production-us-east-1",
    accountId: "111111111111",
    accountName: "production",
    region: "us-east-1",
    partition: "aws",
    destinations,
    enrollment: { destinations, ...wanted },
  };
}

function stage(accessLog: AccessLogSettings | undefined, more: Partial<Stage> = {}): Stage {
  const id = { type: "REST", apiId: "a1b2c3d4e5", stage: "prod" } as const;
  return { ...id, apiName: "orders", apiTags: {}, stageTags: {}, ...(accessLog && { accessLog }), ...more };
}

const LISTED = target({ stages: [{ type: "REST", apiId: "a1b2c3d4e5", stage: "prod" }] });
const WITH_OVERWRITE = target({ stages: [{ type: "REST", apiId: "a1b2c3d4e5", stage: "prod", overwrite: true }] });
const MATCHED = target({ match: [{ apiName: "ord*" }] });
const SILENT = target({});

const OURS = DESTINATIONS.REST;
const ELSEWHERE = { destinationArn: OTHER, format: OURS.format };

describe("a stage is", () => {
  it.each<[string, RolloutStages, AccessLogSettings | undefined, object]>([
    ["ours", LISTED, OURS, { state: "ours", wanted: true, covered: true, advice: "nothing" }],
    [
      "ours with a format of its own that Moesif takes",
      LISTED,
      { ...OURS, format: OTHER_FORMAT },
      {
        state: "other-format",
        covered: true,
        advice: "nothing; the next deployment of the stack sets the rollout's format",
      },
    ],
    [
      "ours with a format that Moesif does not take",
      LISTED,
      { ...OURS, format: BAD_FORMAT },
      {
        state: "bad-format",
        covered: false,
        issues: [expect.objectContaining({ id: "format-missing-key" })],
        advice: "deploy the stack: it sets the rollout's format",
      },
    ],
    [
      "silent",
      LISTED,
      undefined,
      { state: "nowhere", covered: false, advice: "deploy the stack: it sets the access log" },
    ],
    [
      "somebody else's",
      LISTED,
      ELSEWHERE,
      {
        state: "elsewhere",
        covered: false,
        destinationArn: OTHER,
        advice: "set overwrite: true on the stage, and deploy the stack",
      },
    ],
    [
      "somebody else's, and may be taken over",
      WITH_OVERWRITE,
      ELSEWHERE,
      { state: "elsewhere", covered: false, advice: "deploy the stack: it overrides the stage's access log" },
    ],
    ["matched by what it is like", MATCHED, undefined, { state: "nowhere", wanted: true }],
    [
      "matched and somebody else's",
      MATCHED,
      ELSEWHERE,
      { advice: "set overwrite: true on the match, and deploy the stack" },
    ],
    ["ours and not in the rollout", SILENT, OURS, { state: "ours", wanted: false, covered: true, advice: "nothing" }],
    [
      "silent and not in the rollout",
      SILENT,
      undefined,
      {
        wanted: false,
        covered: false,
        advice: "list it under apis[].stages, or ask its owner to log here",
      },
    ],
    [
      "somebody else's and not in the rollout",
      SILENT,
      ELSEWHERE,
      { wanted: false, covered: false, advice: "leave it, or list it under apis[].stages with overwrite: true" },
    ],
  ])("%s", (_, of, accessLog, row) => {
    expect(coverageRows(of, [stage(accessLog)])).toMatchObject([{ apiName: "orders", stage: "prod", ...row }]);
  });
});

it.each<[ApiType]>([["REST"], ["HTTP"], ["WEBSOCKET"]])("a stage of type %s has a destination of its own", (type) => {
  const stages = (["REST", "HTTP", "WEBSOCKET"] as const).map((other) => stage(DESTINATIONS[other], { type }));
  const states = stages.map((one) => coverageRows(SILENT, [one])[0]?.state === "elsewhere");
  expect(states).toEqual([type !== "REST", type === "REST", type === "REST"]);
});

it("a stage of a type that nothing can log is nobody's", () => {
  const httpStage = stage(DESTINATIONS.HTTP, { type: "HTTP" });
  expect(coverageRows(target({}, { REST: OURS }), [httpStage])).toMatchObject([{ state: "elsewhere", covered: false }]);
});

it("the streams of a log group in its ARN make no other destination of it", () => {
  const withStreams = stage(
    { ...DESTINATIONS.HTTP, destinationArn: `${LOG_GROUP}:*` },
    { type: "HTTP", stage: "$default" },
  );
  expect(coverageRows(SILENT, [withStreams])).toMatchObject([{ state: "ours" }]);
});

it("a stage that is listed and not there is missing", () => {
  const missing = { type: "REST", apiId: "a1b2c3d4e5", stage: "prod", wanted: true, state: "missing", covered: false };
  expect(coverageRows(LISTED, [stage(OURS, { stage: "dev" })])).toMatchObject([
    { stage: "dev" },
    { ...missing, apiName: "orders", advice: "create the stage, or remove it from the list" },
  ]);
});

it("a stage that is listed with another type is told its type", () => {
  expect(coverageRows(LISTED, [stage(undefined, { type: "HTTP" })])).toMatchObject([
    { type: "HTTP", wanted: false },
    { type: "REST", state: "missing", advice: "set type: HTTP in the API's entry" },
  ]);
});

it("with all, every stage is wanted", () => {
  expect(coverageRows(SILENT, [stage(undefined)], true)).toMatchObject([{ wanted: true, covered: false }]);
});

const anyStage: fc.Arbitrary<Stage> = fc
  .record({
    type: fc.constantFrom<ApiType>("REST", "HTTP", "WEBSOCKET"),
    apiId: fc.constantFrom("a1b2c3d4e5", "f6g7h8i9j0"),
    stage: fc.constantFrom("prod", "dev"),
    apiName: fc.constantFrom("orders", "shop"),
    accessLog: fc.constantFrom(undefined, ELSEWHERE, ...Object.values(DESTINATIONS)),
  })
  .map(({ accessLog, ...id }) => ({ ...stage(accessLog), ...id }));

it("whatever there is, every stage and every wish has one row, and what is not covered has something to do", () => {
  const stages = fc.uniqueArray(anyStage, { selector: ({ type, apiId, stage }) => `${type} ${apiId} ${stage}` });
  fc.assert(
    fc.property(stages, fc.constantFrom(LISTED, WITH_OVERWRITE, MATCHED, SILENT), fc.boolean(), (there, of, all) => {
      const rows = coverageRows(of, there, all);
      const isThere = ({ type, apiId, stage }: Stage | (typeof rows)[number]) => `${type} ${apiId} ${stage}`;
      expect(
        rows
          .filter(({ state }) => state !== "missing")
          .map(isThere)
          .sort(),
      ).toEqual(there.map(isThere).sort());
      expect(new Set(rows.map(isThere)).size).toBe(rows.length);
      for (const { covered, advice } of rows) expect(covered).toBe(advice.startsWith("nothing"));
    }),
  );
});
