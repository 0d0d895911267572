/** The function that puts failed records of the bucket back on the stream, and what starts it. */
import {
  CloudwatchEventRule,
  CloudwatchEventTarget,
  type CloudwatchLogGroup,
  LambdaEventSourceMapping,
  LambdaFunction,
  LambdaPermission,
  S3BucketNotification,
  SqsQueue,
  SqsQueuePolicy,
} from "../aws";
import { Construct } from "../cdk";
import { pinned, type ProviderProps, provideTo } from "../addresses";
import type { PolicyStatement } from "../policy";
import { Checks } from "../settings/checks";
import { redriveDefaults, redriveSection } from "../settings/redrive";
import { brokenRulesOf } from "../settings/rules";
import { transformerDefaults } from "../settings/transformer";
import { terraformJson } from "../terraform-json";
import type { AwsEnvironment } from "./aws-environment";
import { type BackupBucket, deliveryPrefix } from "./backup-bucket";
import type { DeliveryStream } from "./delivery-stream";
import { functionCode, functionLog } from "./function-parts";
import { objectEncryption, putEncrypted } from "./kms-key";
import { redriveName } from "./names";
import { type IamProps, ofAccount, roleNamePrefix, ServiceRole } from "./service-role";
import type { TransformerFunctionProps } from "./transformer-function";

/** As long as AWS lets a function work. */
const TIMEOUT_SECONDS = 900;

/** AWS advises six times the time of the function: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const VISIBILITY_SECONDS = 6 * TIMEOUT_SECONDS;

/** The longest that SQS allows; until then, the endpoint counts as failing. */
const DELAY_SECONDS = 900;

/** While the endpoint is failing, a message comes again after its time of visibility: for 30 hours. */
const RECEIVES = 20;

/** The longest that SQS allows. */
const RETENTION_SECONDS = 1_209_600;

/** How failed records are put back on the stream. */
export interface RedriveProps {
  /**
   * What starts the function: `onDemand`, you; `schedule`, EventBridge; `events`, each object that Firehose writes, through
   * a queue. An existing bucket cannot have `events`. A literal.
   *
   * @default "onDemand"
   */
  readonly mode?: "onDemand" | "schedule" | "events";
  /**
   * Minutes between two runs, 15 to 1440. With the mode `schedule` only.
   *
   * @default 60
   */
  readonly everyMinutes?: number;
  /**
   * Records that a run puts on the stream in a second, 50 to 5000.
   *
   * @default 500
   */
  readonly recordsPerSecond?: number;
  /**
   * How often a record is put back before it is given up, 1 to 10.
   *
   * @default 3
   */
  readonly maxAttempts?: number;
  /**
   * Memory of the function in MB.
   *
   * @default 256
   */
  readonly memoryMb?: number;
  /**
   * Days for which the function's log is kept; 0 keeps it for ever.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;
}

/** Properties of a `RedriveFunction`. */
export interface RedriveFunctionProps
  extends
    RedriveProps,
    ProviderProps,
    Pick<TransformerFunctionProps, "runtime" | "architecture" | "codeSigningConfigArn"> {
  /** Name of the pipeline. */
  readonly name: string;
  /** Account and region of the pipeline. */
  readonly environment: Pick<AwsEnvironment, "accountId" | "region">;
  /** Bucket of the failed records. */
  readonly bucket: BackupBucket;
  /** Stream that they go back on. */
  readonly stream: Pick<DeliveryStream, "arn" | "name">;
  /** ARN of the customer's key that encrypts the stream. */
  readonly streamKmsKeyArn?: string;
  /** ARN of the customer's key that encrypts the log group. */
  readonly logKmsKeyArn?: string;
  /** Path, permissions boundary and name prefix of the role. */
  readonly iam?: IamProps;
  /** Tags of the AWS resources. */
  readonly tags?: { [key: string]: string };
}

/**
 * Puts failed records of the bucket back on the stream; the rest of them goes to a prefix of its own. `Monitoring` has an
 * alarm for them.
 *
 * @see lambda/redrive/redrive.ts for what becomes of a record
 */
export class RedriveFunction extends Construct {
  /** Terraform resource of the function. */
  readonly resource: LambdaFunction;
  /** Log group of the function. */
  readonly logGroup: CloudwatchLogGroup;
  /** Role of the function. */
  readonly role: ServiceRole;
  /** Name of the function. */
  readonly name: string;
  /** ARN of the function. */
  readonly arn: string;
  /** Queue that S3 writes to, in the mode `events`. */
  readonly queue?: SqsQueue;
  /** Queue of messages that could not be worked on, in the mode `events`. */
  readonly deadLetterQueue?: SqsQueue;

  /** @throws InvalidValueError if a literal is out of its bounds; Error if the bundle was not built */
  constructor(scope: Construct, id: string, props: RedriveFunctionProps) {
    super(scope, id);
    provideTo(this, props.provider);
    const { name, mode = redriveDefaults.mode, bucket, stream, tags } = props;
    this.#check(props);
    const functionName = redriveName(name);
    this.logGroup = functionLog(this, functionName, props);
    if (mode === "events") {
      this.deadLetterQueue = this.#queue("dead_letter_queue", `${functionName}-failed`, tags);
      this.#protect("dead_letter_queue_policy", this.deadLetterQueue);
      this.queue = this.#queue("queue", functionName, tags, this.deadLetterQueue);
    }
    this.role = this.#role(props);
    this.resource = pinned(
      new LambdaFunction(this, "Resource", {
        functionName,
        description: "Puts failed API Gateway access logs back on their stream to Moesif",
        role: this.role.arn,
        ...functionCode(this, "redrive"),
        runtime: props.runtime ?? transformerDefaults.runtime,
        architectures: [props.architecture ?? transformerDefaults.architecture],
        memorySize: props.memoryMb ?? redriveDefaults.memoryMb,
        timeout: TIMEOUT_SECONDS,
        environment: {
          variables: {
            BUCKET: bucket.name,
            PREFIX: failedPrefix(name),
            STREAM: stream.name,
            RECORDS_PER_SECOND: `${props.recordsPerSecond ?? redriveDefaults.recordsPerSecond}`,
            MAX_ATTEMPTS: `${props.maxAttempts ?? redriveDefaults.maxAttempts}`,
          },
        },
        codeSigningConfigArn: props.codeSigningConfigArn,
        tags,
        dependsOn: [this.logGroup, this.role.policy],
        lifecycle: { createBeforeDestroy: true },
      }),
    );
    this.name = this.resource.functionName;
    this.arn = this.resource.arn;
    if (mode === "schedule") this.#schedule(functionName, props);
    if (this.queue) this.#listen(this.queue, props);
  }

  #check({ codeSigningConfigArn: _, ...props }: RedriveFunctionProps): void {
    const { mode, bucket } = props;
    const existing = bucket.resource === undefined ? { bucket: "existing" } : {};
    new Checks(this)
      .properties(redriveSection.shape, props)
      .literal("mode", mode)
      .add(...brokenRulesOf(["redrive-events-bucket"], { redrive: { mode }, backup: existing } as object))
      .end();
  }

  #role(props: RedriveFunctionProps): ServiceRole {
    const { name, bucket, environment, streamKmsKeyArn: key, iam } = props;
    return new ServiceRole(this, "role", {
      namePrefix: roleNamePrefix("redrive", name, iam),
      policyName: "redrive",
      description: "Lambda: puts failed API Gateway access logs back on their stream to Moesif",
      service: "lambda.amazonaws.com",
      trustConditions: ofAccount(environment.accountId),
      statements: [
        {
          sid: "WriteLog",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [`${this.logGroup.arn}:log-stream:*`],
        },
        {
          sid: "ListFailed",
          actions: ["s3:ListBucket"],
          resources: [bucket.arn],
          condition: [{ test: "StringLike", variable: "s3:prefix", values: [`${failedPrefix(name)}*`] }],
        },
        {
          sid: "TakeFailed",
          actions: ["s3:GetObject", "s3:DeleteObject"],
          resources: [`${bucket.arn}/${failedPrefix(name)}*`],
        },
        {
          sid: "KeepDone",
          actions: ["s3:PutObject"],
          resources: ["redriven", "given-up"].map((done) => `${bucket.arn}/${deliveryPrefix(name)}${done}/*`),
        },
        ...bucketKeyStatements(props),
        { sid: "PutBack", actions: ["firehose:PutRecordBatch"], resources: [props.stream.arn] },
        ...(key === undefined ? [] : [putEncrypted("EncryptPutBack", key, environment.region)]),
        ...(this.queue === undefined
          ? []
          : [
              {
                sid: "TakeMessages",
                actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                resources: [this.queue.arn],
              },
            ]),
      ],
      path: iam?.path,
      permissionsBoundary: iam?.permissionsBoundary,
      tags: props.tags,
    });
  }

  #schedule(name: string, { everyMinutes, tags }: RedriveFunctionProps): void {
    const rule = pinned(
      new CloudwatchEventRule(this, "schedule", {
        name,
        description: "Puts failed API Gateway access logs back on their stream to Moesif",
        scheduleExpression: `rate(${everyMinutes ?? redriveDefaults.everyMinutes} minutes)`,
        tags,
      }),
    );
    const permission = pinned(
      new LambdaPermission(this, "schedule_permission", {
        functionName: this.name,
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      }),
    );
    pinned(
      new CloudwatchEventTarget(this, "schedule_target", {
        rule: rule.name,
        arn: this.arn,
        input: JSON.stringify({}),
        // The next event comes soon: an undelivered one is of no use for long.
        retryPolicy: { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 2 },
        dependsOn: [permission],
      }),
    );
  }

  #queue(id: string, name: string, tags: RedriveFunctionProps["tags"], deadLetters?: SqsQueue): SqsQueue {
    const waiting = deadLetters && {
      delaySeconds: DELAY_SECONDS,
      visibilityTimeoutSeconds: VISIBILITY_SECONDS,
      redrivePolicy: terraformJson({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: RECEIVES }),
    };
    return pinned(
      new SqsQueue(this, id, {
        name,
        messageRetentionSeconds: RETENTION_SECONDS,
        sqsManagedSseEnabled: true,
        ...waiting,
        tags,
        lifecycle: { createBeforeDestroy: true },
      }),
    );
  }

  /** Refuses requests without TLS, and allows what is given. */
  #protect(id: string, queue: SqsQueue, ...allowed: readonly object[]): SqsQueuePolicy {
    const denied = {
      Sid: "DenyPlainHttp",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: queue.arn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
    const policy = terraformJson({ Version: "2012-10-17", Statement: [...allowed, denied] });
    return pinned(new SqsQueuePolicy(this, id, { queueUrl: queue.id, policy }));
  }

  /** S3 writes to the queue, and Lambda takes from it: two functions at a time, the fewest that there can be. */
  #listen(queue: SqsQueue, { name, bucket, environment }: RedriveFunctionProps): void {
    const policy = this.#protect("queue_policy", queue, {
      Sid: "TakeEventsOfBucket",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queue.arn,
      Condition: {
        ArnEquals: { "aws:SourceArn": bucket.arn },
        StringEquals: { "aws:SourceAccount": environment.accountId },
      },
    });
    pinned(
      new S3BucketNotification(this, "notification", {
        bucket: bucket.name,
        queue: [{ queueArn: queue.arn, events: ["s3:ObjectCreated:*"], filterPrefix: failedPrefix(name) }],
        dependsOn: [policy],
      }),
    );
    pinned(
      new LambdaEventSourceMapping(this, "messages", {
        eventSourceArn: queue.arn,
        functionName: this.arn,
        batchSize: 1,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: 2 },
      }),
    );
  }
}

/** Where Firehose writes what failed. */
function failedPrefix(pipelineName: string): string {
  return `${deliveryPrefix(pipelineName)}failed/`;
}

function bucketKeyStatements({ name, bucket, environment }: RedriveFunctionProps): PolicyStatement[] {
  if (bucket.kmsKeyArn === undefined) return [];
  const objects = {
    bucketArn: bucket.arn,
    prefix: deliveryPrefix(name),
    kmsKeyArn: bucket.kmsKeyArn,
    region: environment.region,
  };
  return [objectEncryption("EncryptMoved", ["kms:Decrypt", "kms:GenerateDataKey"], objects)];
}
