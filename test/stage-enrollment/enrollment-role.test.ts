/** What the enrollment function may do: every statement held against what each action needs, and no policy too large. */
import fc from "fast-check";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import { packed, enrollmentGrants, statementsOf } from "../../modules/stage-enrollment/stage-grants";
import { BackupBucket, InvalidValueError, type StageEnrollmentProps } from "../../modules";
import { policyJson } from "../../modules/policy";
import { parsedPolicy, synthesize, type Synthesized, variable } from "../support/synth";
import { destinations, enroll, environment } from "./enrollment-stack";

const KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";
const ROOT = "arn:aws:apigateway:eu-west-1::";

/** The statements of the role by their Sid: of its own policy, and of those on stages. */
function statementsFor(props: Partial<StageEnrollmentProps>, key?: string): Record<string, any> {
  const stack = synthesize((scope) => {
    const bucket = key && new BackupBucket(scope, "other", { name: "moesif", environment, kmsKey: key });
    enroll(scope, props, bucket ? { bucket } : {});
  });
  return { ...stack.policy("enrollment_role"), ...onStages(stack) };
}

/** The statements of all policies on stages. */
function onStages(stack: Synthesized): Record<string, any> {
  const documents = Object.entries<string>(stack.json.locals ?? {}).filter(([name]) => name.endsWith("_document"));
  const statements = documents.flatMap(([, document]) => parsedPolicy(document).Statement);
  return Object.fromEntries(statements.map(({ Sid, Effect: _, ...rest }) => [Sid, rest]));
}

const ours = ({ destinationArn, format }: { destinationArn: string; format: string }) => ({
  StringEqualsIfExists: {
    "apigateway:Request/AccessLoggingDestination": destinationArn,
    "apigateway:Request/AccessLoggingFormat": format,
  },
});

describe("the role of the enrollment function", () => {
  it("names each stage that is listed, where it may log and in which format", () => {
    const statements = statementsFor({
      stages: [
        { type: "REST", apiId: "a1b2c3d4e5", stage: "prod" },
        { type: "HTTP", apiId: "b1b2c3d4e5", stage: "$default" },
        { type: "WEBSOCKET", apiId: "c1b2c3d4e5", stage: "live" },
      ],
    });
    const Action = ["apigateway:GET", "apigateway:PATCH"];
    expect(statements).toMatchObject({
      SetRest: {
        Action,
        Resource: [`${ROOT}/restapis/a1b2c3d4e5/stages/prod`],
        Condition: ours(destinations.REST),
      },
      SetHttp: { Action, Resource: [`${ROOT}/apis/b1b2c3d4e5/stages/$default`], Condition: ours(destinations.HTTP) },
      SetWebSocket: {
        Action,
        Resource: [`${ROOT}/apis/c1b2c3d4e5/stages/live`],
        Condition: ours(destinations.WEBSOCKET),
      },
      // Of the settings of access logging alone: the same action on the stage deletes the stage.
      RemoveV2: {
        Action: ["apigateway:DELETE"],
        Resource: [
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
      Action: ["apigateway:GET", "apigateway:PATCH"],
      Resource: [`${ROOT}/restapis/a1b2c3d4e5/stages/prod`],
    });
  });

  it("sees all stages, and sets those of the types and names that are matched, in our format alone", () => {
    const { ListStages, SetRest, SetHttp, SetWebSocket } = statementsFor({
      match: [{ types: ["REST"], stage: "prod*", tags: { moesif: "yes" } }],
    });
    expect(ListStages).toEqual({
      Action: ["apigateway:GET"],
      Resource: [`${ROOT}/restapis`, `${ROOT}/restapis/*/stages`],
    });
    expect(SetRest).toMatchObject({
      Resource: [`${ROOT}/restapis/*/stages/prod*`],
      Condition: ours(destinations.REST),
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
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: ["${aws_cloudwatch_log_group.enrollment_log.arn}:log-stream:*"],
      },
      KeepRecord: {
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
        Resource: [`${bucket}/${record}`],
      },
      FindRecord: {
        Action: ["s3:ListBucket", "s3:ListBucketVersions"],
        Resource: [bucket],
        Condition: { StringEquals: { "s3:prefix": record } },
      },
      EncryptRecord: {
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: [KEY],
        Condition: {
          StringLike: {
            "kms:ViaService": "s3.eu-west-1.amazonaws.com*",
            "kms:EncryptionContext:aws:s3:arn": [bucket, `${bucket}/${record}*`],
          },
        },
      },
      CreateServiceLinkedRole: {
        Action: ["iam:CreateServiceLinkedRole"],
        Resource: [
          "arn:aws:iam::123456789012:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway",
        ],
        Condition: { StringEquals: { "iam:AWSServiceName": "ops.apigateway.amazonaws.com" } },
      },
    });
  });

  it("reads the records of other enrollments of the account, and changes none, where it may take stages over", () => {
    const match = [{ types: ["REST"] as const }];
    const { FindOtherPipelines, ReadOtherRecords, FindOtherRecords } = statementsFor({
      match: [...match, { apiName: "orders", overwrite: true }],
    });
    const ofAccount = { StringEquals: { "aws:ResourceAccount": "123456789012" } };
    expect({ FindOtherPipelines, ReadOtherRecords, FindOtherRecords }).toEqual({
      FindOtherPipelines: {
        Action: ["firehose:DescribeDeliveryStream"],
        Resource: ["arn:aws:firehose:eu-west-1:123456789012:deliverystream/amazon-apigateway-*"],
      },
      ReadOtherRecords: {
        Action: ["s3:GetObject"],
        Resource: ["arn:aws:s3:::*/enrollment/*/record.json"],
        Condition: ofAccount,
      },
      FindOtherRecords: {
        Action: ["s3:ListBucket"],
        Resource: ["arn:aws:s3:::*"],
        Condition: { ...ofAccount, StringLike: { "s3:prefix": "enrollment/*/record.json" } },
      },
    });
    expect(Object.keys(statementsFor({ match })).filter((sid) => sid.includes("Other"))).toEqual([]);
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
    expect(onStages(stack).DeliverLogs).toEqual({
      Action: expect.arrayContaining(["logs:CreateLogDelivery", "logs:DeleteLogDelivery"]),
      Resource: ["*"],
    });
    expect(stack.policy("enrollment_role")).not.toHaveProperty("DeliverLogs");
  });

  it("takes the permissions on stages away only when they are not needed any more", () => {
    const stack = synthesize((scope) => {
      enroll(scope, { stages: [{ type: "REST", apiId: "a1b2c3d4e5", stage: "prod" }] });
    });
    const { enrollment_enroll: enrolls, enrollment_restore: leaves } = stack.json.resource.aws_lambda_invocation;
    for (const { depends_on: needs } of [enrolls, leaves]) {
      expect(needs).toContain("aws_iam_role_policy_attachment.enrollment_role_stages_0_attachment");
    }
    for (const type of ["aws_iam_policy", "aws_iam_role_policy_attachment"]) {
      expect(stack.resource(type).lifecycle).toEqual({ create_before_destroy: true });
    }
    expect(stack.resource("aws_iam_policy").name_prefix).toContain("sha256(local.enrollment_role_stages_0_document)");
  });

  it("refuses more stages than fit, and says what does", () => {
    const stages = Array.from({ length: 400 }, (_, n) => ({
      type: "HTTP" as const,
      apiId: `a${n}`,
      stage: "$default",
    }));
    const build = () => synthesize((scope) => void enroll(scope, { stages }));
    expect(build).toThrow(InvalidValueError);
    expect(build).toThrow(/stages: there are 400 entries: [^]* select stages by `match`/);
  });
});

const anyStage = fc.record({
  type: fc.constantFrom("REST" as const, "HTTP" as const, "WEBSOCKET" as const),
  apiId: fc.stringMatching(/^[a-z0-9]{10}$/),
  stage: fc.stringMatching(/^[a-zA-Z0-9_-]{1,128}$/),
  overwrite: fc.boolean(),
});

describe("the policies on stages", () => {
  it("hold everything that is granted, in no more characters than IAM takes", () => {
    fc.assert(
      fc.property(fc.array(anyStage, { maxLength: 150 }), fc.integer({ min: 0, max: 3000 }), (stages, more) => {
        const REST = { ...destinations.REST, format: `{"x":"${"x".repeat(more)}"}` };
        const grants = enrollmentGrants({ destinations: { ...destinations, REST }, stages } as Enrollment, environment);
        const policies = packed(grants);
        expect(policies.flat()).toEqual(grants);
        for (const policy of policies) expect(policyJson(statementsOf(policy)).length).toBeLessThanOrEqual(6144);
      }),
      { numRuns: 60 },
    );
  });

  it("have room for the longest values that tokens may have", () => {
    const lengths = {
      "apigateway:Request/AccessLoggingDestination": 256,
      "apigateway:Request/AccessLoggingFormat": 4000,
    };
    synthesize((scope) => {
      const token = (name: string) => variable(scope, name, "string", "").stringValue;
      const REST = { destinationArn: token("stream"), format: token("format") };
      const stages = Array.from({ length: 40 }, (_, n) => ({
        type: "REST" as const,
        apiId: token(`api_${n}`),
        stage: "prod",
      }));
      const policies = packed(enrollmentGrants({ destinations: { REST }, stages }, environment));
      expect(policies.length).toBeGreaterThan(2);
      for (const policy of policies) {
        const longest = policy.map(({ resource, condition, ...grant }) => ({
          ...grant,
          resource: resource.replace(/\$\{.*\}/, "x".repeat(128)),
          condition: condition!.map((one) => ({
            ...one,
            values: ["x".repeat(lengths[one.variable as keyof typeof lengths])],
          })),
        }));
        expect(policyJson(statementsOf(longest)).length).toBeLessThanOrEqual(6144);
      }
    });
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
});
