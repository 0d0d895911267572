/**
 * UPGRADE.md, gone through on an emulated AWS: its stack is applied, and then its commands are run, which take it into the
 * plain modules. What they destroy is looked at in the plan, as the page says.
 */
import { join } from "node:path";
import type { StageId } from "../../lambda/api-gateway/stage";
import { Account } from "../stage-enrollment/support";
import { LambdaProxy } from "../support/lambda-proxy";
import { ROOT } from "../support/rollout";
import { describeWithCommands } from "../support/terraform";
import { blocksOf } from "./page";
import { Reader } from "./reader";

const ACCOUNT = "123456789012";
const REGION = "eu-west-1";
const PAGE = "UPGRADE.md";
const STACK = "terraform.out/stacks/moesif-production-eu-west-1";
const MOVING = "From CDKTF to the plain module";

describeWithCommands("from CDKTF to the plain module", () => {
  let account: Account;
  let lambda: LambdaProxy;
  let reader: Reader;
  let stage: StageId;
  let before: string[];

  const [copyState, apply, forget] = blocksOf(PAGE).filter(
    ({ heading, language }) => heading === MOVING && language === "sh",
  );
  const must = async (script: string) => {
    const { code, output } = await reader.shell(script);
    if (code !== 0) throw new Error(`${script}\n${output}`);
    return output;
  };
  /** What is in AWS, by the names that Terraform or AWS gave it. */
  const whatIsThere = () => account.moto.leftOvers(ACCOUNT, REGION);

  beforeAll(async () => {
    account = await Account.start();
    const { RECORD_URL: _, CALLS_PER_SECOND: __, ...environment } = account.environment();
    const module = join(ROOT, "dist", "lambda", "stage-enrollment", "index.mjs");
    lambda = await LambdaProxy.start({ moto: account.moto.url, module, environment });
    stage = await account.stage();
    const { url } = account.proxy;
    const elsewhere = { apigateway: url, apigatewayv2: url, lambda: lambda.url };
    const names = { "111111111111": ACCOUNT, a1b2c3d4e5: stage.apiId };
    const variables = { TF_VAR_moesif_application_id: "application-id" };
    reader = new Reader({ aws: { moto: account.moto, elsewhere }, region: REGION, names, environment: variables });

    for (const block of blocksOf(PAGE)) if (block.heading === MOVING && block.language !== "sh") reader.write(block);
    await must("npm run synth -- --rollout rollout.yaml --out terraform.out");
    account.moto.redirect(join(reader.folder, STACK), { region: REGION }, elsewhere);
    await must(`terraform -chdir=${STACK} init && terraform -chdir=${STACK} apply`);
    before = await whatIsThere();
  }, 300_000);

  afterAll(async () => {
    lambda?.stop();
    await account?.stop();
  });

  it("destroys nothing that holds data", async () => {
    await reader.run(copyState!);
    const shown = await reader.read(PAGE, "What to look at in a plan");
    expect(shown.match(/^\S+: .*delete.*$/gm)).toEqual([
      "module.moesif.aws_s3_object.pipeline_transformer_settings: create, then delete",
      "module.moesif.terraform_data.pipeline_transformer_settings_revision: create, then delete",
      "module.stage_enrollment.aws_iam_policy.enrollment_role_stages_0: delete",
      "module.stage_enrollment.aws_iam_role_policy_attachment.enrollment_role_stages_0_attachment: delete",
    ]);
  }, 120_000);

  it("leaves everything where it is, and has nothing to do afterwards", async () => {
    await reader.run(apply!);
    expect(await whatIsThere()).toEqual(before);
    await reader.run(forget!);
    expect(await must(`terraform -chdir=${STACK} state list`)).toBe("");
  }, 240_000);

  it("leaves an enrolled stage its logging", async () => {
    const [log] = await account.logs(stage);
    expect(log?.destinationArn).toContain("amazon-apigateway-moesif");
  });

  it("ran every command of the page", () => {
    const all = blocksOf(PAGE).filter(({ language }) => language === "sh");
    expect(all.map(({ text }) => text).filter((text) => !reader.done.has(text))).toEqual([]);
  });
});
