/**
 * One access-log object and the keys that Moesif asks of it.
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
import type { JsonValue } from "./settings";

/**
 * One access-log object. The steps change it in place: it was parsed for them and nobody else holds it. A key set to
 * `undefined` is a removed key, since `JSON.stringify` leaves it out; `delete` would make the object slow to write.
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

/** Whether API Gateway means "no value": it prints `-` for a variable that is not set. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === "-" || value === "";
}

/** Whether an object is an access log: Moesif rejects one in which a required key is missing. */
export function isAccessLog(log: AccessLog): boolean {
  for (const key of REQUIRED_KEYS) {
    if (log[key] === undefined) {
      return false;
    }
  }
  return true;
}

/** A step that changes an access log in place, and says whether it did: a log that none changed is delivered as it came. */
export type Step = (log: AccessLog) => boolean;
