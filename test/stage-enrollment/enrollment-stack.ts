/** An enrollment in a stack of its own. */
import { AwsEnvironment, BackupBucket, StageEnrollment, type StageEnrollmentProps } from "../../modules";
import type { TerraformStack } from "../../modules/cdk";
import { restAccessLogFormat } from "../../modules";

export const STREAM = "arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-moesif";
export const LOG_GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/apigateway/moesif";
export const REST = { destinationArn: STREAM, format: restAccessLogFormat() };
export const HTTP = { destinationArn: LOG_GROUP, format: '{"requestId":"$context.requestId"}' };
export const WEBSOCKET = { destinationArn: LOG_GROUP, format: '{"requestId":"$context.extendedRequestId"}' };

/** Adds bucket, environment and `enrollment` to a stack. */
export function enroll(stack: TerraformStack, props: Partial<StageEnrollmentProps>): StageEnrollment {
  return new StageEnrollment(stack, "enrollment", {
    name: "moesif",
    environment: new AwsEnvironment(stack, "environment", { accountId: "123456789012", region: "us-east-1" }),
    bucket: new BackupBucket(stack, "bucket"),
    destinations: { REST, HTTP, WEBSOCKET },
    ...props,
  });
}
