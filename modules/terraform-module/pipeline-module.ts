/** The modules of the pipeline: of one with a bucket of its own, and of one in a bucket that is there already. */
import { type App, Token } from "../cdk";
import { hclValue } from "../hcl";
import { MoesifPipeline, type MoesifPipelineProps } from "../pipeline/moesif-pipeline";
import { formatOutput } from "./format-output";
import { language } from "./language";
import { ModuleStack } from "./module-stack";
import { pipelineChecks } from "./pipeline-checks";
import { existingBucket, ownBucket, pipelineVariables } from "./pipeline-schema";

/** The pipeline with a bucket of its own: the root module. */
export function pipelineModule(app: App): ModuleStack {
  const variables = { schema: { ...pipelineVariables, ...ownBucket }, checks: pipelineChecks };
  const stack = new ModuleStack(app, "pipeline", variables, language);
  pipelineOf(stack, stack.section<BackupProps>("backup"));
  return stack;
}

/** The pipeline in a bucket that is there already. */
export function existingBucketModule(app: App): ModuleStack {
  const variables = { schema: { ...pipelineVariables, ...existingBucket }, checks: pipelineChecks, bundles: "../.." };
  const stack = new ModuleStack(app, "existing-bucket", variables, language);
  const { bucketName, ...backup } = stack.section<BackupProps & { readonly bucketName: string }>("backup");
  pipelineOf(stack, { ...backup, existingBucketName: bucketName });
  return stack;
}

/** The settings document, by the address that it has in every pipeline. */
const SETTINGS = "aws_s3_object.pipeline_transformer_settings";

type BackupProps = NonNullable<MoesifPipelineProps["backup"]>;

function pipelineOf(stack: ModuleStack, backup: BackupProps): void {
  const delivery = stack.section<NonNullable<MoesifPipelineProps["delivery"]>>("delivery");
  const pipeline = new MoesifPipeline(stack, "pipeline", {
    name: stack.text("name"),
    baseUrl: stack.text("baseUrl"),
    output: stack.text("output"),
    applicationId: stack.section("applicationId"),
    hashKey: stack.section("hashKey"),
    backup,
    delivery,
    transformer: stack.section("transformer"),
    environment: Token.asString(stack.form("environment")),
    metadata: stack.form("metadata"),
    eventTags: stack.form("eventTags"),
    apis: stack.form("apis"),
    enrichment: stack.text("enrichment"),
    identity: stack.form("identity"),
    redaction: stack.form("redaction"),
    filter: stack.form("filter"),
    sampling: stack.form("sampling"),
    iam: stack.section("iam"),
    tags: stack.texts("tags"),
  });
  const { stream, bucket, environment, deliveryRole, transformer } = pipeline;
  stack.output("stream_arn", "ARN of the delivery stream.", stream.arn);
  stack.output("stream_name", "Name of the delivery stream.", stream.name);
  formatOutput(stack, "REST", { destinationArn: stream.arn, variable: "accessLog" });
  stack.output("backup_bucket", "Name of the bucket of what could not be processed or delivered.", bucket.name);
  stack.output("delivery_role_arn", "ARN of the role of the delivery stream.", deliveryRole.arn);
  stack.output("transformer_arn", "ARN of the transformer function.", transformer.arn);
  stack.output("transformer_role_arn", "ARN of the role of the transformer function.", transformer.roleArn);
  stack.output(
    "settings",
    "What the transformer is told, decoded: in the function's words, and without what is the default. Assert on it: a misspelt field is not there.",
    hclValue(`jsondecode(${SETTINGS}.content)`),
  );
  stack.output(
    "pipeline",
    "The pipeline as the modules take it that add something to it, in their variable `pipeline`.",
    {
      name: stack.text("name"),
      account_id: environment.accountId,
      region: environment.region,
      partition: environment.partition,
      stream_arn: stream.arn,
      stream_kms_key_arn: delivery.kmsKeyArn,
      bucket_name: bucket.name,
      bucket_arn: bucket.arn,
      bucket_kms_key_arn: bucket.kmsKeyArn,
      transformer_enabled: stack.value("transformer", "enabled"),
    },
    { dependsOn: bucket.safeguards },
  );
}
