/** Rules for which stages are logged, and how they are looked after. */
import { choice, type Rule, text, wholeNumber } from "../rules";
import { API_TYPES } from "../../lambda/api-gateway/stage";

const gateway = "https://docs.aws.amazon.com/apigateway/latest/";

export const stageRules = {
  apiType: choice(API_TYPES, `${gateway}developerguide/welcome.html`),
  apiId: text(
    "^[a-z0-9]{1,64}$",
    "the id of an API, small letters and digits alone, such as a1b2c3d4e5",
    `records say it as $context.apiId: ${gateway}developerguide/api-gateway-variables-for-access-logging.html`,
  ),
  stageName: text(
    "^([$]default|[a-zA-Z0-9_-]{1,128})$",
    "the name of a stage: 1 to 128 letters, digits, '_' or '-', or $default",
    `${gateway}api/API_CreateStage.html`,
  ),
  /** What names are like, with `*` for any characters. */
  nameMatch: text("^.{1,1024}$", "1 to 1024 characters, of which * stands for any", "every stage that fits is logged"),
  /** Also keys that begin with `aws:`, by which the stages of a CloudFormation stack are found. */
  tagKey: text(
    "^.{1,128}$",
    "the key of a tag, 1 to 128 characters",
    "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
  ),
  tagValue: text(
    "^.{0,256}$",
    "the value of a tag, at most 256 characters",
    "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
  ),
  schedule: text(
    "^(rate[(][1-9][0-9]* (minute|hour|day)s?[)]|cron[(][^()]+[)])$",
    "a schedule such as rate(15 minutes) or cron(0 * * * ? *)",
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",
  ),
  callsPerSecond: wholeNumber(
    1,
    10,
    "calls a second",
    `API Gateway takes 10 a second from the whole account and region: ${gateway}developerguide/limits.html`,
  ),
} as const satisfies Record<string, Rule>;
