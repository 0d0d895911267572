/**
 * What the variables of the pipeline's module hold: the settings of a rollout file, so that both take the same, and say
 * the same of it. They differ where Terraform's types do (a list has elements of one type), and where a choice decides
 * which resources there are, which is a choice between modules.
 */
import { z } from "zod";
import { filterRules, MOST_FILTER_RULES } from "../pipeline/filter-rules";
import { MOST_IDENTITY_RULES } from "../pipeline/identity-rules";
import { about, exactlyOne, list, required, section, setting, valueOf } from "../rollout/fields";
import { identityRule } from "../rollout/identity";
import { rolloutRules } from "../rollout/rules";
import { settingsSchema } from "../rollout/settings-schema";
import { AWS_DEFAULTS } from "../pipeline/transform-parameters";
import { rules, text } from "../rules";
import { tags } from "./common-schema";
import { accessLogSchema } from "./format-output";

const settings = settingsSchema.shape;

const kmsKeyArn = (what: string) =>
  setting(rules.kmsKeyArn, `The customer key that encrypts ${what}; without one, AWS's own does.`);

const environment = text("^.{0,128}$", "at most 128 characters", "it appears in Moesif as metadata.environment");

const applicationId = section({
  secretArn: required(rules.secretArn, "The secret, in the region of the pipeline."),
  kmsKeyArn: kmsKeyArn("the secret"),
}).meta(
  about(
    'Where Moesif\'s Collector Application Id is kept: a secret that holds `{"api_key": "<application id>"}`; the module `application-id` makes one. (https://docs.aws.amazon.com/firehose/latest/dev/using-secrets-manager.html)',
  ),
);

const hashKey = section({
  secretArn: setting(rules.secretArn, "The secret, in the region of the pipeline."),
  kmsKeyArn: kmsKeyArn("the secret"),
})
  .optional()
  .meta(
    about(
      'Where the key of redaction.hash is kept: a secret that holds `{"hash_key": "<32 characters or more>"}`. Needed with redaction.hash, and refused without it; a new key makes every hash another.',
    ),
  );

const backup = settings.backup
  .unwrap()
  .omit({ existingBucketName: true, kmsKey: true })
  .extend({
    kmsKeyArn: kmsKeyArn("the bucket"),
  });

const { bufferSizeMb, bufferIntervalSeconds, retries, ...ofFunction } = settings.transformer.unwrap().shape;

// What AWS takes where nothing is said is said here: a number of Terraform that is null cannot be compared.
const transformer = section({
  ...ofFunction,
  bufferSizeMb: bufferSizeMb.meta({ default: AWS_DEFAULTS.size }),
  bufferIntervalSeconds: bufferIntervalSeconds.meta({ default: AWS_DEFAULTS.interval }),
  retries: retries.meta({ default: AWS_DEFAULTS.retries }),
})
  .optional()
  .meta(about("The function that completes each record."));

const api = section({
  name: setting(rolloutRules.apiName, "Name of the API."),
  version: setting(rules.apiVersion, "Version of the API."),
  tags: list(valueOf(rules.eventTag), "tags")
    .optional()
    .meta(about("Tags of this API's calls, beside `event_tags`: metadata.tags in Moesif.", [])),
  metadata: z
    .record(z.string(), z.string())
    .optional()
    .meta(about("Metadata of this API's calls in Moesif; wins over `metadata`.", {})),
});

const match = exactlyOne(
  section({
    values: list(valueOf(filterRules.value), "texts", 1)
      .optional()
      .meta(about("Texts, one of which the field must be.")),
    pattern: z
      .string()
      .optional()
      .meta({ ...about("A regular expression of JavaScript that finds something in the field."), format: "search" }),
  }),
  "values",
  "pattern",
);

const matches = z.record(valueOf(filterRules.field), match).meta({ minProperties: 1, form: "matches" });

const filter = list(
  exactlyOne(
    section({
      drop: matches.optional().meta(about("Calls of which every field matches are not sent.")),
      keep: matches.optional().meta(about("Calls of which every field matches are sent, whatever a later rule says.")),
    }),
    "drop",
    "keep",
  ),
  "rules",
)
  .max(MOST_FILTER_RULES)
  .optional()
  .meta(about("Which calls are sent at all: the first rule that matches decides, and without one a call is sent.", []));

const identities = (meaning: string) =>
  list(identityRule, "rules", 1).max(MOST_IDENTITY_RULES).optional().meta(about(meaning));

const identity = section({
  user: identities(
    "Who the user of a call is; if left out, Moesif's own order holds: user, apiKeyId, principalId, cognitoIdentityId, caller.",
  ),
  company: identities("Which company a call belongs to; companyId if left out."),
  sessionToken: identities("Whose session a call belongs to, with output event alone; none if left out."),
})
  .optional()
  .meta(about("Who made a call: ordered rules, of which the first that gives a value wins."));

/** Variables of the pipeline, whichever bucket it has. */
export const pipelineVariables = {
  applicationId,
  name: settings.name,
  environment: setting(
    environment,
    "Name of the environment, such as `production`, that Moesif shows; none if empty.",
    "",
  ),
  apis: z
    .record(valueOf(rules.apiId), api)
    .optional()
    .meta(about("Names, versions, tags and metadata of APIs, by their ids. Calls of others are sent as well.", {})),
  metadata: z
    .record(z.string(), z.unknown())
    .optional()
    .meta(about("Metadata of every call, any JSON object, that Moesif shows.", {})),
  eventTags: list(valueOf(rules.eventTag), "tags")
    .optional()
    .meta(about("Tags of every call: metadata.tags in Moesif. `tags` are those of the resources.", [])),
  enrichment: settings.enrichment,
  identity,
  redaction: settings.redaction.meta(about("What does not leave the account, beside what is a secret by its nature.")),
  hashKey,
  filter,
  sampling: settings.sampling.meta(about("How many calls of all are sent.")),
  output: settings.output,
  baseUrl: settings.baseUrl,
  delivery: settings.delivery,
  transformer,
  accessLog: accessLogSchema("REST"),
  iam: settings.iam,
  tags,
};

/** Where the module makes the bucket. */
export const ownBucket = {
  backup: backup.optional().meta(about("The bucket that keeps what could not be processed or delivered.")),
};

/** Where the bucket is there already. */
export const existingBucket = {
  backup: section({
    bucketName: required(rules.bucketName, "The bucket, in the region of the pipeline."),
    kmsKeyArn: kmsKeyArn("the bucket"),
    mode: settings.backup.unwrap().shape.mode,
  }).meta(about("The bucket that keeps what could not be processed or delivered.")),
};
