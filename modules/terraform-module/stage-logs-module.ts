/** The module of the road of HTTP and WebSocket stages, which cannot write to the delivery stream themselves. */
import type { App } from "../cdk";
import { about, section } from "../rollout/fields";
import { settingsSchema } from "../rollout/settings-schema";
import { StageLogGroup } from "../stage-logging/stage-log-group";
import { iam, tags } from "./common-schema";
import { accessLogSchema, formatOutput } from "./format-output";
import { language } from "./language";
import { ModuleStack } from "./module-stack";
import { type PipelineHandle, pipelineHandle } from "./pipeline-handle";
import { check } from "./variable-checks";

const { retentionDays, kmsKeyArn } = settingsSchema.shape.stageLogs.unwrap().shape;

/** By the variable that shows them. */
const checks = {
  pipeline: [
    check(
      "var.pipeline.transformer_enabled != false",
      "pipeline.transformer_enabled must be true: the transformer alone opens what CloudWatch Logs puts on the stream; " +
        "its pass_through turns off everything but the redaction.",
    ),
  ],
};

export function stageLogsModule(app: App): ModuleStack {
  const schema = {
    pipeline: pipelineHandle,
    logGroup: section({ retentionDays, kmsKeyArn }).optional().meta(about("The log group of the stages.")),
    httpAccessLog: accessLogSchema("HTTP"),
    websocketAccessLog: accessLogSchema("WEBSOCKET"),
    iam,
    tags,
  };
  const stack = new ModuleStack(app, "stage-logs", { schema, checks }, language);
  const pipeline = stack.section<PipelineHandle>("pipeline");
  const logGroup = new StageLogGroup(stack, "stage_log_group", {
    name: pipeline.name,
    environment: pipeline,
    stream: { arn: pipeline.streamArn },
    streamKmsKeyArn: pipeline.streamKmsKeyArn,
    transformerEnabled: pipeline.transformerEnabled,
    ...stack.section<Record<"kmsKeyArn", string> & Record<"retentionDays", number>>("logGroup"),
    iam: stack.section("iam"),
    tags: stack.texts("tags"),
  });
  // Of what a stage logs before the subscription is there, nothing comes to the stream.
  const road = { destinationArn: logGroup.arn, dependsOn: [logGroup.subscription] };
  formatOutput(stack, "HTTP", { ...road, variable: "httpAccessLog" });
  formatOutput(stack, "WEBSOCKET", { ...road, variable: "websocketAccessLog" });
  stack.output("log_group_name", "Name of the log group.", logGroup.name);
  stack.output("log_group_arn", "ARN of the log group.", logGroup.arn);
  return stack;
}
