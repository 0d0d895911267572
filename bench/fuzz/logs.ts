/** Calls in the shapes that producers write them: access logs of the three API types, and Moesif events. */
import { isObject } from "../../common/json";
import type { Random } from "./random";
import { anyKey, anyObject, anyValue, type Json, unusualText } from "./values";

/** When the made-up records arrive. */
export const NOW = Date.parse("2026-11-23T12:00:00Z");

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** An access log of a REST API, its keys in the order of the default format. */
export function restLog(random: Random): Json {
  const host = `${random.pick(["a1b2c3d4e5", "f6g7h8i9j0", "constructor"])}.execute-api.us-east-1.amazonaws.com`;
  const log: Json = {
    apiId: random.oneIn(20) ? unusualText(random) : host.split(".")[0],
    requestId: random.oneIn(30) ? "UUID_REPLACED_INVALID_REQUEST_ID" : random.uuid(),
    extendedRequestId: random.oneIn(10) ? "-" : `${random.digits(15)}=`,
    requestTime: clf(timeOf(random)),
    protocol: random.pick(["HTTP/1.1", "HTTP/2.0"]),
    httpMethod: random.pick(["GET", "GET", "POST", "PUT", "OPTIONS", "HEAD"]),
    resourcePath: pathOf(random),
    requestHostHeader: host,
    requestUserAgentHeader: random.oneIn(6) ? unusualText(random) : `Mozilla/5.0 (X11; rv:${random.below(140)}.0)`,
    ip: random.oneIn(4) ? `2001:db8:${random.digits(4)}::${random.digits(3)}` : ipOf(random),
    status: random.pick(["200", "200", "201", "304", "404", "429", "500", "-", ""]),
    responseLength: random.pick(["0", "253", "203023", "-"]),
    durationMs: random.pick(["1", "38", "29000", "-"]),
    caller: random.pick(["-", "-", "AROA123:session", "x"]),
    user: random.oneIn(10) ? unusualText(random) : random.pick(["-", "-", "jane", "bob"]),
    principalId: random.pick(["-", "ann@acme", "user-1", ""]),
    cognitoIdentityId: random.pick(["-", "us-east-1:1"]),
    userArn: "-",
    apiKeyId: random.pick(["-", "-", "key1", "key2"]),
    stage: random.oneIn(30) ? unusualText(random) : random.pick(["prod", "live", "-"]),
    accountId: "111111111111",
  };
  if (random.oneIn(3)) log.companyId = random.pick(["acme", "globex", "-", "[redacted]"]);
  if (random.oneIn(5)) log.metadata = metadataOf(random);
  return random.oneIn(4) ? withExtras(random, log) : log;
}

/** The same call as the format of an HTTP or a WebSocket API has it. */
export function asHttpLog(random: Random, log: Json): Json {
  const { resourcePath, requestHostHeader, requestUserAgentHeader, ip, durationMs, requestTime, ...rest } = log;
  const named: Json = {
    ...rest,
    path: resourcePath,
    domainName: requestHostHeader,
    userAgent: requestUserAgentHeader,
    sourceIp: ip,
    responseLatency: random.oneIn(5) ? 17 : durationMs,
    ...(random.oneIn(3) ? { requestTimeEpoch: String(timeOf(random)) } : { requestTime }),
    ...(random.oneIn(6) && { queryString: random.pick(["a=b", "?q=1&token=2", "-"]) }),
  };
  if (!random.oneIn(3)) return { ...named, routeKey: random.pick(["GET /orders/{id}", "$default", "-"]) };
  const { httpMethod: _, protocol: __, ...ofConnection } = named;
  const eventType = random.pick(["CONNECT", "MESSAGE", "DISCONNECT"]);
  return { ...ofConnection, eventType, connectionId: `${random.digits(12)}=`, routeKey: "$default" };
}

/** The same call as an object in Moesif's event model; keys without a field of their own are metadata there. */
export function asEvent(random: Random, log: Json): Json {
  const time = random.oneIn(20) ? "some time" : new Date(timeOf(random)).toISOString();
  const { resourcePath, requestHostHeader, requestUserAgentHeader, ip, httpMethod, status, user, companyId } = log;
  const { sessionToken, metadata, principalId, caller, stage, apiKey } = log;
  const path = String(resourcePath);
  return {
    request: {
      time,
      uri: `https://${String(requestHostHeader)}${path.startsWith("/") ? "" : "/"}${path}`,
      verb: httpMethod,
      headers: {
        Host: requestHostHeader,
        "User-Agent": requestUserAgentHeader,
        ...(random.oneIn(3) && { Accept: "*/*" }),
      },
      ...(hasValue(ip) && { ip_address: ip }),
      ...(random.oneIn(4) && { body: anyObject(random) }),
    },
    ...(!random.oneIn(5) && { response: { time, status: Number(status) || 200, headers: {} } }),
    ...(hasValue(user) && { user_id: user }),
    ...(hasValue(companyId) && { company_id: companyId }),
    ...(hasValue(sessionToken) && { session_token: sessionToken }),
    ...(random.oneIn(2) && { transaction_id: random.uuid() }),
    ...(random.oneIn(2) && { direction: "Incoming" }),
    ...(random.oneIn(6) && { weight: 1 + random.below(9) }),
    metadata: {
      ...(isObject(metadata) ? metadata : {}),
      principalId,
      caller,
      stage,
      ...(apiKey !== undefined && { apiKey }),
    },
  };
}

/** An IPv4 address that does not end in 0. */
export function ipOf(random: Random): string {
  return `${random.pick(["203.0.113", "198.51.100"])}.${100 + random.below(150)}`;
}

function hasValue(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value !== "-";
}

function pathOf(random: Random): string {
  if (random.oneIn(10)) return `/${unusualText(random)}`;
  const path = random.pick([
    "/",
    "/orders/42",
    "/health",
    "/users/7/orders",
    "/a//b/%C3%A9",
    "/react@18.2/x",
    "/x.png",
  ]);
  return random.oneIn(5) ? `${path}?${random.pick(["q=1", "token=abc&x", "a=b&a=c", "=", "é=%40"])}` : path;
}

/** Mostly of the last minutes; sometimes late, or too old. */
function timeOf(random: Random): number {
  const age = random.weighted([
    [90, random.below(180) * SECOND],
    [5, random.below(20 * 60 * 60) * SECOND],
    [3, (31 + random.below(400)) * DAY],
    [2, -random.below(100) * SECOND],
  ]);
  return NOW - age;
}

function clf(ms: number): string {
  const [year, month, day, time] = new Date(ms).toISOString().slice(0, 19).split(/[-T]/);
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}

/** Some of them forge the mark of the transformer. */
function metadataOf(random: Random): unknown {
  return random.weighted<unknown>([
    [6, { orgId: random.pick(["acme", "-", "Globex"]), ...anyObject(random) }],
    [2, { ...anyObject(random), transformer: "cdktf-moesif-firehose/1" }],
    [2, anyValue(random)],
  ]);
}

/** Further keys, before and behind the others. */
function withExtras(random: Random, log: Json): Json {
  const extras = random.times(1 + random.below(4), (): [string, unknown] => [anyKey(random), anyValue(random)]);
  const entries = Object.entries(log);
  return Object.fromEntries(random.oneIn(2) ? [...extras, ...entries] : [...entries, ...extras]);
}
