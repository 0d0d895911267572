/** A pipeline that another stack or repository made, as stages see it. */
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import { logStages, MoesifPipeline, type PipelineAttributes } from "../../modules";
import type { TerraformStack } from "../../modules/cdk";
import { synthesize, variable } from "../support/synth";

const STREAM = "arn:aws-cn:firehose:cn-north-1:123456789012:deliverystream/amazon-apigateway-orders";
const GROUP = "arn:aws-cn:logs:cn-north-1:123456789012:log-group:/aws/vendedlogs/apigateway/orders";

/** A REST and an HTTP stage, beside the pipeline that they are to log to. */
const stages = (stack: TerraformStack) => {
  new ApiGatewayStage(stack, "rest", { restApiId: "a1b2c3d4e5", deploymentId: "d1", stageName: "prod" });
  const api = new Apigatewayv2Api(stack, "api", { name: "shop", protocolType: "HTTP" });
  new Apigatewayv2Stage(stack, "http", { apiId: api.id, name: "$default" });
};

describe("a pipeline by its name", () => {
  it("is where stages log to, without a resource of its own", () => {
    const stack = synthesize((scope) => {
      stages(scope);
      const place = { accountId: "123456789012", region: "us-east-1", partition: "aws" };
      const outcomes = logStages(scope, MoesifPipeline.fromName(scope, "moesif", place));
      expect(outcomes.map(({ result }) => result)).toEqual(["logged", "logged"]);
    });
    expect(stack.resource("aws_api_gateway_stage").access_log_settings.destination_arn).toBe(
      "arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-moesif",
    );
    expect(stack.resource("aws_apigatewayv2_stage").access_log_settings.destination_arn).toBe(
      "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/apigateway/moesif",
    );
    expect(stack.addresses().filter((address) => !address.startsWith("aws_api"))).toEqual([]);
  });

  it("is in the account and region of the provider where nothing is said", () => {
    const stack = synthesize((scope) => {
      stages(scope);
      logStages(scope, MoesifPipeline.fromName(scope, "moesif"));
    });
    expect(stack.resource("aws_api_gateway_stage").access_log_settings.destination_arn).toBe(
      "arn:${data.aws_partition.moesif_environment_partition.partition}:firehose:${local.moesif_environment_region_name}:" +
        "${data.aws_caller_identity.moesif_environment_caller.account_id}:deliverystream/amazon-apigateway-moesif",
    );
  });
});

describe("a pipeline by its attributes", () => {
  const imported = (attributes: PipelineAttributes) => {
    let pipeline: ReturnType<typeof MoesifPipeline.fromAttributes> | undefined;
    // Without a provider, as that of another partition.
    synthesize((scope) => (pipeline = MoesifPipeline.fromAttributes(scope, "moesif", attributes)));
    return pipeline!;
  };

  it("knows name, account, region and partition by the ARN of its stream", () => {
    const provided = { streamArn: STREAM.replace("cn-north-1", "us-east-1"), stageLogGroupArn: GROUP };
    const { name, stream, environment, stageLogGroup } = imported(provided);
    expect([name, stream.name, stream.arn]).toEqual(["orders", "amazon-apigateway-orders", provided.streamArn]);
    expect(environment).toMatchObject({ accountId: "123456789012", region: "us-east-1", partition: "aws-cn" });
    expect(stageLogGroup.call(imported(provided)).arn).toBe(GROUP);
  });

  it("takes tokens, with a name", () => {
    const stack = synthesize((scope) => {
      stages(scope);
      const text = (name: string) => variable(scope, name, "string", undefined).stringValue;
      const attributes = { name: "orders", streamArn: text("stream_arn"), stageLogGroupArn: text("group_arn") };
      logStages(scope, MoesifPipeline.fromAttributes(scope, "moesif", attributes));
    });
    expect(stack.resource("aws_api_gateway_stage").access_log_settings.destination_arn).toBe("${var.stream_arn}");
    expect(stack.resource("aws_apigatewayv2_stage").access_log_settings.destination_arn).toBe("${var.group_arn}");
  });

  it.each<[string, PipelineAttributes, string]>([
    ["the ARN of another stream", { streamArn: STREAM.replace("amazon-apigateway-", "") }, "streamArn: invalid value"],
    [
      "a log group with a star",
      { streamArn: STREAM, stageLogGroupArn: `${GROUP}:*` },
      "stageLogGroupArn: invalid value",
    ],
    [
      "a region other than the provider's",
      { streamArn: STREAM },
      'region is "cn-north-1", and that of the provider "us-east-1"',
    ],
    ["a token without a name", { streamArn: "${TfToken[TOKEN.0]}" }, "name is missing, and streamArn is a token"],
  ])("is refused for %s", (_, attributes, message) => {
    expect(() => imported(attributes)).toThrow(message);
  });

  it("cannot take HTTP stages without its log group", () => {
    const streamArn = STREAM.replace("cn-north-1", "us-east-1");
    expect(() => imported({ streamArn }).stageLogGroup()).toThrow("HTTP and WebSocket stages require stageLogGroupArn");
  });
});
