/** The access-log format of a WebSocket API, as the transformer reads it. */
import { accessLogFormatProblems } from "./access-log-format";
import { type AccessLogFormatProps, buildFormat, companyKey, userVariable } from "./build-format";

export type WebsocketAccessLogFormatProps = AccessLogFormatProps;

/**
 * Builds the format: one line of JSON in which every variable is quoted. A WebSocket API has events and routes in the
 * place of methods and paths, and no length of a response: the transformer makes Moesif's keys of what there is.
 *
 * @throws InvalidValueError naming each property that is wrong
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export function websocketAccessLogFormat(props: WebsocketAccessLogFormatProps = {}): string {
  const keys = {
    apiId: "$context.apiId",
    requestId: "$context.requestId",
    extendedRequestId: "$context.extendedRequestId",
    requestTime: "$context.requestTime",
    eventType: "$context.eventType",
    routeKey: "$context.routeKey",
    connectionId: "$context.connectionId",
    requestHostHeader: "$context.domainName",
    requestUserAgentHeader: "$context.identity.userAgent",
    ip: "$context.identity.sourceIp",
    status: "$context.status",
    caller: "$context.identity.caller",
    user: userVariable(props.user),
    principalId: "$context.authorizer.principalId",
    cognitoIdentityId: "$context.identity.cognitoIdentityId",
    apiKeyId: "$context.identity.apiKeyId",
    ...companyKey(props.company),
    stage: "$context.stage",
    // Repair knows the keys by their order: new ones come behind.
    integrationLatency: "$context.integration.latency",
    authorizerLatency: "$context.authorizer.latency",
    errorType: "$context.error.responseType",
    wafStatus: "$context.waf.status",
    requestTimeEpoch: "$context.requestTimeEpoch",
  };
  return buildFormat("WEBSOCKET", "websocketAccessLogFormat", keys, props);
}

/**
 * What is wrong with the format of a WebSocket API, one sentence for each problem, each with its fix; empty for a good
 * one.
 *
 * @param format the text of `accessLogSettings.format`
 */
export function websocketAccessLogFormatProblems(format: string): string[] {
  return accessLogFormatProblems("WEBSOCKET", format);
}
