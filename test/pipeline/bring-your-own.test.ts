/** A pipeline on a bucket, keys and a secret that are there already, applied to an emulated AWS. */
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { MoesifPipeline } from "../../modules";
import { Moto } from "../support/moto";
import { synthesize } from "../support/synth";
import { describeWithMoto, Terraform } from "../support/terraform";

/** What somebody else made stands in the same stack, so that every reference is known only when it is applied. */
function pipelineOnWhatIsThere() {
  return synthesize((stack) => {
    const bucketKey = new KmsKey(stack, "bucket_key", {});
    const alias = new KmsAlias(stack, "bucket_key_alias", {
      name: "alias/backup",
      targetKeyId: bucketKey.id,
    });
    const streamKey = new KmsKey(stack, "stream_key", {});
    const secretKey = new KmsKey(stack, "secret_key", {});
    const bucket = new S3Bucket(stack, "central_logs", { bucket: "central-logs", forceDestroy: true });
    const secret = new SecretsmanagerSecret(stack, "application_id", {
      name: "moesif/application-id",
      kmsKeyId: secretKey.arn,
      recoveryWindowInDays: 0,
    });
    new MoesifPipeline(stack, "pipeline", {
      applicationId: { secretArn: secret.arn, kmsKey: secretKey.arn },
      backup: { bucket: bucket.bucket, kmsKey: alias.name },
      delivery: { kmsKeyArn: streamKey.arn },
      transformer: { enabled: false },
    });
  });
}

describeWithMoto("a pipeline on what is there already", () => {
  let moto: Moto;
  let terraform: Terraform;

  beforeAll(async () => {
    moto = await Moto.start();
    const { directory } = pipelineOnWhatIsThere();
    moto.redirect(directory);
    terraform = new Terraform(directory, moto.environment());
    await terraform.must(["init", "-input=false", "-no-color"]);
  });

  afterAll(() => moto?.stop());

  it("is applied, and the next plan is empty", async () => {
    await terraform.apply();
    const { code, output } = await terraform.plan();
    expect(output).toContain("No changes.");
    expect(code).toBe(0);
  });

  it("names keys in its policies by their ARNs, never by an alias", async () => {
    const state = JSON.parse(await terraform.must(["state", "pull"]));
    const policies = state.resources
      .filter(({ type }: { type: string }) => type === "aws_iam_role_policy")
      .map(({ instances }: { instances: { attributes: { policy: string } }[] }) => instances[0]!.attributes.policy)
      .join("\n");
    expect(policies).toMatch(/arn:aws:kms:us-east-1:123456789012:key\//);
    expect(policies).not.toContain("alias/");
  });

  it("is destroyed without leaving anything", async () => {
    await terraform.destroy();
    expect(await terraform.stateList()).toEqual([]);
  });
});
