/** Sources of the user and the company of a call. */
import { Token } from "../cdk";
import { InvalidValueError } from "../settings/checks";

/** A `$context` variable that identifies a caller. */
export interface IdentitySource {
  /** A token is passed unchecked. */
  readonly variable: string;
}

/** Names that API Gateway itself uses below `$context.authorizer`. */
export const AUTHORIZER_OWN_NAMES: readonly string[] = [
  "claims",
  "error",
  "integrationLatency",
  "integrationStatus",
  "latency",
  "principalId",
  "requestId",
  "status",
];

function claimSource(preset: string, claim: string): IdentitySource {
  if (!Token.isUnresolved(claim) && !/^[^\s"'\\$]+$/.test(claim)) {
    throw new InvalidValueError(preset, [
      {
        id: "invalid-value",
        path: ["claim"],
        message: `invalid value ${JSON.stringify(claim)}`,
        fix: "write a name without space, quote, backslash or $",
      },
    ]);
  }
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
    if (Token.isUnresolved(property)) return { variable: `$context.authorizer.${property}` };
    if (!/^[A-Za-z0-9_]+$/.test(property)) {
      throw new InvalidValueError("identityFrom.authorizerProperty", [
        {
          id: "invalid-value",
          path: ["property"],
          message: `invalid value ${JSON.stringify(property)}`,
          fix: "write letters, digits and '_', as API Gateway requires",
        },
      ]);
    }
    if (AUTHORIZER_OWN_NAMES.includes(property)) {
      throw new InvalidValueError("identityFrom.authorizerProperty", [
        {
          id: "reserved-name",
          path: ["property"],
          message: `${JSON.stringify(property)} is one of API Gateway's own names below $context.authorizer`,
          fix: "have the authorizer return another name",
        },
      ]);
    }
    return { variable: `$context.authorizer.${property}` };
  },

  /** The identity of a Cognito identity pool. */
  cognitoIdentityId: (): IdentitySource => ({ variable: "$context.identity.cognitoIdentityId" }),

  /** The principal of a request that was signed with IAM credentials. */
  iamCaller: (): IdentitySource => ({ variable: "$context.identity.caller" }),
} as const;
