/** A REST API in your own stack, with its calls in Moesif. */
import { App, LocalBackend, TerraformStack } from "cdktf";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import {
  identityFrom,
  MoesifPipeline,
  restAccessLogFormat,
  restAccessLogSettings,
  widenAwsProvider,
} from "cdktf-moesif-firehose";

const app = new App();
const stack = new TerraformStack(app, "orders");
new LocalBackend(stack, { path: "terraform.tfstate" });
new AwsProvider(stack, "aws", { region: "us-east-1" });
widenAwsProvider(stack);

// The API, as it is in anybody's code.
const api = new ApiGatewayRestApi(stack, "api", { name: "orders" });
const method = new ApiGatewayMethod(stack, "method", {
  restApiId: api.id,
  resourceId: api.rootResourceId,
  httpMethod: "GET",
  authorization: "NONE",
  apiKeyRequired: true,
});
const integration = new ApiGatewayIntegration(stack, "integration", {
  restApiId: api.id,
  resourceId: api.rootResourceId,
  httpMethod: method.httpMethod,
  type: "MOCK",
  requestTemplates: { "application/json": '{"statusCode": 200}' },
});
const deployment = new ApiGatewayDeployment(stack, "deployment", { restApiId: api.id, dependsOn: [integration] });

// Its traffic into Moesif: one pipeline for the account and region, one line in each stage.
const pipeline = new MoesifPipeline(stack, "moesif", {
  applicationId: { secretName: "moesif/application-id" },
  environment: "production",
});
new ApiGatewayStage(stack, "prod", {
  restApiId: api.id,
  deploymentId: deployment.id,
  stageName: "prod",
  accessLogSettings: restAccessLogSettings(
    pipeline.stream,
    restAccessLogFormat({ user: identityFrom.apiKeyId(), company: identityFrom.authorizerProperty("orgId") }),
  ),
});

app.synth();
