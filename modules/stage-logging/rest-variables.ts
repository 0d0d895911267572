/** The `$context` variables that the access log of a REST API knows; another name is logged as `-`, without a word. */
import { below, type ContextVariables } from "./context-variables";

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html */
export const REST_VARIABLES: ContextVariables = {
  names: new Set([
    ...below(
      "",
      "accountId apiId awsEndpointRequestId deploymentId domainName domainPrefix endpointType extendedRequestId " +
        "httpMethod isCanaryRequest path protocol requestId requestTime requestTimeEpoch resourceId resourcePath stage " +
        "status xrayTraceId tlsVersion cipherSuite responseLatency responseLength integrationLatency integrationStatus " +
        "wafResponseCode webaclArn",
    ),
    ...below("customDomain.", "basePathMatched routingRuleIdMatched"),
    ...below("responseOverride.", "status"),
    ...below("requestOverride.", "path"),
    ...below(
      "identity.",
      "accountId apiKeyId caller cognitoAuthenticationProvider cognitoAuthenticationType cognitoIdentityId " +
        "cognitoIdentityPoolId principalOrgId sourceIp user userAgent userArn vpcId vpceId",
    ),
    ...below(
      "identity.clientCert.",
      "clientCertPem subjectDN issuerDN serialNumber validity.notBefore validity.notAfter",
    ),
    ...below("authorizer.", "principalId error integrationLatency integrationStatus latency requestId status"),
    ...below("authorize.", "error latency status"),
    ...below("authenticate.", "error latency status"),
    ...below("error.", "message messageString responseType validationErrorString"),
    ...below(
      "integration.",
      "error integrationStatus latency requestId status responseTransferMode timeToAllHeaders timeToFirstContent",
    ),
    ...below("waf.", "error latency status"),
  ]),
  families: [
    /^\$context\.authorizer\.claims\.[^\s"'\\$]+$/,
    /^\$context\.authorizer\.[A-Za-z0-9_]+$/,
    /^\$context\.(request|response)Override\.header\.[A-Za-z0-9_-]+$/,
    /^\$context\.requestOverride\.querystring\.[^\s"'\\$]+$/,
  ],
  instead: {
    "$context.routeKey": "$context.resourcePath",
    "$context.integrationErrorMessage": "$context.integration.error",
  },
  advice: [],
};
