/** Apps of several stacks with APIs of every type, and what is synthesized of them. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage, type ApiGatewayStageConfig } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import { Apigatewayv2Stage, type Apigatewayv2StageConfig } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import { MoesifPipeline, type MoesifPipelineProps, widenAwsProvider } from "../../modules";
import { AwsProvider } from "../../modules/aws";
import { App, type Construct, LocalBackend, TerraformStack } from "../../modules/cdk";
import { Synthesized } from "../support/synth";

export const SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif-AbC123";

export function app(): App {
  return new App({ outdir: mkdtempSync(join(tmpdir(), "stages-")) });
}

export function stackIn(scope: Construct, name: string, provider: { region: string; allowedAccountIds?: string[] }) {
  const stack = new TerraformStack(scope, name);
  new LocalBackend(stack, { path: join(App.of(stack).outdir, `${name}.tfstate`) });
  new AwsProvider(stack, "aws", provider);
  widenAwsProvider(stack);
  return stack;
}

export const US = { region: "us-east-1" };

export function pipelineIn(stack: TerraformStack, props: Omit<MoesifPipelineProps, "applicationId"> = {}) {
  return new MoesifPipeline(stack, "moesif", { applicationId: { secretName: "moesif/application-id" }, ...props });
}

/** An API by its description, which API Gateway can deploy. */
const BODY = JSON.stringify({
  openapi: "3.0.1",
  info: { title: "orders", version: "1" },
  paths: {
    "/": {
      get: {
        "x-amazon-apigateway-integration": {
          type: "http_proxy",
          httpMethod: "GET",
          uri: "https://backend.example.com",
        },
      },
    },
  },
});

type Tags = { [key: string]: string };

export function restStage(stack: Construct, id: string, more: Partial<ApiGatewayStageConfig> = {}, tags?: Tags) {
  const api = new ApiGatewayRestApi(stack, `${id}_api`, { name: id, body: BODY, tags });
  const deployment = new ApiGatewayDeployment(stack, `${id}_deployment`, { restApiId: api.id });
  return new ApiGatewayStage(stack, id, {
    restApiId: api.id,
    deploymentId: deployment.id,
    stageName: "prod",
    ...more,
  });
}

export function v2Stage(
  stack: Construct,
  id: string,
  protocolType: string,
  more: Partial<Apigatewayv2StageConfig> = {},
  tags?: Tags,
) {
  const api = new Apigatewayv2Api(stack, `${id}_api`, { name: id, protocolType, tags });
  return new Apigatewayv2Stage(stack, id, { apiId: api.id, name: "prod", ...more });
}

/** Synthesizes an app; what comes back are its stacks by their names. */
export function synthesized(app: App): (stack: string) => Synthesized {
  app.synth();
  return (stack) => new Synthesized(join(app.outdir, "stacks", stack));
}

/** What the manifest says of a stack. */
export function manifestOf(app: App, stack: string): { dependencies: string[]; annotations: { message: string }[] } {
  return JSON.parse(readFileSync(join(app.outdir, "manifest.json"), "utf8")).stacks[stack];
}
