/** `enrollment`, `stageLogs` and the stages of APIs: which stages log, and how they are found and kept. */
import { z } from "zod";
import { API_TYPES } from "../../lambda/api-gateway/stage";
import { awsLimits, LOG_RETENTION_DAYS, MAX_TAGS } from "./aws";
import {
  about,
  choice,
  decimal,
  flag,
  list,
  required,
  section,
  setting,
  text,
  texts,
  valueOf,
  wholeNumber,
} from "./values";

const stageNames = "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html";

export const enrollmentLimits = {
  apiType: choice(API_TYPES, "the protocols of API Gateway's APIs"),
  apiId: text(
    "^[a-z0-9]{1,64}$",
    "the id of an API, lowercase letters and digits only, such as a1b2c3d4e5",
    "it is the first part of the API's own address: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html",
  ),
  stageName: text(
    "^([a-zA-Z0-9_-]{1,128}|[$]default)$",
    "1 to 128 letters, digits, '_' or '-', or $default",
    stageNames,
  ),
  stageNamePattern: text(
    "^[a-zA-Z0-9_$*-]{1,128}$",
    "1 to 128 letters, digits, '_', '-', '$', or '*' for any characters",
    stageNames,
  ),
  apiNamePattern: text(
    "^.{1,1024}$",
    "1 to 1024 characters, of which * stands for any",
    "every stage that matches is logged",
  ),
  callsPerSecond: decimal(
    0.1,
    10,
    "calls a second",
    "the account and region share the quota of 10: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
  ),
  /** The function starts no stage in its last 25 seconds. */
  timeoutSeconds: wholeNumber(
    60,
    900,
    "seconds",
    "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
  ),
  /** `rate()` and `cron()`, each field held to its range. */
  schedule: text(
    `^(rate[(](1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))[)]|${cronPattern()})$`,
    "an EventBridge expression with each field in its range, such as rate(15 minutes) or cron(0/15 * * * ? *)",
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",
  ),
} as const;

export const enrollmentDefaults = {
  callsPerSecond: 5,
  memoryMb: 256,
  timeoutSeconds: 900,
  logRetentionDays: LOG_RETENTION_DAYS,
} as const;

/** Days for which the log group of HTTP and WebSocket stages keeps what it forwards, by default. */
export const STAGE_LOG_RETENTION_DAYS = 1;

const OVERWRITE =
  "Whether a stage that logs to another destination is taken over. Its present settings are restored when it leaves the rollout.";

const overwrite = flag(OVERWRITE, false);

/** A stage of an API: its name, or a map where there is more to say. */
export const stageEntry = z.union(
  [
    valueOf(enrollmentLimits.stageName),
    section({ name: required(enrollmentLimits.stageName, "Name of the stage."), overwrite }),
  ],
  { error: () => "write the name of a stage, or a map with keys out of name, overwrite" },
);

const match = section({
  tags: texts(awsLimits.matchedTagKey, awsLimits.matchedTagValue, MAX_TAGS)
    .optional()
    .meta(about("Tags that the stage or its API has, all of them; the stage's own override its API's.")),
  apiName: setting(enrollmentLimits.apiNamePattern, "Name of the API; * stands for any characters."),
  stage: setting(enrollmentLimits.stageNamePattern, "Name of the stage; * stands for any characters."),
  types: list(valueOf(enrollmentLimits.apiType), "REST, HTTP and WEBSOCKET", 1)
    .optional()
    .meta(about("Types of the APIs, every type if left out.")),
  overwrite,
})
  .refine(({ tags, apiName, stage }) => Object.keys(tags ?? {}).length > 0 || (apiName ?? stage) !== undefined, {
    error: () => "the match has no criteria",
    params: { id: "empty-match", fix: 'write one of tags, apiName and stage; for every stage write stage: "*"' },
  })
  .meta({ expects: "a map of criteria" });

/** `enrollment` of the settings. */
export const enrollmentSection = section({
  match: list(match, "matches")
    .optional()
    .meta(
      about(
        "Stages that are enrolled by their tags, names or types, in addition to those that APIs list. An override replaces it.",
        [],
      ),
    ),
  schedule: setting(
    enrollmentLimits.schedule,
    "When the function runs again: stages that lost their logging get it back, and new ones that match are enrolled. If left out, this happens when Terraform is applied.",
  ),
  callsPerSecond: setting(
    enrollmentLimits.callsPerSecond,
    "Calls of API Gateway that the function makes in a second.",
    enrollmentDefaults.callsPerSecond,
  ),
  logRetentionDays: setting(
    awsLimits.logRetentionDays,
    "Days for which the function's log is kept.",
    enrollmentDefaults.logRetentionDays,
  ),
});

/** `stageLogs` of the settings. */
export const stageLogsSection = section({
  enabled: flag("Whether there is one. If left out: where a listed or matched stage needs it."),
  retentionDays: setting(
    awsLimits.logRetentionDays,
    "Days for which logs are kept there after they are forwarded.",
    STAGE_LOG_RETENTION_DAYS,
  ),
  kmsKeyArn: setting(awsLimits.kmsKeyArn, "Customer key that encrypts the log group, in the target's region."),
  accountRole: flag(
    "Whether the stack also sets the role by which API Gateway writes logs, which WebSocket stages need. There is one for the whole account and region: other users of it lose it when the stack is destroyed.",
    false,
  ),
});

/** EventBridge's cron(): minute, hour, day of month, month, day of week, year; one of the two days must be `?`. */
function cronPattern(): string {
  const anyCase = (names: string) =>
    names.split(" ").map((name) => name.replace(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`));
  const field = (value: string, others = "") => {
    const item = `([*]|${value}(-${value})?)(/[0-9]+)?${others}`;
    return `(${item})(,(${item}))*`;
  };
  const day = "(0?[1-9]|[12][0-9]|3[01])";
  const weekday = `([1-7]|${anyCase("SUN MON TUE WED THU FRI SAT").join("|")})`;
  const months = anyCase("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC").join("|");
  const month = field(`(0?[1-9]|1[0-2]|${months})`);
  // The last day, the weekday that is nearest to a day, the last or the nth of its kind in the month.
  const dayOfMonth = field(day, `|L(-[0-9]+)?W?|${day}W`);
  const dayOfWeek = field(weekday, `|${weekday}?L|${weekday}#[1-5]`);
  const days = `(${dayOfMonth} +${month} +[?]|[?] +${month} +(${dayOfWeek}|[?]))`;
  const year = field("(19[7-9][0-9]|2[01][0-9][0-9])");
  return `cron[(]${field("[0-5]?[0-9]")} +${field("([01]?[0-9]|2[0-3])")} +${days} +${year}[)]`;
}
