/**
 * Rules for values that stand in a rollout file alone; all others are in `modules/rules.ts`. JavaScript alone applies
 * these, so that they may look ahead.
 */
import { AUTHORIZER_OWN_NAMES } from "../stage-logging/identity";
import { type Rule, text } from "../rules";

const tagging = "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html";

/** Every rule of the rollout file's own values, by the name of what it is about. */
export const rolloutRules = {
  /** How long it may be in the end, the region decides. */
  accountName: text(
    "^[a-zA-Z0-9][a-zA-Z0-9_-]{0,49}$",
    "1 to 50 letters, digits, '_' or '-', the first a letter or digit",
    "it is part of the stack's name, moesif-<account name>-<region>, which has at most 64 characters as the name of a role's session: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
  ),
  /** The form alone: which names are regions is for the partitions to say, and they suggest one. */
  regionName: text(
    "^[a-z0-9-]{1,32}$",
    "the name of a region in small letters, such as us-east-1",
    "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html",
  ),
  partition: text(
    "^aws(-[a-z]+)*$",
    "the name of a partition, such as aws, aws-cn or aws-us-gov",
    "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html",
  ),
  /** What the name of an API is like. */
  apiNamePattern: text(
    "^.{1,1024}$",
    "1 to 1024 characters, of which * stands for any",
    "every stage that fits is logged",
  ),
  /** Also keys that begin with `aws:`, by which the stages of a CloudFormation stack are found. */
  matchedTagKey: text("^.{1,128}$", "the key of a tag, 1 to 128 characters", tagging),
  matchedTagValue: text("^.{0,256}$", "the value of a tag, at most 256 characters", tagging),
  claimName: text(
    "^[^\\s\"'$\\\\]+$",
    "the name of a claim, such as sub or custom:tenant, without space, quote, backslash or $",
    "it is read as $context.authorizer.claims.<name>: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html",
  ),
  authorizerProperty: text(
    `^(?!(${AUTHORIZER_OWN_NAMES.join("|")})$)[A-Za-z0-9_]+$`,
    "letters, digits and '_', and none of API Gateway's own names below $context.authorizer",
    "it is read as $context.authorizer.<name>: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html",
  ),
  stateKeyPrefix: text(
    "^[^/]+(/[^/]+)*$",
    "a prefix without '/' at its ends, such as moesif/state",
    "the state of each stack is kept at <keyPrefix>/<stack name>.tfstate",
  ),
  stateDirectory: text("^.+$", "the path of a directory", "a relative one begins where the rollout file is"),
} as const satisfies Record<string, Rule>;
