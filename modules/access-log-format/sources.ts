/** Sources of the user and the company of a call, and of parts of its request: one `$context` variable each. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { accessLogLimits } from "../settings/access-log";
import { Checks } from "../settings/checks";
import type { Issue } from "../settings/issue";
import { FORMAT_KINDS, variableIssue } from "./check";
import { variablesIn } from "./variables";

/** A `$context` variable that identifies a caller. */
export interface IdentitySource {
  /** A token is passed unchecked. */
  readonly variable: string;
}

/**
 * Parts of a request for which API Gateway has no variable. A Lambda authorizer can return each of them as a property of
 * its context: `identityFrom.authorizerProperty("query_string")`.
 */
export interface RequestSources {
  /** The query string. The redaction masks secrets in it. */
  readonly query?: IdentitySource;
  /** The header `X-Forwarded-For`. */
  readonly forwardedFor?: IdentitySource;
  /** The header `Content-Type`. */
  readonly contentType?: IdentitySource;
}

function claimSource(preset: string, claim: string): IdentitySource {
  new Checks(preset).value("claim", claim, accessLogLimits.claimName).end();
  return { variable: `$context.authorizer.claims.${claim}` };
}

/**
 * Sources of an identity. A format refuses sources that its type of API does not have. A name that is a token is passed
 * unchecked.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export const identityFrom = {
  /** The id of the API key; never the key itself, which is a secret. HTTP APIs have no API keys. */
  apiKeyId: (): IdentitySource => ({ variable: "$context.identity.apiKeyId" }),

  /** The principal that a Lambda authorizer returned; not of HTTP APIs, whose list of variables does not have it. */
  authorizerPrincipal: (): IdentitySource => ({ variable: "$context.authorizer.principalId" }),

  /** A claim of a Cognito user pool's token, such as `sub` or `custom:tenant`; of REST APIs. */
  cognitoClaim: (claim: string): IdentitySource => claimSource("identityFrom.cognitoClaim", claim),

  /** A claim of the token that a JWT authorizer read, such as `sub`; of HTTP APIs. */
  jwtClaim: (claim: string): IdentitySource => claimSource("identityFrom.jwtClaim", claim),

  /** A property of the context that a Lambda authorizer returned. */
  authorizerProperty(property: string): IdentitySource {
    new Checks("identityFrom.authorizerProperty").value("property", property, accessLogLimits.authorizerProperty).end();
    return { variable: `$context.authorizer.${property}` };
  },

  /** The identity of a Cognito identity pool. */
  cognitoIdentityId: (): IdentitySource => ({ variable: "$context.identity.cognitoIdentityId" }),

  /** The principal of a request that was signed with IAM credentials. */
  iamCaller: (): IdentitySource => ({ variable: "$context.identity.caller" }),
} as const;

/** What of a format is taken from where its options say. */
export interface Sources {
  readonly user?: IdentitySource;
  readonly company?: IdentitySource;
  readonly request?: RequestSources;
}

/** Issues of the options whose variable a type of API does not have. */
export function sourceIssues(type: ApiType, { user, company, request = {} }: Sources): Issue[] {
  const ofRequest = Object.entries(request).map(([part, source]) => [["request", part], source] as const);
  const sources = [[["user"], user], [["company"], company], ...ofRequest] as const;
  return sources.flatMap(([path, source]) =>
    variablesIn(source?.variable ?? "").flatMap((variable) => {
      const issue = variableIssue(FORMAT_KINDS[type], variable, path);
      return issue === undefined ? [] : [{ ...issue, id: "access-log-source" }];
    }),
  );
}
