/** The access-log format of a REST API, as Moesif and the transformer read it. */
import { MARK_KEY } from "../../lambda/transformer/mark";
import { METADATA_OF_ACCESS_LOG } from "../../lambda/transformer/places";
import { Fn, Op, Token } from "../cdk";
import { InvalidValueError } from "../value-checks";
import type { IdentitySource } from "./identity";
import { isRestVariable, SECRET_VARIABLE } from "./rest-variables";

/** Moesif rejects a record that lacks one of these keys. */
export const REQUIRED_KEYS = [
  "apiId",
  "requestId",
  "requestTime",
  "protocol",
  "httpMethod",
  "resourcePath",
  "requestHostHeader",
  "requestUserAgentHeader",
  "status",
  "responseLength",
  "durationMs",
] as const;

/** What the transformer puts into metadata; what a caller brings may not pass for it. */
const FACTS: readonly string[] = [
  ...["accountId", "region", "environment", "apiName", "apiVersion", "stage", "tags", "requestId", "late", MARK_KEY],
  ...[...METADATA_OF_ACCESS_LOG].flatMap(([key, { name }]) => [key, name]),
];

/** Keys that the format sets where it is told from what. */
const OPTIONAL_KEYS: readonly string[] = ["companyId", "queryString", "forwardedFor", "contentType", "metadata"];

/** The quota of API Gateway, in bytes. */
export const MAX_FORMAT_BYTES = 3 * 1024;

/**
 * Parts of a request for which API Gateway has no variable. A Lambda authorizer that is told of them can return each as
 * a property of its context: `identityFrom.authorizerProperty("query_string")`.
 */
export interface RequestSources {
  /** The query string. What of it may not leave, the redaction masks. */
  readonly query?: IdentitySource;
  /** The header `X-Forwarded-For`. */
  readonly forwardedFor?: IdentitySource;
  /** The header `Content-Type`. */
  readonly contentType?: IdentitySource;
}

export interface RestAccessLogFormatProps {
  /**
   * Who is the user of a call.
   *
   * @default `$context.identity.user`; where that is absent, Moesif takes API key id, authorizer principal, Cognito
   * identity and caller, in this order
   */
  readonly user?: IdentitySource;
  /**
   * Which company a call belongs to.
   *
   * @default none
   */
  readonly company?: IdentitySource;
  /**
   * What `resourcePath` holds: the `real` path (`/prod/items/42`; on the execute-api host it begins with the stage) or
   * the `route` (`/items/{id}`).
   *
   * @default "real"
   */
  readonly path?: string;
  /**
   * Parts of the request that a Lambda authorizer passes on.
   *
   * @default none
   */
  readonly request?: RequestSources;
  /**
   * Keys with one `$context` variable each that appear in Moesif as `metadata`.
   *
   * @default none
   */
  readonly metadata?: { readonly [key: string]: string };
  /**
   * Further keys of the record, with one `$context` variable each. Moesif ignores keys that it does not know.
   *
   * @default none
   */
  readonly extra?: { readonly [key: string]: string };
}

/**
 * Builds the format: one line of JSON in which every variable is quoted, since API Gateway writes `-` for what is
 * absent.
 *
 * @throws InvalidValueError naming each key that is wrong
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function restAccessLogFormat(props: RestAccessLogFormatProps = {}): string {
  const keys: Record<string, string | Readonly<Record<string, string>>> = {
    apiId: "$context.apiId",
    requestId: "$context.requestId",
    // The caller can choose requestId, but not this one: the id that tells calls apart is made of it.
    extendedRequestId: "$context.extendedRequestId",
    requestTime: "$context.requestTime",
    protocol: "$context.protocol",
    httpMethod: "$context.httpMethod",
    resourcePath: pathVariable(props.path),
    requestHostHeader: "$context.domainName",
    requestUserAgentHeader: "$context.identity.userAgent",
    ip: "$context.identity.sourceIp",
    status: "$context.status",
    responseLength: "$context.responseLength",
    durationMs: "$context.responseLatency",
    caller: "$context.identity.caller",
    user: props.user?.variable ?? "$context.identity.user",
    principalId: "$context.authorizer.principalId",
    cognitoIdentityId: "$context.identity.cognitoIdentityId",
    userArn: "$context.identity.userArn",
    apiKeyId: "$context.identity.apiKeyId",
    ...(props.company && { companyId: props.company.variable }),
    stage: "$context.stage",
    accountId: "$context.accountId",
    // Repair knows the keys by their order: new ones come behind.
    integrationLatency: "$context.integration.latency",
    authorizerLatency: "$context.authorizer.latency",
    errorType: "$context.error.responseType",
    wafStatus: "$context.waf.status",
    requestTimeEpoch: "$context.requestTimeEpoch",
    ...requestKeys(props.request),
  };
  const taken = Object.keys(props.extra ?? {}).filter((key) => key in keys || OPTIONAL_KEYS.includes(key));
  const format = JSON.stringify({ ...keys, ...props.extra, ...(props.metadata && { metadata: props.metadata }) });
  const known = Object.keys(props.metadata ?? {}).filter((key) => FACTS.includes(key));
  const problems = [
    ...(props.path === undefined || Token.isUnresolved(props.path) || ["real", "route"].includes(props.path)
      ? []
      : [`path must be real or route, and is ${JSON.stringify(props.path)}`]),
    ...known.map((key) => `metadata.${key}: the transformer knows this for sure; choose another name`),
    ...taken.map((key) => `extra.${key}: the format sets this key itself; choose another name`),
    ...restAccessLogFormatProblems(format),
  ];
  if (problems.length > 0) throw new InvalidValueError("restAccessLogFormat", problems);
  return format;
}

function requestKeys({ query, forwardedFor, contentType }: RequestSources = {}): Record<string, string> {
  return {
    ...(query && { queryString: query.variable }),
    ...(forwardedFor && { forwardedFor: forwardedFor.variable }),
    ...(contentType && { contentType: contentType.variable }),
  };
}

function pathVariable(path: string | undefined): string {
  if (!Token.isUnresolved(path)) return path === "route" ? "$context.resourcePath" : "$context.path";
  return Token.asString(Fn.conditional(Op.eq(path!, "route"), "$context.resourcePath", "$context.path"));
}

/**
 * What is wrong with a format, one sentence for each problem, each with its fix; empty for a good one.
 *
 * @param format the text of `accessLogSettings.format`
 */
export function restAccessLogFormatProblems(format: string): string[] {
  const problems: string[] = [];
  const bytes = Buffer.byteLength(format);
  if (bytes > MAX_FORMAT_BYTES) problems.push(`the format has ${bytes} bytes; API Gateway takes ${MAX_FORMAT_BYTES}`);
  if (/[\r\n]/.test(format.replace(/\r?\n$/, ""))) {
    problems.push("the format must be one line: API Gateway allows a line break at its end alone");
  }
  const keys = parse(format);
  if (keys === undefined) {
    problems.push(
      'the format must be a JSON object with every variable in quotes, such as {"status":"$context.status"}',
    );
    return problems;
  }
  const missing = REQUIRED_KEYS.filter((key) => !(key in keys));
  if (missing.length > 0) problems.push(`Moesif rejects records without ${missing.join(", ")}: add the keys`);
  const variables = variablesIn(keys);
  if (!variables.some((variable) => /^\$context\.(extendedR|r)equestId$/.test(variable))) {
    problems.push("API Gateway demands $context.requestId or $context.extendedRequestId in the format");
  }
  return [...problems, ...variables.flatMap(variableProblem)];
}

function parse(format: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(format);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Every `$context` variable in the values, however deep, but for those of which only Terraform knows the end. */
function variablesIn(value: unknown): string[] {
  if (typeof value === "string") return value.match(/\$context[^\s"'\\$,;|/]*(?!\$\{)(?![^\s"'\\$,;|/])/g) ?? [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(variablesIn) : [];
}

function variableProblem(variable: string): string[] {
  if (variable === SECRET_VARIABLE) {
    return [`${variable} is the API key itself, a secret: log $context.identity.apiKeyId`];
  }
  return isRestVariable(variable)
    ? []
    : [`${variable} is no variable of a REST API's access log, and would be logged as "-": see the AWS page`];
}
