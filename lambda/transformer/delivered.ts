/** Reads what is delivered, in either output, as Moesif would: for those who show it. The function itself never does. */
import { type AccessLog, isObject, textOf, USER_ORDER } from "./access-log";
import { asAccessLog, isMoesifEvent } from "./moesif-event";
import { parseTime } from "./normalise";
import { MASK } from "../secrets/placeholders";
import { isHash } from "./redact-value";
import { multiplied } from "./sampling/sampler";

/** One delivered call; what is undefined has no value. */
export interface DeliveredCall {
  /** Milliseconds since the epoch. */
  readonly time?: number;
  readonly verb: string;
  /** With its query. */
  readonly path: string;
  /** What API Gateway calls the route, of HTTP and WebSocket APIs. */
  readonly routeKey?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly responseBytes?: number;
  readonly user?: string;
  readonly company?: string;
  readonly apiId?: string;
  /** Of the settings. */
  readonly apiName?: string;
  /** How many calls it stands for. */
  readonly weight: number;
  /** Keys of which the value, or a part of it, is masked or hashed; of metadata as `metadata.name`. */
  readonly redacted: readonly string[];
}

/**
 * Reads one object that is delivered.
 *
 * @param replacements of the rules that mask
 */
export function readDelivered(object: AccessLog, replacements: readonly string[] = []): DeliveredCall {
  const log = isMoesifEvent(object) ? eventAsLog(object) : object;
  const metadata = isObject(log.metadata) ? log.metadata : {};
  const time = parseTime(textOf(log.requestTimeEpoch) ?? textOf(log.requestTime) ?? "");
  return {
    time: Number.isNaN(time) ? undefined : time,
    verb: textOf(log.httpMethod) ?? "",
    path: textOf(log.resourcePath) ?? "",
    routeKey: textOf(metadata.routeKey) ?? textOf(log.routeKey),
    status: numberIn(log.status),
    durationMs: numberIn(log.durationMs),
    responseBytes: numberIn(log.responseLength),
    user: USER_ORDER.map((key) => textOf(log[key])).find((value) => value !== undefined),
    company: textOf(log.companyId),
    apiId: textOf(log.apiId) ?? textOf(metadata.apiId),
    apiName: textOf(metadata.apiName),
    weight: multiplied(log.weight, 1),
    redacted: redactedIn(object, [MASK, ...replacements]),
  };
}

/** The latency is what Moesif computes: the time of the response after that of the request. */
function eventAsLog(event: AccessLog): AccessLog {
  const { request, response, weight } = event;
  const { time: end, headers } = isObject(response) ? response : {};
  const duration = parseTime(String(end)) - parseTime(String(isObject(request) ? request.time : undefined));
  const length = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "content-length")?.[1];
  return {
    ...asAccessLog(event),
    ...(duration >= 0 && { durationMs: String(duration) }),
    ...(length !== undefined && { responseLength: length }),
    weight,
  };
}

function numberIn(value: unknown): number | undefined {
  const number = Number(textOf(value) ?? NaN);
  return number >= 0 && Number.isFinite(number) ? number : undefined;
}

/** What callers wrote is not gone into. */
const DEEPEST = 3;

function redactedIn(object: AccessLog, marks: readonly string[], path = "", depth = 1): string[] {
  return Object.entries(object).flatMap(([key, value]) => {
    if (typeof value === "string") {
      const isRedacted = isHash(value) || (value.includes("[") && marks.some((mark) => value.includes(mark)));
      return isRedacted ? [path + key] : [];
    }
    return isObject(value) && depth < DEEPEST ? redactedIn(value, marks, `${path}${key}.`, depth + 1) : [];
  });
}
