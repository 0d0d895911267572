/** The `$context` variables that the access log of a WebSocket API knows; another name is logged as `-`. */
import { below, type ContextVariables } from "./context-variables";

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html */
export const WEBSOCKET_VARIABLES: ContextVariables = {
  names: new Set([
    ...below(
      "",
      "apiId connectedAt connectionId domainName eventType extendedRequestId messageId requestId requestTime " +
        "requestTimeEpoch routeKey stage status integrationLatency",
    ),
    ...below(
      "identity.",
      "accountId apiKeyId caller cognitoAuthenticationProvider cognitoAuthenticationType cognitoIdentityId " +
        "cognitoIdentityPoolId principalOrgId sourceIp user userAgent userArn",
    ),
    ...below("authorizer.", "principalId error integrationLatency integrationStatus latency requestId status"),
    ...below("authorize.", "error latency status"),
    ...below("authenticate.", "error latency status"),
    ...below("error.", "message messageString responseType validationErrorString"),
    ...below("integration.", "error integrationStatus latency requestId status"),
    ...below("waf.", "error latency status"),
  ]),
  families: [/^\$context\.authorizer\.[A-Za-z0-9_]+$/],
  instead: {
    "$context.httpMethod": "$context.eventType",
    "$context.path": "$context.routeKey",
    "$context.resourcePath": "$context.routeKey",
    "$context.responseLatency": "$context.integrationLatency",
    "$context.integrationStatus": "$context.integration.integrationStatus",
    "$context.integrationErrorMessage": "$context.integration.error",
  },
  advice: [
    [
      /^\$context\.authorizer\.claims\b/,
      "WebSocket APIs have no authorizer that reads tokens by itself: have the Lambda authorizer return the claim as a property of its context, and log $context.authorizer.<name>",
    ],
    [
      /^\$context\.(protocol|responseLength|accountId)$/,
      "WebSocket APIs have nothing of the kind, and the transformer fills what Moesif needs: leave it out",
    ],
  ],
};
