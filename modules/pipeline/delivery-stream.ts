/** The Firehose delivery stream from API Gateway through the transformer to Moesif. */
import { KinesisFirehoseDeliveryStream, type KinesisFirehoseDeliveryStreamHttpEndpointConfiguration } from "../aws";
import { Annotations, Construct, Fn, type IResolvable, Op, TerraformIterator, Token } from "../cdk";
import { pinned } from "../addresses";
import { MOST_WAIT_SECONDS, operand, rules } from "../rules";
import { ValueChecks } from "../value-checks";
import { choose, isGiven } from "../whether";
import type { ApplicationId } from "./application-id";
import { allDataPrefix, type BackupBucket, errorPrefix } from "./backup-bucket";
import { DEFAULT_BASE_URL, DEFAULT_OUTPUT, endpointUrl } from "./collector";
import type { DeliveryRole } from "./delivery-role";
import type { ErrorLog } from "./error-log";
import { AWS_DEFAULTS, type TransformBuffering, transformParameters } from "./transform-parameters";

/** API Gateway writes to streams of this name only. */
export const STREAM_NAME_PREFIX = "amazon-apigateway-";

/** Seconds that a request to Moesif waits to fill, where nothing is said. */
export const DEFAULT_WAIT_SECONDS = 60;

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
   * ARN of a KMS key of one's own that encrypts the records within Firehose. API Gateway's service-linked role has no
   * permission on such a key: for streams made after 20 April 2026 Firehose asks for it, and API Gateway then cannot
   * write. A plan-time value may be null; of one that may be, nothing warns.
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
   * nature included. So it is refused beside `redaction`, `filter`, `sampling`, `identity` and `hashKey`; to turn off
   * everything but the redaction, there is `passThrough`. The function stays, so that the way back is as short.
   *
   * @default true
   */
  readonly enabled?: boolean | IResolvable;
}

export interface DeliveryStreamProps extends DeliveryProps {
  /** Name of the pipeline; the stream is called `amazon-apigateway-<name>`. */
  readonly name: string;
  /**
   * Moesif's collector, or a proxy before it, without the path of the endpoint.
   *
   * @default "https://api.moesif.net"
   */
  readonly baseUrl?: string;
  /**
   * What the transformer makes, which decides the address: `accessLog` or `event`.
   *
   * @default "accessLog"
   */
  readonly output?: string;
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
    readonly mode?: string;
  };
  /** The secret that Firehose reads, and what has to be in place before it can. */
  readonly applicationId: Pick<ApplicationId, "secretArn" | "value">;
  /** Where Firehose says what went wrong. */
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
    const { transformer, backup, applicationId } = props;
    const checks = new ValueChecks(this.node.path)
      .check("name", props.name, rules.pipelineName)
      .check("bufferIntervalSeconds", props.bufferIntervalSeconds, rules.bufferIntervalSeconds)
      .check("bufferSizeMb", props.bufferSizeMb, rules.bufferSizeMb)
      .check("retrySeconds", props.retrySeconds, rules.retrySeconds)
      .check("backup.mode", backup.mode, rules.backupMode)
      .checkIfGiven("kmsKeyArn", props.kmsKeyArn, rules.kmsKeyArn)
      .check("applicationId.secretArn", applicationId.secretArn, rules.secretArn);
    const { baseUrl = DEFAULT_BASE_URL, output = DEFAULT_OUTPUT } = props;
    const url = endpointUrl(baseUrl, output, checks);
    checkBypass(transformer.enabled ?? true, output, checks);
    const parameters = transformParameters(transformer.arn, transformer, checks);
    checkWait(transformer.bufferIntervalSeconds, props.bufferIntervalSeconds, checks);
    const byKey = isGiven(props.kmsKeyArn);
    // Of a key that there may not be, the warning would be wrong for most.
    if (byKey === true) {
      Annotations.of(this).addWarning(
        "kmsKeyArn: API Gateway's service-linked role has no permission on a customer's key, and Firehose asks its " +
          "callers for it (https://docs.aws.amazon.com/firehose/latest/dev/encryption.html): access logs may not arrive",
      );
    }

    const stream = pinned(
      new KinesisFirehoseDeliveryStream(this, "Resource", {
        name: streamName(props.name),
        destination: "http_endpoint",
        httpEndpointConfiguration: this.#destination(props, url, parameters, checks),
        serverSideEncryption: {
          enabled: true,
          keyType: choose(byKey, "CUSTOMER_MANAGED_CMK", "AWS_OWNED_CMK"),
          keyArn: props.kmsKeyArn,
        },
        tags: props.tags,
        // Nothing flows before the role may do its work, the secret has its value and the bucket is protected.
        dependsOn: [props.role.policy, ...applicationId.value, ...backup.bucket.safeguards],
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
    url: string,
    parameters: ReturnType<typeof transformParameters>,
    checks: ValueChecks,
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
      bufferingInterval: props.bufferIntervalSeconds ?? DEFAULT_WAIT_SECONDS,
      bufferingSize: props.bufferSizeMb ?? 1,
      retryDuration: props.retrySeconds ?? 300,
      s3BackupMode: backup.mode ?? "FailedDataOnly",
      requestConfiguration: {
        contentEncoding: "GZIP",
        commonAttributes: commonAttributes(props.commonAttributes, checks),
      },
      secretsManagerConfiguration: { enabled: true, secretArn: props.applicationId.secretArn, roleArn: role.arn },
      processingConfiguration: {
        enabled: props.transformer.enabled ?? true,
        processors: Array.isArray(parameters) ? [{ type: "Lambda", parameters }] : undefined,
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

/** The stream's name for a pipeline's. */
export function streamName(pipelineName: string): string {
  return `${STREAM_NAME_PREFIX}${pipelineName}`;
}

/** Without the transformer there are access logs alone. */
function checkBypass(enabled: boolean | IResolvable, output: string, checks: ValueChecks): void {
  if (enabled === true || output === "accessLog") return;
  const problem = "transformer.enabled must be true with output event: what API Gateway writes is no event";
  const isOther = Token.isUnresolved(output) ? Op.neq(output, "event") : undefined;
  if (enabled === false && isOther === undefined) checks.refuse(problem);
  else if (enabled === false) checks.require(isOther!, `${problem}.`);
  else checks.require(isOther === undefined ? enabled : Op.or(enabled, isOther), `${problem}.`);
}

/** Records wait twice: for the transformer, and for a request to fill. */
function checkWait(
  transform: number = AWS_DEFAULTS.interval,
  delivery: number = DEFAULT_WAIT_SECONDS,
  checks: ValueChecks,
): void {
  const problem =
    `transformer.bufferIntervalSeconds and bufferIntervalSeconds must be ${MOST_WAIT_SECONDS} together at most: an event ` +
    "that reaches Moesif more than five minutes late may miss its alerts and bills";
  if (Token.isUnresolved(transform) || Token.isUnresolved(delivery)) {
    checks.require(Op.lte(Op.add(operand(transform), operand(delivery)), MOST_WAIT_SECONDS), `${problem}.`);
  } else if (transform + delivery > MOST_WAIT_SECONDS) {
    checks.refuse(`${problem}; they are ${transform} and ${delivery}`);
  }
}

function commonAttributes(attributes: { [name: string]: string } | undefined, checks: ValueChecks) {
  if (attributes === undefined) return undefined;
  if (Token.isUnresolved(attributes)) {
    checks.require(Op.lte(Fn.lengthOf(attributes), 50), "commonAttributes must be at most 50.");
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
