/** The Lambda function that transforms the records, with its role, its log group and its settings document. */
import { type CloudwatchLogGroup, LambdaFunction } from "../aws";
import { Construct, Fn, type IResolvable, Op, Token } from "../cdk";
import { pinned } from "../addresses";
import { operand, rules } from "../rules";
import { ValueChecks } from "../value-checks";
import { both, choose, either, isGiven, not, type Whether } from "../whether";
import type { ApplicationId } from "./application-id";
import type { AwsEnvironment } from "./aws-environment";
import type { BackupBucket } from "./backup-bucket";
import { checkNothingBypassed } from "./bypass";
import { functionCode, functionLog } from "./function-parts";
import type { HashKey } from "./hash-key";
import type { IamProps } from "./service-role";
import { TransformerSettingsDocument } from "./settings-document";
import { TransformerRole } from "./transformer-role";
import { asksMoesif, hashes, type TransformerSettingsInput, waitForRules } from "./transformer-settings";

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
   * Whether the stream sends records through the function. `false` takes the permissions to read the application id and
   * to put records back: nobody calls the function then.
   *
   * @default true
   */
  readonly enabled?: boolean | IResolvable;
  /**
   * The secret with which the function asks Moesif for its sampling rules, and what has to be in place before it can be
   * read. The function may read it unless `sampling.remote` or `enabled` is `false`, or `passThrough` is `true`.
   */
  readonly applicationId: Pick<ApplicationId, "secretArn" | "kmsKeyArn" | "value">;
  /** The secret that holds the key of hashes: given, and not null, if, and only if, `redaction.hash` names keys. */
  readonly hashKey?: Pick<HashKey, "secretArn" | "kmsKeyArn">;
  /**
   * ARN of the customer's key that encrypts the stream, on which the function puts back what did not fit. A plan-time
   * value may be null.
   */
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
        environment: { variables: variables(document.url, props) },
        tags: props.tags,
        // Lambda would make the group by itself at the first invocation, without retention; and the function reads
        // the application id at its first.
        dependsOn: [logGroup, role.policy, ...(readsApplicationId(props) === false ? [] : props.applicationId.value)],
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
      .checkIfGiven("hashKey.secretArn", props.hashKey?.secretArn, rules.secretArn);
    const reads = readsApplicationId(props);
    if (reads !== false) {
      checks.check("applicationId.secretArn", props.applicationId.secretArn, rules.secretArn);
      checkTimeouts(reads, waitForRules(props.settings), props.timeoutSeconds, checks);
    }
    const hasKey = isGiven(props.hashKey?.secretArn);
    checks
      .demand(
        either(not(hashes(props.settings)), hasKey),
        `hashKey must be given with redaction.hash: a secret that holds {"hash_key": "…"}`,
      )
      .demand(
        either(hashes(props.settings), not(hasKey)),
        "hashKey must not be given without redaction.hash: nothing is hashed",
      )
      .demand(
        either(hasKey, not(isGiven(props.hashKey?.kmsKeyArn))),
        "hashKey.secretArn must be given with hashKey.kmsKeyArn, which is the key of that secret",
      );
    checkNothingBypassed(props.enabled ?? true, props.settings, hasKey, checks);
    return checks;
  }

  #role(logGroup: CloudwatchLogGroup, props: TransformerFunctionProps): TransformerRole {
    const { name, environment, bucket, hashKey, streamKmsKeyArn, iam, tags } = props;
    const { secretArn, kmsKeyArn } = props.applicationId;
    return new TransformerRole(this, "role", {
      ...iam,
      name,
      environment,
      bucket,
      logGroup,
      applicationId: { secretArn, kmsKeyArn, isRead: readsApplicationId(props) },
      hashKey,
      putsBack: props.enabled ?? true,
      streamKmsKeyArn,
      tags,
    });
  }
}

function readsApplicationId({ enabled = true, settings }: TransformerFunctionProps): Whether {
  return both(enabled, asksMoesif(settings));
}

/** The secrets by reference: the function reads the values itself. */
function variables(settingsUrl: string, props: TransformerFunctionProps): { [name: string]: string } {
  const { applicationId, hashKey } = props;
  const always: { [name: string]: string } = { SETTINGS_URL: settingsUrl };
  const conditional: { [name: string]: string }[] = [];
  const add = (holds: Whether, variable: { [name: string]: string }) => {
    if (typeof holds === "boolean") Object.assign(always, holds && variable);
    else conditional.push(choose(holds, variable, {}));
  };
  add(readsApplicationId(props), { APPLICATION_ID_SECRET: applicationId.secretArn });
  if (hashKey) add(isGiven(hashKey.secretArn), { HASH_KEY_SECRET: hashKey.secretArn });
  return conditional.length === 0 ? always : Token.asStringMap(Fn.merge([always, ...conditional]));
}

/** An invocation that waits for Moesif's rules, if it does, has its records to transform afterwards. */
function checkTimeouts(
  waits: Whether,
  sampling: number,
  invocation: number = DEFAULT_TIMEOUT_SECONDS,
  checks: ValueChecks,
): void {
  const problem = "timeoutSeconds must be above sampling.timeoutSeconds, or records are never transformed";
  if (Token.isUnresolved(sampling) || Token.isUnresolved(invocation)) {
    checks.demand(either(not(waits), Op.lt(operand(sampling), operand(invocation))), problem);
  } else if (sampling >= invocation) {
    checks.demand(not(waits), `${problem}; they are ${invocation} and ${sampling}`);
  }
}
