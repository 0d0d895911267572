/** What the enrollment function may do: every statement held against what each action needs, and no policy too large. */
import fc from "fast-check";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import { packed, enrollmentGrants, statementsOf } from "../../modules/stage-enrollment/stage-grants";
import { BackupBucket, InvalidValueError, type StageEnrollmentProps } from "../../modules";
import { synthesize } from "../support/synth";
import { destinations, enroll } from "./enrollment-stack";

const KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";
const ROOT = "arn:${data.aws_partition.environment_partition.partition}:apigateway:eu-west-1::";

/** The statements of the role by their sid: of the policy that stays, and of those on stages. */
function statementsFor(props: Partial<StageEnrollmentProps>, key?: string): Record<string, any> {
  const stack = synthesize((scope) => {
    enroll(scope, {
      ...props,
      ...(key && {
        bucket: new BackupBucket(scope, "other", { name: "other", environment: { partition: "aws" }, kmsKey: key }),
      }),
    });
  });
  const names = Object.keys(stack.json.data.aws_iam_policy_document).filter((name) => name.endsWith("permissions"));
  return Object.assign({}, ...names.map((name) => stack.statements(name)));
}

const ours = ({ destinationArn, format }: { destinationArn: string; format: string }) => [
  {
    test: "StringEqualsIfExists",
    variable: "apigateway:Request/AccessLoggingDestination",
    values: [destinationArn],
  },
  { test: "StringEqualsIfExists", variable: "apigateway:Request/AccessLoggingFormat", values: [format] },
];

describe("the role of the enrollment function", () => {
  it("names each stage that is listed, where it may log and in which format", () => {
    const statements = statementsFor({
      stages: [
        { type: "REST", apiId: "a1b2c3d4e5", stage: "prod" },
        { type: "HTTP", apiId: "b1b2c3d4e5", stage: "$default" },
        { type: "WEBSOCKET", apiId: "c1b2c3d4e5", stage: "live" },
      ],
    });
    const actions = ["apigateway:GET", "apigateway:PATCH"];
    expect(statements).toMatchObject({
      SetRest: {
        actions,
        resources: [`${ROOT}/restapis/a1b2c3d4e5/stages/prod`],
        condition: ours(destinations.REST),
      },
      SetHttp: { actions, resources: [`${ROOT}/apis/b1b2c3d4e5/stages/$default`], condition: ours(destinations.HTTP) },
      SetWebSocket: {
        actions,
        resources: [`${ROOT}/apis/c1b2c3d4e5/stages/live`],
        condition: ours(destinations.WEBSOCKET),
      },
      // Of the settings of access logging alone: the same action on the stage deletes the stage.
      RemoveV2: {
        actions: ["apigateway:DELETE"],
        resources: [
          `${ROOT}/apis/b1b2c3d4e5/stages/$default/accesslogsettings`,
          `${ROOT}/apis/c1b2c3d4e5/stages/live/accesslogsettings`,
        ],
      },
    });
  });

  it("lets a stage that is taken over have again whatever it had", () => {
    const { SetRestTakingOver, SetRest } = statementsFor({
      stages: [{ type: "REST", apiId: "a1b2c3d4e5", stage: "prod", overwrite: true }],
    });
    expect(SetRest).toBeUndefined();
    expect(SetRestTakingOver).toEqual({
      actions: ["apigateway:GET", "apigateway:PATCH"],
      resources: [`${ROOT}/restapis/a1b2c3d4e5/stages/prod`],
    });
  });

  it("sees all stages, and sets those of the types and names that are matched, in our format alone", () => {
    const { ListStages, SetRest, SetHttp, SetWebSocket } = statementsFor({
      match: [{ types: ["REST"], stage: "prod*", tags: { moesif: "yes" } }],
    });
    expect(ListStages).toEqual({
      actions: ["apigateway:GET"],
      resources: [`${ROOT}/restapis`, `${ROOT}/restapis/*/stages`],
    });
    expect(SetRest).toMatchObject({
      resources: [`${ROOT}/restapis/*/stages/prod*`],
      condition: ours(destinations.REST),
    });
    expect([SetHttp, SetWebSocket]).toEqual([undefined, undefined]);
  });

  it("reads, writes and deletes its record alone, and lets API Gateway log in its name", () => {
    const record = "enrollment/moesif/record.json";
    const bucket = "${aws_s3_bucket.other.arn}";
    const { SetRest: _, ...statements } = statementsFor(
      { stages: [{ type: "REST", apiId: "a1b2c3d4e5", stage: "prod" }] },
      KEY,
    );
    expect(statements).toEqual({
      WriteLog: {
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: ["${aws_cloudwatch_log_group.enrollment_log.arn}:log-stream:*"],
      },
      KeepRecord: {
        actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
        resources: [`${bucket}/${record}`],
      },
      FindRecord: {
        actions: ["s3:ListBucket", "s3:ListBucketVersions"],
        resources: [bucket],
        condition: [{ test: "StringEquals", variable: "s3:prefix", values: [record] }],
      },
      EncryptRecord: {
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: [KEY],
        condition: [
          { test: "StringLike", variable: "kms:ViaService", values: ["s3.eu-west-1.amazonaws.com*"] },
          {
            test: "StringLike",
            variable: "kms:EncryptionContext:aws:s3:arn",
            values: [bucket, `${bucket}/${record}*`],
          },
        ],
      },
      CreateServiceLinkedRole: {
        actions: ["iam:CreateServiceLinkedRole"],
        resources: [
          "arn:${data.aws_partition.environment_partition.partition}:iam::123456789012:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway",
        ],
        condition: [{ test: "StringEquals", variable: "iam:AWSServiceName", values: ["ops.apigateway.amazonaws.com"] }],
      },
    });
  });

  it("has no permission for log delivery where no HTTP API is enrolled, and makes no role where no REST API is", () => {
    const rest = { type: "REST", apiId: "a1b2c3d4e5", stage: "prod" } as const;
    expect(statementsFor({ stages: [rest], match: [{ types: ["WEBSOCKET"] }] })).not.toHaveProperty("DeliverLogs");
    const { WEBSOCKET } = destinations;
    expect(statementsFor({ destinations: { WEBSOCKET } })).not.toHaveProperty("CreateServiceLinkedRole");
  });

  it.each([
    ["listed", { stages: [{ type: "HTTP", apiId: "a1b2c3d4e5", stage: "$default", overwrite: true }] }],
    ["matched", { match: [{ apiName: "*" }] }],
  ] as const)("keeps log delivery with the %s HTTP stages: the last one that leaves needs it, too", (_, props) => {
    const stack = synthesize((scope) => void enroll(scope, props));
    expect(stack.statements("enrollment_role_stages_0_permissions").DeliverLogs).toEqual({
      actions: expect.arrayContaining(["logs:CreateLogDelivery", "logs:DeleteLogDelivery"]),
      resources: ["*"],
    });
    expect(stack.statements("enrollment_role_permissions")).not.toHaveProperty("DeliverLogs");
  });

  it("takes the permissions on stages away only when they are not needed any more", () => {
    const stack = synthesize((scope) => {
      enroll(scope, { stages: [{ type: "REST", apiId: "a1b2c3d4e5", stage: "prod" }] });
    });
    const { enrollment_enroll: enrolls, enrollment_leave: leaves } = stack.json.resource.aws_lambda_invocation;
    for (const { depends_on: needs } of [enrolls, leaves]) {
      expect(needs).toContain("aws_iam_role_policy_attachment.enrollment_role_stages_0_attachment");
    }
    for (const type of ["aws_iam_policy", "aws_iam_role_policy_attachment"]) {
      expect(stack.resource(type).lifecycle).toEqual({ create_before_destroy: true });
    }
    expect(stack.resource("aws_iam_policy").name_prefix).toContain("sha256(data.aws_iam_policy_document");
  });

  it("refuses more stages than fit, and says what does", () => {
    const stages = Array.from({ length: 400 }, (_, n) => ({
      type: "HTTP" as const,
      apiId: `a${n}`,
      stage: "$default",
    }));
    const build = () => synthesize((scope) => void enroll(scope, { stages }));
    expect(build).toThrow(InvalidValueError);
    expect(build).toThrow(/stages names 400 stages: .* find stages by `match`/);
  });
});

const anyStage = fc.record({
  type: fc.constantFrom("REST" as const, "HTTP" as const, "WEBSOCKET" as const),
  apiId: fc.stringMatching(/^[a-z0-9]{10}$/),
  stage: fc.stringMatching(/^[a-zA-Z0-9_-]{1,128}$/),
  overwrite: fc.boolean(),
});

describe("the policies on stages", () => {
  const environment = { region: "ap-southeast-1", partition: "aws" };

  it("hold everything that is granted, in no more characters than IAM takes", () => {
    fc.assert(
      fc.property(fc.array(anyStage, { maxLength: 150 }), fc.integer({ min: 0, max: 3000 }), (stages, more) => {
        const REST = { ...destinations.REST, format: `{"x":"${"x".repeat(more)}"}` };
        const grants = enrollmentGrants({ destinations: { ...destinations, REST }, stages } as Enrollment, environment);
        const policies = packed(grants);
        expect(policies.flat()).toEqual(grants);
        for (const policy of policies) expect(written(policy).length).toBeLessThanOrEqual(6144);
      }),
      { numRuns: 60 },
    );
  });

  it("do not depend on the order in which stages are listed", () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyStage, { selector: ({ apiId }) => apiId, maxLength: 30 }), (stages) => {
        const other = [...stages].reverse();
        expect(enrollmentGrants({ destinations, stages: other }, environment)).toEqual(
          enrollmentGrants({ destinations, stages }, environment),
        );
      }),
    );
  });

  /** As the provider writes a policy document, without white space, which IAM does not count. */
  function written(policy: Parameters<typeof statementsOf>[0]): string {
    const statements = statementsOf(policy).map(({ sid, actions, resources, condition }) => ({
      Sid: sid,
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      Condition: condition && {
        StringEqualsIfExists: Object.fromEntries(
          (condition as any[]).map(({ variable, values }) => [variable, values[0]]),
        ),
      },
    }));
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
  }
});
