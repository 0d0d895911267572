/** The whole pipeline of one account and region, composed of its parts. */
import { Construct, TerraformStack, Token } from "../cdk";
import { type ProviderProps, providerOf, provideTo } from "../addresses";
import { StageLogGroup, type StageLogs } from "../stage-logging/stage-log-group";
import { InvalidValueError } from "../settings/checks";
import { filterOf, type FilterRuleInput } from "../settings/filter";
import { bufferSecondsOf } from "../settings/monitoring";
import { checkPipeline } from "../settings/pipeline";
import { samplingOf } from "../settings/sampling";
import { pipelineDefaults } from "../settings/settings";
import { pipelineLocation } from "../stage-logging/location";
import { ApplicationId, type ApplicationIdSource } from "./application-id";
import { AwsEnvironment, type AwsEnvironmentProps } from "./aws-environment";
import { BackupBucket, type BackupSettings } from "./backup-bucket";
import { DeliveryRole, type DeliveryRoleProps } from "./delivery-role";
import {
  type DeliveryProps,
  DeliveryStream,
  type DeliveryStreamProps,
  type Output,
  type TransformProps,
  withoutSlash,
} from "./delivery-stream";
import { ErrorLog, type ErrorLogProps } from "./error-log";
import { HashKey, type HashKeySource } from "./hash-key";
import {
  type IMoesifPipeline,
  ImportedPipeline,
  type NamedPipelineProps,
  type PipelineAttributes,
} from "./imported-pipeline";
import { streamName } from "./names";
import { RedriveFunction, type RedriveProps } from "./redrive-function";
import type { IamProps } from "./service-role";
import { TransformerFunction, type TransformerFunctionProps } from "./transformer-function";
import type { TransformerSettingsInput } from "./transformer-settings";

/**
 * Literals are checked when the construct is made. Tokens (variables, references) are passed unchecked; a property that
 * decides which resources or permissions there are takes literals only, and its text says so.
 */
export interface MoesifPipelineProps extends AwsEnvironmentProps, ProviderProps {
  /**
   * Name of the pipeline, unique in its account and region; the stream is called `amazon-apigateway-<name>`, as API
   * Gateway demands. A changed name replaces the stream.
   *
   * @default "moesif"
   */
  readonly name?: string;
  /**
   * Moesif's collector, or a proxy before it: https, port 443. A token must not end with a slash.
   *
   * @default "https://api.moesif.net"
   */
  readonly baseUrl?: string;
  /**
   * What is sent: `accessLog`, the keys of Moesif's access logs, or `event`, objects in Moesif's event model. Stream and
   * function cannot change at one moment: of the calls of the minutes in which a change is applied, some are delivered
   * to the address of the other output.
   *
   * @default "accessLog"
   */
  readonly output?: Output;
  /** Where the Moesif Collector Application Id is kept: `secretArn`, `secretName` or `createSecret`. */
  readonly applicationId: ApplicationIdSource;
  /** The bucket for what could not be delivered, and what goes there. */
  readonly backup?: BackupSettings & Pick<DeliveryStreamProps["backup"], "mode">;
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
      | "memoryMb"
      | "timeoutSeconds"
      | "reservedConcurrency"
      | "runtime"
      | "architecture"
      | "logRetentionDays"
      | "tracing"
      | "vpc"
      | "codeSigningConfigArn"
    > & {
      /**
       * The kill switch: filter, sampling and enrichment are off; the redaction never is. `true` also takes the function's
       * permission to read the application id. It has to be a literal.
       *
       * @default false
       */
      readonly passThrough?: TransformerSettingsInput["passThrough"];
    };
  /**
   * A function that puts failed records of the bucket back on the stream; `{}` deploys it with its defaults.
   *
   * @default none: the command `redrive` does the same
   */
  readonly redrive?: RedriveProps;
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
   * Tags of every call, that Moesif shows as `metadata.tags`. (`tags` are those of the AWS resources.)
   *
   * @default none
   */
  readonly eventTags?: TransformerSettingsInput["tags"];
  /**
   * Names, versions, tags and metadata of APIs, by their ids, which may be tokens. Calls of others are sent as well.
   *
   * @default none
   */
  readonly apis?: TransformerSettingsInput["apis"];
  /**
   * Whether identities and metadata are added to a call: `full` or `none`.
   *
   * @default "full"
   */
  readonly enrichment?: TransformerSettingsInput["enrichment"];
  /**
   * Who the user and the company of a call are, and in events whose session it is: ordered rules, of which the first
   * that gives a value wins. A literal; strings in it may be tokens, but for patterns.
   *
   * @default Moesif's own order
   */
  readonly identity?: TransformerSettingsInput["identity"];
  /**
   * Which calls are sent at all: the first rule that matches decides, and without one a call is sent. A literal.
   *
   * @default every call
   */
  readonly filter?: readonly FilterRuleInput[];
  /**
   * How many calls of all are sent. A literal; numbers in it may be tokens.
   *
   * @default as many as the rules made in Moesif say, and every call where there is none
   */
  readonly sampling?: TransformerSettingsInput["sampling"];
  /**
   * What is not sent to Moesif, in addition to secrets. A literal.
   *
   * @default only secrets by nature: see docs/privacy.md
   */
  readonly redaction?: TransformerSettingsInput["redaction"];
  /**
   * Where the key of hashes is kept. Needed with `redaction.hash`, and refused without it.
   *
   * @default none
   */
  readonly hashKey?: HashKeySource;
  /**
   * The log group of HTTP and WebSocket stages. It is created when `stageLogGroup()` is first called.
   *
   * @default kept for a day, encrypted as `logs` says
   */
  readonly stageLogs?: StageLogs;
  /** Log groups of the pipeline. */
  readonly logs?: {
    /**
     * ARN of a KMS key that encrypts every log group that the pipeline creates. Its policy must let
     * `logs.<region>.amazonaws.com` use it. A token is passed unchecked.
     *
     * @default the encryption of CloudWatch Logs
     * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
     */
    readonly kmsKeyArn?: ErrorLogProps["kmsKeyArn"];
  };
  /** Path, permissions boundary, name prefix and trust of the roles. */
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
export class MoesifPipeline extends Construct implements IMoesifPipeline {
  /**
   * A pipeline that another stack or repository made, by its name. Its ARNs follow from the name, account and region.
   *
   * @example
   * logStages(app, MoesifPipeline.fromName(stack, "moesif", { accountId: "123456789012", region: "eu-west-1" }));
   */
  static fromName(scope: Construct, id: string, props: NamedPipelineProps = {}): IMoesifPipeline {
    return ImportedPipeline.fromName(scope, id, props);
  }

  /** A pipeline that another stack or repository made, by the ARNs that it has as outputs. */
  static fromAttributes(scope: Construct, id: string, attributes: PipelineAttributes): IMoesifPipeline {
    return ImportedPipeline.fromAttributes(scope, id, attributes);
  }

  readonly name: string;
  readonly provider: IMoesifPipeline["provider"];
  /** Backup bucket. */
  readonly bucket: BackupBucket;
  /** Secret of the application id. */
  readonly applicationId: ApplicationId;
  /** Where nothing is hashed, there is none. */
  readonly hashKey?: HashKey;
  /** Transformer function, with its role and log group. */
  readonly transformer: TransformerFunction;
  /** Log group of delivery errors. */
  readonly errorLog: ErrorLog;
  /** Role that Firehose assumes. */
  readonly deliveryRole: DeliveryRole;
  readonly stream: DeliveryStream;
  /** Puts failed records back on the stream, if `redrive` is set. */
  readonly redrive?: RedriveFunction;
  /** Account, region and partition. */
  readonly environment: AwsEnvironment;
  /** Path, permissions boundary and name prefix of the roles. */
  readonly iam: IamProps;
  /** Tags of the AWS resources. */
  readonly tags?: MoesifPipelineProps["tags"];
  /** ARN of the key of the log groups. */
  readonly logKmsKeyArn?: string;
  /** Seconds for which records wait in the buffers of the stream; `undefined` if a token says so. */
  readonly bufferSeconds?: number;
  readonly #props: MoesifPipelineProps;
  #stageLogGroup?: StageLogGroup;

  /** @throws InvalidValueError naming the part, the property and the fix, if a literal is wrong */
  constructor(scope: Construct, id: string, props: MoesifPipelineProps) {
    super(scope, id);
    provideTo(this, props.provider);
    this.#props = props;
    const { name = pipelineDefaults.name, baseUrl, output, tags, iam = {}, delivery = {}, logs = {} } = props;
    const { mode, ...bucket } = props.backup ?? {};
    const { path, permissionsBoundary, namePrefix } = iam;
    this.name = name;
    this.iam = { path, permissionsBoundary, namePrefix };
    this.tags = tags;
    this.logKmsKeyArn = logs.kmsKeyArn;
    const buffers = [delivery.bufferIntervalSeconds, props.transformer?.bufferIntervalSeconds];
    if (!buffers.some((seconds) => Token.isUnresolved(seconds))) this.bufferSeconds = bufferSecondsOf(props);
    this.provider = providerOf(this);
    refuseSecondOfName(this);
    const environment = new AwsEnvironment(this, "environment", props);
    this.environment = environment;
    const { region, accounts } = pipelineLocation(this);
    const account = accounts?.length === 1 ? accounts[0] : undefined;
    checkPipeline(this, props, { region, account, partition: literalOf(environment.partition) });
    this.bucket = new BackupBucket(this, "backup_bucket", { ...bucket, name, environment, tags });
    this.applicationId = new ApplicationId(this, "application_id", { ...props.applicationId, tags });
    if (props.hashKey) this.hashKey = new HashKey(this, "hash_key", props.hashKey);
    this.transformer = new TransformerFunction(this, "transformer", {
      ...props.transformer,
      name,
      environment,
      bucket: this.bucket,
      settings: settingsOf(props, environment),
      applicationId: this.applicationId,
      hashKey: this.hashKey,
      streamKmsKeyArn: delivery.kmsKeyArn,
      logKmsKeyArn: logs.kmsKeyArn,
      iam: this.iam,
      tags,
    });
    this.errorLog = new ErrorLog(this, "error_log", {
      streamName: streamName(name),
      retentionDays: delivery.logRetentionDays,
      kmsKeyArn: logs.kmsKeyArn,
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
      output,
      role: this.deliveryRole,
      transformer: { ...props.transformer, arn: this.transformer.invokeArn },
      backup: { bucket: this.bucket, mode },
      applicationId: this.applicationId,
      errorLog: this.errorLog,
      tags,
    });
    if (props.redrive) this.redrive = this.#redriveFunction(props.redrive);
  }

  #redriveFunction(redrive: RedriveProps): RedriveFunction {
    const { transformer = {}, delivery, logs, tags } = this.#props;
    const { runtime, architecture, codeSigningConfigArn } = transformer;
    return new RedriveFunction(this, "redrive", {
      ...redrive,
      runtime,
      architecture,
      codeSigningConfigArn,
      name: this.name,
      environment: this.environment,
      bucket: this.bucket,
      stream: this.stream,
      streamKmsKeyArn: delivery?.kmsKeyArn,
      logKmsKeyArn: logs?.kmsKeyArn,
      iam: this.iam,
      tags,
    });
  }

  /**
   * The log group of HTTP and WebSocket stages, whose events go on the stream: made when it is first asked for, in the
   * pipeline's own stack, whichever stack asks.
   *
   * @throws InvalidValueError if `stageLogs` is wrong, or the transformer is bypassed
   */
  stageLogGroup(): StageLogGroup {
    const { stageLogs, logs, delivery, transformer, iam, tags } = this.#props;
    this.#stageLogGroup ??= new StageLogGroup(this, "stage_log_group", {
      ...stageLogs,
      kmsKeyArn: stageLogs?.kmsKeyArn ?? logs?.kmsKeyArn,
      name: this.name,
      environment: this.environment,
      stream: this.stream,
      streamKmsKeyArn: delivery?.kmsKeyArn,
      transformerEnabled: transformer?.enabled,
      iam,
      tags,
    });
    return this.#stageLogGroup;
  }
}

/** An account and region can have one pipeline of a name: their streams and functions would have the same names. */
function refuseSecondOfName(pipeline: MoesifPipeline): void {
  const stack = TerraformStack.of(pipeline);
  const twin = stack.node
    .findAll()
    .find(
      (other) =>
        other !== pipeline &&
        other instanceof MoesifPipeline &&
        other.name === pipeline.name &&
        other.provider?.alias === pipeline.provider?.alias,
    );
  if (twin === undefined) return;
  throw new InvalidValueError(pipeline.node.path, [
    {
      id: "duplicate-name",
      path: ["name"],
      message: `name ${JSON.stringify(pipeline.name)} is also that of ${twin.node.path}, of the same provider`,
      fix: "give one of the two another name, or the provider of another region by `provider`",
    },
  ]);
}

/**
 * The content of the settings document: the one place that makes it. Without what is the default, so that writing a
 * default changes nothing.
 */
export function settingsOf(
  props: Omit<MoesifPipelineProps, "applicationId">,
  { accountId, region }: Pick<AwsEnvironment, "accountId" | "region">,
): TransformerSettingsInput {
  const { environment, metadata, eventTags, apis, output, enrichment, identity, redaction, filter, sampling } = props;
  const passThrough = props.transformer?.passThrough;
  const baseUrl = withoutSlash(props.baseUrl ?? pipelineDefaults.baseUrl);
  return {
    version: 1,
    accountId,
    region,
    environment,
    metadata,
    tags: unlessEmpty(eventTags),
    apis,
    output: output === pipelineDefaults.output ? undefined : output,
    baseUrl: baseUrl === pipelineDefaults.baseUrl ? undefined : baseUrl,
    enrichment: enrichment === pipelineDefaults.enrichment ? undefined : enrichment,
    identity,
    redaction,
    filter: filterOf(filter),
    sampling: samplingOf(sampling),
    passThrough: passThrough === false ? undefined : passThrough,
  };
}

function literalOf(value: string): string | undefined {
  return Token.isUnresolved(value) ? undefined : value;
}

function unlessEmpty<T>(list: T): T | undefined {
  return Array.isArray(list) && list.length === 0 ? undefined : list;
}
