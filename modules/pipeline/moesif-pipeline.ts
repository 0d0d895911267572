/** The whole pipeline of one account and region, composed of its parts. */
import { Construct } from "../cdk";
import { ApplicationId, type ApplicationIdProps } from "./application-id";
import { AwsEnvironment, type AwsEnvironmentProps } from "./aws-environment";
import { BackupBucket, type BackupBucketProps } from "./backup-bucket";
import { DeliveryRole, type DeliveryRoleProps } from "./delivery-role";
import {
  type DeliveryProps,
  DeliveryStream,
  type DeliveryStreamProps,
  streamName,
  type TransformProps,
} from "./delivery-stream";
import { ErrorLog, type ErrorLogProps } from "./error-log";
import type { IamProps } from "./service-role";
import { TransformerFunction, type TransformerFunctionProps } from "./transformer-function";
import type { TransformerSettingsInput } from "./transformer-settings";

/**
 * Unless its text says that it decides which resources there are, every property takes a plan-time value (a
 * Terraform variable, a reference) as well as a literal. Literals are checked when the construct is made, plan-time
 * values by Terraform preconditions.
 */
export interface MoesifPipelineProps extends AwsEnvironmentProps {
  /**
   * Name of the pipeline, unique in its account and region; the stream is called `amazon-apigateway-<name>`, as API
   * Gateway demands. A changed name replaces the stream.
   *
   * @default "moesif"
   */
  readonly name?: string;
  /**
   * Moesif's collector, or a proxy before it: https, port 443.
   *
   * @default "https://api.moesif.net"
   */
  readonly baseUrl?: string;
  /** Where the Moesif Collector Application Id is kept. */
  readonly applicationId: Omit<ApplicationIdProps, "tags">;
  /** The bucket for what could not be delivered, and what goes there. */
  readonly backup?: Omit<BackupBucketProps, "tags"> & Pick<DeliveryStreamProps["backup"], "mode">;
  /** How records are gathered, and sent. */
  readonly delivery?: DeliveryProps & {
    /**
     * Days for which Firehose's errors are kept; 0 keeps them for ever.
     *
     * @default 30
     */
    readonly logRetentionDays?: ErrorLogProps["retentionDays"];
  };
  /** The transformer function, and how records pass it. */
  readonly transformer?: TransformProps &
    Pick<
      TransformerFunctionProps,
      "memoryMb" | "timeoutSeconds" | "reservedConcurrency" | "runtime" | "architecture" | "logRetentionDays"
    >;
  /**
   * Name of the environment, such as `production`, that Moesif shows.
   *
   * @default none
   */
  readonly environment?: TransformerSettingsInput["environment"];
  /**
   * Metadata of every call, that Moesif shows.
   *
   * @default none
   */
  readonly metadata?: TransformerSettingsInput["metadata"];
  /**
   * Names and metadata of APIs, by their ids. Calls of others are sent as well.
   *
   * @default none
   */
  readonly apis?: TransformerSettingsInput["apis"];
  /**
   * Which keys of a record say who the user and the company are.
   *
   * @default Moesif's own order
   */
  readonly identity?: TransformerSettingsInput["identity"];
  /**
   * What may not leave the account, besides what is a secret by its nature. A literal.
   *
   * @default secrets by nature alone: see docs/privacy.md
   */
  readonly redaction?: TransformerSettingsInput["redaction"];
  /** Path, permissions boundary and trust of the roles. */
  readonly iam?: IamProps & Pick<DeliveryRoleProps, "confusedDeputyGuard">;
  /** Tags of everything that takes tags, but for the settings document, since S3 takes ten on an object. */
  readonly tags?: { [key: string]: string };
}

/**
 * API Gateway access logs → Firehose → transformer → Moesif, with a bucket behind, for one account and region.
 *
 * @example
 * const pipeline = new MoesifPipeline(stack, "moesif", { applicationId: { secretName: "moesif/application-id" } });
 */
export class MoesifPipeline extends Construct {
  readonly bucket: BackupBucket;
  readonly applicationId: ApplicationId;
  readonly transformer: TransformerFunction;
  readonly errorLog: ErrorLog;
  readonly deliveryRole: DeliveryRole;
  readonly stream: DeliveryStream;

  /** @throws InvalidValueError naming the part, the property and the fix, if a literal is wrong */
  constructor(scope: Construct, id: string, props: MoesifPipelineProps) {
    super(scope, id);
    const { name = "moesif", baseUrl, tags, iam = {}, delivery = {} } = props;
    const { mode, ...bucket } = props.backup ?? {};
    const environment = new AwsEnvironment(this, "environment", props);
    this.bucket = new BackupBucket(this, "backup_bucket", { ...bucket, tags });
    this.applicationId = new ApplicationId(this, "application_id", { ...props.applicationId, tags });
    this.transformer = new TransformerFunction(this, "transformer", {
      ...props.transformer,
      name,
      environment,
      bucket: this.bucket,
      settings: settingsOf(props, environment),
      iam: { path: iam.path, permissionsBoundary: iam.permissionsBoundary },
      tags,
    });
    this.errorLog = new ErrorLog(this, "error_log", {
      streamName: streamName(name),
      retentionDays: delivery.logRetentionDays,
      tags,
    });
    this.deliveryRole = new DeliveryRole(this, "delivery_role", {
      ...iam,
      name,
      environment,
      bucket: this.bucket,
      transformerArn: this.transformer.invokeArn,
      errorLogStreamArns: [this.errorLog.destination.arn, this.errorLog.backup.arn],
      applicationId: this.applicationId,
      tags,
    });
    this.stream = new DeliveryStream(this, "delivery_stream", {
      ...delivery,
      name,
      baseUrl,
      role: this.deliveryRole,
      transformer: { ...props.transformer, arn: this.transformer.invokeArn },
      backup: { bucket: this.bucket, mode },
      applicationId: this.applicationId,
      errorLog: this.errorLog,
      tags,
    });
  }
}

/** The content of the settings document: the one place that makes it. */
export function settingsOf(
  props: Omit<MoesifPipelineProps, "applicationId">,
  { accountId, region }: Pick<AwsEnvironment, "accountId" | "region">,
): TransformerSettingsInput {
  const { environment, metadata, apis, identity, redaction } = props;
  return { version: 1, accountId, region, environment, metadata, apis, identity, redaction };
}
