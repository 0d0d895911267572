/** Tokens in the properties of a pipeline: passed on, or refused where a literal decides structure. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { MoesifPipeline, type MoesifPipelineProps } from "../../modules";
import { TerraformOutput, type TerraformStack, Token } from "../../modules/cdk";
import { exactTerraformJson } from "../../modules/terraform-json";
import { synthesize, synthesizeExpressions, variable } from "../support/synth";
import { describeWithTerraform, Terraform } from "../support/terraform";

const SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif-AbC123";

const text = (stack: TerraformStack, name: string) => variable(stack, name, "string", name).stringValue;

const pipeline = (props: (stack: TerraformStack) => Partial<MoesifPipelineProps>) =>
  synthesize((stack) => {
    new MoesifPipeline(stack, "pipeline", { applicationId: { secretArn: SECRET }, ...props(stack) });
  });

describe("a token", () => {
  it("is passed on wherever a value goes into an argument", () => {
    const number = (stack: TerraformStack, name: string) => variable(stack, name, "number", 1).numberValue;
    const stack = pipeline((scope) => ({
      name: text(scope, "name"),
      baseUrl: text(scope, "base_url"),
      applicationId: { secretArn: text(scope, "secret_arn"), kmsKeyArn: text(scope, "secret_key") },
      backup: { kmsKeyArn: text(scope, "bucket_key"), mode: text(scope, "mode") as "AllData" },
      delivery: { bufferIntervalSeconds: number(scope, "interval"), commonAttributes: { team: text(scope, "team") } },
      transformer: { memoryMb: number(scope, "memory"), architecture: variable(scope, "cpu", "string", "arm64").value },
      iam: { path: text(scope, "path"), permissionsBoundary: text(scope, "boundary") },
      logs: { kmsKeyArn: text(scope, "logs_key") },
      tags: Token.asStringMap(variable(scope, "tags", "map(string)", {}).value),
    }));
    const lambda = stack.resource("aws_lambda_function");
    expect(lambda).toMatchObject({
      function_name: "moesif-transform-${var.name}",
      memory_size: "${var.memory}",
      architectures: ["${var.cpu}"],
      tags: "${var.tags}",
    });
    expect(lambda.environment.variables.APPLICATION_ID_SECRET).toBe("${var.secret_arn}");
    expect(stack.resource("aws_kinesis_firehose_delivery_stream").http_endpoint_configuration).toMatchObject({
      url: "${var.base_url}/v1/partners/aws/kinesis",
      buffering_interval: "${var.interval}",
      s3_backup_mode: "${var.mode}",
      request_configuration: { common_attributes: [{ name: "team", value: "${var.team}" }] },
    });
    expect(stack.policy("pipeline_delivery_role").DecryptApplicationId.Resource).toEqual(["${var.secret_key}"]);
    expect(stack.policy("pipeline_transformer_role").DecryptSettings.Resource).toEqual(["${var.bucket_key}"]);
    expect(stack.json.resource.aws_iam_role.pipeline_delivery_role).toMatchObject({
      name_prefix: '${substr("moesif-delivery-${var.name}", tonumber("0"), 37)}-',
      path: "${var.path}",
      permissions_boundary: "${var.boundary}",
    });
    expect(stack.resource("aws_s3_bucket").bucket_prefix).toBe(
      '${substr("moesif-backup-${replace(lower(var.name), "_", "-")}", tonumber("0"), 36)}-',
    );
  });

  it("in the settings is completed by Terraform, also as the id of an API", () => {
    const stack = pipeline((scope) => ({
      accountId: "111111111111",
      region: "us-east-1",
      environment: text(scope, "environment"),
      apis: { [text(scope, "api_id")]: { name: 'the "orders"', tags: ["public"] } },
      identity: { company: [{ from: "apiKeyId", map: { [text(scope, "key_id")]: "acme" } }] },
    }));
    const [json] = Object.values(stack.json.locals);
    expect(json).toBe(
      '{"version":1,"accountId":"111111111111","region":"us-east-1","environment":${jsonencode(var.environment)},' +
        '"apis":{${jsonencode(var.api_id)}:{"name":"the \\"orders\\"","tags":["public"]}},' +
        '"identity":{"company":[{"from":"apiKeyId","map":{${jsonencode(var.key_id)}:"acme"}}]}}',
    );
    expect(stack.resource("aws_s3_object").content).toBe("${local.pipeline_transformer_settings_json}");
    expect(stack.resource("aws_lambda_function").environment.variables.SETTINGS_SHA256).toBe(
      "${sha256(local.pipeline_transformer_settings_json)}",
    );
  });

  it.each<[string, (stack: TerraformStack) => Partial<MoesifPipelineProps>]>([
    ["output", (scope) => ({ output: text(scope, "output") as "event" })],
    ["enabled", (scope) => ({ transformer: { enabled: variable(scope, "enabled", "bool", true).value } })],
    ["tracing", (scope) => ({ transformer: { tracing: variable(scope, "tracing", "bool", true).value } })],
    ["passThrough", (scope) => ({ transformer: { passThrough: variable(scope, "pass", "bool", true).value } })],
    ["sampling", (scope) => ({ sampling: variable(scope, "sampling", "any", {}).value })],
    ["redaction", (scope) => ({ redaction: variable(scope, "redaction", "any", {}).value })],
    ["filter", (scope) => ({ filter: variable(scope, "filter", "any", []).value })],
    ["identity", (scope) => ({ identity: variable(scope, "identity", "any", {}).value })],
    ["confusedDeputyGuard", (scope) => ({ iam: { confusedDeputyGuard: text(scope, "guard") as "none" } })],
    ["transformer.retries", (scope) => ({ transformer: { retries: variable(scope, "retries", "number", 1).value } })],
  ])("is refused for %s, which decides what there is", (property, props) => {
    expect(() => pipeline(props)).toThrow(`${property}: this is a token, expected a literal`);
  });
});

describeWithTerraform("the template of a JSON document", () => {
  it("is in Terraform what the document is in JavaScript, whatever is a token in it", async () => {
    const odd = 'a "b" \\ ${c} %{d} \n é';
    const documentOf = (literal: (value: unknown) => any) => ({
      whole: literal(odd),
      within: `<${literal(odd)}|${literal(odd)}>`,
      [`key ${literal("k")}`]: [literal(odd), odd, 1.5, true, null],
      [literal("plain") as string]: { map: literal({ a: [odd], b: null }) },
    });
    const values: Record<string, unknown> = {};
    const { directory } = synthesizeExpressions((stack) => {
      const token = (value: unknown) => {
        const name = `v${Object.keys(values).length}`;
        values[name] = value;
        const any = variable(stack, name, "any", undefined);
        return typeof value === "string" ? any.stringValue : any.value;
      };
      new TerraformOutput(stack, "json", { value: exactTerraformJson(documentOf(token)) });
    });
    writeFileSync(join(directory, "terraform.tfvars.json"), JSON.stringify(values));
    const terraform = new Terraform(directory);
    await terraform.must(["init", "-input=false"]);
    await terraform.apply();
    const text = JSON.parse(await terraform.must(["output", "-json", "json"]));
    expect(JSON.parse(text)).toEqual(documentOf((value) => value));
  });
});
