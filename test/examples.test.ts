/** Each way of use, run as the README says, and judged by the real provider. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./support/rollout";
import { Synthesized } from "./support/synth";
import { describeWithTerraform, Terraform } from "./support/terraform";

const run = promisify(execFile);

interface Example {
  /** The folder of its stacks. */
  readonly stacks: string;
  /** Indexes of the provider's bindings that it loaded. */
  readonly indexes: readonly string[];
}

/** Runs a compiled app in a folder, as cdktf's CLI would: the output folder by the environment. */
async function synthesize(app: string, cwd: string, ...args: string[]): Promise<Example> {
  const out = mkdtempSync(join(tmpdir(), "example-"));
  const script = `
    process.on("exit", () => {
      const files = Object.keys(require.cache).filter((file) => /provider-aws.lib.(lazy-)?index\\.js$/.test(file));
      require("node:fs").writeFileSync(${JSON.stringify(join(out, "indexes.json"))}, JSON.stringify(files));
    });
    require(${JSON.stringify(join(ROOT, "dist", app))});`;
  const env = { ...process.env, CDKTF_OUTDIR: out };
  await run(process.execPath, ["-e", script, "--", app, ...args], { cwd: join(ROOT, cwd), env, timeout: 5 * 60_000 });
  return { stacks: join(out, "stacks"), indexes: JSON.parse(readFileSync(join(out, "indexes.json"), "utf8")) };
}

const once = <T>(make: () => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};
const ofRollout = (name: string) =>
  once(() => synthesize("cli/main.js", ".", "synth", `examples/${name}/rollout.yaml`));
// Without a backend of their own, stacks have their state in the folder that they are synthesized from.
const ofApp = (name: string) => once(() => synthesize(`examples/${name}/main.js`, `examples/${name}`));

const library = ofApp("library");
const overriding = ofApp("overriding");
const terraformJson = ofRollout("terraform-json");
const existingStages = ofRollout("existing-stages");

const EXAMPLES: readonly [string, () => Promise<Example>, readonly string[]][] = [
  [
    "a rollout file, deployed by cdktf",
    ofApp("cdktf-app"),
    ["moesif-production-eu-west-1", "moesif-production-us-east-1"],
  ],
  ["constructs in one's own stack", library, ["orders"]],
  ["a pipeline for each of two regions", ofApp("two-regions"), ["two-regions"]],
  ["overrides", overriding, ["overriding"]],
  ["stages of every type in several stacks", ofApp("all-stages"), ["chat", "items", "moesif", "orders"]],
  ["plain Terraform JSON", terraformJson, ["moesif-production-us-east-1"]],
  ["a choice of what is sent", ofRollout("choose-what-is-sent"), ["moesif-production-us-east-1"]],
  ["stages that others own", existingStages, ["moesif-production-eu-west-1"]],
];

it("there is no other example", () => {
  expect(readdirSync(join(ROOT, "examples"))).toHaveLength(EXAMPLES.length);
});

describe.each(EXAMPLES)("%s", (_, example, expected) => {
  let folder: string;

  beforeAll(async () => {
    folder = (await example()).stacks;
  });

  it("makes its stacks", () => {
    expect(readdirSync(folder).sort()).toEqual(expected);
  });

  it("loads no index of the provider's bindings", async () => {
    // Deep imports keep the synthesis fast; one import of the index would take five times as long.
    expect((await example()).indexes).toEqual([]);
  });

  describeWithTerraform("by the AWS provider 5.100.0", () => {
    it.each(expected)("%s is valid", async (name) => {
      const terraform = new Terraform(join(folder, name));
      await terraform.init();
      expect(await terraform.validate()).toEqual({ code: 0, output: expect.stringContaining("Success!") });
    });
  });
});

describe("the library example", () => {
  it("logs the stage to the pipeline's stream, with the user and the company that it names", async () => {
    const stack = new Synthesized(join((await library()).stacks, "orders"));
    const { destination_arn, format } = stack.resource("aws_api_gateway_stage").access_log_settings;
    expect(destination_arn).toBe("${aws_kinesis_firehose_delivery_stream.moesif_delivery_stream.arn}");
    expect(JSON.parse(format)).toMatchObject({
      user: "$context.identity.apiKeyId",
      companyId: "$context.authorizer.orgId",
    });
  });
});

describe("the example of overrides", () => {
  it("has each of them in the Terraform JSON", async () => {
    const { stacks } = await overriding();
    const stack = new Synthesized(join(stacks, "overriding"));
    expect(stack.resource("aws_lambda_function").ephemeral_storage).toEqual({ size: 1024 });
    const { http_endpoint_configuration } = stack.resource("aws_kinesis_firehose_delivery_stream");
    expect(http_endpoint_configuration.request_configuration).toEqual({ content_encoding: "NONE" });
    expect(stack.resource("aws_iam_role_policy_attachment").role).toBe("${aws_iam_role.moesif_transformer_role.name}");
    expect(stack.resource("aws_s3_bucket").lifecycle).toMatchObject({ prevent_destroy: true });
    expect(stack.resource("aws_s3_bucket_lifecycle_configuration").rule[0]).toMatchObject({
      expiration: [{ days: 90 }],
      noncurrent_version_expiration: [{ noncurrent_days: 30 }],
    });
    const groups = Object.values(stack.json.resource.aws_cloudwatch_log_group);
    expect(groups).toHaveLength(2);
    for (const group of groups) expect(group).toMatchObject({ skip_destroy: true });
  });
});

describe("the plain Terraform JSON example", () => {
  it("takes the application id by an ephemeral variable", async () => {
    const { stacks } = await terraformJson();
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
    const { stacks } = await existingStages();
    const { json } = new Synthesized(join(stacks, "moesif-production-eu-west-1"));
    expect(json.check).toBeDefined();
    expect(json.terraform.required_version).toBe(">= 1.5.0");
  });
});
