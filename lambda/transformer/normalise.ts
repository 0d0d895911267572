/**
 * One shape for the access logs of all API types: Moesif's keys, each with a text. REST APIs write them by their format;
 * what the formats of HTTP and WebSocket APIs cannot have is filled from what these do have.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
import { ABSENT, type AccessLog, isAbsent, isMarked, isObject, REQUIRED_KEYS, textOf } from "./access-log";
import type { JsonValue } from "./settings";

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
type Shape = "as-is" | "changed" | "unknown";

/**
 * Gives an access log Moesif's eleven required keys. An object is taken for an access log if it says when a call was
 * made, which one, and with what status, and has a key for its method, path, route, event or connection; what else it
 * lacks is `-`, as API Gateway has it for "no value".
 */
export function normalise(log: AccessLog): Shape {
  // What the transformer has made keeps its gaps: what could fill them has been redacted.
  if (!isComplete(log) || (hasGaps(log) && !isMarked(log))) {
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

/** Whether a complete log lacks a value that other keys of it may have. */
function hasGaps({ requestTime, protocol, httpMethod, resourcePath }: AccessLog): boolean {
  return (
    isAbsent(requestTime) ||
    isAbsent(protocol) ||
    isAbsent(httpMethod) ||
    isAnyMethod(httpMethod) ||
    isAbsent(resourcePath)
  );
}

function complete(log: AccessLog): Shape {
  let changed = false;
  const fill = (key: string, value: JsonValue | undefined) => {
    if (value !== undefined && (isMissing(log[key]) || (isAbsent(log[key]) && !isAbsent(value)))) {
      log[key] = value;
      changed = true;
      return true;
    }
    return false;
  };
  for (const [from, to] of RENAMED) {
    if (fill(to, log[from])) {
      log[from] = undefined;
    }
  }
  fill("requestId", textOf(log.extendedRequestId));
  fill("requestTime", timeOf(log.requestTimeEpoch));
  if (isAnyMethod(log.httpMethod)) {
    log.httpMethod = ABSENT;
    changed = true;
  }
  const isWebSocket = isOfWebSocket(log);
  const [method, route] = routeOf(textOf(log.routeKey));
  fill("httpMethod", textOf(log.eventType) ?? method);
  fill("resourcePath", route);
  if (isWebSocket) {
    fill("protocol", WEBSOCKET);
    fill("durationMs", textOf(log.integrationLatency));
  }
  if (
    ["requestId", "requestTime", "status"].some((key) => !saysAnything(log[key])) ||
    !NAMING.some((key) => key in log)
  ) {
    return "unknown";
  }
  for (const key of REQUIRED_KEYS) {
    const value = log[key];
    // Moesif's texts for what a format wrote without quotes.
    if (typeof value === "number" || typeof value === "boolean") {
      log[key] = String(value);
      changed = true;
    } else {
      fill(key, ABSENT);
    }
  }
  if (log.queryString !== undefined) {
    addQuery(log);
    changed = true;
  }
  return changed ? "changed" : "as-is";
}

/** The keys of which an access log has one at least, if perhaps without a value: what was called. */
const NAMING = ["httpMethod", "resourcePath", "routeKey", "eventType", "connectionId"];

/** Whether a value can be an id, a time or a status. */
function saysAnything(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

function timeOf(epoch: unknown): string | undefined {
  const ms = parseTime(String(epoch));
  return Number.isNaN(ms) ? undefined : toClf(ms);
}

/** What a route has that takes every method. */
const ANY_METHOD = "ANY";

function isAnyMethod(method: unknown): boolean {
  return typeof method === "string" && method.length === 3 && method.toUpperCase() === ANY_METHOD;
}

/** A method with a path; or only a method, as a route of a WebSocket API is hardly called. */
const ROUTE_OF_HTTP = /^\s*(?:([A-Za-z]+)\s+(\/.*)|(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY)\s*)$/s;

/**
 * Method and path of a route: `GET /items/{id}` or `$default` of an HTTP API; `$connect` of a WebSocket API, which has no
 * paths: its route takes the place. `ANY` is no method.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
function routeOf(routeKey: string | undefined): [method?: string, route?: string] {
  if (routeKey === undefined) {
    return [];
  }
  const found = ROUTE_OF_HTTP.exec(routeKey);
  if (found === null) {
    return [undefined, routeKey.startsWith("/") ? routeKey : `/${routeKey}`];
  }
  const method = (found[1] ?? found[3])!.toUpperCase();
  return [method === ANY_METHOD ? undefined : method, found[2]];
}

/**
 * Only a WebSocket API has events and connections, and routes that are no method and path. A call that it refuses before
 * it has a route is known by the keys of its format: they are there, while no variable of an HTTP call has a value.
 */
function isOfWebSocket({ eventType, connectionId, routeKey, httpMethod, protocol }: AccessLog): boolean {
  if (textOf(eventType) !== undefined || textOf(connectionId) !== undefined) {
    return true;
  }
  const isHttp = [httpMethod, protocol].some((value) => !isMissing(value) && !isAbsent(value));
  const route = textOf(routeKey);
  const isOwnRoute = route !== undefined && route !== "$default" && !ROUTE_OF_HTTP.test(route);
  return !isHttp && (isOwnRoute || eventType !== undefined || connectionId !== undefined);
}

/** Where an authorizer passes the query string on: into the path, where Moesif shows it and the redaction searches. */
function addQuery(log: AccessLog): Shape {
  const query = queryOf(log.queryString);
  const { resourcePath } = log;
  if (typeof resourcePath !== "string" && query !== "") {
    // Nothing says how the two belong together.
    return "as-is";
  }
  log.queryString = undefined;
  if (query !== "") {
    const path = textOf(resourcePath) ?? "/";
    const [, own] = /\?(.*)$/s.exec(path) ?? [];
    if (own !== query) {
      log.resourcePath = path + (own === undefined ? "?" : own === "" ? "" : "&") + query;
    }
  }
  return "changed";
}

/** A query string, or parameters as an object: each with a value or a list of them. */
function queryOf(query: JsonValue | undefined): string {
  if (Array.isArray(query)) {
    return query
      .map(queryOf)
      .filter((one) => one !== "")
      .join("&");
  }
  if (!isObject(query)) {
    return query === null ? "" : (textOf(String(query ?? ""))?.replace(/^\?/, "") ?? "");
  }
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat() as (JsonValue | undefined)[]) {
      parameters.append(name, one === null ? "" : typeof one === "object" ? JSON.stringify(one) : String(one));
    }
  }
  return parameters.toString();
}

// When a call was made, in the forms that API Gateway writes: `$context.requestTime` in the Common Log Format,
// `$context.requestTimeEpoch` in milliseconds; ISO 8601 as well, since other producers write it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const CLF =
  /^(0[1-9]|[12]\d|3[01])\/([A-Z][a-z]{2})\/(\d{4}):([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60) ([+-])(\d\d)(\d\d)$/;
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;
/** The Common Log Format as others write it. */
const LIKE_CLF = /^(\d{1,2})\/([a-z])([a-z]{2})\/(\d{4}:\d\d:\d\d:\d\d) ?(Z|UTC|GMT|[+-]\d\d:?\d\d)$/i;
/** As in a header of HTTP, such as `Date`. */
const HTTP_DATE = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-]\d{4})$/;
/** Seconds, milliseconds, microseconds or nanoseconds, with or without a fraction. */
const EPOCH = /^(\d{10}(?:\d{3}){0,3})(\.\d+)?$/;

const CLF_LENGTH = "17/Nov/2026:10:05:03 +0000".length;
const SECONDS_AT = "17/Nov/2026:10:05:".length;
const ZERO = 0x30;

/** The calls of a batch are of one minute or two: what was found for the last one serves the next. */
let lastMinute = "\n";
let lastZone = "\n";
let lastMinuteMs = NaN;

/** Milliseconds since the epoch; `NaN` for what is no time. A time without a zone is UTC. */
export function parseTime(text: string): number {
  if (text.length === CLF_LENGTH && text.startsWith(lastMinute) && text.endsWith(lastZone)) {
    const tens = text.charCodeAt(SECONDS_AT) - ZERO;
    const ones = text.charCodeAt(SECONDS_AT + 1) - ZERO;
    return tens >= 0 && tens <= 5 && ones >= 0 && ones <= 9 ? lastMinuteMs + (tens * 10 + ones) * 1000 : NaN;
  }
  return parseClf(text) ?? parseOther(text);
}

function parseClf(text: string): number | undefined {
  const [, day, name = "", year, hour, minute, second, sign, zoneHours, zoneMinutes] = CLF.exec(text) ?? [];
  const month = MONTHS.indexOf(name);
  if (month < 0) {
    return undefined;
  }
  const zone = (sign === "-" ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  const ms = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute) - zone);
  lastMinute = text.slice(0, SECONDS_AT);
  lastZone = text.slice(SECONDS_AT + 2);
  lastMinuteMs = ms;
  return ms + Number(second) * 1000;
}

function parseOther(text: string): number {
  const [, whole] = EPOCH.exec(text) ?? [];
  if (whole !== undefined) {
    return Math.round(Number(text) * 10 ** (13 - whole.length));
  }
  const [, date, time, zone = "Z"] = ISO.exec(text) ?? [];
  if (date !== undefined) {
    const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}` : "Z";
    return Date.parse(`${date}T${time!.replace(",", ".")}${offset}`);
  }
  const [, day, initial, letters, rest, clfZone] = LIKE_CLF.exec(text) ?? [];
  if (day !== undefined) {
    const offset = /^[a-z]/i.test(clfZone!) ? "+0000" : clfZone!.replace(":", "");
    const month = initial!.toUpperCase() + letters!.toLowerCase();
    return parseClf(`${day.padStart(2, "0")}/${month}/${rest} ${offset}`) ?? NaN;
  }
  if (HTTP_DATE.test(text)) {
    return Date.parse(text);
  }
  // White space around a time, or the brackets that web servers write around it.
  const trimmed = text.trim();
  const bare = trimmed.startsWith("[") && trimmed.endsWith("]") ? trimmed.slice(1, -1).trim() : trimmed;
  return bare === text || bare.startsWith("[") ? NaN : parseTime(bare);
}

const MINUTE_MS = 60_000;
const SECONDS = Array.from({ length: 60 }, (_, second) => `${String(second).padStart(2, "0")}.`);
const MILLISECONDS = Array.from({ length: 1000 }, (_, ms) => `${String(ms).padStart(3, "0")}Z`);
let lastIsoMinute = NaN;
let lastIsoPrefix = "";

/** ISO 8601 in UTC with milliseconds, as Moesif's events have it. */
export function toIso(ms: number): string {
  const minute = Math.floor(ms / MINUTE_MS);
  if (minute !== lastIsoMinute) {
    lastIsoPrefix = new Date(minute * MINUTE_MS).toISOString().slice(0, "2026-11-17T10:05:".length);
    lastIsoMinute = minute;
  }
  const rest = Math.floor(ms - minute * MINUTE_MS);
  return lastIsoPrefix + SECONDS[Math.floor(rest / 1000)] + MILLISECONDS[rest % 1000];
}

/** As `$context.requestTime` has it, in UTC. */
export function toClf(ms: number): string {
  const [date = "", time = ""] = new Date(ms).toISOString().split("T");
  const [year, month, day] = date.split("-");
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}
