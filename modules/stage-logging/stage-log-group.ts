/** Log group of the stages that cannot write to Firehose; CloudWatch Logs forwards its events to the stream. */
import { CloudwatchLogGroup, CloudwatchLogSubscriptionFilter } from "../aws";
import { Construct } from "../cdk";
import { pinned, type ProviderProps, provideTo } from "../addresses";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import type { DeliveryStream } from "../pipeline/delivery-stream";
import { putEncrypted } from "../pipeline/kms-key";
import { type IamProps, roleNamePrefix, ServiceRole } from "../pipeline/service-role";
import { awsLimits } from "../settings/aws";
import { Checks } from "../settings/checks";
import { STAGE_LOG_RETENTION_DAYS } from "../settings/enrollment";
import { brokenRulesOf } from "../settings/rules";
import { pipelineLimits } from "../settings/settings";

/**
 * Log delivery writes each log group into a resource policy of the account, which is full after some dozens; groups
 * below this name need no entry.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
 */
const LOG_GROUP_PREFIX = "/aws/vendedlogs/apigateway/";

/** The name of the log group of a pipeline. */
export function stageLogGroupName(pipelineName: string): string {
  return `${LOG_GROUP_PREFIX}${pipelineName}`;
}

/** How the access logs of HTTP and WebSocket stages are stored on their way to the stream. */
export interface StageLogs {
  /**
   * Days for which CloudWatch Logs keeps an access log; 0 keeps it for ever. Events reach the stream within minutes: the
   * log group is only for reading them.
   *
   * @default 1
   */
  readonly retentionDays?: number;
  /**
   * ARN of a KMS key that encrypts the log group. Its policy must allow `logs.<region>.amazonaws.com`. A token is passed
   * unchecked.
   *
   * @default the pipeline's `logs.kmsKeyArn`; without one, the encryption of CloudWatch Logs
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  readonly kmsKeyArn?: string;
}

/** Properties of the log group of stages. */
export interface StageLogGroupProps extends StageLogs, ProviderProps {
  /** Name of the pipeline; the group is called `/aws/vendedlogs/apigateway/<name>`. */
  readonly name: string;
  /** The account and region of the pipeline, and of every stage that logs here. */
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  /** Stream that the log group forwards to. */
  readonly stream: Pick<DeliveryStream, "arn">;
  /** ARN of the customer managed key that encrypts the stream, if there is one. */
  readonly streamKmsKeyArn?: string;
  /**
   * Whether the stream sends records through the transformer, and only that decodes what CloudWatch Logs puts there.
   * A literal.
   *
   * @default true
   */
  readonly transformerEnabled?: boolean;
  /** Path, permissions boundary and name prefix of the role. */
  readonly iam?: IamProps;
  /** Tags of the resources. */
  readonly tags?: { [key: string]: string };
}

/**
 * Log group of HTTP and WebSocket stages, with a subscription that forwards every event to the delivery stream. An
 * account and region needs one.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#FirehoseExample
 */
export class StageLogGroup extends Construct {
  /** The log group. */
  readonly resource: CloudwatchLogGroup;
  /** Name of the log group. */
  readonly name: string;
  /** Without `:*` at its end, as API Gateway takes it. */
  readonly arn: string;
  /** Forwards the events. What is logged before it exists does not reach the stream. */
  readonly subscription: CloudwatchLogSubscriptionFilter;
  /** Role by which CloudWatch Logs writes to the stream. */
  readonly role: ServiceRole;

  /** @throws InvalidValueError if a literal is wrong, or the transformer is disabled */
  constructor(scope: Construct, id: string, props: StageLogGroupProps) {
    super(scope, id);
    provideTo(this, props.provider);
    const checks = new Checks(this)
      .value("name", props.name, pipelineLimits.name)
      .value("retentionDays", props.retentionDays, awsLimits.logRetentionDays)
      .value("kmsKeyArn", props.kmsKeyArn, awsLimits.kmsKeyArn)
      .literal("transformerEnabled", props.transformerEnabled)
      .tags(props.tags);
    const settings = { transformer: { enabled: props.transformerEnabled }, stageLogs: { enabled: true } };
    checks.add(...brokenRulesOf(["stage-log-transformer"], settings)).end();
    // A new name makes all of these anew: stages log to the new group before the old one is destroyed.
    const lifecycle = { createBeforeDestroy: true };
    this.resource = pinned(
      new CloudwatchLogGroup(this, "Resource", {
        name: stageLogGroupName(props.name),
        retentionInDays: props.retentionDays ?? STAGE_LOG_RETENTION_DAYS,
        kmsKeyId: props.kmsKeyArn,
        tags: props.tags,
        lifecycle,
      }),
    );
    this.name = this.resource.name;
    this.arn = this.resource.arn;
    this.role = this.#role(props);
    this.subscription = pinned(
      new CloudwatchLogSubscriptionFilter(this, "to_stream", {
        name: "moesif",
        logGroupName: this.name,
        // Every event: the transformer's filter decides which ones are sent.
        filterPattern: "",
        destinationArn: props.stream.arn,
        roleArn: this.role.arn,
        lifecycle,
        // CloudWatch Logs tests its permission by putting a message on the stream.
        dependsOn: [this.role.policy],
      }),
    );
  }

  #role({ name, stream, streamKmsKeyArn, environment, iam, tags }: StageLogGroupProps): ServiceRole {
    const { partition, region, accountId } = environment;
    return new ServiceRole(this, "role", {
      namePrefix: roleNamePrefix("stage-logs", name, iam),
      policyName: "deliver",
      description: "CloudWatch Logs: puts access logs of HTTP and WebSocket APIs on the stream to Moesif",
      // The same in every partition, China included.
      service: "logs.amazonaws.com",
      trustConditions: [
        { test: "ArnLike", variable: "aws:SourceArn", values: [`arn:${partition}:logs:${region}:${accountId}:*`] },
      ],
      statements: [
        { sid: "PutOnStream", actions: ["firehose:PutRecord", "firehose:PutRecordBatch"], resources: [stream.arn] },
        ...(streamKmsKeyArn === undefined ? [] : [putEncrypted("EncryptOnStream", streamKmsKeyArn, region)]),
      ],
      path: iam?.path,
      permissionsBoundary: iam?.permissionsBoundary,
      tags,
    });
  }
}
