/** The settings of a rollout file, which may stand at each of its levels: defaults, account and region. */
import type { z } from "zod";
import { DEFAULT_BASE_URL, DEFAULT_OUTPUT } from "../pipeline/collector";
import { DEFAULT_ROLE_PREFIX } from "../pipeline/names";
import { MOST_TAGS, rules } from "../rules";
import { accessLogSection } from "./access-log-schema";
import { about, exactlyOne, flag, list, metadata, required, section, setting, texts, valueOf } from "./fields";
import { filterList } from "./filter";
import { identitySection } from "./identity";
import { redactionSection } from "./redaction";
import { samplingSection } from "./sampling";
import { enrollmentSection, stageLogsSection } from "./stages-schema";

/** Firehose's limit for one delivery stream. */
export const MOST_COMMON_ATTRIBUTES = 50;

/** A secret that is to be made. */
export const createSecret = section({
  name: required(rules.secretName, "Name of the secret."),
  recoveryWindowDays: setting(rules.recoveryWindowDays, "How long a deleted secret can be restored, in days.", 30),
  version: setting(rules.secretVersion, "Raise it to write a changed value.", 1),
});

const applicationId = exactlyOne(
  section({
    secretArn: setting(rules.secretArn, "A secret by its ARN, in the region of the target."),
    secretName: setting(rules.secretName, "A secret by its name, looked up in each target's account and region."),
    createSecret: createSecret
      .optional()
      .meta(
        about("A secret that the stack creates; its value, a variable, never enters the state (Terraform >= 1.11)."),
      ),
    kmsKey: setting(rules.kmsKey, "The customer key that encrypts the secret, if it is not AWS's own."),
  }),
  "secretArn",
  "secretName",
  "createSecret",
);

const hashKey = exactlyOne(
  section({
    secretArn: setting(rules.secretArn, "A secret by its ARN, in the region of the target."),
    secretName: setting(rules.secretName, "A secret by its name, looked up in each target's account and region."),
    kmsKey: setting(rules.kmsKey, "The customer key that encrypts the secret, if it is not AWS's own."),
  }),
  "secretArn",
  "secretName",
);

const backup = section({
  bucket: setting(rules.bucketName, "Name of an existing bucket, in place of one that the stack creates."),
  bucketPrefix: setting(
    rules.bucketPrefix,
    "Prefix of the bucket's name, to which Terraform appends a suffix. If left out: moesif-backup- and the pipeline's name.",
  ),
  accessLog: section({
    bucket: required(rules.bucketName, "Bucket that takes the log, in the target's account and region."),
    prefix: setting(rules.logPrefix, "Prefix of the log's keys, none if left out."),
  })
    .optional()
    .meta(
      about(
        "S3 server access logging of the bucket. An override replaces it whole. (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html)",
      ),
    ),
  expirationDays: setting(rules.expirationDays, "Days after which backup objects expire.", 90),
  abortIncompleteUploadDays: setting(rules.expirationDays, "Days after which incomplete uploads are removed.", 7),
  kmsKey: setting(rules.kmsKey, "Key that encrypts the bucket, in place of SSE-S3; its ARN names the target's region."),
  forceDestroy: flag("Whether `destroy` deletes a bucket that still holds objects.", false),
  mode: setting(
    rules.backupMode,
    "What Firehose writes to the bucket: what failed, or every record.",
    "FailedDataOnly",
  ),
});

const delivery = section({
  bufferIntervalSeconds: setting(
    rules.bufferIntervalSeconds,
    "Seconds for which Firehose gathers records before it sends them.",
    60,
  ),
  bufferSizeMb: setting(rules.bufferSizeMb, "MB that Firehose gathers before it sends them.", 1),
  retrySeconds: setting(
    rules.retrySeconds,
    "Seconds for which Firehose retries a refused request before it goes to the bucket.",
    300,
  ),
  commonAttributes: texts(rules.commonAttributeName, rules.commonAttributeValue, MOST_COMMON_ATTRIBUTES)
    .optional()
    .meta(
      about(
        "Names and values sent with each request, in X-Amz-Firehose-Common-Attributes; at most 50. Levels merge name by name. (https://docs.aws.amazon.com/firehose/latest/APIReference/API_HttpEndpointRequestConfiguration.html)",
        {},
      ),
    ),
  kmsKeyArn: setting(
    rules.kmsKeyArn,
    "Customer key that encrypts the stream, in the target's region, in place of the key that AWS owns. API Gateway cannot use one: https://docs.aws.amazon.com/firehose/latest/dev/encryption.html",
  ),
  logRetentionDays: setting(rules.logRetentionDays, "Days for which the stream's error log is kept.", 30),
});

const transformer = section({
  enabled: flag(
    "Whether records pass the transformer. Without it they leave as API Gateway wrote them, secrets by nature included, and metadata and API names do not reach Moesif; refused beside redaction, filter, sampling, identity and hashKey. To turn off everything but the redaction, write passThrough.",
    true,
  ),
  passThrough: flag("The kill switch: filter, sampling and enrichment are off; the redaction never is.", false),
  memoryMb: setting(rules.memoryMb, "Memory of the function, in MB.", 256),
  timeoutSeconds: setting(rules.timeoutSeconds, "Time-out of the function, in seconds.", 60),
  reservedConcurrency: setting(rules.reservedConcurrency, "Concurrent executions reserved for the function.", -1),
  runtime: setting(rules.runtime, "Runtime of the function.", "nodejs22.x"),
  architecture: setting(rules.architecture, "Processor architecture of the function.", "arm64"),
  logRetentionDays: setting(rules.logRetentionDays, "Days for which the function's log is kept.", 30),
  tracing: flag("Whether Lambda sends traces of the invocations to X-Ray.", false),
  vpc: section({
    subnetIds: list(valueOf(rules.subnetId), "ids of subnets", 1).meta(
      about("Subnets of the target's region. They need a way to S3, Secrets Manager, Firehose and Moesif."),
    ),
    securityGroupIds: list(valueOf(rules.securityGroupId), "ids of security groups", 1).meta(
      about("Security groups of the same VPC."),
    ),
  })
    .optional()
    .meta(
      about(
        "The VPC that the function runs in, none if left out. An override replaces it whole. (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html)",
      ),
    ),
  codeSigningConfigArn: setting(
    rules.codeSigningConfigArn,
    "Code signing configuration of the function, in the target's region.",
  ),
  bufferSizeMb: setting(
    rules.transformBufferSizeMb,
    "MB that Firehose gathers before it calls the function, 1 if left out; goes with bufferIntervalSeconds.",
  ),
  bufferIntervalSeconds: setting(
    rules.transformBufferIntervalSeconds,
    "Seconds for which Firehose gathers records before it calls the function, 60 if left out; goes with bufferSizeMb.",
  ),
  retries: setting(rules.transformRetries, "How often Firehose calls a failed function again, 3 if left out."),
});

const iam = section({
  path: setting(rules.iamPath, "Path of the roles.", "/"),
  permissionsBoundary: setting(rules.policyArn, "ARN of the policy that bounds the roles."),
  namePrefix: setting(
    rules.roleNamePrefix,
    "Prefix of the roles' names, to which Terraform appends a suffix.",
    DEFAULT_ROLE_PREFIX,
  ),
  confusedDeputyGuard: setting(
    rules.confusedDeputyGuard,
    "What Firehose must show to assume its role: the account's id as external id, the condition key aws:SourceAccount (which no AWS page promises for this role), or nothing.",
    "externalId",
  ),
});

const logs = section({
  kmsKeyArn: setting(
    rules.kmsKeyArn,
    "Customer key that encrypts every log group of the stack, in the target's region. Its policy must let CloudWatch Logs use it.",
  ),
});

/** The settings of one level. Nothing is filled in: the constructs own their defaults, the descriptions tell them. */
export const settingsSchema = section({
  name: setting(rules.pipelineName, "Name of the pipeline; the stream is called amazon-apigateway-<name>.", "moesif"),
  baseUrl: setting(rules.baseUrl, "Address of Moesif's collector.", DEFAULT_BASE_URL),
  output: setting(
    rules.output,
    "What is sent: the keys of Moesif's access logs, or objects in its event model. Of the calls of the minutes in which a change is applied, some go to the address of the other.",
    DEFAULT_OUTPUT,
  ),
  applicationId: applicationId
    .optional()
    .meta(
      about(
        'Where Moesif\'s application id is kept: exactly one of secretArn, secretName and createSecret. Each target needs one; an override replaces it whole. The secret holds {"api_key": "<application id>"}. (https://docs.aws.amazon.com/firehose/latest/dev/using-secrets-manager.html)',
      ),
    ),
  backup: backup.optional().meta(about("The bucket that keeps what could not be processed or delivered.")),
  delivery: delivery.optional().meta(about("Delivery of the records to Moesif.")),
  transformer: transformer.optional().meta(about("The function that completes each record.")),
  iam: iam.optional().meta(about("The roles that the stack creates.")),
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
    .meta(about("How stages that somebody else owns are found, and kept. Those of one API stand at the API.")),
  enrichment: setting(rules.enrichment, "Whether identities and metadata are added to a call.", "full"),
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
  sampling: samplingSection.optional().meta(about("How many calls of all are sent. Levels merge key by key.")),
  redaction: redactionSection
    .optional()
    .meta(
      about(
        "What does not leave the account, beside what is a secret by its nature: see docs/privacy.md. Levels join: what any of them redacts is redacted, and no level can take it back.",
      ),
    ),
  hashKey: hashKey
    .optional()
    .meta(
      about(
        'Where the key of redaction.hash is kept: exactly one of secretArn and secretName. Targets that hash need one; an override replaces it whole. The secret holds {"hash_key": "<32 characters or more>"}; a new one makes every hash another.',
      ),
    ),
  metadata: metadata
    .optional()
    .meta(about("JSON that appears in Moesif as metadata of every call. Levels merge key by key.", {})),
  eventTags: list(valueOf(rules.eventTag), "tags")
    .optional()
    .meta(about("Tags of every call, metadata.tags in Moesif. Levels add up.", [])),
  tags: texts(rules.tagKey, rules.tagValue, MOST_TAGS)
    .optional()
    .meta(about(`Tags of every resource. Levels merge key by key. (see ${rules.tagKey.because})`, {})),
}).meta({ id: "settings" });

/** The settings of one level, or of several merged. */
export type Settings = z.output<typeof settingsSchema>;

/** Where Moesif's application id is kept. */
export type ApplicationId = z.output<typeof applicationId>;
