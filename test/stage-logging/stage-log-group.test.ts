/** The road of HTTP and WebSocket stages to the stream. */
import { MoesifPipeline, type MoesifPipelineProps } from "../../modules";
import type { TerraformStack } from "../../modules/cdk";
import { synthesize, variable } from "../support/synth";

const SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif-AbC123";
const KEY = "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555";

type Props = Omit<MoesifPipelineProps, "applicationId">;

/** A pipeline that is asked for its log group. */
const withLogGroup = (props: Props = {}) =>
  synthesize((stack) => {
    new MoesifPipeline(stack, "pipeline", { applicationId: { secretArn: SECRET }, ...props }).stageLogGroup();
  });

const GROUP = "aws_cloudwatch_log_group.pipeline_stage_log_group";
const ADDRESSES = [
  "aws_cloudwatch_log_group.pipeline_stage_log_group",
  "aws_cloudwatch_log_subscription_filter.pipeline_stage_log_group_to_stream",
  "aws_iam_role.pipeline_stage_log_group_role",
  "aws_iam_role_policy.pipeline_stage_log_group_role_policy",
];

describe("the log group of HTTP and WebSocket stages", () => {
  const stack = withLogGroup();
  const group = (of = stack) => of.json.resource.aws_cloudwatch_log_group.pipeline_stage_log_group;

  it("is there where somebody asks for it alone, at the addresses that were promised", () => {
    const without = synthesize((scope) => {
      new MoesifPipeline(scope, "pipeline", { applicationId: { secretArn: SECRET } });
    });
    expect(stack.addresses().filter((address) => !without.addresses().includes(address))).toEqual(ADDRESSES);
  });

  it("is one, however often it is asked for", () => {
    synthesize((scope) => {
      const pipeline = new MoesifPipeline(scope, "pipeline", { applicationId: { secretArn: SECRET } });
      expect(pipeline.stageLogGroup()).toBe(pipeline.stageLogGroup());
    });
  });

  it("has a name that needs no entry in the resource policy of log delivery, and is kept for a day", () => {
    expect(group()).toMatchObject({ name: "/aws/vendedlogs/apigateway/moesif", retention_in_days: 1 });
    expect(group(withLogGroup({ name: "orders" })).name).toBe("/aws/vendedlogs/apigateway/orders");
  });

  it("is kept, encrypted and tagged as the pipeline is told", () => {
    const told = withLogGroup({ stageLogs: { retentionDays: 7, kmsKeyArn: KEY }, tags: { team: "api" } });
    expect(group(told)).toMatchObject({ retention_in_days: 7, kms_key_id: KEY, tags: { team: "api" } });
  });

  it("sends every event to the stream, once its role may put it there", () => {
    const { name: _, ...filter } = stack.resource("aws_cloudwatch_log_subscription_filter");
    expect(filter).toEqual({
      destination_arn: "${aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.arn}",
      filter_pattern: "",
      log_group_name: `\${${GROUP}.name}`,
      role_arn: "${aws_iam_role.pipeline_stage_log_group_role.arn}",
      depends_on: ["aws_iam_role_policy.pipeline_stage_log_group_role_policy"],
      lifecycle: { create_before_destroy: true },
    });
    expect(stack.policy("pipeline_stage_log_group_role")).toEqual({
      PutOnStream: {
        Action: ["firehose:PutRecord", "firehose:PutRecordBatch"],
        Resource: ["${aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.arn}"],
      },
    });
  });

  it("has a role like the others", () => {
    const boundary = "arn:aws:iam::111111111111:policy/boundary";
    const { json } = withLogGroup({ iam: { path: "/moesif/", permissionsBoundary: boundary }, tags: { team: "api" } });
    expect(json.resource.aws_iam_role.pipeline_stage_log_group_role).toMatchObject({
      path: "/moesif/",
      permissions_boundary: boundary,
      tags: { team: "api" },
    });
  });

  it("takes only a retention that CloudWatch Logs offers, and a key by its ARN", () => {
    expect(() => withLogGroup({ stageLogs: { retentionDays: 2 } })).toThrow("stageLogs.retentionDays: invalid value 2");
    expect(() => withLogGroup({ stageLogs: { kmsKeyArn: "alias/logs" } })).toThrow(
      "stageLogs.kmsKeyArn: invalid value",
    );
  });

  it("is refused where nobody would open what CloudWatch Logs puts on the stream", () => {
    expect(() => withLogGroup({ transformer: { enabled: false } })).toThrow(
      "HTTP and WebSocket stages require transformer.enabled",
    );
  });

  it("takes numbers that are tokens, and no token where it decides whether there is a log group", () => {
    const withVariables = (enabled: (scope: TerraformStack) => unknown) =>
      synthesize((scope) => {
        new MoesifPipeline(scope, "pipeline", {
          applicationId: { secretArn: SECRET },
          transformer: { enabled: enabled(scope) as boolean },
          stageLogs: { retentionDays: variable(scope, "days", "number", 3).numberValue },
        }).stageLogGroup();
      });
    expect(group(withVariables(() => true)).retention_in_days).toBe("${var.days}");
    expect(() => withVariables((scope) => variable(scope, "enabled", "bool", true).value)).toThrow(
      "this is a token, expected a literal",
    );
  });
});
