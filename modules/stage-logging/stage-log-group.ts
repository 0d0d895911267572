/** The road of the stages that cannot write to Firehose: a log group whose events CloudWatch Logs puts on the stream. */
import { CloudwatchLogGroup, CloudwatchLogSubscriptionFilter } from "../aws";
import { Construct, type IResolvable } from "../cdk";
import { pinned } from "../addresses";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import type { DeliveryStream } from "../pipeline/delivery-stream";
import { putEncrypted } from "../pipeline/kms-key";
import { allowIf, type IamProps, roleNamePrefix, ServiceRole } from "../pipeline/service-role";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";

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

/** How the access logs of HTTP and WebSocket stages are kept on their way. */
export interface StageLogs {
  /**
   * Days for which CloudWatch Logs keeps an access log; 0 keeps it for ever. It is on the stream within minutes, so that
   * this is for looking, and for nothing else.
   *
   * @default 1
   */
  readonly retentionDays?: number;
  /**
   * ARN of a KMS key of one's own that encrypts the log group. Its policy must let `logs.<region>.amazonaws.com` use it.
   * A plan-time value may be null.
   *
   * @default the encryption of CloudWatch Logs
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  readonly kmsKeyArn?: string;
}

export interface StageLogGroupProps extends StageLogs {
  /** Name of the pipeline; the group is called `/aws/vendedlogs/apigateway/<name>`. */
  readonly name: string;
  /** The account and region of the pipeline, and of every stage that logs here. */
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  readonly stream: Pick<DeliveryStream, "arn">;
  /** ARN of the customer's key that encrypts the stream, if there is one; a plan-time value may be null. */
  readonly streamKmsKeyArn?: string;
  /**
   * Whether the stream sends records through the transformer, which alone can open what CloudWatch Logs puts there.
   *
   * @default true
   */
  readonly transformerEnabled?: boolean | IResolvable;
  /** Path and permissions boundary of the role. */
  readonly iam?: IamProps;
  readonly tags?: { [key: string]: string };
}

/**
 * Log group of HTTP and WebSocket stages, with the subscription that carries every event to the delivery stream. One
 * serves all stages of an account and region.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#FirehoseExample
 */
export class StageLogGroup extends Construct {
  readonly name: string;
  /** Without the `:*` at its end, as API Gateway takes it. */
  readonly arn: string;
  /** What carries the events on: of what is logged before it is there, nothing comes to the stream. */
  readonly subscription: CloudwatchLogSubscriptionFilter;

  /** @throws InvalidValueError if a literal is wrong, or the stream bypasses the transformer */
  constructor(scope: Construct, id: string, props: StageLogGroupProps) {
    super(scope, id);
    const checks = new ValueChecks(this.node.path)
      .check("name", props.name, rules.pipelineName)
      .check("retentionDays", props.retentionDays, rules.logRetentionDays)
      .checkIfGiven("kmsKeyArn", props.kmsKeyArn, rules.kmsKeyArn);
    checkOpened(props.transformerEnabled ?? true, checks);
    const group = pinned(
      new CloudwatchLogGroup(this, "Resource", {
        name: stageLogGroupName(props.name),
        retentionInDays: props.retentionDays ?? 1,
        kmsKeyId: props.kmsKeyArn,
        tags: props.tags,
        lifecycle: checks.lifecycle(),
      }),
    );
    const role = this.#role(props);
    this.subscription = pinned(
      new CloudwatchLogSubscriptionFilter(this, "to_stream", {
        name: "moesif",
        logGroupName: group.name,
        // Every event: what is sent of them, the transformer's filter decides.
        filterPattern: "",
        destinationArn: props.stream.arn,
        roleArn: role.arn,
        // CloudWatch Logs puts a message on the stream to see whether it may.
        dependsOn: [role.policy],
      }),
    );
    this.name = group.name;
    this.arn = group.arn;
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
        ...allowIf(streamKmsKeyArn !== undefined, [putEncrypted("EncryptOnStream", streamKmsKeyArn!, region)]),
      ],
      path: iam?.path,
      permissionsBoundary: iam?.permissionsBoundary,
      tags,
    });
  }
}

/** CloudWatch Logs packs and compresses events: without the transformer Moesif could read none. */
function checkOpened(transformerEnabled: boolean | IResolvable, checks: ValueChecks): void {
  if (transformerEnabled === true) return;
  const problem =
    "transformer.enabled must be true where HTTP or WebSocket stages log: the transformer alone opens what CloudWatch " +
    "Logs puts on the stream; its passThrough turns off everything but that and the redaction";
  if (transformerEnabled === false) checks.refuse(problem);
  else checks.require(transformerEnabled, `${problem}.`);
}
