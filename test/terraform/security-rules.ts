/**
 * What must hold of every resource that either edition plans. The arguments are those of the parity model: policies are lists
 * of statements, and Action and Resource are lists.
 */
import { MOCKED } from "./planned-model";

type Json = any;

export interface SecurityRule {
  /** Types of resources that it is about. */
  readonly types: readonly string[];
  /**
   * What is wrong with a resource.
   *
   * @param all the model that it is part of
   * @param variables of the module that plans it
   */
  readonly issues: (given: Json, all: Readonly<Record<string, Json>>, variables: Json) => readonly unknown[];
  /** Arguments that must be found wrong. */
  readonly spoilt: Json;
}

/** Types that hold no data and grant nothing. */
export const NOT_RULED: readonly string[] = [
  "aws_api_gateway_account",
  "aws_cloudwatch_dashboard",
  "aws_cloudwatch_event_rule",
  "aws_cloudwatch_event_target",
  "aws_cloudwatch_log_metric_filter",
  "aws_cloudwatch_log_stream",
  "aws_cloudwatch_log_subscription_filter",
  "aws_cloudwatch_metric_alarm",
  "aws_lambda_event_source_mapping",
  "aws_lambda_invocation",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_logging",
  "aws_s3_bucket_notification",
  "data.aws_lambda_invocation",
];

const unless = (holds: boolean, issue: unknown) => (holds ? [] : [issue]);

const POLICIES = ["aws_iam_role_policy", "aws_iam_policy"];

const allowed = (given: Json): Json[] => (given.policy ?? []).filter(({ Effect }: Json) => Effect === "Allow");

const valuesOf = ({ Condition = {} }: Json, key: string): string[] =>
  Object.values<Json>(Condition).flatMap((operands) => operands[key] ?? []);

const grant = (change: Json) => ({
  policy: [{ Sid: "Any", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn"], Condition: {}, ...change }],
});

/** By the statement, which wildcard a resource may have, and why it has one. */
const WILDCARDS: Readonly<Record<string, RegExp>> = {
  // Objects and log streams get their names when they are written.
  WriteBackup: /\/firehose\/\w+\/\*$/,
  ReadSettings: /\/transformer\/\w+\/\*$/,
  TakeFailed: /\/firehose\/\w+\/failed\/\*$/,
  KeepDone: /\/firehose\/\w+\/(redriven|given-up)\/\*$/,
  WriteLog: /:log-stream:\*$/,
  // A list of stages is a resource of its own, of each API.
  ListStages: /^arn:aws:apigateway:us-east-1::\/(restapis|apis)\/\*\/stages$/,
  // `match` finds stages by what they are called: this API or that.
  SetRest: /^arn:aws:apigateway:us-east-1::\/restapis\/\*\/stages\/[^/]+$/,
  SetHttp: /^arn:aws:apigateway:us-east-1::\/apis\/\*\/stages\/[^/]+$/,
  SetHttpTakingOver: /^arn:aws:apigateway:us-east-1::\/apis\/\*\/stages\/[^/]+$/,
  SetWebSocket: /^arn:aws:apigateway:us-east-1::\/apis\/\*\/stages\/[^/]+$/,
  RemoveV2: /^arn:aws:apigateway:us-east-1::\/apis\/\*\/stages\/[^/]+\/accesslogsettings$/,
  // Another enrollment, of which only its stage is known: aws:ResourceAccount keeps this within the account.
  FindOtherPipelines: /^arn:aws:firehose:us-east-1:111111111111:deliverystream\/amazon-apigateway-\*$/,
  FindOtherRecords: /^arn:aws:s3:::\*$/,
  ReadOtherRecords: /^arn:aws:s3:::\*\/enrollment\/\*\/record\.json$/,
};

/** Actions that AWS allows on all resources or on none: of X-Ray, of functions in a VPC, and of log delivery. */
const WITHOUT_RESOURCES =
  /^(xray:Put|ec2:\w+(NetworkInterfaces?|PrivateIpAddresses|Subnets)$|logs:(\w+LogDelivery|ListLogDeliveries|PutResourcePolicy|Describe\w+)$)/;

/**
 * By the service that assumes a role, the condition keys of which one must name this account. Lambda:
 * https://docs.aws.amazon.com/lambda/latest/dg/permissions-managed-policies.html. CloudWatch Logs:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html. No page of AWS names a key that API
 * Gateway sends; it could then not write the log of any WebSocket API.
 */
const TRUST: Readonly<Record<string, readonly string[]>> = {
  "firehose.amazonaws.com": ["sts:ExternalId", "aws:SourceAccount"],
  "lambda.amazonaws.com": ["aws:SourceAccount"],
  "logs.amazonaws.com": ["aws:SourceArn"],
  "apigateway.amazonaws.com": [],
};

const SECRET_ARN = /^arn:aws:secretsmanager:us-east-1:111111111111:secret:/;

/** What the environment of a function may have. */
const ENVIRONMENT: Readonly<Record<string, RegExp>> = {
  SETTINGS_URL: /^s3:\/\/[^/]+\/transformer\/\w+\/settings\.json\?versionId=/,
  APPLICATION_ID_SECRET: SECRET_ARN,
  HASH_KEY_SECRET: SECRET_ARN,
  RECORD_URL: /^s3:\/\/[^/]+\/enrollment\/\w+\/record\.json$/,
  CALLS_PER_SECOND: /^\d+$/,
  BUCKET: /^aws_s3_bucket\.bucket$/,
  PREFIX: /^firehose\/\w+\/failed\/$/,
  STREAM: /^amazon-apigateway-\w+$/,
  RECORDS_PER_SECOND: /^\d+$/,
  MAX_ATTEMPTS: /^\d+$/,
};

const BUCKET_PARTS = [
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
];

/** What each role may do, by its name in docs/security.md: the actions of its policies, sorted. */
export function actionsByRole(policies: readonly Json[]): Record<string, string[]> {
  const byRole: Record<string, string[]> = {};
  for (const given of policies) {
    const isDelivery = given.name === "deliver" && given.role.includes("Firehose:");
    const role = isDelivery ? "delivery" : (ROLES[given.name] ?? "enrollment");
    const actions = allowed(given).flatMap(({ Action }) => Action);
    byRole[role] = [...new Set([...(byRole[role] ?? []), ...actions])].sort();
  }
  return byRole;
}

/** By the name of its policy; a policy on stages has none. */
const ROLES: Readonly<Record<string, string>> = { deliver: "stage logs", transform: "transformer", redrive: "redrive" };

/** The same, as the page has it. */
export function documentedActions(page: string): Record<string, string[]> {
  const [, table = ""] = /<!-- roles:.*?-->(.*?)<!-- end of roles -->/s.exec(page) ?? [];
  const rows = [...table.matchAll(/^\| ([a-z ]+) \|.*$/gm)];
  return Object.fromEntries(
    rows.map(([row, role]) => {
      const actions = [...row.matchAll(/`([a-z0-9-]+:\w+)`/g)].map(([, action]) => action!);
      return [role!, [...new Set(actions)].sort()];
    }),
  );
}

export const SECURITY_RULES: Readonly<Record<string, SecurityRule>> = {
  "a policy names each action": {
    types: POLICIES,
    issues: (given) => allowed(given).flatMap(({ Action }) => Action.filter((one: string) => one.includes("*"))),
    spoilt: grant({ Action: ["s3:Get*"] }),
  },
  "a policy has a wildcard in a resource only for a reason": {
    types: POLICIES,
    issues: (given) =>
      allowed(given).flatMap(({ Sid, Action, Resource }) =>
        Resource.filter((one: string) =>
          one === "*"
            ? !Action.every((action: string) => WITHOUT_RESOURCES.test(action))
            : one.includes("*") && !WILDCARDS[Sid]?.test(one),
        ),
      ),
    spoilt: grant({ Resource: ["arn:aws:s3:::*"] }),
  },
  "a policy on buckets that it does not name keeps to the account": {
    types: POLICIES,
    issues: (given) =>
      allowed(given).filter(
        (one) =>
          one.Resource.some((resource: string) => resource.startsWith("arn:aws:s3:::*")) &&
          !valuesOf(one, "aws:ResourceAccount").includes(MOCKED.accountId),
      ),
    spoilt: grant({ Resource: ["arn:aws:s3:::*"] }),
  },
  "a policy allows a key through one service only": {
    types: POLICIES,
    issues: (given) =>
      allowed(given).filter(
        (one) =>
          one.Action.some((action: string) => action.startsWith("kms:")) &&
          valuesOf(one, "kms:ViaService").length !== 1,
      ),
    spoilt: grant({ Action: ["kms:Decrypt"] }),
  },
  "a policy passes no role, assumes none and changes no permission": {
    types: POLICIES,
    issues: (given) =>
      allowed(given).filter(
        (one) =>
          one.Action.some((action: string) => /^(iam|sts):/.test(action)) &&
          !(String(one.Action) === "iam:CreateServiceLinkedRole" && valuesOf(one, "iam:AWSServiceName").length === 1),
      ),
    spoilt: grant({ Action: ["iam:PassRole"] }),
  },
  "a role has no policy of AWS but the one that API Gateway demands": {
    types: ["aws_iam_role_policy_attachment"],
    issues: ({ policy_arn: arn }) =>
      unless(/^arn:aws:mock:::aws_iam_policy\.arn$|\/AmazonAPIGatewayPushToCloudWatchLogs$/.test(arn), arn),
    spoilt: { policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
  },
  "a role trusts one service, and for this account only": {
    types: ["aws_iam_role"],
    issues: ({ assume_role_policy: [trust, ...others] }, _, { iam }) => {
      const keys = TRUST[trust.Principal.Service];
      const isUnguarded =
        keys?.length === 0 || (iam?.confused_deputy_guard === "none" && keys?.[0] === "sts:ExternalId");
      const named = keys?.flatMap((key) => valuesOf(trust, key)) ?? [];
      const isOfAccount = named.length === 1 && named[0]!.split(":").includes(MOCKED.accountId);
      return [...others, ...unless(keys !== undefined && (isUnguarded || isOfAccount), trust)];
    },
    spoilt: { assume_role_policy: [{ Principal: { Service: "lambda.amazonaws.com" }, Condition: {} }] },
  },
  "a bucket is versioned, encrypted, private, its owner's, and has a policy": {
    types: ["aws_s3_bucket"],
    issues: (_, all) => BUCKET_PARTS.filter((type) => all[type] === undefined),
    spoilt: {},
  },
  "a bucket keeps old versions": {
    types: ["aws_s3_bucket_versioning"],
    issues: ({ versioning_configuration: [one] }) => unless(one.status === "Enabled", one),
    spoilt: { versioning_configuration: [{ status: "Suspended" }] },
  },
  "a bucket has no access lists": {
    types: ["aws_s3_bucket_ownership_controls"],
    issues: ({ rule: [one] }) => unless(one.object_ownership === "BucketOwnerEnforced", one),
    spoilt: { rule: [{ object_ownership: "ObjectWriter" }] },
  },
  "a bucket blocks public access in all four ways": {
    types: ["aws_s3_bucket_public_access_block"],
    issues: (given) =>
      ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"].filter(
        (way) => given[way] !== true,
      ),
    spoilt: { ignore_public_acls: false },
  },
  "a bucket is encrypted, by the key that was given": {
    types: ["aws_s3_bucket_server_side_encryption_configuration"],
    issues: ({ rule: [rule] }, _, { backup }) => {
      const [how] = rule.apply_server_side_encryption_by_default;
      const key = backup?.kms_key_arn;
      const algorithm = key === undefined ? "AES256" : "aws:kms";
      return unless(how.sse_algorithm === algorithm && how.kms_master_key_id === key, how);
    },
    spoilt: { rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "aws:kms" }] }] },
  },
  "a resource policy refuses all requests without TLS": {
    types: ["aws_s3_bucket_policy", "aws_sqs_queue_policy"],
    issues: ({ policy }) => {
      const denied = policy.find(({ Effect }: Json) => Effect === "Deny");
      const refuses = denied?.Principal === "*" && /^(s3|sqs):\*$/.test(denied.Action);
      return unless(refuses && String(valuesOf(denied, "aws:SecureTransport")) === "false", policy);
    },
    spoilt: { policy: [] },
  },
  "a resource policy allows nobody but a service, for one resource of this account": {
    types: ["aws_s3_bucket_policy", "aws_sqs_queue_policy"],
    issues: (given) =>
      allowed(given).filter(
        (one) =>
          typeof one.Principal.Service !== "string" ||
          String(valuesOf(one, "aws:SourceAccount")) !== MOCKED.accountId ||
          valuesOf(one, "aws:SourceArn").length !== 1,
      ),
    spoilt: grant({ Principal: "*" }),
  },
  "a log group forgets, and is encrypted by the key that was given": {
    types: ["aws_cloudwatch_log_group"],
    issues: (
      { retention_in_days: days, kms_key_id: key },
      _,
      { logs, log_group: group, log_kms_key_arn: own, pipeline },
    ) => [
      ...unless(days >= 1, days),
      ...unless(
        key === (logs?.kms_key_arn ?? group?.kms_key_arn ?? own ?? pipeline?.log_kms_key_arn ?? undefined),
        key,
      ),
    ],
    spoilt: { retention_in_days: 0 },
  },
  "a queue is encrypted": {
    types: ["aws_sqs_queue"],
    issues: ({ sqs_managed_sse_enabled: own, kms_master_key_id: key }) =>
      unless(own === true || key !== undefined, own),
    spoilt: { sqs_managed_sse_enabled: false },
  },
  "a queue has a policy": {
    types: ["aws_sqs_queue"],
    issues: ({ name }, all) => {
      const urls = Object.values(all).map((one) => one?.arguments?.queue_url);
      return unless(urls.includes(`aws_sqs_queue ${name}.id`), name);
    },
    spoilt: {},
  },
  "a stream is encrypted, delivers over TLS, and knows no application id": {
    types: ["aws_kinesis_firehose_delivery_stream"],
    issues: ({ server_side_encryption: [encryption], http_endpoint_configuration: [endpoint] }, _, { delivery }) => [
      ...unless(encryption.enabled === true && encryption.key_arn === delivery?.kms_key_arn, encryption),
      ...unless(endpoint.url.startsWith("https://"), endpoint.url),
      ...unless(
        endpoint.access_key === undefined && endpoint.secrets_manager_configuration[0].enabled === true,
        endpoint,
      ),
    ],
    spoilt: { server_side_encryption: [{ enabled: false }] },
  },
  "a secret is encrypted by the key that was given": {
    types: ["aws_secretsmanager_secret"],
    issues: ({ kms_key_id: key }, _, { secret }) => unless(key === secret.kms_key_arn, key),
    spoilt: { kms_key_id: "another" },
  },
  "a secret has no value that Terraform keeps": {
    types: ["aws_secretsmanager_secret_version"],
    issues: (given) => Object.keys(given).filter((key) => /^secret_(string|binary)$/.test(key)),
    spoilt: { secret_string: "x" },
  },
  "a function has addresses and ARNs in its environment, never a secret": {
    types: ["aws_lambda_function"],
    issues: ({ environment: [variables] }) =>
      Object.entries<string>(variables).filter(([name, value]) => !ENVIRONMENT[name]?.test(value)),
    spoilt: { environment: [{ APPLICATION_ID_SECRET: "the id itself" }] },
  },
  "a function is invoked by one resource only": {
    types: ["aws_lambda_permission"],
    issues: ({ source_arn: arn, principal }) => unless(/^arn:/.test(arn ?? "") && principal !== "*", principal),
    spoilt: { source_arn: null },
  },
  "the settings of the transformer hold no secret": {
    types: ["aws_s3_object"],
    issues: ({ content }) =>
      ["applicationId", "hashKey", "secretArn"].filter((key) => JSON.stringify(content).includes(`"${key}"`)),
    spoilt: { content: { hashKey: "x" } },
  },
};
