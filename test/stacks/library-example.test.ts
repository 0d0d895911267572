/** The library example, an API with a logged stage beside its pipeline, applied to an emulated AWS. */
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Moto } from "../support/moto";
import { ROOT } from "../support/rollout";
import { describeWithMoto, Terraform } from "../support/terraform";

describeWithMoto("the library example", () => {
  let moto: Moto;
  let terraform: Terraform;

  beforeAll(async () => {
    const out = mkdtempSync(join(tmpdir(), "library-"));
    const env = { ...process.env, CDKTF_OUTDIR: out };
    execFileSync(process.execPath, [join(ROOT, "dist", "examples", "library", "main.js")], {
      env,
      timeout: 5 * 60_000,
    });
    moto = await Moto.start();
    await moto.createSecret("123456789012", "us-east-1", "moesif/application-id", { api_key: "application-id" });
    const directory = join(out, "stacks", "orders");
    moto.redirect(directory);
    terraform = new Terraform(directory, moto.environment());
    await terraform.must(["init", "-input=false", "-no-color"]);
  });

  afterAll(() => moto?.stop());

  it("is applied, logs its stage to the stream, and needs no change afterwards", async () => {
    await terraform.apply();
    const state = JSON.parse(await terraform.must(["state", "pull"]));
    const [stage] = state.resources.filter(({ type }: { type: string }) => type === "aws_api_gateway_stage");
    expect(stage.instances[0].attributes.access_log_settings).toEqual([
      {
        destination_arn: "arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-moesif",
        format: expect.stringContaining('"companyId":"$context.authorizer.orgId"'),
      },
    ]);
    const { code, output } = await terraform.plan();
    expect(output).toContain("No changes.");
    expect(code).toBe(0);
  });

  it("is destroyed without leaving anything", async () => {
    await terraform.destroy();
    expect(await moto.leftOvers("123456789012", "us-east-1")).toEqual([]);
  });
});
