/** The Firehose delivery stream from API Gateway through the transformer to Moesif. */
import { KinesisFirehoseDeliveryStream, type KinesisFirehoseDeliveryStreamHttpEndpointConfiguration } from "../aws";
import { Annotations, Construct, Token } from "../cdk";
import { pinned, type ProviderProps, provideTo } from "../addresses";
import { awsLimits } from "../settings/aws";
import { backupDefaults, backupLimits } from "../settings/backup";
import { Checks } from "../settings/checks";
import { deliveryDefaults, deliverySection } from "../settings/delivery";
import { ACCESS_LOG_PATH, brokenRulesOf } from "../settings/rules";
import { pipelineDefaults, settingsSchema } from "../settings/settings";
import { transformerDefaults, transformerSection } from "../settings/transformer";
import type { ApplicationId } from "./application-id";
import { allDataPrefix, type BackupBucket, errorPrefix } from "./backup-bucket";
import type { DeliveryRole } from "./delivery-role";
import type { ErrorLog } from "./error-log";
import { streamName } from "./names";
import { type ProcessorParameter, type TransformBuffering, transformParameters } from "./transform-parameters";

/** What the transformer makes: the keys of Moesif's access logs, or objects in its event model. */
export type Output = "accessLog" | "event";

/** How records are gathered, and sent. */
export interface DeliveryProps {
  /**
   * Seconds that records wait for a request to Moesif to fill, after they waited for the transformer. Both waits
   * together may last for Moesif's five minutes.
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
   * Attributes that Firehose sends with each request, in the header `X-Amz-Firehose-Common-Attributes`. At most 50.
   *
   * @default none
   */
  readonly commonAttributes?: { [name: string]: string };
  /**
   * ARN of your own KMS key that encrypts the records within Firehose. API Gateway's service-linked role has no
   * permission on such a key: for streams made after 20 April 2026 Firehose asks for it, and API Gateway then cannot
   * write. A token is passed unchecked.
   *
   * @default a key that AWS owns
   * @see https://docs.aws.amazon.com/firehose/latest/dev/encryption.html
   */
  readonly kmsKeyArn?: string;
}

/** How records pass the transformer. */
export interface TransformProps extends TransformBuffering {
  /**
   * Send records through the transformer. `false` bypasses it: they reach Moesif as API Gateway wrote them, secrets by
   * nature included. So it is refused with `redaction`, `filter`, `sampling`, `identity` and `hashKey`; to turn off
   * everything but the redaction, there is `passThrough`. The function stays, so that the way back is as short. It has
   * to be a literal.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/** Properties of a delivery stream. */
export interface DeliveryStreamProps extends DeliveryProps, ProviderProps {
  /** Name of the pipeline; the stream is called `amazon-apigateway-<name>`. */
  readonly name: string;
  /**
   * Moesif's collector, or a proxy before it, without the path of the endpoint. A token is passed unchecked, and must not
   * end with a slash.
   *
   * @default "https://api.moesif.net"
   */
  readonly baseUrl?: string;
  /**
   * What the transformer makes, which decides the address. It has to be a literal.
   *
   * @default "accessLog"
   */
  readonly output?: Output;
  /** The role and, to wait for, its permissions. */
  readonly role: Pick<DeliveryRole, "arn" | "policy">;
  /** The function, by its ARN with its qualifier, and how records pass it. */
  readonly transformer: TransformProps & { readonly arn: string };
  /** Where Firehose puts what it could not deliver. */
  readonly backup: {
    readonly bucket: Pick<BackupBucket, "arn" | "safeguards">;
    /**
     * `FailedDataOnly`, or `AllData` for a copy of every record.
     *
     * @default "FailedDataOnly"
     */
    readonly mode?: (typeof backupLimits.mode.choices)[number];
  };
  /** The secret that Firehose reads, and what has to be in place before it can. */
  readonly applicationId: Pick<ApplicationId, "secretArn" | "value">;
  /** Where Firehose says what went wrong. */
  readonly errorLog: ErrorLog;
  /** Tags of the stream. */
  readonly tags?: { [key: string]: string };
}

/**
 * Delivery stream from API Gateway to Moesif.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/create-destination.html
 */
export class DeliveryStream extends Construct {
  /** The delivery stream. */
  readonly resource: KinesisFirehoseDeliveryStream;
  /** Name of the stream. */
  readonly name: string;
  /** ARN of the stream. */
  readonly arn: string;

  /** @throws InvalidValueError if a literal is out of its bounds */
  constructor(scope: Construct, id: string, props: DeliveryStreamProps) {
    super(scope, id);
    provideTo(this, props.provider);
    const { transformer, backup, applicationId } = props;
    this.#check(props);
    const { baseUrl = pipelineDefaults.baseUrl, output = pipelineDefaults.output } = props;
    const url = `${withoutSlash(baseUrl)}${output === "event" ? EVENT_PATH : ACCESS_LOG_PATH}`;
    const parameters = transformParameters(transformer.arn, transformer);
    const byKey = props.kmsKeyArn !== undefined;
    if (byKey) {
      Annotations.of(this).addWarning(
        "kmsKeyArn: API Gateway's service-linked role has no permission on a customer's key, and Firehose asks its " +
          "callers for it (https://docs.aws.amazon.com/firehose/latest/dev/encryption.html): access logs may not arrive",
      );
    }

    this.resource = pinned(
      new KinesisFirehoseDeliveryStream(this, "Resource", {
        name: streamName(props.name),
        destination: "http_endpoint",
        httpEndpointConfiguration: this.#destination(props, url, parameters),
        serverSideEncryption: {
          enabled: true,
          keyType: byKey ? "CUSTOMER_MANAGED_CMK" : "AWS_OWNED_CMK",
          keyArn: props.kmsKeyArn,
        },
        tags: props.tags,
        // Nothing flows before the role may do its work, the secret has its value and the bucket is protected.
        dependsOn: [props.role.policy, ...applicationId.value, ...backup.bucket.safeguards],
        // A new name makes a new stream: stages move to it before the old one goes.
        lifecycle: { createBeforeDestroy: true },
      }),
    );
    this.name = this.resource.name;
    this.arn = this.resource.arn;
  }

  #check({ transformer, backup, applicationId, baseUrl, output, ...delivery }: DeliveryStreamProps): void {
    const { name, baseUrl: baseUrlType, output: outputType } = settingsSchema.shape;
    new Checks(this)
      .properties({ ...deliverySection.shape, name }, delivery)
      .properties({ baseUrl: baseUrlType, output: outputType }, { baseUrl, output })
      .properties(transformerSection.shape, transformer, ["transformer"])
      .value("backup.mode", backup.mode, backupLimits.mode)
      .value("applicationId.secretArn", applicationId.secretArn, awsLimits.secretArn)
      .literal("output", output)
      .literal("transformer.enabled", transformer.enabled)
      .literal("transformer.bufferSizeMb", transformer.bufferSizeMb)
      .literal("transformer.bufferIntervalSeconds", transformer.bufferIntervalSeconds)
      .literal("transformer.retries", transformer.retries)
      .add(...brokenRulesOf(STREAM_RULES, { transformer, delivery, baseUrl, output }))
      .end();
  }

  #destination(
    props: DeliveryStreamProps,
    url: string,
    parameters: ProcessorParameter[],
  ): KinesisFirehoseDeliveryStreamHttpEndpointConfiguration {
    const { name, role, backup, errorLog } = props;
    const logging = (stream: ErrorLog["destination"]) => ({
      enabled: true,
      logGroupName: errorLog.groupName,
      logStreamName: stream.name,
    });
    return {
      name: "Moesif",
      url,
      roleArn: role.arn,
      bufferingInterval: props.bufferIntervalSeconds ?? deliveryDefaults.bufferIntervalSeconds,
      bufferingSize: props.bufferSizeMb ?? deliveryDefaults.bufferSizeMb,
      retryDuration: props.retrySeconds ?? deliveryDefaults.retrySeconds,
      s3BackupMode: backup.mode ?? backupDefaults.mode,
      requestConfiguration: {
        contentEncoding: "GZIP",
        commonAttributes: commonAttributes(props.commonAttributes),
      },
      secretsManagerConfiguration: { enabled: true, secretArn: props.applicationId.secretArn, roleArn: role.arn },
      processingConfiguration: {
        enabled: props.transformer.enabled ?? transformerDefaults.enabled,
        processors: [{ type: "Lambda", parameters }],
      },
      cloudwatchLoggingOptions: logging(errorLog.destination),
      s3Configuration: {
        bucketArn: backup.bucket.arn,
        roleArn: role.arn,
        prefix: allDataPrefix(name),
        errorOutputPrefix: errorPrefix(name),
        compressionFormat: "GZIP",
        cloudwatchLoggingOptions: logging(errorLog.backup),
      },
    };
  }
}

/** Where Moesif takes objects in its event model from Firehose. */
const EVENT_PATH = `${ACCESS_LOG_PATH}/events`;

/** Rules between what a stream is given. */
const STREAM_RULES = ["buffer-pair", "buffer-default", "total-wait", "base-url-path", "too-many", "event-transformer"];

/** A base URL without the slash that may end it; a token must have none. */
export function withoutSlash(baseUrl: string): string {
  return Token.isUnresolved(baseUrl) ? baseUrl : baseUrl.replace(/\/$/, "");
}

function commonAttributes(attributes: DeliveryProps["commonAttributes"] = {}) {
  const entries = Object.entries(attributes);
  return entries.length === 0 ? undefined : entries.map(([name, value]) => ({ name, value }));
}
