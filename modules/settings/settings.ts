/** The settings of a pipeline, as each scope of a rollout file (defaults, account, region) has them. */
import type { z } from "zod";
import { accessLogSection } from "./access-log";
import { awsLimits, MAX_TAGS } from "./aws";
import { backupSection } from "./backup";
import { deliverySection } from "./delivery";
import { enrollmentSection, stageLogsSection } from "./enrollment";
import { filterList } from "./filter";
import { iamSection } from "./iam";
import { identitySection } from "./identity";
import { monitoringSection } from "./monitoring";
import { redactionSection } from "./redaction";
import { redriveSection } from "./redrive";
import { samplingSection } from "./sampling";
import { applicationIdSection, hashKeySection } from "./secrets";
import { transformerSection } from "./transformer";
import { about, choice, list, metadata, section, setting, text, texts, valueOf } from "./values";

export const pipelineLimits = {
  /**
   * 64 characters, less the 18 of `amazon-apigateway-`, which API Gateway requires; and no full stop, which a function's
   * name does not allow.
   */
  name: text(
    "^[a-zA-Z0-9_-]{1,46}$",
    "1 to 46 letters, digits, '_' or '-'",
    "a stream's name has at most 64 characters, and API Gateway requires that it begins with 'amazon-apigateway-': https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html",
  ),
  baseUrl: text(
    "^https://[^/?#:@ ]+(:443)?(/[^?# ]*)?$",
    "an https address on port 443, without query string",
    "Firehose delivers to public https endpoints on port 443 only: https://docs.aws.amazon.com/firehose/latest/dev/create-destination.html",
  ),
  output: choice(["accessLog", "event"], "Moesif takes access logs and events at different addresses"),
  enrichment: choice(["full", "none"], "none adds neither identities nor metadata"),
  eventTag: text(
    "^[^,]{1,128}$",
    "a tag of 1 to 128 characters without comma",
    "Moesif's event model joins tags with commas",
  ),
  environment: text("^.{1,128}$", "1 to 128 characters", "it appears in Moesif as metadata.environment"),
  apiName: text("^.{1,1024}$", "1 to 1024 characters", "it appears in Moesif as metadata.apiName"),
  apiVersion: text("^.{1,128}$", "1 to 128 characters", "Moesif shows it as the version of the API"),
} as const;

export const pipelineDefaults = {
  name: "moesif",
  baseUrl: "https://api.moesif.net",
  output: "accessLog",
  enrichment: "full",
} as const;

const logs = section({
  kmsKeyArn: setting(
    awsLimits.kmsKeyArn,
    "Customer key that encrypts every log group of the stack, in the target's region. Its policy must let CloudWatch Logs use it.",
  ),
});

/** Nothing is filled in: the constructs apply the defaults. */
export const settingsSchema = section({
  name: setting(
    pipelineLimits.name,
    "Name of the pipeline; the stream is called amazon-apigateway-<name>.",
    pipelineDefaults.name,
  ),
  baseUrl: setting(pipelineLimits.baseUrl, "Address of Moesif's collector.", pipelineDefaults.baseUrl),
  output: setting(
    pipelineLimits.output,
    "What is sent: the keys of Moesif's access logs, or objects in its event model. While a change is applied, some calls go to the address of the other.",
    pipelineDefaults.output,
  ),
  applicationId: applicationIdSection
    .optional()
    .meta(
      about(
        'Where Moesif\'s application id is kept: exactly one of secretArn, secretName and createSecret. Each target needs one; an override replaces it whole. The secret holds {"api_key": "<application id>"}. (https://docs.aws.amazon.com/firehose/latest/dev/using-secrets-manager.html)',
      ),
    ),
  backup: backupSection.optional().meta(about("The bucket for what could not be processed or delivered.")),
  delivery: deliverySection.optional().meta(about("Delivery of the records to Moesif.")),
  redrive: redriveSection
    .optional()
    .meta(
      about(
        "The function that puts failed records of the bucket back on the stream. An empty map deploys it with its defaults; left out, there is none, and the command redrive does the same.",
      ),
    ),
  monitoring: monitoringSection
    .optional()
    .meta(about("Alarms of the pipeline. An empty map makes them with their defaults; left out, there are none.")),
  transformer: transformerSection.optional().meta(about("The function that transforms each record.")),
  iam: iamSection.optional().meta(about("The roles that the stack creates.")),
  logs: logs.optional().meta(about("The log groups that the stack creates.")),
  accessLog: accessLogSection.optional().meta(about("What the stages write.")),
  stageLogs: stageLogsSection
    .optional()
    .meta(
      about(
        "The log group through which HTTP and WebSocket stages reach the stream, since they cannot write to it. (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html)",
      ),
    ),
  enrollment: enrollmentSection
    .optional()
    .meta(
      about("How stages that Terraform does not manage are found and kept. Those of one API are listed at the API."),
    ),
  enrichment: setting(
    pipelineLimits.enrichment,
    "Whether identities and metadata are added to a call.",
    pipelineDefaults.enrichment,
  ),
  identity: identitySection
    .optional()
    .meta(
      about(
        "Who made a call: ordered rules over keys of the record and paths into it, of which the first that gives a value wins. An override replaces it whole.",
      ),
    ),
  filter: filterList
    .optional()
    .meta(
      about(
        "Which calls are sent at all: the first rule that matches decides, and without one a call is sent. An override replaces it whole.",
        [],
      ),
    ),
  sampling: samplingSection.optional().meta(about("How many calls are sent. Scopes merge key by key.")),
  redaction: redactionSection
    .optional()
    .meta(
      about(
        "What does not leave the account, in addition to secrets: see docs/privacy.md. Scopes join: what any of them redacts is redacted, and no scope can take it back.",
      ),
    ),
  hashKey: hashKeySection
    .optional()
    .meta(
      about(
        'Where the key of redaction.hash is kept: exactly one of secretArn and secretName. Targets that hash need one; an override replaces it whole. The secret holds {"hash_key": "<32 characters or more>"}; a new one changes every hash.',
      ),
    ),
  metadata: metadata
    .optional()
    .meta(about("JSON that appears in Moesif as metadata of every call. Scopes merge key by key.", {})),
  eventTags: list(valueOf(pipelineLimits.eventTag), "tags")
    .optional()
    .meta(about("Tags of every call, metadata.tags in Moesif. Scopes add up.", [])),
  tags: texts(awsLimits.tagKey, awsLimits.tagValue, MAX_TAGS)
    .optional()
    .meta(about(`Tags of every resource. Scopes merge key by key. (see ${awsLimits.tagKey.because})`, {})),
}).meta({ id: "settings" });

/** The settings of one scope, or of several merged. */
export type Settings = z.output<typeof settingsSchema>;
