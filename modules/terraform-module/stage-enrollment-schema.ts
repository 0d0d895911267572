/** What the variables of the enrollment hold: stages by name, and stages by what they are like. */
import { z } from "zod";
import { API_TYPES } from "../../lambda/api-gateway/stage";
import { about, flag, list, required, section, setting, texts, valueOf } from "../rollout/fields";
import { rolloutRules } from "../rollout/rules";
import { MOST_TAGS, settingsSchema } from "../rollout/settings-schema";
import { rules, text } from "../rules";

const OVERWRITE = "Whether a stage that logs somewhere else is taken over. It gets back what it had when it leaves.";

const format = text("^.+$", "a format on one line", "API Gateway takes no more");
const streamArn = text(
  "^arn:aws[a-z-]*:firehose:[a-z0-9-]+:[0-9]{12}:deliverystream/amazon-apigateway-.+$",
  "the ARN of a delivery stream whose name begins with amazon-apigateway-",
  "API Gateway writes to no other: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-logging-to-kinesis.html",
);

const destination = (rule: typeof streamArn, meaning: string) =>
  section({
    destinationArn: required(rule, "Where the stages log."),
    format: required(format, "What they write."),
  })
    .optional()
    .meta(about(meaning));

export const destinations = section({
  rest: destination(
    streamArn,
    "For stages of REST APIs: the output `rest_access_log_settings` of the pipeline's module.",
  ),
  http: destination(
    rules.logGroupArn,
    "For stages of HTTP APIs: the output `http_access_log_settings` of the module `stage-logs`.",
  ),
  websocket: destination(
    rules.logGroupArn,
    "For stages of WebSocket APIs: the output `websocket_access_log_settings` of the module `stage-logs`.",
  ),
}).meta({
  ...about("Where stages log, and what, by the type of their API. A stage of a type that has none cannot be enrolled."),
  form: "destinations",
});

const type = setting(rules.apiType, "Type of the API.", API_TYPES[0]);

export const stages = list(
  section({
    type,
    apiId: required(rules.apiId, "Id of the API."),
    stage: required(rules.stageName, "Name of the stage."),
    overwrite: flag(OVERWRITE, false),
  }).meta({ form: "stage" }),
  "stages",
)
  .optional()
  .meta(about("Stages by their names. One that logs somewhere else stops the plan, unless it may be taken over.", []));

export const match = list(
  section({
    tags: texts(rolloutRules.matchedTagKey, rolloutRules.matchedTagValue, MOST_TAGS)
      .optional()
      .meta(about("Tags that the stage or its API carries, all of them; the stage's own count first.")),
    apiName: setting(rolloutRules.apiNamePattern, "Name of the API; * stands for any characters."),
    stage: setting(rules.stageNamePattern, "Name of the stage; * stands for any characters."),
    types: list(valueOf(rules.apiType), "REST, HTTP and WEBSOCKET", 1)
      .optional()
      .meta(about("Types of the APIs; all that have a destination if left out.")),
    overwrite: flag(OVERWRITE, false),
  }).meta({ form: "match" }),
  "matches",
)
  .optional()
  .meta(
    about(
      "Stages by what they are like, also those that come to be later. One that logs somewhere else is left alone, with a warning in the plan, unless it may be taken over.",
      [],
    ),
  );

const transformer = settingsSchema.shape.transformer.unwrap().shape;
const enrollment = settingsSchema.shape.enrollment.unwrap().shape;

/** The function itself. */
export const functionVariables = {
  callsPerSecond: enrollment.callsPerSecond,
  memoryMb: transformer.memoryMb,
  timeoutSeconds: setting(
    rules.enrollmentTimeoutSeconds,
    "Seconds after which Lambda ends an invocation. What could not be done until then is done by the next.",
    900,
  ),
  runtime: transformer.runtime,
  architecture: transformer.architecture,
  logRetentionDays: enrollment.logRetentionDays,
};

/** The enrollment as its module hands it to its schedule. */
export const enrollmentHandle = section({
  name: required(rules.pipelineName, "Name of the pipeline."),
  functionName: z.string().meta(about("Name of the function.")),
  functionArn: z.string().meta(about("ARN of the function.")),
}).meta(about("The enrollment that is to be looked after: the output `enrollment` of its module."));
