/** The modules of stages that others own: of their enrollment, and of the schedule that looks after them. */
import type { App } from "../cdk";
import { required } from "../rollout/fields";
import { rules } from "../rules";
import { EnrollmentSchedule } from "../stage-enrollment/enrollment-schedule";
import { StageEnrollment } from "../stage-enrollment/stage-enrollment";
import { iam, tags } from "./common-schema";
import { language } from "./language";
import { ModuleStack } from "./module-stack";
import { type PipelineHandle, pipelineHandle } from "./pipeline-handle";
import { enrollmentChecks } from "./stage-enrollment-checks";
import { destinations, enrollmentHandle, functionVariables, match, stages } from "./stage-enrollment-schema";

export function stageEnrollmentModule(app: App): ModuleStack {
  const schema = { pipeline: pipelineHandle, destinations, stages, match, ...functionVariables, iam, tags };
  const stack = new ModuleStack(app, "stage-enrollment", { schema, checks: enrollmentChecks }, language);
  const pipeline = stack.section<PipelineHandle>("pipeline");
  const enrollment = new StageEnrollment(stack, "enrollment", {
    name: pipeline.name,
    environment: pipeline,
    bucket: {
      name: pipeline.bucketName,
      arn: pipeline.bucketArn,
      kmsKeyArn: pipeline.bucketKmsKeyArn,
      safeguards: [],
    },
    destinations: stack.form("destinations"),
    stages: stack.form("stages"),
    match: stack.form("match"),
    callsPerSecond: stack.number("callsPerSecond"),
    memoryMb: stack.number("memoryMb"),
    timeoutSeconds: stack.number("timeoutSeconds"),
    runtime: stack.text("runtime"),
    architecture: stack.text("architecture"),
    logRetentionDays: stack.number("logRetentionDays"),
    iam: stack.section("iam"),
    tags: stack.texts("tags"),
  });
  const { functionName, functionArn, roleArn, totals } = enrollment;
  stack.output("enrollment", "The variable `enrollment` of the module `enrollment-schedule`.", {
    name: pipeline.name,
    function_name: functionName,
    function_arn: functionArn,
  });
  stack.output("function_arn", "ARN of the function.", functionArn);
  stack.output("role_arn", "ARN of the function's role.", roleArn);
  stack.output("totals", "How many stages had each result in the last call that had something to do.", totals);
  return stack;
}

export function enrollmentScheduleModule(app: App): ModuleStack {
  const schema = {
    enrollment: enrollmentHandle,
    schedule: required(
      rules.scheduleExpression,
      "When the function looks after the stages by itself: those that lost their logging get it back, and new ones that match are enrolled.",
    ),
    tags,
  };
  const stack = new ModuleStack(app, "enrollment-schedule", { schema }, language);
  const { name, functionName, functionArn } =
    stack.section<Record<"name" | "functionName" | "functionArn", string>>("enrollment");
  new EnrollmentSchedule(stack, "schedule", {
    name,
    expression: stack.text("schedule"),
    function: { functionName, arn: functionArn },
    tags: stack.texts("tags"),
  });
  return stack;
}
