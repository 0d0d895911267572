/**
 * Why records could not be put on a stream, as a stable code that holds nothing of their content.
 * https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 */
export type PutFailure =
  /** The stream takes no more for now. */
  | "throttled"
  /** The service failed, or could not be reached in time. */
  | "unavailable"
  /** The function's role may not put records on this stream. */
  | "denied"
  /** The service does not take such a call: there is no such stream, or a record is not valid. */
  | "rejected"
  /** One object alone is larger than a record may be. */
  | "too-large"
  /** The time was up. */
  | "no-time";

/** Firehose answers with ServiceUnavailableException where the limits of a stream are exceeded. */
const THROTTLED = /Throttl|ServiceUnavailable|SlowDown|TooManyRequests|LimitExceeded|ThroughputExceeded/;
const DENIED = /AccessDenied|NotAuthorized|UnrecognizedClient|ExpiredToken|Signature|Credentials/;
const TIMED_OUT = /RequestTimeout/;

/** Classifies an error of the AWS SDK, or the code of one record in the answer. What never arrived has no status. */
export function putFailure(name: string, status?: number): "throttled" | "unavailable" | "denied" | "rejected" {
  if (THROTTLED.test(name) || status === 429) {
    return "throttled";
  }
  if (DENIED.test(name) || status === 403) {
    return "denied";
  }
  return status === undefined || status >= 500 || TIMED_OUT.test(name) ? "unavailable" : "rejected";
}

/** Whether the same call may be taken later. */
export function mayPass(failure: PutFailure): boolean {
  return failure === "throttled" || failure === "unavailable";
}
