/** The Lambda function that sets the access logging of stages that others own, and Terraform's calls of it. */
import { type DataAwsLambdaInvocation, LambdaFunction, type LambdaInvocation } from "../aws";
import { Construct, type ITerraformDependable } from "../cdk";
import { pinned } from "../addresses";
import { hcl } from "../hcl";
import { jsonTemplate } from "../json-template";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import type { BackupBucket } from "../pipeline/backup-bucket";
import { functionCode, functionLog } from "../pipeline/function-parts";
import type { IamProps } from "../pipeline/service-role";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";
import { checkCall, enrollCall, type EnrollmentCallsProps, leaveCall, showWarnings } from "./enrollment-calls";
import { checkEnrollment } from "./enrollment-checks";
import { EnrollmentRole } from "./enrollment-role";
import { EnrollmentSchedule } from "./enrollment-schedule";
import { checkPlannedEnrollment } from "./planned-checks";
import {
  type EnrollmentInput,
  isPlanned,
  isWrittenOut,
  type PlannedEnrollment,
  plannedEnrollment,
} from "./planned-enrollment";

/** Where the function remembers what the stages of a pipeline had before: apart from what expires in the bucket. */
export function enrollmentRecordKey(pipelineName: string): string {
  return `enrollment/${pipelineName}/record.json`;
}

/**
 * Whether there is a schedule is a literal: it decides which resources there are. All other texts and numbers may be
 * plan-time values, and so may `destinations`, `stages` and `match`, each as a whole: see {@link EnrollmentInput}.
 */
export interface StageEnrollmentProps {
  /** Name of the pipeline; the function is called `moesif-enroll-<name>`. */
  readonly name: string;
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  /** The bucket in which the function remembers what the stages had before. */
  readonly bucket: Pick<BackupBucket, "name" | "arn" | "kmsKeyArn" | "safeguards">;
  /**
   * Where stages log, and how, by the type of their API: REST to the delivery stream, HTTP and WEBSOCKET to a log group.
   * Stages of a type that has none cannot be enrolled.
   */
  readonly destinations: EnrollmentInput["destinations"];
  /**
   * Stages by their names. One that logs somewhere else stops the plan, unless its `overwrite` is true.
   *
   * @default none
   */
  readonly stages?: EnrollmentInput["stages"];
  /**
   * Stages by what they are like; also those that come to be later, at the next apply or by the schedule. The function
   * may then look at all stages, and set all those of the types and stage names that are asked for: IAM knows no
   * narrower permission. One that logs somewhere else is left alone, with a warning in the plan, unless `overwrite` is
   * true.
   *
   * @default none
   */
  readonly match?: EnrollmentInput["match"];
  /**
   * When the function looks after the stages by itself, as an expression of EventBridge such as `rate(15 minutes)`:
   * stages that lost their logging, to a deployment of their owner's, get it again, and new ones that match are enrolled.
   *
   * @default never: the next apply does it
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
   */
  readonly schedule?: string;
  /**
   * Calls of API Gateway's control plane in a second. Its quota of 10 is for everybody in the account and region.
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
   * Seconds after which Lambda ends an invocation. What could not be done until then is done by the next.
   *
   * @default 900, the most that Lambda gives
   */
  readonly timeoutSeconds?: number;
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
  /**
   * What must be there before stages are set, and for as long as they are, beside what the other properties refer to:
   * for WebSocket stages the account's log role, where Terraform sets it.
   *
   * @default nothing
   */
  readonly dependsOn?: readonly ITerraformDependable[];
  /** Path and permissions boundary of the function's role and policies. */
  readonly iam?: IamProps;
  readonly tags?: { [key: string]: string };
}

/**
 * Stages that are not in one's own Terraform log to the pipeline as long as this construct is there, and get back what
 * they had when they leave the list or the construct goes.
 *
 * A plan shows an update of `aws_lambda_invocation` if, and only if, there is something to do: a stage that is new, that
 * left, or that lost its setting. A stage that may not be taken over, or is not there, stops the plan with its name,
 * where it logs, and what would allow it; where the function itself is new or changes, that is known during the apply,
 * and stops it before a stage is touched. What is wrong with stages that only match is a warning in the plan.
 *
 * Each stage is named in the function's role, with where it may log and in which format. Of a stage that may be taken
 * over neither is, since it gets back whatever it had. While the list changes, the permissions of the old and of the new
 * list hold side by side, so that those who leave can be given back. IAM knows no permission for access logging alone: a
 * stage that may be updated at all may be updated in everything that a stage has.
 */
export class StageEnrollment extends Construct {
  readonly functionName: string;
  readonly functionArn: string;
  readonly roleArn: string;
  /** How many stages had each result in the last call that had something to do, as a value for an output. */
  readonly totals: string;

  /** @throws InvalidValueError naming property and fix, if a literal is wrong; Error if the bundle was not built */
  constructor(scope: Construct, id: string, props: StageEnrollmentProps) {
    super(scope, id);
    const { destinations, stages, match, name, iam, tags } = props;
    const asked: EnrollmentInput = { destinations, stages, match };
    const enrollment = isWrittenOut(asked) ? asked : plannedEnrollment(this, asked);
    const lifecycle = this.#checks(props, asked, enrollment).lifecycle();
    const functionName = `moesif-enroll-${name}`;
    const recordKey = enrollmentRecordKey(name);
    const logGroup = functionLog(this, functionName, props);
    const role = new EnrollmentRole(this, "role", { ...iam, ...props, recordKey, logGroup, enrollment });
    const lambda = pinned(
      new LambdaFunction(this, "Resource", {
        functionName,
        description: "Sets the access logging of API Gateway stages for Moesif, and undoes it",
        role: role.arn,
        ...functionCode(this, "stage-enrollment"),
        runtime: props.runtime ?? "nodejs22.x",
        architectures: [props.architecture ?? "arm64"],
        memorySize: props.memoryMb ?? 256,
        timeout: props.timeoutSeconds ?? 900,
        environment: {
          variables: {
            RECORD_URL: `s3://${props.bucket.name}/${recordKey}`,
            CALLS_PER_SECOND: `${props.callsPerSecond ?? 5}`,
          },
        },
        tags,
        dependsOn: [logGroup],
        lifecycle,
      }),
    );
    const enroll = this.#call({
      function: lambda,
      enrollment: isPlanned(enrollment) ? hcl(enrollment.json) : jsonTemplate(enrollment),
      permissions: role.policies,
      foundations: [...props.bucket.safeguards, ...(props.dependsOn ?? [])],
    });
    if (props.schedule !== undefined) {
      const dependsOn: ITerraformDependable[] = [enroll];
      new EnrollmentSchedule(this, "schedule", { name, expression: props.schedule, function: lambda, dependsOn, tags });
    }
    this.functionName = lambda.functionName;
    this.functionArn = lambda.arn;
    this.roleArn = role.arn;
    this.totals = `\${jsondecode(${enroll.fqn}.result).totals}`;
  }

  #checks(
    props: StageEnrollmentProps,
    asked: EnrollmentInput,
    enrollment: Enrollment | PlannedEnrollment,
  ): ValueChecks {
    const checks = new ValueChecks(this.node.path)
      .check("name", props.name, rules.pipelineName)
      .check("callsPerSecond", props.callsPerSecond, rules.callsPerSecond)
      .check("memoryMb", props.memoryMb, rules.memoryMb)
      .check("timeoutSeconds", props.timeoutSeconds, rules.enrollmentTimeoutSeconds)
      .check("runtime", props.runtime, rules.runtime)
      .check("architecture", props.architecture, rules.architecture);
    if (isPlanned(enrollment)) checkPlannedEnrollment(asked, enrollment, checks);
    else checkEnrollment(enrollment, checks);
    return checks;
  }

  #call(props: EnrollmentCallsProps): LambdaInvocation {
    const check: DataAwsLambdaInvocation = checkCall(this, props);
    const enroll = enrollCall(this, check, leaveCall(this, check, props), props);
    showWarnings(this, check);
    return enroll;
  }
}
