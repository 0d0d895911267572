/** What a change of one setting does to a running pipeline, on an emulated AWS. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { MoesifPipeline, type MoesifPipelineProps } from "../../modules";
import { Moto } from "../support/moto";
import { synthesize } from "../support/synth";
import { describeWithMoto, Terraform } from "../support/terraform";

const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:moesif-AbC123";

const pipeline = (props: Partial<MoesifPipelineProps>) =>
  synthesize((stack) => {
    new MoesifPipeline(stack, "moesif", { applicationId: { secretArn: SECRET }, ...props });
  }).directory;

const FUNCTION = "aws_lambda_function.moesif_transformer";
const STREAM = "aws_kinesis_firehose_delivery_stream.moesif_delivery_stream";
const OBJECT = "aws_s3_object.moesif_transformer_settings";
const REPLACED = ["create", "delete"];

describeWithMoto("a change of a running pipeline", () => {
  let moto: Moto;
  let terraform: Terraform;

  beforeAll(async () => {
    moto = await Moto.start();
    const directory = pipeline({});
    moto.redirect(directory);
    terraform = new Terraform(directory, moto.environment());
    await terraform.must(["init", "-input=false", "-no-color"]);
    await terraform.apply();
  });

  afterAll(() => moto?.stop());

  /** What a plan would do, by address. */
  async function planned(props: Partial<MoesifPipelineProps>): Promise<Record<string, string[]>> {
    copyFileSync(join(pipeline(props), "cdk.tf.json"), join(terraform.directory, "cdk.tf.json"));
    await terraform.must(["plan", "-input=false", "-no-color", "-out=plan"]);
    const { resource_changes } = JSON.parse(await terraform.must(["show", "-json", "plan"]));
    const changes: [string, string[]][] = resource_changes.map(({ address, change }: any) => [address, change.actions]);
    return Object.fromEntries(changes.filter(([, actions]) => actions.join() !== "no-op"));
  }

  it.each<[string, Partial<MoesifPipelineProps>, Record<string, string[]>]>([
    ["memory", { transformer: { memoryMb: 512 } }, { [FUNCTION]: ["update"] }],
    ["a sampling rate", { sampling: { rate: 10 } }, { [FUNCTION]: ["update"], [OBJECT]: ["update"] }],
    ["the retries", { delivery: { retrySeconds: 600 } }, { [STREAM]: ["update"] }],
  ])("of %s touches what it must, and no policy", async (_, props, changes) => {
    expect(await planned(props)).toEqual(changes);
  });

  it("of tags touches what has tags, and no policy", async () => {
    const types = Object.keys(await planned({ tags: { team: "api" } })).map((address) => address.split(".")[0]);
    expect([...new Set(types)].sort()).toEqual([
      "aws_cloudwatch_log_group",
      "aws_iam_role",
      "aws_kinesis_firehose_delivery_stream",
      "aws_lambda_function",
      "aws_s3_bucket",
    ]);
  });

  it("of name and path creates what it replaces before it destroys the old", async () => {
    const changes = Object.entries(await planned({ name: "calls", iam: { path: "/moesif/" } }));
    const replaced = changes.filter(([, actions]) => actions.includes("delete"));
    expect(replaced.map(([address]) => address)).toEqual(expect.arrayContaining([FUNCTION, STREAM, OBJECT]));
    for (const change of replaced) expect(change).toEqual([change[0], REPLACED]);
    // The bucket holds what failed: it stays as it is.
    expect(changes.map(([address]) => address)).not.toContain("aws_s3_bucket.moesif_backup_bucket");
  });
});
