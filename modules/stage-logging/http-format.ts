/** The access-log format of an HTTP API, as the transformer reads it. */
import { Op, Token } from "../cdk";
import { accessLogFormatProblems } from "./access-log-format";
import { type AccessLogFormatProps, buildFormat, companyKey, userVariable } from "./build-format";
import type { FormatKeys } from "./format-text";

export interface HttpAccessLogFormatProps extends AccessLogFormatProps {
  /**
   * What Moesif sees as the path: the `real` one (`/prod/items/42`; on the execute-api host it begins with the stage,
   * unless that is `$default`) or that of the `route` (`/items/{id}`, which the transformer takes from the route's key).
   *
   * @default "real"
   */
  readonly path?: string;
}

/**
 * Builds the format: one line of JSON in which every variable is quoted. What HTTP APIs have no variable for (API keys,
 * AWS WAF, the latency of the authorizer) is not in it, since API Gateway refuses a format that names an unknown one;
 * nor is what Moesif makes no use of, since version 2 of API Gateway's API takes less than version 1.
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
    ...pathKey(props.path),
    requestHostHeader: "$context.domainName",
    requestUserAgentHeader: "$context.identity.userAgent",
    ip: "$context.identity.sourceIp",
    status: "$context.status",
    responseLength: "$context.responseLength",
    durationMs: "$context.responseLatency",
    caller: "$context.identity.caller",
    user: userVariable(props.user),
    cognitoIdentityId: "$context.identity.cognitoIdentityId",
    ...companyKey(props.company),
    stage: "$context.stage",
    // Repair knows the keys by their order: new ones come behind.
    integrationLatency: "$context.integration.latency",
    errorType: "$context.error.responseType",
    routeKey: "$context.routeKey",
    requestTimeEpoch: "$context.requestTimeEpoch",
  };
  return buildFormat("HTTP", "httpAccessLogFormat", keys, props);
}

/** The route's path the transformer makes of its key. */
function pathKey(path: string | undefined): FormatKeys {
  const real = "$context.path";
  if (!Token.isUnresolved(path)) return path === "route" ? {} : { resourcePath: real };
  return { resourcePath: { variable: real, unless: Op.eq(path!, "route") } };
}

/**
 * What is wrong with the format of an HTTP API, one sentence for each problem, each with its fix; empty for a good one.
 *
 * @param format the text of `accessLogSettings.format`
 */
export function httpAccessLogFormatProblems(format: string): string[] {
  return accessLogFormatProblems("HTTP", format);
}
