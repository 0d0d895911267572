/** The Lambda function that transforms the records, with its role, its log group and its settings document. */
import { type CloudwatchLogGroup, LambdaFunction } from "../aws";
import { Construct } from "../cdk";
import { pinned, type ProviderProps, provideTo } from "../addresses";
import { awsLimits } from "../settings/aws";
import { Checks } from "../settings/checks";
import { transformerRules } from "../settings/pipeline";
import { pipelineLimits } from "../settings/settings";
import { transformerDefaults, type transformerLimits, transformerSection } from "../settings/transformer";
import type { ApplicationId } from "./application-id";
import type { AwsEnvironment } from "./aws-environment";
import type { BackupBucket } from "./backup-bucket";
import { functionCode, functionLog } from "./function-parts";
import type { HashKey } from "./hash-key";
import type { IamProps } from "./service-role";
import { TransformerSettingsDocument } from "./settings-document";
import { TransformerRole } from "./transformer-role";
import { asksMoesif, type TransformerSettingsInput } from "./transformer-settings";

/** Subnets and security groups of a function, in one VPC; both lists of literals or tokens. */
export interface VpcProps {
  /** Ids of the subnets. They need a way to S3, Secrets Manager, Firehose and Moesif. */
  readonly subnetIds: string[];
  /** Ids of the security groups. */
  readonly securityGroupIds: string[];
}

/** Properties of the transformer function. */
export interface TransformerFunctionProps extends ProviderProps {
  /** Name of the pipeline; the function is called `moesif-transform-<name>`. */
  readonly name: string;
  /** Account, region and partition. */
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  /** The bucket that the settings document is written to. */
  readonly bucket: Pick<BackupBucket, "name" | "arn" | "kmsKeyArn" | "safeguards">;
  /** Content of the settings document. */
  readonly settings: TransformerSettingsInput;
  /**
   * Whether the stream sends records through the function. `false` takes the permissions to read the application id and
   * to put records back: the function is not called then. A literal.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * The secret with which the function asks Moesif for its sampling rules, and what has to be in place before it can be
   * read. The function may read it unless `sampling.remote` or `enabled` is `false`, or `passThrough` is `true`.
   */
  readonly applicationId: Pick<ApplicationId, "secretArn" | "kmsKeyArn" | "value">;
  /** The secret that holds the key of hashes: given if, and only if, `redaction.hash` names keys. */
  readonly hashKey?: Pick<HashKey, "secretArn" | "kmsKeyArn">;
  /** ARN of the customer's key that encrypts the stream, on which the function puts back what did not fit. */
  readonly streamKmsKeyArn?: string;
  /**
   * Memory in MB; a function gets CPU in proportion.
   *
   * @default 256
   */
  readonly memoryMb?: number;
  /**
   * Seconds after which Lambda ends an invocation. Firehose waits five minutes at most.
   *
   * @default 60
   */
  readonly timeoutSeconds?: number;
  /**
   * Concurrent executions reserved for, and granted to, this function; -1 reserves none.
   *
   * @default -1
   */
  readonly reservedConcurrency?: number;
  /**
   * Runtime of the function. `nodejs24.x` needs version 6.19 of the AWS provider.
   *
   * @default "nodejs22.x", the newest that version 5.100 of the AWS provider accepts
   */
  readonly runtime?: Runtime;
  /**
   * Processor architecture of the function.
   *
   * @default "arm64", a fifth cheaper than x86_64
   */
  readonly architecture?: (typeof transformerLimits.architecture.choices)[number];
  /**
   * Days for which the function's log is kept; 0 keeps it for ever.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of a KMS key that encrypts the function's log group; its policy must let CloudWatch Logs use it. A token is passed
   * unchecked.
   *
   * @default the encryption of CloudWatch Logs
   */
  readonly logKmsKeyArn?: string;
  /**
   * Have Lambda send traces of the invocations to X-Ray.
   *
   * @default false
   */
  readonly tracing?: boolean;
  /**
   * Run the function in a VPC.
   *
   * @default outside of any
   */
  readonly vpc?: VpcProps;
  /**
   * ARN of a code signing configuration. The zip of this package is not signed: sign it, or let the configuration warn.
   * A token is passed unchecked.
   *
   * @default none
   */
  readonly codeSigningConfigArn?: string;
  /** Path, permissions boundary and name prefix of the function's role. */
  readonly iam?: IamProps;
  /** Tags of the resources. */
  readonly tags?: { [key: string]: string };
}

/** Runtimes that AWS offers today, for completion; newer ones fit as well. */
export type Runtime = "nodejs20.x" | "nodejs22.x" | "nodejs24.x" | (string & {});

/** Runs the bundle that the package ships; one function serves every API of an account and region. */
export class TransformerFunction extends Construct {
  /** The Lambda function. */
  readonly resource: LambdaFunction;
  /** Execution role of the function. */
  readonly role: TransformerRole;
  /** Settings document in the bucket. */
  readonly settings: TransformerSettingsDocument;
  /** Log group of the function. */
  readonly logGroup: CloudwatchLogGroup;
  /** Name of the function. */
  readonly name: string;
  /** ARN of the function, without a version. */
  readonly arn: string;
  /** What the stream invokes, and the delivery role allows. */
  readonly invokeArn: string;
  /** ARN of the execution role. */
  readonly roleArn: string;
  /** Seconds after which Lambda ends an invocation. */
  readonly timeoutSeconds: number;
  /** Memory in MB. */
  readonly memoryMb: number;
  /** Whether the stream invokes it. */
  readonly isInvoked: boolean;
  /** Whether it asks for Moesif's sampling rules, for which it needs the application id. */
  readonly readsApplicationId: boolean;

  /** @throws InvalidValueError if a literal is out of its bounds; Error if the bundle was not built */
  constructor(scope: Construct, id: string, props: TransformerFunctionProps) {
    super(scope, id);
    provideTo(this, props.provider);
    this.#check(props);
    this.timeoutSeconds = props.timeoutSeconds ?? transformerDefaults.timeoutSeconds;
    this.memoryMb = props.memoryMb ?? transformerDefaults.memoryMb;
    this.isInvoked = props.enabled ?? transformerDefaults.enabled;
    this.readsApplicationId = this.isInvoked && asksMoesif(props.settings);
    const functionName = `moesif-transform-${props.name}`;
    this.logGroup = functionLog(this, functionName, props);
    this.settings = new TransformerSettingsDocument(this, "settings", {
      name: props.name,
      bucket: props.bucket,
      settings: props.settings,
    });
    this.role = this.#role(props);
    this.resource = pinned(
      new LambdaFunction(this, "Resource", {
        functionName,
        description: "Enriches API Gateway access logs on their way to Moesif",
        role: this.role.arn,
        ...functionCode(this, "transformer"),
        runtime: props.runtime ?? transformerDefaults.runtime,
        architectures: [props.architecture ?? transformerDefaults.architecture],
        memorySize: this.memoryMb,
        timeout: this.timeoutSeconds,
        reservedConcurrentExecutions: props.reservedConcurrency ?? transformerDefaults.reservedConcurrency,
        environment: { variables: this.#variables(props) },
        // Always given: the provider does not change tracing if there is no block.
        tracingConfig: { mode: props.tracing === true ? "Active" : "PassThrough" },
        vpcConfig: props.vpc,
        codeSigningConfigArn: props.codeSigningConfigArn,
        tags: props.tags,
        // Lambda would make the group by itself at the first invocation, without retention; and the function reads
        // the application id at its first.
        dependsOn: [this.logGroup, this.role.policy, ...(this.readsApplicationId ? props.applicationId.value : [])],
        // A new name makes a new function, which the stream has to call before the old one goes.
        lifecycle: { createBeforeDestroy: true },
      }),
    );
    this.name = this.resource.functionName;
    this.arn = this.resource.arn;
    this.invokeArn = `${this.arn}:$LATEST`;
    this.roleArn = this.role.arn;
  }

  #check({ settings, hashKey, applicationId, ...props }: TransformerFunctionProps): void {
    const { memoryMb, timeoutSeconds, reservedConcurrency, runtime, architecture } = transformerSection.shape;
    const { vpc, codeSigningConfigArn } = transformerSection.shape;
    const own = { memoryMb, timeoutSeconds, reservedConcurrency, runtime, architecture, vpc, codeSigningConfigArn };
    const { enabled, tracing } = props;
    const transformer = { ...props, passThrough: settings.passThrough };
    new Checks(this)
      .value("name", props.name, pipelineLimits.name)
      .properties(own, props)
      .value("hashKey.secretArn", hashKey?.secretArn, awsLimits.secretArn)
      .value("applicationId.secretArn", applicationId.secretArn, awsLimits.secretArn)
      .literal("enabled", enabled)
      .literal("tracing", tracing)
      .add(...transformerRules({ ...settings, tags: undefined, hashKey, transformer }))
      .end();
  }

  #role(props: TransformerFunctionProps): TransformerRole {
    const { name, environment, bucket, hashKey, streamKmsKeyArn, iam, tags } = props;
    const { secretArn, kmsKeyArn } = props.applicationId;
    return new TransformerRole(this, "role", {
      ...iam,
      name,
      environment,
      bucket,
      logGroup: this.logGroup,
      applicationId: { secretArn, kmsKeyArn, isRead: this.readsApplicationId },
      hashKey,
      putsBack: this.isInvoked,
      streamKmsKeyArn,
      traces: props.tracing ?? false,
      inVpc: props.vpc !== undefined,
      tags,
    });
  }

  /** The secrets by reference: the function reads the values itself. */
  #variables({ applicationId, hashKey }: TransformerFunctionProps): { [name: string]: string } {
    return {
      SETTINGS_URL: this.settings.url,
      SETTINGS_SHA256: this.settings.sha256,
      ...(this.readsApplicationId && { APPLICATION_ID_SECRET: applicationId.secretArn }),
      ...(hashKey && { HASH_KEY_SECRET: hashKey.secretArn }),
    };
  }
}
