/** The `$context` variables that the access log of a REST API knows; another name is logged as `-`, without a word. */

/** The API key is a secret: whoever reads the log could use it. */
export const SECRET_VARIABLE = "$context.identity.apiKey";

function below(prefix: string, names: string): string[] {
  return names.split(" ").map((name) => `$context.${prefix}${name}`);
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html */
const NAMES = new Set([
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
]);

/** Families whose last part is free. */
const FAMILIES = [
  /^\$context\.authorizer\.claims\.[^\s"'\\$]+$/,
  /^\$context\.authorizer\.[A-Za-z0-9_]+$/,
  /^\$context\.(request|response)Override\.header\.[A-Za-z0-9_-]+$/,
  /^\$context\.requestOverride\.querystring\.[^\s"'\\$]+$/,
];

/** Claims as a whole are always null: only a single claim can be logged. */
const WITHOUT_A_NAME = "$context.authorizer.claims";

/** Does the access log of a REST API know this variable? */
export function isRestVariable(variable: string): boolean {
  return variable !== WITHOUT_A_NAME && (NAMES.has(variable) || FAMILIES.some((family) => family.test(variable)));
}
