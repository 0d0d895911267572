/**
 * What an error of API Gateway's control plane means for the next call.
 * https://docs.aws.amazon.com/apigateway/latest/api/CommonErrors.html
 */

/** The errors of the AWS SDK have a name, a status where there was an answer, and a code where there was none. */
interface Failure {
  readonly name?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** Of TooManyRequestsException, as the header Retry-After has it. */
  readonly retryAfterSeconds?: string;
}

const THROTTLED = /Throttl|TooManyRequests|LimitExceeded|RequestLimit|SlowDown/;
const UNANSWERED = /^(TimeoutError|AbortError|ECONN\w+|ETIMEDOUT|EPIPE|EAI_AGAIN|EHOSTUNREACH)$/;

const failureOf = (error: unknown): Failure => Object(error) as Failure;
const statusOf = (error: unknown): number | undefined => failureOf(error).$metadata?.httpStatusCode;

/** Whether there were too many calls, from whomever: the quota is the whole account's. */
export function isThrottled(error: unknown): boolean {
  return statusOf(error) === 429 || THROTTLED.test(failureOf(error).name ?? "");
}

/** Whether there is no such API or stage. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404 || failureOf(error).name === "NotFoundException";
}

/** Whether IAM does not allow it, or not yet. */
export function isDenied(error: unknown): boolean {
  return statusOf(error) === 403 && !isThrottled(error);
}

/** Whether API Gateway does not take what it was given, now or ever. */
export function isRefused(error: unknown): boolean {
  return statusOf(error) === 400 && !isThrottled(error);
}

/**
 * Whether the same call may go well in a moment. A conflict is one: two were changing the API at the same time.
 */
export function mayPass(error: unknown): boolean {
  const { name = "", code = "" } = failureOf(error);
  const status = statusOf(error) ?? 0;
  return (
    isThrottled(error) ||
    status >= 500 ||
    name === "ConflictException" ||
    UNANSWERED.test(name) ||
    UNANSWERED.test(code)
  );
}

/** For how many milliseconds API Gateway asked for no call. */
export function askedPauseMs(error: unknown): number {
  const seconds = Number(failureOf(error).retryAfterSeconds);
  return seconds > 0 ? seconds * 1000 : 0;
}

/** What went wrong, as messages say it: the name and the message of the AWS SDK's error, which say what was refused. */
export function describeError(error: unknown): string {
  const { name, message } = Object(error) as Partial<Error>;
  return name && message ? `${name}: ${message.replace(/\.$/, "")}` : String(error);
}
