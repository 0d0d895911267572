/** The `$context` variables that the access log of each type of API has, and which one a misspelt variable may mean. */
import { distance, nearest } from "../settings/suggestion";

/** The API key itself: a secret, never logged. */
export const SECRET_VARIABLE = "$context.identity.apiKey";

/** Its value is in quotes already, which breaks the JSON. */
export const QUOTED_MESSAGE = "$context.error.messageString";
export const PLAIN_MESSAGE = "$context.error.message";

/** Always null: only a single claim can be logged. */
const ALL_CLAIMS = "$context.authorizer.claims";

/** The variables of one type of API. */
export interface ContextVariables {
  readonly names: ReadonlySet<string>;
  /** Groups whose last part is any name. */
  readonly families: readonly RegExp[];
  /** By variables of other types: the one of this type with the same meaning. */
  readonly instead: { readonly [variable: string]: string };
  /** By variables of other types that have no equivalent: what to do. */
  readonly advice: readonly (readonly [RegExp, string])[];
}

/** Variables with a common prefix; `names` is separated by spaces. */
function below(prefix: string, names: string): string[] {
  return names.split(" ").map((name) => `$context.${prefix}${name}`);
}

/** What API Gateway itself says of an authorizer that is a Lambda function. */
const AUTHORIZER = "principalId error integrationLatency integrationStatus latency requestId status";

/** Names below `$context.authorizer` that are no property of a Lambda authorizer's context. */
export const AUTHORIZER_OWN_NAMES: readonly string[] = ["claims", ...AUTHORIZER.split(" ")].sort();

const IDENTITY =
  "accountId caller cognitoAuthenticationProvider cognitoAuthenticationType cognitoIdentityId cognitoIdentityPoolId " +
  "principalOrgId sourceIp user userAgent userArn";

/** Of the phases of a request, as REST and WebSocket APIs log them. */
const PHASES = ["authorize.", "authenticate.", "waf."].flatMap((phase) => below(phase, "error latency status"));

const CLIENT_CERTIFICATE = below(
  "identity.clientCert.",
  "clientCertPem subjectDN issuerDN serialNumber validity.notBefore validity.notAfter",
);

const CLAIM = /^\$context\.authorizer\.claims\.[^\s"'\\$]+$/;
const AUTHORIZER_PROPERTY = /^\$context\.authorizer\.[A-Za-z0-9_]+$/;

/** Does a type of API have this variable? */
export function hasVariable({ names, families }: ContextVariables, variable: string): boolean {
  return variable !== ALL_CLAIMS && (names.has(variable) || families.some((family) => family.test(variable)));
}

/**
 * Every variable in a text, except those that end in a token: those of `$context`, in any case, and those that API Gateway
 * knows elsewhere, such as in mapping templates.
 */
export function variablesIn(text: string): string[] {
  return (
    text.match(
      /\$(?:context|input|stageVariables|util|request|response)[^\s"'\\$,;|/()[\]{}<>]*(?!\$\{)(?![^\s"'\\$,;|/()[\]{}<>])/gi,
    ) ?? []
  );
}

/** An access log takes only variables of `$context`. */
export function isContextVariable(variable: string): boolean {
  return variable.startsWith("$context");
}

/**
 * API Gateway logs another name as `-`, without an error.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
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
    ...below("identity.", `${IDENTITY} apiKeyId vpcId vpceId`),
    ...CLIENT_CERTIFICATE,
    ...below("authorizer.", AUTHORIZER),
    ...PHASES,
    ...below("error.", "message messageString responseType validationErrorString"),
    ...below(
      "integration.",
      "error integrationStatus latency requestId status responseTransferMode timeToAllHeaders timeToFirstContent",
    ),
  ]),
  families: [
    CLAIM,
    AUTHORIZER_PROPERTY,
    /^\$context\.(request|response)Override\.header\.[A-Za-z0-9_-]+$/,
    /^\$context\.requestOverride\.querystring\.[^\s"'\\$]+$/,
  ],
  instead: {
    "$context.routeKey": "$context.resourcePath",
    "$context.integrationErrorMessage": "$context.integration.error",
  },
  advice: [],
};

/**
 * API Gateway refuses a format with another name.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
export const HTTP_VARIABLES: ContextVariables = {
  names: new Set([
    ...below(
      "",
      "accountId apiId awsEndpointRequestId awsEndpointRequestId2 dataProcessed domainName domainPrefix " +
        "extendedRequestId httpMethod path protocol requestId requestTime requestTimeEpoch responseLatency " +
        "responseLength routeKey stage status integrationErrorMessage integrationLatency integrationStatus",
    ),
    ...below("customDomain.", "basePathMatched"),
    ...below("identity.", IDENTITY),
    ...CLIENT_CERTIFICATE,
    ...below("authorizer.", "error"),
    ...below("error.", "message messageString responseType"),
    ...below("integration.", "error integrationStatus latency requestId status"),
  ]),
  families: [
    CLAIM,
    // Of API Gateway's own names below it, HTTP APIs have only the error.
    new RegExp(`^\\$context\\.authorizer\\.(?!(${AUTHORIZER_OWN_NAMES.join("|")})$)[A-Za-z0-9_]+$`),
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
      "return the principal as a property of the Lambda authorizer's context, and log $context.authorizer.<name>",
    ],
  ],
};

/**
 * API Gateway logs another name as `-`, without an error.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export const WEBSOCKET_VARIABLES: ContextVariables = {
  names: new Set([
    ...below(
      "",
      "apiId connectedAt connectionId domainName eventType extendedRequestId messageId requestId requestTime " +
        "requestTimeEpoch routeKey stage status integrationLatency",
    ),
    ...below("identity.", `${IDENTITY} apiKeyId`),
    ...below("authorizer.", AUTHORIZER),
    ...PHASES,
    ...below("error.", "message messageString responseType validationErrorString"),
    ...below("integration.", "error integrationStatus latency requestId status"),
  ]),
  families: [AUTHORIZER_PROPERTY],
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
      "WebSocket APIs have no JWT authorizer: return the claim as a property of the Lambda authorizer's context, and log $context.authorizer.<name>",
    ],
    [
      /^\$context\.(protocol|responseLength|accountId)$/,
      "WebSocket APIs have no equivalent, and the transformer fills what Moesif needs: remove it",
    ],
  ],
};

const PREFIX = "$context.";

/** A variable that may be meant. */
export interface SuggestedVariable {
  readonly variable: string;
  /** Whether no other variable can be meant, so that a repair may replace it. */
  readonly certain: boolean;
}

/** The variable that is most likely meant; `undefined` if none is similar. */
export function suggestVariable({ names, instead }: ContextVariables, unknown: string): SuggestedVariable | undefined {
  const known = [...names].map((name) => name.slice(PREFIX.length));
  // `$Context.status` and `$requestId` mean a variable of `$context`; `$input.path` does not.
  const word = /^\$context\./i.test(unknown) ? unknown.slice(PREFIX.length) : /^\$(\w+)$/.exec(unknown)?.[1];
  if (word === undefined) return undefined;
  const meant = Object.hasOwn(instead, unknown) ? instead[unknown]!.slice(PREFIX.length) : uniqueMatch(word, known);
  if (meant !== undefined) return { variable: PREFIX + meant, certain: true };
  const near = nearest(word, known);
  return near === undefined ? undefined : { variable: PREFIX + near, certain: false };
}

/** The only name that differs in case, in `_` and `-`, in the group, or in one letter. */
function uniqueMatch(word: string, known: readonly string[]): string | undefined {
  const plain = (name: string) => name.replace(/[_-]/g, "").toLowerCase();
  const last = (name: string) => plain(name.slice(name.lastIndexOf(".") + 1));
  const comparisons = [
    (name: string) => plain(name) === plain(word),
    (name: string) => plain(name).endsWith(`.${plain(word)}`),
    (name: string) => plain(name) === last(word),
    (name: string) => word.length > 4 && distance(plain(word), plain(name)) === 1,
  ];
  for (const isSimilar of comparisons) {
    const found = known.filter(isSimilar);
    if (found.length === 1) return found[0];
  }
  return undefined;
}
