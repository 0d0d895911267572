/** REST, HTTP and WebSocket APIs, each in a stack of its own, all with their calls in Moesif. */
import { App, TerraformStack } from "cdktf";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import { Apigatewayv2Integration } from "@cdktf/provider-aws/lib/apigatewayv2-integration";
import { Apigatewayv2Route } from "@cdktf/provider-aws/lib/apigatewayv2-route";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { ApiGatewayLogRole, logStages, MoesifPipeline, widenAwsProvider } from "cdktf-moesif-firehose";

const app = new App();
const BACKEND = "https://backend.example.com";

function stackNamed(name: string): TerraformStack {
  const stack = new TerraformStack(app, name);
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  widenAwsProvider(stack);
  return stack;
}

// The APIs, as they are in anybody's code.
const orders = stackNamed("orders");
const rest = new ApiGatewayRestApi(orders, "api", {
  name: "orders",
  body: JSON.stringify({
    openapi: "3.0.1",
    info: { title: "orders", version: "1" },
    paths: {
      "/": { get: { "x-amazon-apigateway-integration": { type: "http_proxy", httpMethod: "GET", uri: BACKEND } } },
    },
  }),
});
const deployment = new ApiGatewayDeployment(orders, "deployment", { restApiId: rest.id });
new ApiGatewayStage(orders, "prod", { restApiId: rest.id, deploymentId: deployment.id, stageName: "prod" });

function routed(stack: TerraformStack, protocolType: string, routeKey: string): Apigatewayv2Api {
  const isHttp = protocolType === "HTTP";
  const api = new Apigatewayv2Api(stack, "api", {
    name: stack.node.id,
    protocolType,
    routeSelectionExpression: isHttp ? undefined : "$request.body.action",
  });
  const integration = new Apigatewayv2Integration(stack, "integration", {
    apiId: api.id,
    integrationType: isHttp ? "HTTP_PROXY" : "HTTP",
    integrationMethod: "POST",
    integrationUri: BACKEND,
  });
  new Apigatewayv2Route(stack, "route", { apiId: api.id, routeKey, target: `integrations/${integration.id}` });
  return api;
}

const items = stackNamed("items");
new Apigatewayv2Stage(items, "prod", {
  apiId: routed(items, "HTTP", "ANY /items").id,
  name: "$default",
  autoDeploy: true,
});

const chat = stackNamed("chat");
new Apigatewayv2Stage(chat, "prod", {
  apiId: routed(chat, "WEBSOCKET", "$default").id,
  name: "prod",
  autoDeploy: true,
});

// Their traffic into Moesif: a pipeline for the account and region, and one line for every stage in the app.
const moesif = stackNamed("moesif");
const pipeline = new MoesifPipeline(moesif, "pipeline", { applicationId: { secretName: "moesif/application-id" } });
// WebSocket APIs need it; leave it out where the account has one already, for everybody shares it.
const logRole = new ApiGatewayLogRole(moesif, "api_gateway_log_role");
console.table(logStages(app, pipeline, { logRole }));

app.synth();
