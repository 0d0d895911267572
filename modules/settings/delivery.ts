/** `delivery`: how records are buffered and sent to Moesif. */
import { awsLimits, LOG_RETENTION_DAYS } from "./aws";
import { about, section, setting, text, texts, wholeNumber } from "./values";

const firehose = "https://docs.aws.amazon.com/firehose/latest/APIReference/";

/** Firehose's limit for one delivery stream. */
export const MAX_COMMON_ATTRIBUTES = 50;

/** Moesif takes an event for late after five minutes. */
export const MAX_WAIT_SECONDS = 300;

export const deliveryLimits = {
  bufferIntervalSeconds: wholeNumber(
    0,
    MAX_WAIT_SECONDS,
    "seconds",
    "Firehose allows 0 to 900 s, but an event that reaches Moesif more than five minutes late may miss its alerts and bills",
  ),
  /** What Firehose sends is base64, a third more. */
  bufferSizeMb: wholeNumber(
    1,
    35,
    "MB",
    "Firehose allows 1 to 64 MB, but sends base64, a third more, and Moesif takes at most 50 MB; an HTTP 413 would lose the batch without a trace: https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html",
  ),
  retrySeconds: wholeNumber(0, 7200, "seconds", `${firehose}API_HttpEndpointRetryOptions.html`),
  commonAttributeName: text("^.{1,256}$", "1 to 256 characters", `${firehose}API_HttpEndpointCommonAttribute.html`),
  commonAttributeValue: text(
    "^.{0,1024}$",
    "at most 1,024 characters on one line",
    `${firehose}API_HttpEndpointCommonAttribute.html`,
  ),
} as const;

export const deliveryDefaults = {
  bufferIntervalSeconds: 60,
  bufferSizeMb: 1,
  retrySeconds: 300,
  logRetentionDays: LOG_RETENTION_DAYS,
} as const;

/** Scopes merge key by key, and `commonAttributes` name by name. */
export const deliverySection = section({
  bufferIntervalSeconds: setting(
    deliveryLimits.bufferIntervalSeconds,
    "Seconds for which Firehose buffers records before it sends them.",
    deliveryDefaults.bufferIntervalSeconds,
  ),
  bufferSizeMb: setting(
    deliveryLimits.bufferSizeMb,
    "MB that Firehose buffers before it sends them.",
    deliveryDefaults.bufferSizeMb,
  ),
  retrySeconds: setting(
    deliveryLimits.retrySeconds,
    "Seconds for which Firehose retries a failed request before the records go to the bucket.",
    deliveryDefaults.retrySeconds,
  ),
  commonAttributes: texts(
    deliveryLimits.commonAttributeName,
    deliveryLimits.commonAttributeValue,
    MAX_COMMON_ATTRIBUTES,
  )
    .optional()
    .meta(
      about(
        `Names and values sent with each request, in X-Amz-Firehose-Common-Attributes; at most ${MAX_COMMON_ATTRIBUTES}. Scopes merge name by name. (${firehose}API_HttpEndpointRequestConfiguration.html)`,
        {},
      ),
    ),
  kmsKeyArn: setting(
    awsLimits.kmsKeyArn,
    "Customer key that encrypts the stream, in the target's region, instead of the key that AWS owns. API Gateway cannot use one: https://docs.aws.amazon.com/firehose/latest/dev/encryption.html",
  ),
  logRetentionDays: setting(
    awsLimits.logRetentionDays,
    "Days for which the stream's error log is kept.",
    deliveryDefaults.logRetentionDays,
  ),
});
