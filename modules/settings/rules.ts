/**
 * Rules between settings. Constructs apply them to literals, the reader of the rollout file to the merged settings of
 * each target, with the position of the setting that takes effect. The plain module has them as validations; the table of
 * bad inputs (test/terraform) holds both.
 */
import { API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import { MAX_TAGS, parseArn } from "./aws";
import { CREATED_BUCKET_SETTINGS } from "./backup";
import { deliveryDefaults, MAX_COMMON_ATTRIBUTES, MAX_WAIT_SECONDS } from "./delivery";
import { hashedAndRemoved, MAX_MASKS } from "./redaction";
import { MONITORING_RULES } from "./monitoring";
import { REDRIVE_RULES } from "./redrive";
import { type Issue, valueAt } from "./issue";
import { brokenRules, type Rule, type RuleInput } from "./rule";
import { samplingDefaults, samplingOf } from "./sampling";
import { pipelineDefaults, type Settings } from "./settings";
import { AWS_BUFFER_DEFAULTS, runtimeWarning, transformerDefaults } from "./transformer";
import type { ValidSubset } from "./valid-subset";

/** Where Moesif takes API Gateway's access logs from Firehose. */
export const ACCESS_LOG_PATH = "/v1/partners/aws/kinesis";

/** Settings that only the transformer applies. */
const TRANSFORMER_ONLY = ["redaction", "filter", "sampling", "identity", "hashKey"] as const;

const perRegion = "use a key of each region in its own settings";
const keyOrAlias = `${perRegion}, or an alias such as alias/moesif, which is looked up in each region`;
const secretOrName =
  "use a secret of each region in its own settings, or secretName, which is looked up in each region";

/** Settings that hold the ARN of something that only serves its own region. */
const REGIONAL = [
  { setting: "applicationId.secretArn", what: "secret", fix: secretOrName },
  { setting: "applicationId.kmsKey", what: "key", fix: keyOrAlias },
  { setting: "applicationId.kmsKeyArn", what: "key", fix: perRegion },
  { setting: "hashKey.secretArn", what: "secret", fix: secretOrName },
  { setting: "hashKey.kmsKey", what: "key", fix: keyOrAlias },
  { setting: "hashKey.kmsKeyArn", what: "key", fix: perRegion },
  { setting: "backup.kmsKey", what: "key", fix: keyOrAlias },
  { setting: "backup.kmsKeyArn", what: "key", fix: perRegion },
  { setting: "delivery.kmsKeyArn", what: "key", fix: perRegion },
  { setting: "logs.kmsKeyArn", what: "key", fix: perRegion },
  { setting: "stageLogs.kmsKeyArn", what: "key", fix: perRegion },
  { setting: "monitoring.topicArn", what: "topic", fix: "use a topic of each region in its own settings" },
  {
    setting: "transformer.codeSigningConfigArn",
    what: "code signing configuration",
    fix: "use one of each region in its own settings",
  },
] as const;

const arnAt = (input: RuleInput, setting: string) => parseArn(at(input, setting));

/** Whether a part of an ARN is the target's, as far as both are known. */
function isOf(part: "region" | "partition" | "account", input: RuleInput, setting: string): boolean {
  const arn = arnAt(input, setting);
  return arn === undefined || input[part] === undefined || arn[part] === input[part];
}

function regionalRules({ setting, what, fix }: (typeof REGIONAL)[number]): Rule[] {
  return [
    {
      id: "arn-region",
      settings: [setting],
      holds: (input) => isOf("region", input, setting),
      message: (input) => `this ${what} is in ${arnAt(input, setting)!.region}, not in the region of the pipeline`,
      fix,
    },
    {
      id: "arn-partition",
      settings: [setting],
      holds: (input) => isOf("partition", input, setting) || !isOf("region", input, setting),
      message: (input) => otherPartition(what, input, setting),
      fix: ({ partition }) => `use an ARN that begins with arn:${partition}:`,
    },
  ];
}

function otherPartition(what: string, input: RuleInput, setting: string): string {
  return `this ${what} is of partition ${arnAt(input, setting)!.partition}, not of that of the pipeline`;
}

/** AWS's own key cannot be shared between accounts. */
function secretRule(secret: "applicationId" | "hashKey"): Rule {
  const setting = `${secret}.secretArn`;
  return {
    id: "secret-account-key",
    settings: [setting, `${secret}.kmsKey`, `${secret}.kmsKeyArn`],
    holds: (input) =>
      isOf("account", input, setting) ||
      at(input, `${secret}.kmsKey`) !== undefined ||
      at(input, `${secret}.kmsKeyArn`) !== undefined,
    message: (input) => `this secret belongs to account ${arnAt(input, setting)!.account}, and no key of it is given`,
    fix: `write ${secret}.kmsKey, the customer key that encrypts it: AWS's own key cannot be shared between accounts`,
  };
}

function eventOnlyRule(key: "subscription" | "sessionToken"): Rule {
  return {
    id: "event-only",
    settings: [`identity.${key}`, "output"],
    holds: ({ settings: { identity, output = pipelineDefaults.output } }) => !identity?.[key] || output === "event",
    message: () => `identity.${key} requires output event: Moesif's access logs have no field for it`,
    fix: `write output: event, or remove identity.${key}`,
  };
}

function maximumRule(setting: string, most: number): Rule {
  return {
    id: "too-many",
    settings: [setting],
    holds: (input) => entriesAt(input, setting) <= most,
    message: (input) => `there are ${entriesAt(input, setting)} entries`,
    fix: `keep at most ${most}`,
  };
}

function bufferRule(given: BufferKey, other: BufferKey): Rule[] {
  const own = `transformer.${given}`;
  const value = ({ settings }: RuleInput, key: BufferKey) => settings.transformer?.[key];
  return [
    {
      id: "buffer-pair",
      settings: [own, `transformer.${other}`],
      holds: (input) => value(input, given) === undefined || value(input, other) !== undefined,
      message: () => `${given} requires ${other}`,
      fix: "write both or neither: AWS takes them together",
    },
    {
      id: "buffer-default",
      settings: [own, `transformer.${other}`],
      holds: (input) =>
        value(input, given) !== AWS_BUFFER_DEFAULTS[given] ||
        value(input, other) === undefined ||
        value(input, other) === AWS_BUFFER_DEFAULTS[other],
      message: () =>
        `${given} ${AWS_BUFFER_DEFAULTS[given]} is AWS's default, which the AWS provider does not store: with another ${other}, every plan would show a change`,
      fix: `write ${given === "bufferSizeMb" ? "1.1 MB" : "61 seconds"}, or remove both; see https://github.com/hashicorp/terraform-provider-aws/issues/9827`,
    },
  ];
}

type BufferKey = "bufferSizeMb" | "bufferIntervalSeconds";

const transformWait = ({ settings }: RuleInput) =>
  settings.transformer?.bufferIntervalSeconds ?? AWS_BUFFER_DEFAULTS.bufferIntervalSeconds;
const deliveryWait = ({ settings }: RuleInput) =>
  settings.delivery?.bufferIntervalSeconds ?? deliveryDefaults.bufferIntervalSeconds;
const rulesWait = ({ settings }: RuleInput) => settings.sampling?.timeoutSeconds ?? samplingDefaults.timeoutSeconds;
const timeout = ({ settings }: RuleInput) => settings.transformer?.timeoutSeconds ?? transformerDefaults.timeoutSeconds;
const isBypassed = ({ settings }: RuleInput) => settings.transformer?.enabled === false;

/** The types of stages that cannot write to the stream. */
const forwardedTypes = ({ stageTypes = new Set<ApiType>() }: RuleInput) =>
  API_TYPES.filter((type) => type !== "REST" && stageTypes.has(type));

/** What of the settings only the transformer applies. */
const transformerOnly = ({ settings }: RuleInput) =>
  TRANSFORMER_ONLY.filter((key) => isSet(key === "sampling" ? samplingOf(settings.sampling) : settings[key]));

/** Whether a setting is given, and not empty: an empty list or section asks for nothing. */
function isSet(setting: unknown): boolean {
  return Object.keys(Object(setting)).length > 0;
}

export const RULES: readonly Rule[] = [
  ...REGIONAL.flatMap(regionalRules),
  secretRule("applicationId"),
  secretRule("hashKey"),
  {
    id: "arn-partition",
    settings: ["iam.permissionsBoundary"],
    holds: (input) => isOf("partition", input, "iam.permissionsBoundary"),
    message: (input) => otherPartition("policy", input, "iam.permissionsBoundary"),
    fix: ({ partition }) => `use an ARN that begins with arn:${partition}:`,
  },
  {
    id: "boundary-account",
    settings: ["iam.permissionsBoundary"],
    holds: (input) =>
      isOf("account", input, "iam.permissionsBoundary") || arnAt(input, "iam.permissionsBoundary")?.account === "aws",
    message: (input) =>
      `this policy belongs to account ${arnAt(input, "iam.permissionsBoundary")!.account}, not to that of the pipeline or AWS`,
    fix: "use a policy of each account in the account's own settings, or one that AWS manages",
  },
  ...bufferRule("bufferSizeMb", "bufferIntervalSeconds"),
  ...bufferRule("bufferIntervalSeconds", "bufferSizeMb"),
  {
    id: "total-wait",
    settings: ["transformer.bufferIntervalSeconds", "delivery.bufferIntervalSeconds"],
    holds: (input) => transformWait(input) + deliveryWait(input) <= MAX_WAIT_SECONDS,
    message: (input) =>
      `records wait ${transformWait(input)} s for the transformer and ${deliveryWait(input)} s for delivery`,
    fix: `keep both at most ${MAX_WAIT_SECONDS} s together: an event that reaches Moesif more than five minutes late may miss its alerts and bills`,
  },
  {
    id: "base-url-path",
    settings: ["baseUrl"],
    holds: ({ settings }) => settings.baseUrl?.includes(ACCESS_LOG_PATH) !== true,
    message: () => `baseUrl contains ${ACCESS_LOG_PATH}, which is appended to it`,
    fix: `write the address of the collector only, such as ${pipelineDefaults.baseUrl}`,
  },
  maximumRule("delivery.commonAttributes", MAX_COMMON_ATTRIBUTES),
  maximumRule("tags", MAX_TAGS),
  maximumRule("redaction.mask", MAX_MASKS),
  ...CREATED_BUCKET_SETTINGS.map((key): Rule => ({
    id: "existing-bucket",
    settings: [`backup.${key}`, "backup.bucket"],
    holds: ({ settings: { backup } }) => backup?.bucket === undefined || backup[key] === undefined,
    message: () => `${key} conflicts with bucket: of an existing bucket, nothing is managed`,
    fix: `remove ${key}, or remove backup.bucket`,
  })),
  ...REDRIVE_RULES,
  ...MONITORING_RULES,
  {
    id: "event-transformer",
    settings: ["transformer.enabled", "output"],
    holds: (input) => !isBypassed(input) || input.settings.output !== "event",
    message: () => "output event requires transformer.enabled: what API Gateway writes is not an event",
    fix: "write true, or output: accessLog; to send calls as they are, write transformer.passThrough: true",
  },
  {
    id: "transformer-bypassed",
    settings: ["transformer.enabled", ...TRANSFORMER_ONLY],
    holds: (input) => !isBypassed(input) || transformerOnly(input).length === 0,
    message: (input, pathsOf) => {
      const set = transformerOnly(input).flatMap(pathsOf);
      return `${set.join(", ")} ${set.length === 1 ? "requires" : "require"} transformer.enabled`;
    },
    fix: "remove what is named, or keep the transformer: transformer.passThrough: true turns off everything but the redaction",
  },
  eventOnlyRule("subscription"),
  eventOnlyRule("sessionToken"),
  {
    id: "sampling-timeout",
    settings: ["sampling.timeoutSeconds", "transformer.timeoutSeconds"],
    holds: (input) =>
      rulesWait(input) < timeout(input) ||
      input.settings.sampling?.remote === false ||
      input.settings.transformer?.passThrough === true ||
      isBypassed(input),
    message: (input) =>
      `the function waits ${rulesWait(input)} s for Moesif's rules, and its timeout is ${timeout(input)} s`,
    fix: "keep sampling.timeoutSeconds below transformer.timeoutSeconds, or records are never transformed",
  },
  {
    id: "hash-key-missing",
    settings: ["redaction.hash", "hashKey"],
    holds: ({ settings: { redaction, hashKey } }) => !redaction?.hash?.length || hashKey !== undefined,
    message: () => "redaction.hash requires hashKey",
    fix: 'write hashKey: {secretName: moesif/hash-key}, a secret that holds {"hash_key": "<32 characters or more>"}',
  },
  {
    id: "stage-log-group",
    settings: ["stageLogs.enabled"],
    holds: (input) => input.settings.stageLogs?.enabled !== false || forwardedTypes(input).length === 0,
    message: (input) => `${forwardedTypes(input).join(" and ")} stages require stageLogs.enabled`,
    fix: "write true, or remove it; or list REST stages only, and write types: [REST] into each match",
  },
  {
    id: "stage-log-transformer",
    settings: ["transformer.enabled", "stageLogs.enabled"],
    holds: (input) => !isBypassed(input) || !(input.settings.stageLogs?.enabled ?? forwardedTypes(input).length > 0),
    message: () => "HTTP and WebSocket stages require transformer.enabled: only it decodes what CloudWatch Logs sends",
    fix: "write true, and transformer.passThrough: true to turn off everything but the redaction; or list REST stages only",
  },
  {
    id: "runtime",
    settings: ["transformer.runtime"],
    holds: ({ settings }) => !settings.transformer?.runtime || !runtimeWarning(settings.transformer.runtime),
    message: ({ settings }) => runtimeWarning(settings.transformer!.runtime!)!.message,
    fix: ({ settings }) => runtimeWarning(settings.transformer!.runtime!)!.fix,
    severity: "warning",
  },
  {
    id: "sampling-output",
    settings: ["sampling.rate", "sampling.companyLimit", "output"],
    holds: ({ settings: { sampling = {}, output = pipelineDefaults.output } }) =>
      output === "event" || ((sampling.rate ?? 100) === 100 && sampling.companyLimit === undefined),
    message: () => "Moesif documents the weight of sampled calls for events only: counts of access logs may be too low",
    fix: "write output: event",
    severity: "warning",
  },
  {
    id: "sampling-rate",
    settings: ["sampling.rate"],
    holds: ({ settings }) => !(settings.sampling?.rate && settings.sampling.rate > 0 && settings.sampling.rate < 1),
    message: ({ settings }) =>
      `sampling.rate is a percentage: ${settings.sampling!.rate} keeps less than one call of a hundred`,
    fix: "write a percentage, such as 25 for every fourth call",
    severity: "warning",
  },
];

/** In one scope, what is hashed and removed as well is an error; of two scopes, it is removed. */
export function hashedAndRemovedIssues({ redaction }: ValidSubset<Settings>): Issue[] {
  return hashedAndRemoved(redaction ?? {}).map((key) => ({
    id: "hashed-and-removed",
    path: ["redaction", "hash", redaction!.hash!.indexOf(key)],
    message: `${key} is removed by redaction.fields.remove, and cannot be hashed`,
    fix: "remove it from one of the two lists",
  }));
}

/** The issues of some rules, by their ids, for a construct that has a part of the settings. */
export function brokenRulesOf(ids: readonly string[], settings: RuleInput["settings"]): Issue[] {
  const rules = RULES.filter(({ id }) => ids.includes(id));
  return brokenRules(rules, { settings }, [{ path: [], settings }]);
}

function at({ settings }: RuleInput, setting: string): unknown {
  return valueAt(settings, setting.split("."));
}

function entriesAt(input: RuleInput, setting: string): number {
  return Object.keys(Object(at(input, setting))).length;
}
