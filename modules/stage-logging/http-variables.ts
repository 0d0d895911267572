/** The `$context` variables that the access log of an HTTP API knows; API Gateway refuses a format with another one. */
import { below, type ContextVariables } from "./context-variables";
import { AUTHORIZER_OWN_NAMES } from "./identity";

/** Names below `$context.authorizer` that are no property of an authorizer's context; HTTP APIs have the error alone. */
const OWN_NAMES = AUTHORIZER_OWN_NAMES.join("|");

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
export const HTTP_VARIABLES: ContextVariables = {
  names: new Set([
    ...below(
      "",
      "accountId apiId awsEndpointRequestId awsEndpointRequestId2 dataProcessed domainName domainPrefix " +
        "extendedRequestId httpMethod path protocol requestId requestTime requestTimeEpoch responseLatency " +
        "responseLength routeKey stage status integrationErrorMessage integrationLatency integrationStatus",
    ),
    ...below("customDomain.", "basePathMatched"),
    ...below(
      "identity.",
      "accountId caller cognitoAuthenticationProvider cognitoAuthenticationType cognitoIdentityId " +
        "cognitoIdentityPoolId principalOrgId sourceIp user userAgent userArn",
    ),
    ...below(
      "identity.clientCert.",
      "clientCertPem subjectDN issuerDN serialNumber validity.notBefore validity.notAfter",
    ),
    ...below("authorizer.", "error"),
    ...below("error.", "message messageString responseType"),
    ...below("integration.", "error integrationStatus latency requestId status"),
  ]),
  families: [
    /^\$context\.authorizer\.claims\.[^\s"'\\$]+$/,
    new RegExp(`^\\$context\\.authorizer\\.(?!(${OWN_NAMES})$)[A-Za-z0-9_]+$`),
  ],
  instead: {
    "$context.resourcePath": "$context.routeKey",
    "$context.error.validationErrorString": "$context.error.message",
  },
  advice: [
    [
      /^\$context\.identity\.apiKeyId$/,
      "HTTP APIs have no API keys: log a claim, $context.authorizer.claims.<name>, or a property of the Lambda authorizer's context, $context.authorizer.<name>",
    ],
    [
      /^\$context\.authorizer\.principalId$/,
      "have the Lambda authorizer return the principal as a property of its context, and log $context.authorizer.<name>",
    ],
  ],
};
