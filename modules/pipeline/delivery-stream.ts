/** The Firehose delivery stream from API Gateway through the transformer to Moesif. */
import { KinesisFirehoseDeliveryStream, type KinesisFirehoseDeliveryStreamHttpEndpointConfiguration } from "../aws";
import { Annotations, Construct, type IResolvable, type ITerraformDependable, TerraformIterator, Token } from "../cdk";
import { pinned } from "../addresses";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";
import { ALL_DATA_PREFIX, ERROR_PREFIX } from "./backup-bucket";
import type { ErrorLog } from "./error-log";
import { type TransformBuffering, transformParameters } from "./transform-parameters";

/** API Gateway writes to streams of this name only. */
export const STREAM_NAME_PREFIX = "amazon-apigateway-";

/** Where Moesif takes API Gateway's access logs from Firehose. */
const ACCESS_LOG_PATH = "/v1/partners/aws/kinesis";

/** How records are gathered, sent and kept. */
export interface DeliveryProps extends TransformBuffering {
  /**
   * Seconds that records wait for a request to Moesif to fill.
   *
   * @default 60
   */
  readonly bufferIntervalSeconds?: number;
  /**
   * MB of records that fill a request to Moesif.
   *
   * @default 1
   */
  readonly bufferSizeMb?: number;
  /**
   * Seconds for which Firehose retries a request that Moesif did not take, before its records go to the bucket.
   *
   * @default 300
   */
  readonly retrySeconds?: number;
  /**
   * What goes to the bucket: `FailedDataOnly`, or `AllData` for a copy of every record.
   *
   * @default "FailedDataOnly"
   */
  readonly backupMode?: string;
  /**
   * Attributes that Firehose sends with each request, in the header `X-Amz-Firehose-Common-Attributes`. At most 50.
   *
   * @default none
   */
  readonly commonAttributes?: { [name: string]: string };
  /**
   * Send records through the transformer. `false` bypasses it: they reach Moesif as API Gateway wrote them. The
   * function stays, so that the way back is as short.
   *
   * @default true
   */
  readonly transformerEnabled?: boolean | IResolvable;
  /**
   * ARN of a KMS key of one's own that encrypts the records within Firehose. API Gateway's service-linked role has no
   * permission on such a key: for streams made after 20 April 2026 Firehose asks for it, and API Gateway then cannot
   * write. Whether a key is given decides the shape of the stream.
   *
   * @default a key that AWS owns
   * @see https://docs.aws.amazon.com/firehose/latest/dev/encryption.html
   */
  readonly kmsKeyArn?: string;
}

export interface DeliveryStreamProps extends DeliveryProps {
  /** Name of the pipeline; the stream is called `amazon-apigateway-<name>`. */
  readonly name: string;
  /**
   * Moesif's collector, or a proxy before it.
   *
   * @default "https://api.moesif.net"
   */
  readonly baseUrl?: string;
  /** The role and, to wait for, its permissions. */
  readonly role: { readonly arn: string; readonly policy: ITerraformDependable };
  readonly bucketArn: string;
  /** ARN of the function with its qualifier. */
  readonly transformerArn: string;
  readonly applicationIdSecretArn: string;
  readonly errorLog: ErrorLog;
  readonly tags?: { [key: string]: string };
}

/** @see https://docs.aws.amazon.com/firehose/latest/dev/create-destination.html */
export class DeliveryStream extends Construct {
  readonly name: string;
  readonly arn: string;

  /** @throws InvalidValueError if a literal is out of its bounds */
  constructor(scope: Construct, id: string, props: DeliveryStreamProps) {
    super(scope, id);
    const checks = new ValueChecks(this.node.path)
      .check("name", props.name, rules.pipelineName)
      .check("baseUrl", props.baseUrl, rules.baseUrl)
      .check("bufferIntervalSeconds", props.bufferIntervalSeconds, rules.bufferIntervalSeconds)
      .check("bufferSizeMb", props.bufferSizeMb, rules.bufferSizeMb)
      .check("retrySeconds", props.retrySeconds, rules.retrySeconds)
      .check("backupMode", props.backupMode, rules.backupMode)
      .check("kmsKeyArn", props.kmsKeyArn, rules.kmsKeyArn)
      .check("applicationIdSecretArn", props.applicationIdSecretArn, rules.secretArn);
    const parameters = transformParameters(props.transformerArn, props, checks);
    if (props.kmsKeyArn !== undefined) {
      Annotations.of(this).addWarning(
        "kmsKeyArn: API Gateway's service-linked role has no permission on a customer's key, and Firehose asks its " +
          "callers for it (https://docs.aws.amazon.com/firehose/latest/dev/encryption.html): access logs may not arrive",
      );
    }

    const stream = pinned(
      new KinesisFirehoseDeliveryStream(this, "Resource", {
        name: streamName(props.name),
        destination: "http_endpoint",
        httpEndpointConfiguration: this.#destination(props, parameters, checks),
        serverSideEncryption:
          props.kmsKeyArn === undefined
            ? { enabled: true, keyType: "AWS_OWNED_CMK" }
            : { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: props.kmsKeyArn },
        tags: props.tags,
        dependsOn: [props.role.policy],
        lifecycle: checks.lifecycle(),
      }),
    );
    if (!Array.isArray(parameters)) {
      stream.addOverride("http_endpoint_configuration.processing_configuration.processors", {
        type: "Lambda",
        dynamic: { parameters },
      });
    }
    this.name = stream.name;
    this.arn = stream.arn;
  }

  #destination(
    props: DeliveryStreamProps,
    parameters: ReturnType<typeof transformParameters>,
    checks: ValueChecks,
  ): KinesisFirehoseDeliveryStreamHttpEndpointConfiguration {
    const { role, errorLog } = props;
    const logging = (stream: ErrorLog["destination"]) => ({
      enabled: true,
      logGroupName: errorLog.groupName,
      logStreamName: stream.name,
    });
    return {
      name: "Moesif",
      url: `${withoutTrailingSlash(props.baseUrl ?? "https://api.moesif.net")}${ACCESS_LOG_PATH}`,
      roleArn: role.arn,
      bufferingInterval: props.bufferIntervalSeconds ?? 60,
      bufferingSize: props.bufferSizeMb ?? 1,
      retryDuration: props.retrySeconds ?? 300,
      s3BackupMode: props.backupMode ?? "FailedDataOnly",
      requestConfiguration: {
        contentEncoding: "GZIP",
        commonAttributes: commonAttributes(props.commonAttributes, checks),
      },
      secretsManagerConfiguration: { enabled: true, secretArn: props.applicationIdSecretArn, roleArn: role.arn },
      processingConfiguration: {
        enabled: props.transformerEnabled ?? true,
        processors: Array.isArray(parameters) ? [{ type: "Lambda", parameters }] : undefined,
      },
      cloudwatchLoggingOptions: logging(errorLog.destination),
      s3Configuration: {
        bucketArn: props.bucketArn,
        roleArn: role.arn,
        prefix: ALL_DATA_PREFIX,
        errorOutputPrefix: ERROR_PREFIX,
        compressionFormat: "GZIP",
        cloudwatchLoggingOptions: logging(errorLog.backup),
      },
    };
  }
}

/** The stream's name for a pipeline's. */
export function streamName(pipelineName: string): string {
  return `${STREAM_NAME_PREFIX}${pipelineName}`;
}

function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

function commonAttributes(attributes: { [name: string]: string } | undefined, checks: ValueChecks) {
  if (attributes === undefined) return undefined;
  if (Token.isUnresolved(attributes)) {
    const each = TerraformIterator.fromMap(attributes);
    return each.dynamic({ name: each.key, value: each.value });
  }
  const entries = Object.entries(attributes);
  if (entries.length > 50) checks.refuse(`commonAttributes must be at most 50, and are ${entries.length}`);
  for (const [name, value] of entries) {
    checks
      .check(`name of common attribute ${JSON.stringify(name)}`, name, rules.commonAttributeName)
      .check(`commonAttributes[${JSON.stringify(name)}]`, value, rules.commonAttributeValue);
  }
  return entries.length === 0 ? undefined : entries.map(([name, value]) => ({ name, value }));
}
