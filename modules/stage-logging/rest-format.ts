/** The access-log format of a REST API, as Moesif and the transformer read it. */
import { Fn, Op, Token } from "../cdk";
import { accessLogFormatProblems } from "./access-log-format";
import { type AccessLogFormatProps, buildFormat, companyKey, userVariable } from "./build-format";

export interface RestAccessLogFormatProps extends AccessLogFormatProps {
  /**
   * What `resourcePath` holds: the `real` path (`/prod/items/42`; on the execute-api host it begins with the stage) or
   * the `route` (`/items/{id}`).
   *
   * @default "real"
   */
  readonly path?: string;
}

/**
 * Builds the format: one line of JSON in which every variable is quoted, since API Gateway writes `-` for what is
 * absent.
 *
 * @throws InvalidValueError naming each key that is wrong
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function restAccessLogFormat(props: RestAccessLogFormatProps = {}): string {
  const keys = {
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
    user: userVariable(props.user),
    principalId: "$context.authorizer.principalId",
    cognitoIdentityId: "$context.identity.cognitoIdentityId",
    userArn: "$context.identity.userArn",
    apiKeyId: "$context.identity.apiKeyId",
    ...companyKey(props.company),
    stage: "$context.stage",
    accountId: "$context.accountId",
    // Repair knows the keys by their order: new ones come behind.
    integrationLatency: "$context.integration.latency",
    authorizerLatency: "$context.authorizer.latency",
    errorType: "$context.error.responseType",
    wafStatus: "$context.waf.status",
    requestTimeEpoch: "$context.requestTimeEpoch",
  };
  return buildFormat("REST", "restAccessLogFormat", keys, props);
}

function pathVariable(path: string | undefined): string {
  if (!Token.isUnresolved(path)) return path === "route" ? "$context.resourcePath" : "$context.path";
  return Token.asString(Fn.conditional(Op.eq(path!, "route"), "$context.resourcePath", "$context.path"));
}

/**
 * What is wrong with the format of a REST API, one sentence for each problem, each with its fix; empty for a good one.
 *
 * @param format the text of `accessLogSettings.format`
 */
export function restAccessLogFormatProblems(format: string): string[] {
  return accessLogFormatProblems("REST", format);
}
