/** What a rollout file says of stages: which are logged, and how they are looked after. */
import { z } from "zod";
import { MOST_TAGS, rules } from "../rules";
import { scheduleExpression } from "../stage-enrollment/schedule";
import { about, flag, list, required, section, setting, texts, valueOf } from "./fields";
import { rolloutRules } from "./rules";

const OVERWRITE =
  "Whether a stage that logs somewhere else is taken over. What it has now is put back when it leaves the rollout.";

const overwrite = flag(OVERWRITE, false);

/** A stage of an API: its name, or a map where there is more to say. */
export const stageEntry = z.union(
  [valueOf(rules.stageName), section({ name: required(rules.stageName, "Name of the stage."), overwrite })],
  { error: () => "write the name of a stage, or a map with keys out of name, overwrite" },
);

const match = section({
  tags: texts(rolloutRules.matchedTagKey, rolloutRules.matchedTagValue, MOST_TAGS)
    .optional()
    .meta(about("Tags that the stage or its API carries, all of them; the stage's own count first.")),
  apiName: setting(rolloutRules.apiNamePattern, "Name of the API; * stands for any characters."),
  stage: setting(rules.stageNamePattern, "Name of the stage; * stands for any characters."),
  types: list(valueOf(rules.apiType), "REST, HTTP and WEBSOCKET", 1)
    .optional()
    .meta(about("Types of the APIs, every type if left out.")),
  overwrite,
})
  .refine(({ tags, apiName, stage }) => Object.keys(tags ?? {}).length > 0 || (apiName ?? stage) !== undefined, {
    error: () => 'give one of tags, apiName and stage; for every stage write stage: "*"',
    params: { problem: "says nothing that a stage must be like" },
  })
  .meta({ expects: "a map of what stages must be like" });

/** `enrollment` of the settings. */
export const enrollmentSection = section({
  match: list(match, "matches")
    .optional()
    .meta(
      about(
        "Stages that are enrolled for what they are like, beside those that APIs list. An override replaces it.",
        [],
      ),
    ),
  schedule: setting(
    scheduleExpression,
    "When the function looks again: stages that lost their logging get it back, and new ones that match are enrolled. Without it, this happens when Terraform is applied.",
  ),
  callsPerSecond: setting(rules.callsPerSecond, "Calls of API Gateway that the function makes in a second.", 5),
  logRetentionDays: setting(rules.logRetentionDays, "Days for which the function's log is kept.", 30),
});

/** `stageLogs` of the settings. */
export const stageLogsSection = section({
  enabled: z
    .boolean({ error: () => "write true or false" })
    .optional()
    .meta(about("Whether there is one. If left out: where a stage that is listed or matched needs it.")),
  retentionDays: setting(rules.logRetentionDays, "Days for which logs stay there, once they are on their way.", 1),
  kmsKeyArn: setting(rules.kmsKeyArn, "Customer key that encrypts the log group, in the target's region."),
  accountRole: flag(
    "Whether the stack also sets the role by which API Gateway writes logs, which WebSocket stages need. There is one for the whole account and region: who else relies on it loses it when the stack is destroyed.",
    false,
  ),
});
