/** Sets the access logging of stages that others own, by a Lambda function that Terraform and a schedule invoke. */
import {
  CloudwatchEventRule,
  CloudwatchEventTarget,
  type CloudwatchLogGroup,
  LambdaFunction,
  LambdaPermission,
} from "../aws";
import { Construct, type ITerraformDependable } from "../cdk";
import { pinned, type ProviderProps, provideTo } from "../addresses";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import type { BackupBucket } from "../pipeline/backup-bucket";
import { functionCode, functionLog } from "../pipeline/function-parts";
import { enrollmentName } from "../pipeline/names";
import type { IamProps } from "../pipeline/service-role";
import { terraformJson } from "../terraform-json";
import { Checks } from "../settings/checks";
import { enrollmentDefaults, enrollmentLimits } from "../settings/enrollment";
import { pipelineLimits } from "../settings/settings";
import { transformerDefaults, transformerLimits } from "../settings/transformer";
import { enrollmentCalls } from "./enrollment-calls";
import { checkConflicts, checkEnrollment } from "./enrollment-checks";
import { EnrollmentRole } from "./enrollment-role";

/** Key of the object in which the function records what the stages of a pipeline had before; it never expires. */
export function enrollmentRecordKey(pipelineName: string): string {
  return `enrollment/${pipelineName}/record.json`;
}

/** What an enrollment needs of a pipeline, such as a `MoesifPipeline`. */
export interface EnrollmentPipeline {
  /** Name of the pipeline. */
  readonly name: string;
  /** Account, region and partition. */
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  /** The bucket in which the function records what the stages had before. */
  readonly bucket: Pick<BackupBucket, "name" | "arn" | "kmsKeyArn" | "safeguards">;
  /** ARN of the KMS key that encrypts log groups. */
  readonly logKmsKeyArn?: string;
  /** Path, permissions boundary and name prefix of roles. */
  readonly iam?: IamProps;
  /** Tags of the resources. */
  readonly tags?: { [key: string]: string };
}

/**
 * Types of APIs, how many stages and matches there are, and whether there is a schedule: these are literals, since they
 * decide which resources and permissions there are. Names, ids, ARNs, formats and numbers may be tokens, which are passed
 * unchecked.
 */
export interface StageEnrollmentProps extends ProviderProps {
  /** Pipeline that the stages log to; the function is called `moesif-enroll-<name>`. */
  readonly pipeline: EnrollmentPipeline;
  /**
   * Destination and format by the type of the API: of REST the delivery stream, of HTTP and WEBSOCKET a log group. Stages
   * of other types cannot be enrolled.
   */
  readonly destinations: Enrollment["destinations"];
  /**
   * Stages by their names. A stage that logs to another destination stops the plan, unless its `overwrite` is true.
   *
   * @default none
   */
  readonly stages?: Enrollment["stages"];
  /**
   * Stages by tags, names and types, including those that are created later: they are enrolled by the next apply or the
   * schedule. The function may then read all stages, and set all those of the given types and stage names, since IAM has
   * no narrower permission. A stage that logs to another destination is not changed, with a warning in the plan, unless
   * `overwrite` is true.
   *
   * @default none
   */
  readonly match?: Enrollment["match"];
  /**
   * When the function runs on its own, as an EventBridge expression such as `rate(15 minutes)`: it sets stages that lost
   * their logging, for example to a deployment of their owner, and enrolls new ones that match.
   *
   * @default never: the next apply does it
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
   */
  readonly schedule?: string;
  /**
   * Calls of API Gateway's control plane in a second. Its quota of 10 is shared by the account and region.
   *
   * @default 5
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
   */
  readonly callsPerSecond?: number;
  /**
   * Memory of the function, in MB.
   *
   * @default 256
   */
  readonly memoryMb?: number;
  /**
   * Seconds after which Lambda ends an invocation. The next invocation does the rest.
   *
   * @default 900, the most that Lambda allows
   */
  readonly timeoutSeconds?: number;
  /**
   * Runtime of the function.
   *
   * @default "nodejs22.x", the newest that version 5.100 of the AWS provider accepts
   */
  readonly runtime?: string;
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
   * ARN of a KMS key that encrypts the function's log group. Its policy must allow `logs.<region>.amazonaws.com`.
   *
   * @default that of the pipeline's log groups
   */
  readonly logKmsKeyArn?: string;
  /**
   * What must exist before stages are set and until they are restored, other than what the properties refer to: for
   * WebSocket stages the account's log role, if Terraform sets it.
   *
   * @default nothing
   */
  readonly dependsOn?: readonly ITerraformDependable[];
  /**
   * Path, permissions boundary and name prefix of the function's role and policies.
   *
   * @default each as the pipeline has it
   */
  readonly iam?: IamProps;
  /** Tags in addition to the pipeline's. They override a tag of the same key. */
  readonly tags?: { [key: string]: string };
}

/**
 * Enrolls stages that are not in your Terraform: they log to the pipeline while they are in this construct, and get
 * back what they had before when they are removed from it or it is destroyed.
 *
 * A plan shows an update of `aws_lambda_invocation` if, and only if, there is something to do: a stage is new, was
 * removed, or lost its logging. A listed stage that logs to another destination, or does not exist, stops the plan with an error that
 * names it. If the function is new or changes, that happens during the apply, before any stage is set. Problems with
 * stages that only match are warnings in the plan.
 *
 * A stage belongs in one enrollment. If another one sets it too, the function takes it back once, then no longer
 * changes it, with a warning in each plan that names both. Two enrollments of an app that certainly conflict are refused.
 *
 * The function's role names each listed stage, with its destination and format. A stage with `overwrite` has no condition
 * on these, since it gets back any settings that it had. IAM has no permission for access logging only: the role may
 * update everything of these stages.
 */
export class StageEnrollment extends Construct {
  /** The Lambda function. */
  readonly resource: LambdaFunction;
  /** Execution role of the function. */
  readonly role: EnrollmentRole;
  /** Log group of the function. */
  readonly logGroup: CloudwatchLogGroup;
  /** Name of the function. */
  readonly functionName: string;
  /** ARN of the function. */
  readonly functionArn: string;
  /** ARN of the execution role. */
  readonly roleArn: string;
  /** How many stages had each result in the last call that had something to do, as a value for an output. */
  readonly totals: string;

  /** @throws InvalidValueError naming property and fix, if a literal is wrong; Error if the bundle was not built */
  constructor(scope: Construct, id: string, props: StageEnrollmentProps) {
    super(scope, id);
    provideTo(this, props.provider);
    const { destinations, stages, match, pipeline } = props;
    const { name, environment, bucket } = pipeline;
    const iam = { ...pipeline.iam, ...given(props.iam) };
    const tags = { ...pipeline.tags, ...props.tags };
    const enrollment: Enrollment = { destinations, stages, match };
    this.#check(props, enrollment);
    const functionName = enrollmentName(name);
    const recordKey = enrollmentRecordKey(name);
    const logKmsKeyArn = props.logKmsKeyArn ?? pipeline.logKmsKeyArn;
    const { logRetentionDays } = props;
    this.logGroup = functionLog(this, functionName, { logRetentionDays, logKmsKeyArn, tags });
    this.role = new EnrollmentRole(this, "role", {
      name,
      environment,
      bucket,
      recordKey,
      logGroup: this.logGroup,
      enrollment,
      iam,
      tags,
    });
    this.resource = pinned(
      // Not create_before_destroy: under a new name, the old function has to restore its stages before the new one reads
      // them. To the new one, stages that log to the old stream are in conflict.
      new LambdaFunction(this, "Resource", {
        functionName,
        description: "Sets the access logging of API Gateway stages for Moesif, and restores it",
        role: this.role.arn,
        ...functionCode(this, "stage-enrollment"),
        runtime: props.runtime ?? transformerDefaults.runtime,
        architectures: [props.architecture ?? transformerDefaults.architecture],
        memorySize: props.memoryMb ?? enrollmentDefaults.memoryMb,
        timeout: props.timeoutSeconds ?? enrollmentDefaults.timeoutSeconds,
        environment: {
          variables: {
            RECORD_URL: `s3://${bucket.name}/${recordKey}`,
            CALLS_PER_SECOND: `${props.callsPerSecond ?? enrollmentDefaults.callsPerSecond}`,
          },
        },
        tags,
        dependsOn: [this.logGroup],
      }),
    );
    const enroll = enrollmentCalls(this, {
      function: this.resource,
      enrollment: terraformJson(enrollment),
      permissions: this.role.policies,
      prerequisites: [...bucket.safeguards, ...(props.dependsOn ?? [])],
    });
    if (props.schedule !== undefined) this.#schedule(props.schedule, functionName, tags, [enroll]);
    this.functionName = this.resource.functionName;
    this.functionArn = this.resource.arn;
    this.roleArn = this.role.arn;
    this.totals = `\${jsondecode(${enroll.fqn}.result).totals}`;
  }

  #check(props: StageEnrollmentProps, enrollment: Enrollment): void {
    const checks = new Checks(this)
      .value("pipeline.name", props.pipeline.name, pipelineLimits.name)
      .value("callsPerSecond", props.callsPerSecond, enrollmentLimits.callsPerSecond)
      .value("memoryMb", props.memoryMb, transformerLimits.memoryMb)
      .value("timeoutSeconds", props.timeoutSeconds, enrollmentLimits.timeoutSeconds)
      .value("runtime", props.runtime, transformerLimits.runtime)
      .value("architecture", props.architecture, transformerLimits.architecture)
      .value("schedule", props.schedule, enrollmentLimits.schedule)
      .tags({ ...props.pipeline.tags, ...props.tags });
    checkEnrollment(enrollment, props.pipeline.environment, checks);
    checkConflicts(this, enrollment, props.pipeline.environment, checks);
    checks.end();
  }

  /** @param dependsOn the schedule starts after these, and ends before them */
  #schedule(
    expression: string,
    name: string,
    tags: StageEnrollmentProps["tags"],
    dependsOn: ITerraformDependable[],
  ): void {
    const rule = pinned(
      new CloudwatchEventRule(this, "schedule", {
        name,
        description: "Sets API Gateway stages that lost their logging to Moesif, and enrolls new ones",
        scheduleExpression: expression,
        tags,
        dependsOn,
      }),
    );
    const permission = pinned(
      new LambdaPermission(this, "schedule_permission", {
        functionName: this.resource.functionName,
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      }),
    );
    pinned(
      new CloudwatchEventTarget(this, "schedule_target", {
        rule: rule.name,
        arn: this.resource.arn,
        input: JSON.stringify({ reconcile: true }),
        // The next event comes soon: an undelivered one is of no use for long.
        retryPolicy: { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 2 },
        dependsOn: [permission],
      }),
    );
  }
}

/** Without the properties that are `undefined`, which override nothing. */
function given(iam: IamProps = {}): IamProps {
  return Object.fromEntries(Object.entries(iam).filter(([, value]) => value !== undefined));
}
