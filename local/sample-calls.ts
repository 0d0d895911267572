/**
 * Makes access logs of HTTP and WebSocket APIs of the sample's calls to REST APIs: real clients, times, user agents,
 * statuses and sizes, with the keys of the formats that these APIs have.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
import { createHash } from "node:crypto";
import { timeOf } from "./sample-times";

const HTTP_API = "h1t2t3p4a5";
const WEBSOCKET_API = "w6s7o8c9k0";

/** An access log: of a call to a REST API, as the sample has it, or of another. */
type Log = Readonly<Record<string, string>>;

/** What API Gateway prints for a variable without a value, such as what the sample does not know. */
const NONE = "-";

/** The calls in turn as those of an HTTP and of a WebSocket API. */
export function asCallsOfOtherApis(records: readonly Buffer[]): Buffer[] {
  return records.map((record, index) => {
    const text = record.toString("utf8");
    const log: Log = { ...(JSON.parse(text) as Log), requestTimeEpoch: String(timeOf(text)) };
    return Buffer.from(JSON.stringify(index % 2 === 0 ? httpLog(log) : websocketLog(log)));
  });
}

/** All paths go to one integration, on the stage whose name is not in the path. */
function httpLog(log: Log): Log {
  return {
    ...idsOf(log, HTTP_API),
    ...taken(log, ["requestTime", "protocol", "httpMethod", "resourcePath"]),
    ...hostOf(HTTP_API),
    ...taken(log, ["requestUserAgentHeader", "ip", "status", "responseLength", "durationMs"]),
    ...taken(log, ["caller", "user", "cognitoIdentityId"]),
    stage: "$default",
    integrationLatency: NONE,
    errorType: NONE,
    routeKey: "ANY /{proxy+}",
    ...taken(log, ["requestTimeEpoch"]),
  };
}

/** A message on the connection of its client, which the integration takes the whole time to answer. */
function websocketLog(log: Log): Log {
  return {
    ...idsOf(log, WEBSOCKET_API),
    ...taken(log, ["requestTime"]),
    eventType: "MESSAGE",
    routeKey: "$default",
    connectionId: connectionOf(log["ip"] ?? NONE),
    ...hostOf(WEBSOCKET_API),
    ...taken(log, ["requestUserAgentHeader", "ip", "status"]),
    ...taken(log, ["caller", "user", "principalId", "cognitoIdentityId", "apiKeyId", "stage"]),
    integrationLatency: log["durationMs"] ?? NONE,
    authorizerLatency: NONE,
    errorType: NONE,
    wafStatus: NONE,
    ...taken(log, ["requestTimeEpoch"]),
  };
}

/** These APIs have one id in both variables, which no caller can choose. */
function idsOf({ extendedRequestId = NONE }: Log, apiId: string): Log {
  return { apiId, requestId: extendedRequestId, extendedRequestId };
}

function hostOf(apiId: string): Log {
  return { requestHostHeader: `${apiId}.execute-api.us-east-1.amazonaws.com` };
}

function taken(log: Log, keys: readonly string[]): Log {
  return Object.fromEntries(keys.map((key) => [key, log[key] ?? NONE]));
}

/** In the form of API Gateway's. */
function connectionOf(client: string): string {
  return `${createHash("sha256").update(client).digest("base64url").slice(0, 15)}=`;
}
