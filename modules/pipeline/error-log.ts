/** Where Firehose says what went wrong, in the streams that its console shows. */
import { CloudwatchLogGroup, CloudwatchLogStream } from "../aws";
import { Construct } from "../cdk";
import { pinned } from "../addresses";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";

export interface ErrorLogProps {
  /** Name of the delivery stream. */
  readonly streamName: string;
  /**
   * Days for which errors are kept; 0 keeps them for ever.
   *
   * @default 30
   */
  readonly retentionDays?: number;
  readonly tags?: { [key: string]: string };
}

/**
 * Log group with a stream for delivery to Moesif and one for the backup to S3. Firehose writes to streams that are
 * there, and makes none.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
 */
export class ErrorLog extends Construct {
  readonly groupName: string;
  readonly destination: CloudwatchLogStream;
  readonly backup: CloudwatchLogStream;

  /** @throws InvalidValueError if CloudWatch Logs does not offer the retention */
  constructor(scope: Construct, id: string, props: ErrorLogProps) {
    super(scope, id);
    const group = pinned(
      new CloudwatchLogGroup(this, "Resource", {
        name: `/aws/kinesisfirehose/${props.streamName}`,
        retentionInDays: props.retentionDays ?? 30,
        tags: props.tags,
        lifecycle: new ValueChecks(this.node.path)
          .check("retentionDays", props.retentionDays, rules.logRetentionDays)
          .lifecycle(),
      }),
    );
    this.groupName = group.name;
    this.destination = this.#stream("destination", "DestinationDelivery");
    this.backup = this.#stream("backup", "BackupDelivery");
  }

  #stream(id: string, name: string): CloudwatchLogStream {
    return pinned(new CloudwatchLogStream(this, id, { name, logGroupName: this.groupName }));
  }
}
