/** An enrollment in a stack, with what it needs of a pipeline. */
import {
  type EnrollmentPipeline,
  httpAccessLogFormat,
  restAccessLogFormat,
  StageEnrollment,
  type StageEnrollmentProps,
  websocketAccessLogFormat,
} from "../../modules";
import { S3Bucket, S3BucketVersioningA } from "../../modules/aws";
import { TerraformOutput, type TerraformStack } from "../../modules/cdk";

const GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/apigateway/moesif";

export const destinations = {
  REST: {
    destinationArn: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/amazon-apigateway-moesif",
    format: restAccessLogFormat(),
  },
  HTTP: { destinationArn: GROUP, format: httpAccessLogFormat() },
  WEBSOCKET: { destinationArn: GROUP, format: websocketAccessLogFormat() },
} as const satisfies StageEnrollmentProps["destinations"];

export const environment = { accountId: "123456789012", region: "eu-west-1", partition: "aws" };

/** A bucket with versions, as a pipeline has one, without the lifecycle rules for which Terraform waits a minute. */
export function enroll(
  stack: TerraformStack,
  props: Partial<StageEnrollmentProps>,
  pipeline: Partial<EnrollmentPipeline> = {},
): StageEnrollment {
  const bucket = new S3Bucket(stack, "bucket", { bucketPrefix: "moesif-backup-" });
  const versioning = new S3BucketVersioningA(stack, "versioning", {
    bucket: bucket.id,
    versioningConfiguration: { status: "Enabled" },
  });
  const enrollment = new StageEnrollment(stack, "enrollment", {
    pipeline: {
      name: "moesif",
      environment,
      bucket: { name: bucket.bucket, arn: bucket.arn, safeguards: [versioning] },
      ...pipeline,
    },
    destinations,
    callsPerSecond: 10,
    ...props,
  });
  new TerraformOutput(stack, "enrolled_stages", { value: enrollment.totals });
  return enrollment;
}
