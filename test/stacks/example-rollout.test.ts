/** The example rollout, from the file to the Terraform JSON. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeWithTerraform, Terraform } from "../support/terraform";
import { ROOT, synthesizeFile } from "../support/rollout";

const stacks = synthesizeFile("rollout.yaml");
const production = stacks.get("moesif-production-us-east-1")!;

describe("the example rollout", () => {
  it("makes a stack for each account and region", () => {
    expect([...stacks.keys()]).toEqual(["moesif-production-us-east-1", "moesif-staging-eu-west-1"]);
  });

  it("has the resource addresses that were promised", () => {
    // A change here replaces resources wherever it is deployed. The second file has Terraform create the secret; the
    // third hashes, by a key; the last enrolls stages.
    const examples = ["terraform-json", "choose-what-is-sent", "existing-stages"];
    const files = ["rollout.yaml", ...examples.map((example) => `examples/${example}/rollout.yaml`)];
    const addresses = files.flatMap((file) =>
      [...synthesizeFile(file)].flatMap(([name, stack]) => stack.addresses().map((one) => `${file} ${name} ${one}`)),
    );
    expect(addresses.join("\n")).toBe(readFileSync(join(__dirname, "addresses.txt"), "utf8").trim());
  });

  it("gives each stack a provider that can touch its own account alone, on both majors", () => {
    expect(production.json.provider.aws).toEqual([
      {
        region: "us-east-1",
        allowed_account_ids: ["111111111111"],
        assume_role: [
          { role_arn: "arn:aws:iam::111111111111:role/moesif-deploy", session_name: "moesif-production-us-east-1" },
        ],
        default_tags: [{ tags: { "managed-by": "cdktf-moesif-firehose", owner: "api-platform", criticality: "high" } }],
      },
    ]);
    expect(production.json.terraform.required_providers.aws).toEqual({
      source: "hashicorp/aws",
      version: ">= 5.100.0, < 7.0.0",
    });
  });

  it("keeps state in a file of the stack's own, and writes no path of this machine", () => {
    for (const [name, { json }] of stacks) {
      expect(json.terraform.backend.local.path).toMatch(new RegExp(`^[./].*terraform-state/${name}\\.tfstate$`));
      const { backend: _, ...terraform } = json.terraform;
      expect(JSON.stringify({ ...json, terraform })).not.toContain(ROOT);
    }
  });

  it("lets the nearest setting win, and merges metadata", () => {
    expect(production.resource("aws_kinesis_firehose_delivery_stream").http_endpoint_configuration.buffering_size).toBe(
      4,
    );
    const staging = stacks.get("moesif-staging-eu-west-1")!;
    expect(JSON.parse(staging.resource("aws_s3_object").content)).toEqual({
      version: 1,
      accountId: "222222222222",
      region: "eu-west-1",
      environment: "test",
      metadata: { organisation: "example", costCenter: "4711" },
      apis: {},
    });
  });

  it("outputs what a stage needs, and what an operator asks for", () => {
    expect(Object.keys(production.json.output).sort()).toEqual([
      "access_log_format",
      "access_log_format_http",
      "access_log_format_websocket",
      "backup_bucket",
      "delivery_role_arn",
      "stage_log_group_arn",
      "stream_arn",
      "stream_name",
      "transformer_arn",
      "transformer_role_arn",
    ]);
  });

  it("is synthesized to the same JSON every time", () => {
    expect(synthesizeFile("rollout.yaml").get("moesif-production-us-east-1")!.json.resource).toEqual(
      production.json.resource,
    );
  });
});

describeWithTerraform("by the AWS provider 5.100.0, the stack", () => {
  it.each([...stacks])("%s is valid", async (_, { directory }) => {
    const terraform = new Terraform(directory);
    await terraform.init();
    expect(await terraform.validate()).toEqual({ code: 0, output: expect.stringContaining("Success!") });
  });
});
