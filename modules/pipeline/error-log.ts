/** Where Firehose says what went wrong, in the streams that its console shows. */
import { CloudwatchLogGroup, CloudwatchLogStream } from "../aws";
import { Construct } from "../cdk";
import { pinned, type ProviderProps, provideTo } from "../addresses";
import { awsLimits, LOG_RETENTION_DAYS } from "../settings/aws";
import { Checks } from "../settings/checks";

/** Properties of an error log. */
export interface ErrorLogProps extends ProviderProps {
  /** Name of the delivery stream. */
  readonly streamName: string;
  /**
   * Days for which errors are kept; 0 keeps them for ever.
   *
   * @default 30
   */
  readonly retentionDays?: number;
  /**
   * ARN of a KMS key that encrypts the log group; its policy must let CloudWatch Logs use it. A token is passed unchecked.
   *
   * @default the encryption of CloudWatch Logs
   */
  readonly kmsKeyArn?: string;
  /** Tags of the log group. */
  readonly tags?: { [key: string]: string };
}

/**
 * Log group with a stream for delivery to Moesif and one for the backup to S3. Firehose writes to streams that are
 * there, and makes none.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
 */
export class ErrorLog extends Construct {
  /** The log group. */
  readonly resource: CloudwatchLogGroup;
  /** Name of the log group. */
  readonly groupName: string;
  /** Log stream of delivery to Moesif. */
  readonly destination: CloudwatchLogStream;
  /** Log stream of the backup to S3. */
  readonly backup: CloudwatchLogStream;

  /** @throws InvalidValueError if a literal is wrong */
  constructor(scope: Construct, id: string, props: ErrorLogProps) {
    super(scope, id);
    provideTo(this, props.provider);
    new Checks(this)
      .value("retentionDays", props.retentionDays, awsLimits.logRetentionDays)
      .value("kmsKeyArn", props.kmsKeyArn, awsLimits.kmsKeyArn)
      .end();
    this.resource = pinned(
      new CloudwatchLogGroup(this, "Resource", {
        name: `/aws/kinesisfirehose/${props.streamName}`,
        retentionInDays: props.retentionDays ?? LOG_RETENTION_DAYS,
        kmsKeyId: props.kmsKeyArn,
        tags: props.tags,
        lifecycle: { createBeforeDestroy: true },
      }),
    );
    this.groupName = this.resource.name;
    this.destination = this.#stream("destination", "DestinationDelivery");
    this.backup = this.#stream("backup", "BackupDelivery");
  }

  #stream(id: string, name: string): CloudwatchLogStream {
    const lifecycle = { createBeforeDestroy: true };
    return pinned(new CloudwatchLogStream(this, id, { name, logGroupName: this.groupName, lifecycle }));
  }
}
