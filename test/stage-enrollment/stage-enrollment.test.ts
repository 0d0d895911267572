/** The enrollment as a construct: what it refuses, what it asks the function, and what it is called in Terraform. */
import { restAccessLogFormat, StageEnrollment, type StageEnrollmentProps } from "../../modules";
import { AwsProvider } from "../../modules/aws";
import { streamName } from "../../modules/pipeline/names";
import { stageLogGroupName } from "../../modules/stage-logging/stage-log-group";
import { enrollmentLimits } from "../../modules/settings/enrollment";
import { valueOf } from "../../modules/settings/values";
import { synthesize, variable } from "../support/synth";
import { destinations, enroll, environment } from "./enrollment-stack";

const prod = { type: "REST", apiId: "a1b2c3d4e5", stage: "prod" } as const;

const build = (props: Partial<StageEnrollmentProps>) => synthesize((stack) => void enroll(stack, props));

/** The inputs of both calls, as Terraform reads them, but for what only it can evaluate. */
function inputs(stack: ReturnType<typeof synthesize>) {
  const read = (input: string) =>
    JSON.parse(input.replace(/\$\{jsondecode\(.*\}(?=\}$)/, "1").replace(/([$%])\1(?=\{)/g, "$1"));
  return {
    check: read(stack.data("aws_lambda_invocation").input),
    enroll: read(stack.json.resource.aws_lambda_invocation.enrollment_enroll.input),
  };
}

describe("an enrollment", () => {
  it("asks and tells the function the same", () => {
    const enrollment = {
      destinations,
      stages: [prod, { ...prod, stage: "test", overwrite: true }],
      match: [{ tags: { moesif: '${yes} %{no} "quoted"' }, types: ["HTTP"] }],
    } satisfies Partial<StageEnrollmentProps>;
    expect(inputs(build(enrollment))).toEqual({
      check: { check: enrollment },
      enroll: { enroll: enrollment, run: 1 },
    });
  });

  it("is known to Terraform by addresses that stay", () => {
    const stack = build({ stages: [prod], schedule: "rate(15 minutes)" });
    expect(stack.addresses().filter((address) => address.includes("enrollment"))).toEqual([
      "aws_cloudwatch_event_rule.enrollment_schedule",
      "aws_cloudwatch_event_target.enrollment_schedule_target",
      "aws_cloudwatch_log_group.enrollment_log",
      "aws_iam_policy.enrollment_role_stages_0",
      "aws_iam_role.enrollment_role",
      "aws_iam_role_policy.enrollment_role_policy",
      "aws_iam_role_policy_attachment.enrollment_role_stages_0_attachment",
      "aws_lambda_function.enrollment",
      "aws_lambda_invocation.enrollment_enroll",
      "aws_lambda_invocation.enrollment_restore",
      "aws_lambda_permission.enrollment_schedule_permission",
      "data.aws_lambda_invocation.enrollment_check",
    ]);
  });

  it("has the names by which the function finds other enrollments", () => {
    const stack = synthesize((scope) => void enroll(scope, { stages: [prod] }, { name: "other" }));
    expect(stack.resource("aws_lambda_function").function_name).toBe("moesif-enroll-other");
    expect(stack.resource("aws_lambda_function").environment.variables.RECORD_URL).toMatch(
      /[/]enrollment[/]other[/]record[.]json$/,
    );
    expect(streamName("other")).toBe("amazon-apigateway-other");
    expect(stageLogGroupName("other")).toBe("/aws/vendedlogs/apigateway/other");
  });

  it("has no schedule where none is asked for", () => {
    expect(
      build({ stages: [prod] })
        .addresses()
        .join(),
    ).not.toContain("schedule");
  });

  it("has the function look again on its schedule, and keeps its record apart from what expires", () => {
    const stack = build({ match: [{ apiName: "*" }], schedule: "cron(0/15 * * * ? *)", callsPerSecond: 2 });
    expect(stack.resource("aws_cloudwatch_event_target")).toMatchObject({ input: '{"reconcile":true}' });
    expect(stack.resource("aws_cloudwatch_event_rule").schedule_expression).toBe("cron(0/15 * * * ? *)");
    expect(stack.resource("aws_lambda_function").environment.variables).toEqual({
      RECORD_URL: "s3://${aws_s3_bucket.bucket.bucket}/enrollment/moesif/record.json",
      CALLS_PER_SECOND: "2",
    });
  });

  it("passes names, ids, ARNs and formats on that are tokens", () => {
    const stack = synthesize((scope) => {
      const text = (name: string) => variable(scope, name, "string", "x").stringValue;
      const props: Partial<StageEnrollmentProps> = {
        destinations: { REST: { destinationArn: text("stream"), format: text("format") } },
        stages: [{ type: "REST", apiId: text("api"), stage: text("stage") }],
      };
      enroll(scope, props, { name: text("name") });
    });
    expect(stack.data("aws_lambda_invocation").input).toBe(
      '{"check":{"destinations":{"REST":{"destinationArn":${jsonencode(var.stream)},"format":${jsonencode(var.format)}}},' +
        '"stages":[{"type":"REST","apiId":${jsonencode(var.api)},"stage":${jsonencode(var.stage)}}]}}',
    );
    expect(stack.json.locals.enrollment_role_stages_0_document).toContain(":/restapis/${var.api}/stages/${var.stage}");
  });

  const { REST, HTTP } = destinations;
  const cases: [string, Partial<StageEnrollmentProps>, RegExp][] = [
    [
      "a stage of a type without destination",
      { destinations: { HTTP }, stages: [prod] },
      /stages\[0\]: REST has no destination/,
    ],
    [
      "a match of one",
      { destinations: { REST }, match: [{ types: ["HTTP"] }] },
      /match\[0\]\.types: HTTP has no destination/,
    ],
    [
      "a destination of another region, to which API Gateway writes nothing",
      {
        destinations: {
          REST: { ...REST, destinationArn: REST.destinationArn.replace(environment.region, "eu-north-1") },
        },
      },
      /destinations\.REST\.destinationArn: this destination is of region eu-north-1, expected eu-west-1 {2}\[destination-place\]/,
    ],
    [
      "a destination of another account",
      { destinations: { HTTP: { ...HTTP, destinationArn: HTTP.destinationArn.replace(/[0-9]{12}/, "999999999999") } } },
      /destinations\.HTTP\.destinationArn: this destination is of account 999999999999, expected/,
    ],
    ["no destination at all", { destinations: {} }, /destinations: there is no destination/],
    [
      "a stage that is listed twice",
      { stages: [prod, { ...prod, overwrite: true }] },
      /stages\[1\]: stage prod of API .* is listed already/,
    ],
    ["a match that says nothing", { match: [{ overwrite: true }] }, /match\[0\]: the match has no criteria/],
    ["an API by its name", { stages: [{ ...prod, apiId: "Orders API" }] }, /stages\[0\]\.apiId: [^]*the id of an API/],
    ["a stage's name that is none", { stages: [{ ...prod, stage: "$prod" }] }, /stages\[0\]\.stage: invalid value/],
    ["a schedule that EventBridge does not know", { schedule: "every hour" }, /rate\(15 minutes\)/],
    [
      "an HTTP API on a stream",
      { destinations: { HTTP: { ...HTTP, destinationArn: REST.destinationArn } } },
      /destinations\.HTTP: the destination is not the ARN of a log group/,
    ],
    [
      "a format that Moesif would not read",
      { destinations: { REST: { ...REST, format: restAccessLogFormat().replace('"status"', '"state"') } } },
      /destinations\.REST: required key is missing: status/,
    ],
    ["more calls than the quota", { callsPerSecond: 11 }, /callsPerSecond: 11 is too large/],
    ["a time-out that Lambda does not give", { timeoutSeconds: 901 }, /timeoutSeconds: 901 is too large/],
    ["a time-out in which no stage could be set", { timeoutSeconds: 25 }, /timeoutSeconds: 25 is too small/],
  ];

  it("gives its provider to every resource and data source in it", () => {
    const stack = synthesize((scope) => {
      const provider = new AwsProvider(scope, "europe", { alias: "europe", region: "eu-west-1" });
      enroll(scope, { stages: [prod], schedule: "rate(15 minutes)", provider });
    });
    const blocks = [...Object.values<object>(stack.json.resource), ...Object.values<object>(stack.json.data)];
    const own = blocks.flatMap(Object.entries).filter(([name]) => name.startsWith("enrollment"));
    expect(own.map(([, { provider }]) => provider)).toEqual(Array(12).fill("aws.europe"));
  });

  const both =
    (one: Partial<StageEnrollmentProps>, other: Partial<StageEnrollmentProps>, region = environment.region) =>
    () =>
      synthesize((stack) => {
        enroll(stack, one);
        const bucket = { name: "backup", arn: "arn:aws:s3:::backup", safeguards: [] };
        const pipeline = { name: "other", environment: { ...environment, region }, bucket };
        const inRegion = JSON.parse(JSON.stringify(destinations).replaceAll(environment.region, region));
        new StageEnrollment(stack, "other", { pipeline, destinations: inRegion, ...other });
      });

  it("refuses a stage that another enrollment of the same account and region lists", () => {
    expect(both({ stages: [prod] }, { stages: [{ ...prod, stage: "test" }, prod] })).toThrow(
      "test/other: stages[1]: the enrollment test/enrollment lists stage prod of API a1b2c3d4e5 too",
    );
    expect(both({ stages: [prod] }, { stages: [prod] }, "us-east-1")).not.toThrow();
  });

  const overwrite = true;
  const tags = { moesif: "yes" };
  it.each<[string, StageEnrollmentProps["match"], Partial<StageEnrollmentProps>, string]>([
    ["by the same match", [{ tags, overwrite }], { match: [{ tags, overwrite }] }, "match[0]: match[0]"],
    [
      "by a match that selects all that it does, and more",
      [{ stage: "prod", types: ["REST"], tags, overwrite }],
      { match: [{ tags }, { stage: "*", overwrite }] },
      "match[1]: match[0]",
    ],
    [
      "by a match that selects what it lists",
      [{ apiName: "*", stage: "prod", overwrite }],
      { stages: [{ ...prod, overwrite }] },
      "stages[0]: match[0]",
    ],
  ])("refuses stages that another enrollment takes over too: %s", (_, match, other, message) => {
    expect(both({ match }, other)).toThrow(
      `test/other: ${message} of the enrollment test/enrollment takes over the same stages`,
    );
  });

  it.each<[string, StageEnrollmentProps["match"], Partial<StageEnrollmentProps>]>([
    ["only one of the two takes over", [{ stage: "prod" }], { stages: [{ ...prod, overwrite }] }],
    ["the types differ", [{ types: ["HTTP"], overwrite }], { stages: [{ ...prod, overwrite }] }],
    ["the stages differ", [{ stage: "test", overwrite }], { stages: [{ ...prod, overwrite }] }],
    ["the tags may be on other stages", [{ tags, overwrite }], { stages: [{ ...prod, overwrite }] }],
    ["the names may be of other APIs", [{ apiName: "a*", overwrite }], { match: [{ apiName: "b*", overwrite }] }],
  ])("accepts another enrollment where %s", (_, match, other) => {
    expect(both({ match }, other)).not.toThrow();
    const everything = [{ stage: "*", overwrite }];
    expect(both({ match: everything }, { match: everything }, "us-east-1")).not.toThrow();
  });

  it.each(cases)("refuses %s", (_, props, message) => {
    expect(() => build(props)).toThrow(message);
  });
});

describe("a schedule", () => {
  it.each([
    ...["rate(15 minutes)", "rate(1 hour)", "cron(0/15 * * * ? *)", "cron(15 12 * * ? *)", "cron(0 18 ? * MON-FRI *)"],
    ...["cron(0/5 8-17 ? * mon-fri *)", "cron(0 9 ? * 2#1 *)", "cron(0 0 L * ? *)", "cron(0 20,21 15W JAN ? 2030)"],
  ])("may be %s", (schedule) => {
    expect(valueOf(enrollmentLimits.schedule).safeParse(schedule).success).toBe(true);
  });

  it.each([
    ...["every hour", "rate(0 minutes)", "rate(1 minutes)", "rate(2 hour)", "cron(* * * * * *)", "cron(0 10 * * ?)"],
    ...["cron(60 * * * ? *)", "cron(0 24 * * ? *)", "cron(0 0 32 * ? *)", "cron(0 0 ? 13 MON *)", "cron(0 0 ? * 8 *)"],
  ])("is not %s", (schedule) => {
    expect(valueOf(enrollmentLimits.schedule).safeParse(schedule).success).toBe(false);
  });
});
