/** State in S3: one object for each stack, and a lock that keeps a second run out. */
import { Moto } from "../support/moto";
import { synthesizeFile } from "../support/rollout";
import { describeWithMoto, Terraform } from "../support/terraform";

const stacks = synthesizeFile("examples/cdktf-app/rollout.yaml");

describe("state in S3", () => {
  it("has a key for each stack, is encrypted, and is locked by a file beside it", () => {
    const backends = [...stacks.values()].map(({ json }) => json.terraform.backend.s3);
    const common = { bucket: "example-terraform-state", region: "us-east-1", encrypt: true, use_lockfile: true };
    expect(backends).toEqual([
      { ...common, key: "moesif/moesif-production-us-east-1.tfstate" },
      { ...common, key: "moesif/moesif-production-eu-west-1.tfstate" },
    ]);
  });

  it("needs a Terraform that knows lock files", () => {
    for (const { json } of stacks.values()) expect(json.terraform.required_version).toBe(">= 1.11.0");
  });
});

describeWithMoto("on an emulated S3, state", () => {
  const [stack] = stacks.values();
  const key = "example-terraform-state/moesif/moesif-production-us-east-1.tfstate";
  let moto: Moto;
  let terraform: Terraform;

  beforeAll(async () => {
    moto = await Moto.start();
    await moto.s3("PUT", "example-terraform-state");
    moto.redirect(stack!.directory);
    terraform = new Terraform(stack!.directory, moto.environment());
    const emulator = [
      `endpoints={s3="${moto.url}"}`,
      "use_path_style=true",
      "skip_credentials_validation=true",
      "skip_requesting_account_id=true",
    ];
    const config = emulator.map((setting) => `-backend-config=${setting}`);
    await terraform.must(["init", "-input=false", "-no-color", ...config]);
  });

  afterAll(() => moto?.stop());

  const oneGroup = [
    "-auto-approve",
    "-input=false",
    "-no-color",
    "-target=aws_cloudwatch_log_group.pipeline_error_log",
  ];

  it("is written under the stack's key", async () => {
    await terraform.must(["apply", ...oneGroup]);
    expect(await (await moto.s3("GET", key)).json()).toMatchObject({
      outputs: {},
      resources: [{ type: "aws_cloudwatch_log_group", name: "pipeline_error_log" }],
    });
  });

  it("lets no second run in while one holds the lock", async () => {
    await moto.s3(
      "PUT",
      `${key}.tflock`,
      JSON.stringify({ ID: "1", Operation: "OperationTypeApply", Who: "somebody" }),
    );
    const { code, output } = await terraform.run(["apply", ...oneGroup]);
    expect(output).toContain("Error acquiring the state lock");
    expect(code).toBe(1);
    await moto.s3("DELETE", `${key}.tflock`);
  });
});
