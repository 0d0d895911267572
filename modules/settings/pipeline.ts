/** Checks everything that a `MoesifPipeline` is given, by the schema of the rollout file and the rules between settings. */
import { z } from "zod";
import { type Construct, Token } from "../cdk";
import { awsLimits } from "./aws";
import { backupSection } from "./backup";
import { Checks, tokensAt } from "./checks";
import { enrollmentLimits, stageLogsSection } from "./enrollment";
import type { Issue } from "./issue";
import { unknownRecordKeys } from "./record-keys";
import { brokenRules, type Rule, type RuleInput } from "./rule";
import { hashedAndRemovedIssues, RULES } from "./rules";
import { createSecretSection, existingSecret } from "./secrets";
import { pipelineLimits, type Settings, settingsSchema } from "./settings";
import { validSubset } from "./valid-subset";
import { exactlyOne, list, metadata, section, setting, valueOf } from "./values";

const {
  accessLog: _accessLog,
  enrollment: _enrollment,
  monitoring: _monitoring,
  stageLogs: _stageLogs,
  ...shared
} = settingsSchema.shape;

/** A key that is used as it is, without a look-up: constructs take it, the rollout file does not. */
const kmsKeyArn = setting(awsLimits.kmsKeyArn, "ARN of the key.");

/** What is known of one API. */
const api = section({
  name: valueOf(pipelineLimits.apiName).optional(),
  version: valueOf(pipelineLimits.apiVersion).optional(),
  tags: list(valueOf(pipelineLimits.eventTag), "tags").optional(),
  metadata: metadata.optional(),
});

export const apisSchema = z.record(valueOf(enrollmentLimits.apiId), api, {
  error: () => "write a map of ids of APIs",
});

const createSecret = section({
  ...createSecretSection.shape,
  value: z.unknown().refine((value) => Token.isUnresolved(value), {
    error: () => "a literal would be written into the Terraform JSON",
    params: { id: "literal-secret", fix: "write a variable or a reference" },
  }),
});

export const applicationIdProps = exactlyOne(
  section({ ...existingSecret, kmsKeyArn, createSecret: createSecret.optional() }),
  "secretArn",
  "secretName",
  "createSecret",
);

export const hashKeyProps = exactlyOne(section({ ...existingSecret, kmsKeyArn }), "secretArn", "secretName");

/** Only the stream knows the mode. */
export const backupProps = section({ ...backupSection.shape, kmsKeyArn });

/** The properties of a pipeline, by the schema of the rollout file. */
const pipelineSchema = section({
  ...shared,
  environment: valueOf(pipelineLimits.environment).optional(),
  apis: apisSchema.optional(),
  applicationId: applicationIdProps,
  hashKey: hashKeyProps.optional(),
  backup: backupProps.optional(),
  stageLogs: stageLogsSection.pick({ retentionDays: true, kmsKeyArn: true }).optional(),
  accountId: valueOf(awsLimits.accountId).optional(),
  region: valueOf(awsLimits.regionName).optional(),
  partition: valueOf(awsLimits.partition).optional(),
  provider: z.unknown().optional(),
});

/** What decides which resources, permissions or rules there are. */
export const LITERAL_ONLY =
  /^(output|redrive\.mode|iam\.confusedDeputyGuard|transformer\.(enabled|tracing|passThrough|bufferSizeMb|bufferIntervalSeconds|retries)|passThrough|identity|identity\..*\.extract|sampling|(redaction|filter)(\..*)?)$/;

/** A rollout file may set a hash key for all targets, of which some hash nothing. */
const HASH_KEY_UNUSED: Rule = {
  id: "hash-key-unused",
  settings: ["hashKey", "redaction.hash"],
  holds: ({ settings: { hashKey, redaction } }) => hashKey === undefined || (redaction?.hash?.length ?? 0) > 0,
  message: () => "hashKey is set but redaction.hash is empty",
  fix: "list the keys to hash in redaction.hash, or remove hashKey",
};

/** The issues of rules that concern the function. */
export function transformerRules(settings: object): Issue[] {
  const ids = ["transformer-bypassed", "sampling-timeout", "hash-key-missing"];
  const rules = [...RULES.filter(({ id }) => ids.includes(id)), HASH_KEY_UNUSED];
  return brokenRules(rules, { settings }, [{ path: [], settings }]);
}

/**
 * Reports every issue of a pipeline's properties at once.
 *
 * @param place what is known of where the pipeline is
 * @throws InvalidValueError with every error
 */
export function checkPipeline(
  pipeline: Construct,
  props: object,
  place: Pick<RuleInput, "account" | "region" | "partition">,
): void {
  const checks = new Checks(pipeline).schema(pipelineSchema, props, []).add(...tokensAt(props, LITERAL_ONLY));
  const settings =
    validSubset<Settings>(
      props,
      checks.issues.map(({ path }) => path),
    ) ?? {};
  checks
    .add(...brokenRules([...RULES, HASH_KEY_UNUSED], { settings, ...place }, [{ path: [], settings }]))
    .add(...hashedAndRemovedIssues(settings), ...unknownRecordKeys(settings))
    .end();
}
