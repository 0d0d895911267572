/** The example of two regions in one stack, planned against an emulated AWS. */
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Moto } from "../support/moto";
import { ROOT } from "../support/rollout";
import { Synthesized } from "../support/synth";
import { describeWithMoto, Terraform } from "../support/terraform";

const ACCOUNT = "123456789012";

const out = mkdtempSync(join(tmpdir(), "two-regions-"));
execFileSync(process.execPath, [join(ROOT, "dist", "examples", "two-regions", "main.js")], {
  env: { ...process.env, CDKTF_OUTDIR: out },
  timeout: 5 * 60_000,
});
const stack = new Synthesized(join(out, "stacks", "two-regions"));

describe("the example of two regions", () => {
  it("has each stage log to the pipeline of its provider", () => {
    const stages = Object.values<any>(stack.json.resource.aws_api_gateway_stage);
    const destinations = stages.map(({ provider, access_log_settings }) => [
      provider,
      access_log_settings.destination_arn,
    ]);
    expect(Object.fromEntries(destinations)).toEqual({
      aws: "${aws_kinesis_firehose_delivery_stream.moesif_delivery_stream.arn}",
      "aws.eu": "${aws_kinesis_firehose_delivery_stream.moesif_eu_delivery_stream.arn}",
    });
  });
});

describeWithMoto("the example of two regions", () => {
  let moto: Moto;
  let terraform: Terraform;

  beforeAll(async () => {
    moto = await Moto.start();
    for (const region of ["us-east-1", "eu-west-1"]) {
      await moto.createSecret(ACCOUNT, region, "moesif/application-id", { api_key: "application-id" });
    }
    moto.redirect(stack.directory);
    terraform = new Terraform(stack.directory, moto.environment());
    await terraform.must(["init", "-input=false", "-no-color"]);
  });

  afterAll(() => moto?.stop());

  it("is valid, and plans each pipeline in its own region", async () => {
    expect((await terraform.validate()).output).toContain("Success!");
    await terraform.must(["plan", "-input=false", "-no-color", "-out=plan"]);
    const plan = JSON.parse(await terraform.must(["show", "-json", "plan"]));
    const read: any[] = plan.prior_state.values.root_module.resources;
    const secrets = read.flatMap(({ address, values }) =>
      address.startsWith("data.aws_secretsmanager_secret.") ? [[address, values.arn.split(":")[3]]] : [],
    );
    expect(Object.fromEntries(secrets)).toEqual({
      "data.aws_secretsmanager_secret.moesif_application_id_secret": "us-east-1",
      "data.aws_secretsmanager_secret.moesif_eu_application_id_secret": "eu-west-1",
    });
    const planned: string[] = plan.planned_values.root_module.resources.map(({ name }: any) => name);
    const us = planned.filter((name) => /^moesif_(?!eu_)/.test(name));
    expect(us.length).toBeGreaterThan(15);
    expect(planned.filter((name) => name.startsWith("moesif_eu_"))).toEqual(
      us.map((name) => name.replace("moesif_", "moesif_eu_")),
    );
  });
});
