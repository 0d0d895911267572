/**
 * What AWS, Moesif and Terraform accept, one definition for each value. A rule is applied to a literal when a construct is
 * made, and to the rollout file by its schema.
 */
import { API_TYPES } from "../lambda/api-gateway/stage";

/** A number between two bounds, both allowed. */
export interface NumberRule {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  /** Whole numbers only. */
  readonly integer: boolean;
  readonly unit: string;
  /** Why, and the page behind it. */
  readonly because: string;
}

/** A text of a certain form. */
export interface TextRule {
  readonly kind: "text";
  /** Understood alike by JavaScript and by RE2, Terraform's engine: no look-around, no backslash. */
  readonly pattern: string;
  readonly expects: string;
  readonly because: string;
}

/** One of a few values. */
export interface ChoiceRule {
  readonly kind: "choice";
  readonly choices: readonly (string | number)[];
  readonly because: string;
}

export type Rule = NumberRule | TextRule | ChoiceRule;

/** What would be right, as the end of a sentence: "must be …". */
export function expectation(rule: Rule): string {
  switch (rule.kind) {
    case "number":
      return `a ${rule.integer ? "whole " : ""}number from ${rule.min} to ${rule.max} (${rule.unit})`;
    case "text":
      return rule.expects;
    case "choice":
      return `one of ${rule.choices.join(", ")}`;
  }
}

/** Does a literal obey the rule? */
export function accepts(rule: Rule, value: unknown): boolean {
  switch (rule.kind) {
    case "number":
      return (
        typeof value === "number" &&
        value >= rule.min &&
        value <= rule.max &&
        (!rule.integer || Number.isInteger(value))
      );
    case "text":
      return typeof value === "string" && new RegExp(rule.pattern).test(value);
    case "choice":
      return rule.choices.includes(value as string | number);
  }
}

export function wholeNumber(min: number, max: number, unit: string, because: string): NumberRule {
  return { kind: "number", min, max, integer: true, unit, because };
}

export function decimal(min: number, max: number, unit: string, because: string): NumberRule {
  return { kind: "number", min, max, integer: false, unit, because };
}

/** A text by its pattern: see {@link TextRule.pattern}. */
export function text(pattern: string, expects: string, because: string): TextRule {
  return { kind: "text", pattern, expects, because };
}

export function choice<const T extends string | number>(choices: readonly T[], because: string) {
  return { kind: "choice" as const, choices, because };
}

const firehose = "https://docs.aws.amazon.com/firehose/latest/APIReference/";
const lambda = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
const retention = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html";

/** The days that CloudWatch Logs keeps events; 0 is for ever. */
const LOG_RETENTION_DAYS = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const tagging = "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html";

/** Tags that a resource takes. */
export const MOST_TAGS = 50;

/** Moesif calls an event that is older than five minutes late. */
export const MOST_WAIT_SECONDS = 300;

/** Every rule, by the name of what it is about. */
export const rules = {
  /**
   * 64 characters, less the 18 of `amazon-apigateway-`, which API Gateway demands and the stream adds; and no full
   * stop, which a function's name does not allow.
   */
  pipelineName: text(
    "^[a-zA-Z0-9_-]{1,46}$",
    "1 to 46 letters, digits, '_' or '-'",
    `a stream's name has at most 64 characters, and API Gateway demands that it begins with 'amazon-apigateway-': ${firehose}API_CreateDeliveryStream.html`,
  ),
  accountId: text(
    "^[0-9]{12}$",
    "an AWS account id of 12 digits",
    "an account id may begin with 0: write it in quotes",
  ),
  bucketName: text(
    "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
    "3 to 63 small letters, digits, '.' or '-'",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
  ),
  bucketPrefix: text(
    "^[a-z0-9][a-z0-9.-]{0,36}$",
    "1 to 37 small letters, digits, '.' or '-'",
    "Terraform appends 26 characters to it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
  ),
  logPrefix: text(
    "^[^/].{0,511}$",
    "1 to 512 characters that do not begin with '/'",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
  ),
  subnetId: text(
    "^subnet-[a-z0-9]+$",
    "the id of a subnet, such as subnet-0123456789abcdef0",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
  ),
  securityGroupId: text(
    "^sg-[a-z0-9]+$",
    "the id of a security group, such as sg-0123456789abcdef0",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
  ),
  codeSigningConfigArn: text(
    "^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}$",
    "the ARN of a code signing configuration",
    "https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionCodeSigningConfig.html",
  ),
  baseUrl: text(
    "^https://[^/?#:@ ]+(:443)?(/[^?# ]*)?$",
    "an https address on port 443, without query string",
    "Firehose delivers to public https endpoints on port 443 only: https://docs.aws.amazon.com/firehose/latest/dev/create-destination.html",
  ),
  output: choice(["accessLog", "event"], "Moesif takes access logs and events at addresses of their own"),
  enrichment: choice(["full", "none"], "none adds neither identities nor metadata"),
  eventTag: text(
    "^[^,]{1,128}$",
    "a tag of 1 to 128 characters without comma",
    "in Moesif's event model tags are one text, with commas between them",
  ),
  environment: text("^.{1,128}$", "1 to 128 characters", "it appears in Moesif as metadata.environment"),
  apiName: text("^.{1,1024}$", "1 to 1024 characters", "it appears in Moesif as metadata.apiName"),
  apiVersion: text("^.{1,128}$", "1 to 128 characters", "Moesif shows it as the version of the API"),
  secretArn: text(
    "^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[a-zA-Z0-9/_+=.@!-]+-[a-zA-Z0-9]{6}$",
    "the whole ARN of a secret, with the six characters that Secrets Manager appends",
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html",
  ),
  secretName: text(
    "^[a-zA-Z0-9/_+=.@!-]{1,512}$",
    "1 to 512 letters, digits or any of /_+=.@!-",
    "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html",
  ),
  /** As strict as the transformer, which refuses to work with another. */
  applicationId: text(
    "^[!-~]+$",
    "Moesif's Collector Application Id as Moesif shows it, without a blank or a line break",
    "it becomes a header of HTTP requests",
  ),
  kmsKey: text(
    "^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/.+|alias/.+)$",
    "the ARN of a KMS key, the ARN of an alias, or 'alias/<name>'",
    "https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html",
  ),
  kmsKeyArn: text(
    "^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$",
    "the ARN of a KMS key",
    "https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html",
  ),
  roleArn: text(
    "^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$",
    "the ARN of an IAM role",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
  ),
  policyArn: text(
    "^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$",
    "the ARN of an IAM policy",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
  ),
  iamPath: text(
    "^/([!-~]{1,510}/)?$",
    "a path that begins and ends with '/'",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
  ),
  roleNamePrefix: text(
    "^[a-zA-Z0-9_+=,.@-]{0,20}$",
    "at most 20 letters, digits or any of _+=,.@-",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
  ),
  confusedDeputyGuard: choice(
    ["externalId", "sourceAccount", "none"],
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
  ),
  /** Firehose allows 900 s; Moesif calls an event that is older than five minutes late. */
  bufferIntervalSeconds: wholeNumber(
    0,
    300,
    "seconds",
    "Firehose allows 0 to 900 s, but an event that reaches Moesif more than five minutes late may miss its alerts and bills",
  ),
  /** Firehose allows 64 MB; what it sends is base64, a third more. */
  bufferSizeMb: wholeNumber(
    1,
    35,
    "MB",
    "Firehose allows 1 to 64 MB, but sends base64, a third more, and Moesif takes 50 MB at most; an HTTP 413 would lose the batch without a trace: https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html",
  ),
  retrySeconds: wholeNumber(0, 7200, "seconds", `${firehose}API_HttpEndpointRetryOptions.html`),
  backupMode: choice(["FailedDataOnly", "AllData"], `${firehose}API_HttpEndpointDestinationConfiguration.html`),
  transformBufferSizeMb: decimal(
    0.2,
    3,
    "MB",
    "https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html",
  ),
  transformBufferIntervalSeconds: wholeNumber(
    0,
    300,
    "seconds",
    "Firehose allows 0 to 900 s, but an event that reaches Moesif more than five minutes late may miss its alerts and bills",
  ),
  transformRetries: wholeNumber(0, 300, "tries", `${firehose}API_ProcessorParameter.html`),
  commonAttributeName: text("^.{1,256}$", "1 to 256 characters", `${firehose}API_HttpEndpointCommonAttribute.html`),
  commonAttributeValue: text(
    "^.{0,1024}$",
    "at most 1,024 characters on one line",
    `${firehose}API_HttpEndpointCommonAttribute.html`,
  ),
  /** Of all resources with tags, IAM takes the fewest characters. Only JavaScript applies this rule. */
  tagKey: text(
    "^(?![aA][wW][sS]:)[A-Za-z0-9\\u00a0-\\uffff _.:/=+@-]{1,128}$",
    "1 to 128 letters, digits, spaces or any of _.:/=+-@ that do not begin with 'aws:'",
    tagging,
  ),
  tagValue: text(
    "^[A-Za-z0-9\\u00a0-\\uffff _.:/=+@-]{0,256}$",
    "at most 256 letters, digits, spaces or any of _.:/=+-@",
    tagging,
  ),
  expirationDays: wholeNumber(
    1,
    36500,
    "days",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html",
  ),
  memoryMb: wholeNumber(128, 10240, "MB", lambda),
  /** Firehose waits for a function for five minutes, whatever the function's own time-out. */
  timeoutSeconds: wholeNumber(
    1,
    300,
    "seconds",
    "Firehose waits five minutes at most: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html",
  ),
  reservedConcurrency: wholeNumber(
    -1,
    1_000_000,
    "concurrent executions; -1 reserves none",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
  ),
  runtime: text(
    "^nodejs(2[0-9]|[3-9][0-9])[.]x$",
    "a Node.js runtime from nodejs20.x, such as nodejs22.x",
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
  ),
  architecture: choice(["arm64", "x86_64"], "https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html"),
  logRetentionDays: choice(LOG_RETENTION_DAYS, `days; 0 keeps them for ever: ${retention}`),
  apiType: choice(API_TYPES, "the protocols that API Gateway has stages of"),
  apiId: text(
    "^[a-z0-9]{1,64}$",
    "the id of an API, lowercase letters and digits only, such as a1b2c3d4e5",
    "it is the first part of the API's own address: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html",
  ),
  stageName: text(
    "^([a-zA-Z0-9_-]{1,128}|[$]default)$",
    "1 to 128 letters, digits, '_' or '-', or $default",
    "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html",
  ),
  stageNamePattern: text(
    "^[a-zA-Z0-9_$*-]{1,128}$",
    "1 to 128 letters, digits, '_', '-', '$', or '*' for any characters",
    "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html",
  ),
  streamArn: text(
    "^arn:aws[a-z-]*:firehose:[a-z0-9-]+:[0-9]{12}:deliverystream/amazon-apigateway-[a-zA-Z0-9_-]{1,46}$",
    "the ARN of a delivery stream whose name begins with amazon-apigateway-",
    "API Gateway writes to no other: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-logging-to-kinesis.html",
  ),
  logGroupArn: text(
    "^arn:aws[a-z-]*:logs:[a-z0-9-]+:[0-9]{12}:log-group:[^:*]+$",
    "the ARN of a log group, without ':*' at its end",
    "HTTP and WebSocket APIs log to CloudWatch Logs only: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html",
  ),
  callsPerSecond: decimal(
    0.1,
    10,
    "calls a second",
    "the account and region share the quota of 10: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
  ),
  /** The function begins with no stage in its last 25 seconds. */
  enrollmentTimeoutSeconds: wholeNumber(60, 900, "seconds", lambda),
  secretVersion: wholeNumber(
    1,
    2_147_483_647,
    "version of the value",
    "Terraform writes a write-only value when its version changes: https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only",
  ),
  recoveryWindowDays: choice(
    [0, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30],
    "days; 0 deletes at once: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html",
  ),
} as const satisfies Record<string, Rule>;
