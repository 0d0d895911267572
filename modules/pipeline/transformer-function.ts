/** The Lambda function that transforms the records, with its role, its log group and its settings document. */
import { type CloudwatchLogGroup, LambdaFunction } from "../aws";
import { Construct, type IResolvable, Op, Token } from "../cdk";
import { pinned } from "../addresses";
import { operand, rules } from "../rules";
import { ValueChecks } from "../value-checks";
import type { ApplicationId } from "./application-id";
import type { AwsEnvironment } from "./aws-environment";
import type { BackupBucket } from "./backup-bucket";
import { checkNothingBypassed, reliedOn } from "./bypass";
import { functionCode, functionLog } from "./function-parts";
import type { HashKey } from "./hash-key";
import { SAMPLING_DEFAULTS } from "./sampling-rules";
import type { IamProps } from "./service-role";
import { TransformerSettingsDocument } from "./settings-document";
import { TransformerRole } from "./transformer-role";
import { asksMoesif, hashes, type TransformerSettingsInput } from "./transformer-settings";

/** Seconds after which Lambda ends an invocation, where nothing is said. */
export const DEFAULT_TIMEOUT_SECONDS = 60;

export interface TransformerFunctionProps {
  /** Name of the pipeline; the function is called `moesif-transform-<name>`. */
  readonly name: string;
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  /** The bucket that the settings document is written to. */
  readonly bucket: Pick<BackupBucket, "name" | "arn" | "kmsKeyArn" | "safeguards">;
  readonly settings: TransformerSettingsInput;
  /**
   * Whether the stream sends records through the function. A literal `false` takes the permissions to read the
   * application id and to put records back: nobody calls the function then.
   *
   * @default true
   */
  readonly enabled?: boolean | IResolvable;
  /**
   * The secret with which the function asks Moesif for its sampling rules, and what has to be in place before it can be
   * read. The function may read it unless `sampling.remote` or `enabled` is `false`, or `passThrough` is `true`, as
   * literals.
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
   * @default "nodejs22.x", the newest that version 5.100 of the AWS provider accepts
   */
  readonly runtime?: string;
  /**
   * @default "arm64", a fifth cheaper than x86_64
   */
  readonly architecture?: string;
  /**
   * Days for which the function's log is kept; 0 keeps it for ever.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;
  /** Path and permissions boundary of the function's role. */
  readonly iam?: IamProps;
  readonly tags?: { [key: string]: string };
}

/** Runs the bundle that the package ships; one function serves every API of an account and region. */
export class TransformerFunction extends Construct {
  readonly name: string;
  readonly arn: string;
  /** What the stream invokes, and the delivery role allows. */
  readonly invokeArn: string;
  readonly roleArn: string;

  /** @throws InvalidValueError if a literal is out of its bounds; Error if the bundle was not built */
  constructor(scope: Construct, id: string, props: TransformerFunctionProps) {
    super(scope, id);
    const functionName = `moesif-transform-${props.name}`;
    const logGroup = functionLog(this, functionName, props);
    const document = new TransformerSettingsDocument(this, "settings", {
      name: props.name,
      bucket: props.bucket,
      settings: props.settings,
    });
    const role = this.#role(logGroup, props);
    const lambda = pinned(
      new LambdaFunction(this, "Resource", {
        functionName,
        description: "Enriches API Gateway access logs on their way to Moesif",
        role: role.arn,
        ...functionCode(this, "transformer"),
        runtime: props.runtime ?? "nodejs22.x",
        architectures: [props.architecture ?? "arm64"],
        memorySize: props.memoryMb ?? 256,
        timeout: props.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
        reservedConcurrentExecutions: props.reservedConcurrency ?? -1,
        environment: { variables: { SETTINGS_URL: document.url, ...secretVariables(props) } },
        tags: props.tags,
        // Lambda would make the group by itself at the first invocation, without retention; and the function reads
        // the application id at its first.
        dependsOn: [logGroup, role.policy, ...(readsApplicationId(props) ? props.applicationId.value : [])],
        lifecycle: this.#checks(props).lifecycle(),
      }),
    );
    this.name = lambda.functionName;
    this.arn = lambda.arn;
    this.invokeArn = `${lambda.arn}:$LATEST`;
    this.roleArn = role.arn;
  }

  #checks(props: TransformerFunctionProps): ValueChecks {
    const checks = new ValueChecks(this.node.path)
      .check("name", props.name, rules.pipelineName)
      .check("memoryMb", props.memoryMb, rules.memoryMb)
      .check("timeoutSeconds", props.timeoutSeconds, rules.timeoutSeconds)
      .check("reservedConcurrency", props.reservedConcurrency, rules.reservedConcurrency)
      .check("runtime", props.runtime, rules.runtime)
      .check("architecture", props.architecture, rules.architecture)
      .check("hashKey.secretArn", props.hashKey?.secretArn, rules.secretArn);
    if (readsApplicationId(props)) {
      checks.check("applicationId.secretArn", props.applicationId.secretArn, rules.secretArn);
      checkTimeouts(props.settings.sampling?.timeoutSeconds, props.timeoutSeconds, checks);
    }
    if (hashes(props.settings) && !props.hashKey) {
      checks.refuse(`hashKey must be given with redaction.hash: a secret that holds {"hash_key": "…"}`);
    }
    if (!hashes(props.settings) && props.hashKey) {
      checks.refuse("hashKey must not be given without redaction.hash: nothing is hashed");
    }
    checkNothingBypassed(props.enabled ?? true, reliedOn({ ...props.settings, hashKey: props.hashKey }), checks);
    return checks;
  }

  #role(logGroup: CloudwatchLogGroup, props: TransformerFunctionProps): TransformerRole {
    const { name, environment, bucket, applicationId, hashKey, streamKmsKeyArn, iam, tags } = props;
    return new TransformerRole(this, "role", {
      ...iam,
      name,
      environment,
      bucket,
      logGroup,
      secrets: {
        ...(readsApplicationId(props) && { ApplicationId: applicationId }),
        ...(hashKey && { HashKey: hashKey }),
      },
      putsBack: props.enabled !== false,
      streamKmsKeyArn,
      tags,
    });
  }
}

/** What only Terraform knows may be true. */
function readsApplicationId({ enabled, settings }: TransformerFunctionProps): boolean {
  return enabled !== false && asksMoesif(settings);
}

/** By reference: the function reads the values itself. */
function secretVariables(props: TransformerFunctionProps): { [name: string]: string } {
  const { applicationId, hashKey } = props;
  return {
    ...(readsApplicationId(props) && { APPLICATION_ID_SECRET: applicationId.secretArn }),
    ...(hashKey && { HASH_KEY_SECRET: hashKey.secretArn }),
  };
}

/** An invocation that waits for Moesif's rules has its records to transform afterwards. */
function checkTimeouts(
  sampling: number = SAMPLING_DEFAULTS.timeoutSeconds,
  invocation: number = DEFAULT_TIMEOUT_SECONDS,
  checks: ValueChecks,
): void {
  const problem =
    "sampling.timeoutSeconds must be below the function's timeoutSeconds, or records are never transformed";
  if (Token.isUnresolved(sampling) || Token.isUnresolved(invocation)) {
    checks.require(Op.lt(operand(sampling), operand(invocation)), `${problem}.`);
  } else if (sampling >= invocation) {
    checks.refuse(`${problem}; they are ${sampling} and ${invocation}`);
  }
}
