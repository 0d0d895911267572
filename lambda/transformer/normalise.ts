/**
 * One shape for the access logs of all API types: Moesif's keys, each with a text. REST APIs write them by their format;
 * what the formats of HTTP and WebSocket APIs cannot have is filled from what these do have.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
import { ABSENT, type AccessLog, isAbsent, REQUIRED_KEYS, textOf } from "./access-log";
import { parseTime, toClf } from "./request-time";

/** What a WebSocket API speaks; it has no variable that says so. */
export const WEBSOCKET = "WebSocket";

/** Keys that are called as their variable is: each gives its value to Moesif's key. */
const RENAMED = [
  ["domainName", "requestHostHeader"],
  ["userAgent", "requestUserAgentHeader"],
  ["path", "resourcePath"],
  ["responseLatency", "durationMs"],
  ["sourceIp", "ip"],
] as const;

/** What became of an object: nothing, since it is of the shape; it was changed; it is no access log. */
export type Shape = "as-is" | "changed" | "unknown";

/**
 * Gives an access log Moesif's eleven required keys. An object is taken for an access log if it says when a call was
 * made, which one, by what method or event, and with what status; what else it lacks is `-`, as API Gateway has it for
 * "no value".
 */
export function normalise(log: AccessLog): Shape {
  if (!isComplete(log)) {
    return complete(log);
  }
  return log.queryString === undefined ? "as-is" : addQuery(log);
}

/**
 * Whether a log has a text for each of the eleven keys. Spelt out: each call passes here, and a loop over names is
 * several times slower.
 */
export function isComplete(log: AccessLog): boolean {
  return (
    typeof log.apiId === "string" &&
    typeof log.requestId === "string" &&
    typeof log.requestTime === "string" &&
    typeof log.protocol === "string" &&
    typeof log.httpMethod === "string" &&
    typeof log.resourcePath === "string" &&
    typeof log.requestHostHeader === "string" &&
    typeof log.requestUserAgentHeader === "string" &&
    typeof log.status === "string" &&
    typeof log.responseLength === "string" &&
    typeof log.durationMs === "string"
  );
}

function complete(log: AccessLog): Shape {
  for (const [from, to] of RENAMED) {
    if (log[from] !== undefined && isMissing(log[to])) {
      log[to] = log[from];
      log[from] = undefined;
    }
  }
  fill(log, "requestId", textOf(log.extendedRequestId));
  fill(log, "requestTime", timeOf(log.requestTimeEpoch));
  // "GET /items/{id}" of an HTTP API; "$connect" of a WebSocket API, which has no paths: its route takes the place.
  const [method, route] = routeOf(textOf(log.routeKey));
  fill(log, "httpMethod", textOf(log.eventType) ?? method);
  // The format has a method then, of which this call has none: one such call must not fail all of its envelope.
  fill(log, "httpMethod", log.eventType === undefined ? undefined : ABSENT);
  fill(log, "resourcePath", route);
  // A WebSocket API alone has connections.
  if (!isAbsent(log.connectionId) || !isAbsent(log.eventType)) {
    fill(log, "protocol", WEBSOCKET);
    fill(log, "durationMs", textOf(log.integrationLatency));
  }
  for (const key of ["requestId", "requestTime", "httpMethod", "status"]) {
    if (isMissing(log[key])) {
      return "unknown";
    }
  }
  for (const key of REQUIRED_KEYS) {
    const value = log[key];
    // Moesif's texts for what a format wrote without quotes.
    log[key] = typeof value === "number" || typeof value === "boolean" ? String(value) : (value ?? ABSENT);
  }
  addQuery(log);
  return "changed";
}

/** A key that is there without a value is the format's own choice, and stays. */
function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

function fill(log: AccessLog, key: string, value: string | undefined): void {
  if (isMissing(log[key]) && value !== undefined) {
    log[key] = value;
  }
}

function timeOf(epoch: unknown): string | undefined {
  const ms = parseTime(String(epoch));
  return Number.isNaN(ms) ? undefined : toClf(ms);
}

function routeOf(routeKey: string | undefined): [method?: string, route?: string] {
  if (routeKey === undefined) {
    return [];
  }
  const [, method, path] = /^([A-Z]+) (\/.*)$/s.exec(routeKey) ?? [];
  return path === undefined ? [undefined, `/${routeKey}`] : [method, path];
}

/** Where an authorizer passes the query string on: into the path, where Moesif shows it and the redaction looks. */
function addQuery(log: AccessLog): Shape {
  const query = textOf(log.queryString);
  log.queryString = undefined;
  const path = textOf(log.resourcePath);
  if (query === undefined || path === undefined || path.includes("?")) {
    return "changed";
  }
  log.resourcePath = `${path}?${query.replace(/^\?/, "")}`;
  return "changed";
}
