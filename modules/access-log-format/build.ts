/** Builds the access-log format of each type of API, as Moesif and the transformer read it. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { MARK_KEY } from "../../lambda/transformer/access-log";
import { METADATA_OF_ACCESS_LOG } from "../../lambda/transformer/metadata";
import { InvalidValueError } from "../settings/checks";
import type { Issue } from "../settings/issue";
import { accessLogFormatIssues } from "./check";
import { type IdentitySource, type RequestSources, sourceIssues } from "./sources";

/** Options of the format of every type of API. Keys are literals; values may hold tokens, which nothing checks. */
export interface AccessLogFormatProps {
  /**
   * The user of a call.
   *
   * @default `$context.identity.user`; where that is absent, Moesif takes API key id, authorizer principal, Cognito
   * identity and caller, in this order, as far as the type of API has them
   */
  readonly user?: IdentitySource;
  /**
   * The company of a call.
   *
   * @default none
   */
  readonly company?: IdentitySource;
  /**
   * Parts of the request that a Lambda authorizer returns.
   *
   * @default none
   */
  readonly request?: RequestSources;
  /**
   * Keys with one `$context` variable each that appear in Moesif as `metadata`.
   *
   * @default none
   */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * Further keys of the record, with one `$context` variable each. Moesif ignores keys that it does not know.
   *
   * @default none
   */
  readonly extra?: Readonly<Record<string, string>>;
}

/** Options of the formats of REST and HTTP APIs. */
export interface PathFormatProps extends AccessLogFormatProps {
  /**
   * The path that Moesif shows: the `real` one (`/prod/items/42`; on the execute-api host it begins with the stage,
   * unless that is `$default`), or that of the `route` (`/items/{id}`).
   *
   * @default "real"
   */
  readonly path?: "real" | "route";
}

/** Options of the format of REST APIs. */
export type RestAccessLogFormatProps = PathFormatProps;
/** Options of the format of HTTP APIs. */
export type HttpAccessLogFormatProps = PathFormatProps;
/** Options of the format of WebSocket APIs. */
export type WebsocketAccessLogFormatProps = AccessLogFormatProps;

/**
 * Access-log format of a REST API: one line of JSON with every variable in quotes, since API Gateway writes `-` for an
 * absent value.
 *
 * @throws InvalidValueError naming each property that is wrong
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function restAccessLogFormat(props: RestAccessLogFormatProps = {}): string {
  const keys = {
    apiId: "$context.apiId",
    requestId: "$context.requestId",
    // The caller can choose requestId, but not this one: the dedupe id is made of it.
    extendedRequestId: "$context.extendedRequestId",
    requestTime: "$context.requestTime",
    protocol: "$context.protocol",
    httpMethod: "$context.httpMethod",
    resourcePath: props.path === "route" ? "$context.resourcePath" : "$context.path",
    requestHostHeader: "$context.domainName",
    requestUserAgentHeader: "$context.identity.userAgent",
    ip: "$context.identity.sourceIp",
    status: "$context.status",
    responseLength: "$context.responseLength",
    durationMs: "$context.responseLatency",
    caller: "$context.identity.caller",
    user: userOf(props),
    principalId: "$context.authorizer.principalId",
    cognitoIdentityId: "$context.identity.cognitoIdentityId",
    userArn: "$context.identity.userArn",
    apiKeyId: "$context.identity.apiKeyId",
    ...companyOf(props),
    stage: "$context.stage",
    accountId: "$context.accountId",
    // The transformer repairs broken records by the order of the keys: add new ones at the end.
    integrationLatency: "$context.integration.latency",
    authorizerLatency: "$context.authorizer.latency",
    errorType: "$context.error.responseType",
    wafStatus: "$context.waf.status",
    requestTimeEpoch: "$context.requestTimeEpoch",
  };
  return buildFormat("REST", "restAccessLogFormat", keys, props);
}

/**
 * Access-log format of an HTTP API: one line of JSON with every variable in quotes. It holds nothing that HTTP APIs have
 * no variable for (API keys, AWS WAF, the latency of the authorizer), since API Gateway refuses a format with an unknown
 * one, and nothing that Moesif makes no use of, since version 2 of API Gateway's API takes a shorter format.
 *
 * @throws InvalidValueError naming each property that is wrong
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
export function httpAccessLogFormat(props: HttpAccessLogFormatProps = {}): string {
  const keys = {
    apiId: "$context.apiId",
    requestId: "$context.requestId",
    extendedRequestId: "$context.extendedRequestId",
    requestTime: "$context.requestTime",
    protocol: "$context.protocol",
    httpMethod: "$context.httpMethod",
    // The transformer takes the path of the route from `routeKey`.
    ...(props.path !== "route" && { resourcePath: "$context.path" }),
    requestHostHeader: "$context.domainName",
    requestUserAgentHeader: "$context.identity.userAgent",
    ip: "$context.identity.sourceIp",
    status: "$context.status",
    responseLength: "$context.responseLength",
    durationMs: "$context.responseLatency",
    caller: "$context.identity.caller",
    user: userOf(props),
    cognitoIdentityId: "$context.identity.cognitoIdentityId",
    ...companyOf(props),
    stage: "$context.stage",
    // The transformer repairs broken records by the order of the keys: add new ones at the end.
    integrationLatency: "$context.integration.latency",
    errorType: "$context.error.responseType",
    routeKey: "$context.routeKey",
    requestTimeEpoch: "$context.requestTimeEpoch",
  };
  return buildFormat("HTTP", "httpAccessLogFormat", keys, props);
}

/**
 * Access-log format of a WebSocket API: one line of JSON with every variable in quotes. A WebSocket API has events and
 * routes instead of methods and paths, and no response length: the transformer makes Moesif's keys of what there is.
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
    user: userOf(props),
    principalId: "$context.authorizer.principalId",
    cognitoIdentityId: "$context.identity.cognitoIdentityId",
    apiKeyId: "$context.identity.apiKeyId",
    ...companyOf(props),
    stage: "$context.stage",
    // The transformer repairs broken records by the order of the keys: add new ones at the end.
    integrationLatency: "$context.integration.latency",
    authorizerLatency: "$context.authorizer.latency",
    errorType: "$context.error.responseType",
    wafStatus: "$context.waf.status",
    requestTimeEpoch: "$context.requestTimeEpoch",
  };
  return buildFormat("WEBSOCKET", "websocketAccessLogFormat", keys, props);
}

/** The builder of each type of API; `path` has no effect on WebSocket APIs. */
export const FORMAT_BUILDERS: { readonly [type in ApiType]: (props?: PathFormatProps) => string } = {
  REST: restAccessLogFormat,
  HTTP: httpAccessLogFormat,
  WEBSOCKET: websocketAccessLogFormat,
};

function userOf({ user }: AccessLogFormatProps): string {
  return user?.variable ?? "$context.identity.user";
}

function companyOf({ company }: AccessLogFormatProps) {
  return company && { companyId: company.variable };
}

/** Metadata that the transformer sets: a caller must not be able to forge it. */
const RESERVED_METADATA: readonly string[] = [
  ...["accountId", "region", "environment", "apiName", "apiVersion", "stage", "tags", "requestId", "late", MARK_KEY],
  ...[...METADATA_OF_ACCESS_LOG].flatMap(([key, { name }]) => [key, name]),
];

/** Keys that a format has only with the option of that name. */
const OPTIONAL_KEYS: readonly string[] = ["companyId", "queryString", "forwardedFor", "contentType", "metadata"];

/**
 * @param builder name of the builder, for the error
 * @param own the keys that every format of the type has
 */
function buildFormat(
  type: ApiType,
  builder: string,
  own: Readonly<Record<string, string>>,
  props: PathFormatProps,
): string {
  const { request: { query, forwardedFor, contentType } = {}, extra = {}, metadata = {}, path = "real" } = props;
  const keys = {
    ...own,
    ...(query && { queryString: query.variable }),
    ...(forwardedFor && { forwardedFor: forwardedFor.variable }),
    ...(contentType && { contentType: contentType.variable }),
  };
  const format = JSON.stringify({ ...keys, ...extra, ...(Object.keys(metadata).length > 0 && { metadata }) });
  const taken = Object.keys(extra).filter((key) => key in keys || OPTIONAL_KEYS.includes(key));
  const reserved = Object.keys(metadata).filter((key) => RESERVED_METADATA.includes(key));
  const sources = sourceIssues(type, props);
  const fix = "choose another name";
  const unknownPath = {
    path: ["path"],
    message: `invalid value ${JSON.stringify(path)}`,
    fix: "write one of real, route",
  };
  const issues: Issue[] = [
    ...(["real", "route"].includes(path) ? [] : [{ id: "invalid-value" as const, ...unknownPath }]),
    ...reserved.map((key) => ({ ...reservedKey("metadata", key), message: "the transformer sets this key", fix })),
    ...taken.map((key) => ({ ...reservedKey("extra", key), message: "the format sets this key", fix })),
    ...sources,
    ...accessLogFormatIssues(type, format).filter(({ message }) => !sources.some((one) => one.message === message)),
  ];
  if (issues.length > 0) throw new InvalidValueError(builder, issues);
  return format;
}

function reservedKey(property: string, key: string): Pick<Issue, "id" | "path"> {
  return { id: "reserved-name", path: [property, key] };
}
