/**
 * Stages that are a variable, enrolled by real Terraform beside an API that the same plan makes: moto keeps everything,
 * and the built function is run for each of Terraform's calls. It proves neither what IAM allows, which moto does not
 * enforce, nor what API Gateway takes.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ListedStage } from "../../modules";
import type { StageId } from "../../lambda/api-gateway/stage";
import { TerraformVariable } from "../../modules/cdk";
import { hclValue } from "../../modules/hcl";
import { LambdaProxy } from "../support/lambda-proxy";
import { ROOT } from "../support/rollout";
import { synthesize } from "../support/synth";
import { describeWithMoto, Terraform } from "../support/terraform";
import { destinations, enroll } from "./enrollment-stack";
import { Account, owners } from "./support";

const REGION = "eu-west-1";
const MODULE = join(ROOT, "dist", "lambda", "stage-enrollment", "index.mjs");

/** An HTTP API whose id is not known when its stage is enrolled. */
const NEW_API = `
resource "aws_apigatewayv2_api" "new" {
  name          = "new"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_stage" "new" {
  api_id = aws_apigatewayv2_api.new.id
  name   = "live"
  lifecycle {
    ignore_changes = [access_log_settings]
  }
}
`;
const NEW_STAGE = '{ type = "HTTP", apiId = aws_apigatewayv2_api.new.id, stage = aws_apigatewayv2_stage.new.id }';

describeWithMoto("stages that are a variable", () => {
  let account: Account;
  let lambda: LambdaProxy;
  let terraform: Terraform;
  let rest: StageId;
  let taken: StageId;

  const list = (...stages: ListedStage[]) =>
    writeFileSync(join(terraform.directory, "terraform.tfvars.json"), JSON.stringify({ stages }));

  beforeAll(async () => {
    account = await Account.start();
    const { RECORD_URL: _, CALLS_PER_SECOND: __, ...environment } = account.environment();
    lambda = await LambdaProxy.start({ moto: account.moto.url, module: MODULE, environment });
    rest = await account.stage();
    taken = await account.stage({ name: "taken", accessLog: owners });
    const { directory } = synthesize((stack) => {
      const type = "list(object({ type = string, apiId = string, stage = string, overwrite = optional(bool) }))";
      new TerraformVariable(stack, "stages", { type });
      enroll(stack, {
        destinations: hclValue(JSON.stringify(destinations)),
        stages: hclValue(`concat(var.stages, [${NEW_STAGE}])`),
        match: new TerraformVariable(stack, "match", { type: "any" }).value,
      });
    });
    writeFileSync(join(directory, "new.tf"), NEW_API);
    terraform = new Terraform(directory, { ...account.moto.environment(), TF_VAR_match: "null" });
    account.moto.redirect(directory, { region: REGION }, { lambda: lambda.url });
    list(rest, { ...taken, overwrite: true });
    await terraform.must(["init", "-input=false", "-no-color"]);
  }, 120_000);

  afterAll(async () => {
    lambda?.stop();
    await account?.stop();
  });

  it("log to the pipeline after one apply that makes an API besides, and the second plan is empty", async () => {
    expect(await terraform.apply()).toContain('"enrolled" = 3');
    expect(await account.logs(rest, taken)).toEqual([destinations.REST, destinations.REST]);
    const { code, output } = await terraform.plan();
    expect(output).toContain("No changes.");
    expect(code).toBe(0);
  }, 240_000);

  it("are refused by the plan where one is listed twice, or where their names do not fit into the role", async () => {
    const many = Array.from({ length: 200 }, (_, n) => ({ ...rest, stage: `stage${n}`.padEnd(128, "-") }));
    list(rest, { ...taken, overwrite: true }, rest, ...many);
    const output = (await terraform.plan()).output.replace(/[\s│]+/g, " ");
    expect(output).toContain(`stages[2] is listed before: stage prod of API ${rest.apiId} may stand there once`);
    expect(output).toMatch(/its policy REST-0 would have \d+ characters, and IAM takes 6144; find stages by `match`/);
  }, 120_000);

  it("get back what they had when they leave the list, and all others when everything goes", async () => {
    list(rest);
    await terraform.apply();
    expect(await account.logs(rest, taken)).toEqual([destinations.REST, owners]);
    await terraform.destroy();
    expect(await account.logs(rest)).toEqual([undefined]);
    expect(await terraform.stateList()).toEqual([]);
  }, 240_000);
});
