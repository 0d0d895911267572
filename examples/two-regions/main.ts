/** One stack, two regions: a pipeline for each provider, and each API's calls in the pipeline of its region. */
import { App, LocalBackend, TerraformStack } from "cdktf";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { logStages, MoesifPipeline, widenAwsProvider } from "cdktf-moesif-firehose";

const app = new App();
const stack = new TerraformStack(app, "two-regions");
new LocalBackend(stack, { path: "terraform.tfstate" });
widenAwsProvider(stack);
const us = new AwsProvider(stack, "aws", { region: "us-east-1" });
const eu = new AwsProvider(stack, "aws_eu", { region: "eu-west-1", alias: "eu" });

// The API in both regions, as it is in anybody's code.
for (const provider of [us, eu]) {
  const id = `orders-${provider.region}`;
  const integration = { type: "http_proxy", httpMethod: "GET", uri: "https://backend.example.com" };
  const api = new ApiGatewayRestApi(stack, id, {
    provider,
    name: "orders",
    body: JSON.stringify({
      openapi: "3.0.1",
      info: { title: "orders", version: "1" },
      paths: { "/": { get: { "x-amazon-apigateway-integration": integration } } },
    }),
  });
  const deployment = new ApiGatewayDeployment(stack, `${id}-deployment`, { provider, restApiId: api.id });
  new ApiGatewayStage(stack, `${id}-prod`, {
    provider,
    restApiId: api.id,
    deploymentId: deployment.id,
    stageName: "prod",
  });
}

// A pipeline of the same name in each region. The secret is looked up by its name in each.
const applicationId = { secretName: "moesif/application-id" };
const pipelines = [
  new MoesifPipeline(stack, "moesif", { applicationId }),
  new MoesifPipeline(stack, "moesif_eu", { applicationId, provider: eu }),
];
console.table(logStages(app, pipelines));

app.synth();
