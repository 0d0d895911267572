/**
 * One access-log object and the keys that Moesif asks of it.
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
import type { JsonValue } from "./settings";

/**
 * One access-log object. The steps change it in place: it was parsed for them and nothing else holds it. A key set to
 * `undefined` is a removed key; `delete` would make the object slow to write.
 */
export interface AccessLog {
  [key: string]: JsonValue | undefined;
}

/** The keys without which Moesif rejects a record. Their presence counts, not their value. */
export const REQUIRED_KEYS = [
  "apiId",
  "requestId",
  "requestTime",
  "protocol",
  "httpMethod",
  "resourcePath",
  "requestHostHeader",
  "requestUserAgentHeader",
  "status",
  "responseLength",
  "durationMs",
] as const;

/** The keys of which Moesif takes the first with a value for the user. */
export const USER_ORDER = ["user", "apiKeyId", "principalId", "cognitoIdentityId", "caller"] as const;

/** What API Gateway prints for a variable that is not set. */
export const ABSENT = "-";

/** Whether there is no value. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === ABSENT || value === "";
}

/** A text with a value, or `undefined`. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== ABSENT && value !== "" ? value : undefined;
}

/** Whether a value is an object, and no list. */
export function isObject(value: unknown): value is AccessLog {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// The mark of what the transformer has changed, in `metadata`: a record that comes a second time, from the backup bucket
// or because it was put back, is redacted again and otherwise left as it is. So nothing is sampled, weighted or hashed
// twice.

/** The name in `metadata`. */
export const MARK_KEY = "transformer";

/** Says as well who made the metadata. */
export const MARK_VALUE = "cdktf-moesif-firehose/1";

/** Whether the transformer has made this object. */
export function isMarked({ metadata }: AccessLog): boolean {
  return isObject(metadata) && metadata[MARK_KEY] === MARK_VALUE;
}
