/** Each way of use, run as the README says, and judged by the real provider. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./support/rollout";
import { Synthesized } from "./support/synth";
import { describeWithTerraform, Terraform } from "./support/terraform";

const run = promisify(execFile);

/** Runs a compiled app in a folder, as cdktf's CLI would: the output folder by the environment. */
async function synthesize(app: string, cwd: string, ...args: string[]): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), "example-"));
  const env = { ...process.env, CDKTF_OUTDIR: out };
  await run(process.execPath, [join(ROOT, "dist", app), ...args], { cwd: join(ROOT, cwd), env, timeout: 60_000 });
  return join(out, "stacks");
}

const EXAMPLES: readonly [string, () => Promise<string>, readonly string[]][] = [
  [
    "a rollout file, deployed by cdktf",
    () => synthesize("examples/cdktf-app/main.js", "examples/cdktf-app"),
    ["moesif-production-eu-west-1", "moesif-production-us-east-1"],
  ],
  ["constructs in one's own stack", () => synthesize("examples/library/main.js", "examples/library"), ["orders"]],
  [
    "stages of every type in several stacks",
    // Without a backend of their own, stacks have their state in the folder that they are synthesized from.
    () => synthesize("examples/all-stages/main.js", "examples/all-stages"),
    ["chat", "items", "moesif", "orders"],
  ],
  [
    "plain Terraform JSON",
    () => synthesize("main.js", ".", "--rollout", "examples/terraform-json/rollout.yaml"),
    ["moesif-production-us-east-1"],
  ],
  [
    "a choice of what is sent",
    () => synthesize("main.js", ".", "--rollout", "examples/choose-what-is-sent/rollout.yaml"),
    ["moesif-production-us-east-1"],
  ],
];

describe.each(EXAMPLES)("%s", (_, example, expected) => {
  let folder: string;

  beforeAll(async () => {
    folder = await example();
  }, 60_000);

  it("makes its stacks", () => {
    expect(readdirSync(folder).sort()).toEqual(expected);
  });

  it("loads no index of the provider's bindings", async () => {
    // Deep imports keep the synthesis fast; one import of the index would take five times as long.
    const script = `require(${JSON.stringify(join(ROOT, "dist", "modules"))}); process.stdout.write(String(Object.keys(require.cache).filter((file) => /provider-aws.lib.(lazy-)?index\\.js$/.test(file)).length))`;
    const { stdout } = await run(process.execPath, ["-e", script], { timeout: 60_000 });
    expect(stdout).toBe("0");
  });

  describeWithTerraform("by the AWS provider 5.100.0", () => {
    it.each(expected)(
      "%s is valid",
      async (name) => {
        const terraform = new Terraform(join(folder, name));
        await terraform.init();
        expect(await terraform.validate()).toEqual({ code: 0, output: expect.stringContaining("Success!") });
      },
      120_000,
    );
  });
});

describe("the library example", () => {
  it("logs the stage to the pipeline's stream, with the user and the company that it names", async () => {
    const stack = new Synthesized(join(await synthesize("examples/library/main.js", "examples/library"), "orders"));
    const { destination_arn, format } = stack.resource("aws_api_gateway_stage").access_log_settings;
    expect(destination_arn).toBe("${aws_kinesis_firehose_delivery_stream.moesif_delivery_stream.arn}");
    expect(JSON.parse(format)).toMatchObject({
      user: "$context.identity.apiKeyId",
      companyId: "$context.authorizer.orgId",
    });
  });
});

describe("the plain Terraform JSON example", () => {
  it("takes the application id by an ephemeral variable", async () => {
    const stacks = await synthesize("main.js", ".", "--rollout", "examples/terraform-json/rollout.yaml");
    const { json } = new Synthesized(join(stacks, "moesif-production-us-east-1"));
    expect(json.variable.moesif_application_id).toMatchObject({ ephemeral: true, sensitive: true, type: "string" });
    expect(json.variable.moesif_application_id.validation).toEqual([
      {
        condition: '${can(regex("^[!-~]+$", var.moesif_application_id))}',
        error_message: expect.stringMatching(/^moesif_application_id must be Moesif's Collector Application Id as/),
      },
    ]);
    expect(json.terraform.required_version).toBe(">= 1.11.0");
  });
});

describe("the example of stages that others own", () => {
  it("needs a Terraform that knows checks", async () => {
    const stacks = await synthesize("main.js", ".", "--rollout", "examples/existing-stages/rollout.yaml");
    const { json } = new Synthesized(join(stacks, "moesif-production-eu-west-1"));
    expect(json.check).toBeDefined();
    expect(json.terraform.required_version).toBe(">= 1.5.0");
  });
});
