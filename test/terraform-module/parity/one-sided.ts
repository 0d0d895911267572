/** Cases in which something is otherwise on the construct's side, and the differences that are to be found then. */
import { type MoesifPipeline, restAccessLogFormat } from "../../../modules";
import { TerraformResource } from "../../../modules/cdk";
import { enrollmentCase, type ParityCase, pipelineCase, type PipelineInput } from "./builders";
import { HANDLE, kmsKey, SECRET } from "./inputs";

const given: PipelineInput = { applicationId: { secretArn: SECRET } };

const changed: PipelineInput = {
  applicationId: { secretArn: SECRET, kmsKeyArn: kmsKey(1) },
  environment: "live",
  transformer: { memoryMb: 512 },
  iam: { confusedDeputyGuard: "sourceAccount" },
  accessLog: { path: "route" },
};

/** Changes what properties do not reach. */
function change(pipeline: MoesifPipeline): void {
  pipeline.stageLogGroup();
  const resources = pipeline.node.findAll().filter((one) => one instanceof TerraformResource);
  const override = (address: string, path: string, value: unknown) =>
    resources
      .find((one) => `${one.terraformResourceType}.${one.friendlyUniqueId}` === address)!
      .addOverride(path, value);
  override("aws_s3_bucket_versioning.pipeline_backup_bucket_versioning", "depends_on", [
    "aws_cloudwatch_log_group.pipeline_transformer_log",
  ]);
  override("aws_s3_bucket_public_access_block.pipeline_backup_bucket_public_access_block", "bucket", "another");
  override("aws_s3_object.pipeline_transformer_settings", "lifecycle.create_before_destroy", false);
}

const PIPELINE: ParityCase = {
  ...pipelineCase("changed_pipeline", given),
  build: pipelineCase("changed_pipeline", changed, change).build,
};

function enrollment(overwrite: boolean): ParityCase {
  return enrollmentCase("changed_enrollment", {
    pipeline: HANDLE,
    destinations: { REST: { destinationArn: HANDLE.streamArn, format: restAccessLogFormat() } },
    stages: [{ type: "REST", apiId: "a1b2c3d4e5", stage: "prod", overwrite }],
  });
}

const ENROLLMENT: ParityCase = { ...enrollment(false), build: enrollment(true).build };

export const ONE_SIDED: readonly ParityCase[] = [PIPELINE, ENROLLMENT];

/** What is otherwise, in which case, and how it is told. */
export const DIFFERENCES: readonly [what: string, name: string, difference: RegExp][] = [
  [
    "a value",
    PIPELINE.name,
    /^aws_lambda_function\.pipeline_transformer: arguments › memory_size: the construct has 512, the module 256$/,
  ],
  [
    "a member of the settings",
    PIPELINE.name,
    /^aws_s3_object\.pipeline_transformer_settings: arguments › content › environment: the construct has "live", the module nothing$/,
  ],
  [
    "a grant",
    PIPELINE.name,
    /^aws_iam_role_policy\.pipeline_delivery_role_policy: grants › Allow kms:Decrypt on .*:key\/1.*: the construct has it, the module does not$/,
  ],
  [
    "the condition of a grant",
    PIPELINE.name,
    /^aws_iam_role\.pipeline_delivery_role: grants › .* if StringEquals sts:ExternalId 111111111111: the module has it, the construct does not$/,
  ],
  ["a resource", PIPELINE.name, /^aws_cloudwatch_log_group\.pipeline_stage_log_group: the construct alone has it$/],
  [
    "what a resource waits for",
    PIPELINE.name,
    /^aws_s3_bucket_versioning\.pipeline_backup_bucket_versioning: after › aws_cloudwatch_log_group\.pipeline_transformer_log: the construct has it, the module does not$/,
  ],
  [
    "what a resource refers to",
    PIPELINE.name,
    /^aws_s3_bucket_public_access_block\..*: arguments › bucket: the construct has "another", the module "aws_s3_bucket\.pipeline_backup_bucket\.id"$/,
  ],
  [
    "how a resource is replaced",
    PIPELINE.name,
    /^aws_s3_object\.pipeline_transformer_settings: lifecycle › create_before_destroy: the construct has false, the module true$/,
  ],
  [
    "an output",
    PIPELINE.name,
    /^output\.rest_access_log_settings: arguments › value › format: the construct has .*\$context\.resourcePath.*, the module .*\$context\.path/,
  ],
  [
    "a stage that may be taken over",
    ENROLLMENT.name,
    /^aws_iam_policy\.enrollment_role_stages: grants › Allow apigateway:PATCH on .*\/restapis\/a1b2c3d4e5\/stages\/prod: the construct has it, the module does not$/,
  ],
];
