/** What users write, in JavaScript: as `app.ts`. */
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage/index.js";
import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api/index.js";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import {
  identityFrom,
  logStages,
  MoesifPipeline,
  restAccessLogFormat,
  rollOut,
  StageEnrollment,
  widenAwsProvider,
} from "cdktf-moesif-firehose";

const app = new App();
const stack = new TerraformStack(app, "orders");
new LocalBackend(stack, { path: "terraform.tfstate" });
new AwsProvider(stack, "aws", { region: "eu-west-1" });
widenAwsProvider(stack);

const props = {
  applicationId: { secretName: "moesif/application-id" },
  environment: "production",
  redaction: { ip: "truncate" },
};
const pipeline = new MoesifPipeline(stack, "moesif", props);

const shop = new Apigatewayv2Api(stack, "shop", { name: "shop", protocolType: "HTTP" });
new Apigatewayv2Stage(stack, "shop_stage", { apiId: shop.id, name: "$default" });
new ApiGatewayStage(stack, "orders_stage", { restApiId: "a1b2c3d4e5", deploymentId: "d1e2f3", stageName: "prod" });
const outcomes = logStages(app, pipeline);
new TerraformOutput(stack, "logged", { value: outcomes.map(({ path, result }) => `${path}: ${result}`) });

new StageEnrollment(stack, "enrollment", {
  pipeline,
  destinations: {
    REST: {
      destinationArn: pipeline.stream.arn,
      format: restAccessLogFormat({ user: identityFrom.apiKeyId() }),
    },
  },
  stages: [{ type: "REST", apiId: "k1l2m3n4o5", stage: "prod" }],
});

rollOut(app, "rollout.yaml");
app.synth();
