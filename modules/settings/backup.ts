/** `backup`: the bucket for what could not be processed or delivered. */
import { awsLimits } from "./aws";
import { about, choice, flag, required, section, setting, text, wholeNumber } from "./values";

export const backupLimits = {
  bucketPrefix: text(
    "^[a-z0-9][a-z0-9.-]{0,36}$",
    "1 to 37 lowercase letters, digits, '.' or '-'",
    "Terraform appends 26 characters to it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
  ),
  logPrefix: text(
    "^[^/].{0,511}$",
    "1 to 512 characters that do not begin with '/'",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
  ),
  expirationDays: wholeNumber(
    1,
    36500,
    "days",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html",
  ),
  mode: choice(
    ["FailedDataOnly", "AllData"],
    "https://docs.aws.amazon.com/firehose/latest/APIReference/API_HttpEndpointDestinationConfiguration.html",
  ),
} as const;

export const backupDefaults = {
  expirationDays: 90,
  abortIncompleteUploadDays: 7,
  forceDestroy: false,
  mode: "FailedDataOnly",
} as const;

/** Scopes merge key by key. */
export const backupSection = section({
  bucket: setting(awsLimits.bucketName, "Name of an existing bucket, instead of one that the stack creates."),
  bucketPrefix: setting(
    backupLimits.bucketPrefix,
    "Prefix of the bucket's name, to which Terraform appends a suffix. If left out: moesif-backup- and the pipeline's name.",
  ),
  accessLog: section({
    bucket: required(awsLimits.bucketName, "Bucket that takes the log, in the target's account and region."),
    prefix: setting(backupLimits.logPrefix, "Prefix of the log's keys, none if left out."),
  })
    .optional()
    .meta(
      about(
        "S3 server access logging of the bucket. An override replaces it whole. (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html)",
      ),
    ),
  expirationDays: setting(
    backupLimits.expirationDays,
    "Days after which backup objects expire.",
    backupDefaults.expirationDays,
  ),
  abortIncompleteUploadDays: setting(
    backupLimits.expirationDays,
    "Days after which incomplete uploads are removed.",
    backupDefaults.abortIncompleteUploadDays,
  ),
  kmsKey: setting(
    awsLimits.kmsKey,
    "Key that encrypts the bucket, instead of SSE-S3; its ARN is in the target's region.",
  ),
  forceDestroy: flag("Whether `destroy` deletes a bucket that still holds objects.", backupDefaults.forceDestroy),
  mode: setting(
    backupLimits.mode,
    "What Firehose writes to the bucket: what failed, or every record.",
    backupDefaults.mode,
  ),
});

/** Settings of a bucket that the pipeline creates: of an existing one, nothing is managed. */
export const CREATED_BUCKET_SETTINGS = [
  "bucketPrefix",
  "expirationDays",
  "abortIncompleteUploadDays",
  "forceDestroy",
  "accessLog",
] as const satisfies readonly (keyof typeof backupSection.shape)[];
