/** `accessLog`: what the stages write, for all types of API, and where HTTP or WebSocket APIs differ. */
import { z } from "zod";
import { AUTHORIZER_OWN_NAMES } from "../access-log-format/variables";
import { about, choice, required, section, setting, text } from "./values";

const variables =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html";

export const accessLogLimits = {
  claimName: text(
    "^[^\\s\"'$\\\\]+$",
    "the name of a claim, such as sub or custom:tenant, without space, quote, backslash or $",
    `it is read as $context.authorizer.claims.<name>: ${variables}`,
  ),
  authorizerProperty: text(
    `^(?!(${AUTHORIZER_OWN_NAMES.join("|")})$)[A-Za-z0-9_]+$`,
    "letters, digits and '_', and none of API Gateway's own names below $context.authorizer",
    `it is read as $context.authorizer.<name>: ${variables}`,
  ),
  path: choice(["real", "route"], "real is the path as called, route is the resource's"),
} as const;

const from = "Where API Gateway finds it.";

/** Sources without a name. */
const plain = <const S extends readonly [string, ...string[]]>(sources: S) =>
  section({ from: z.enum(sources).describe(from) });

const authorizerProperty = section({
  from: z.literal("authorizerProperty").describe(from),
  name: required(accessLogLimits.authorizerProperty, "Name of the property that the Lambda authorizer returned."),
});

const claim = <const F extends string>(source: F, meaning: string) =>
  section({ from: z.literal(source).describe(from), name: required(accessLogLimits.claimName, meaning) });

const REST_PLAIN = ["apiKeyId", "authorizerPrincipal", "cognitoIdentityId", "iamCaller"] as const;
const HTTP_PLAIN = ["cognitoIdentityId", "iamCaller"] as const;

/** Who calls a REST API may be found here. */
export const REST_SOURCES = [...REST_PLAIN, "cognitoClaim", "authorizerProperty"] as const;
/** Who calls an HTTP API may be found here. */
export const HTTP_SOURCES = [...HTTP_PLAIN, "jwtClaim", "authorizerProperty"] as const;
/** Who calls a WebSocket API may be found here. */
export const WEBSOCKET_SOURCES = [...REST_PLAIN, "authorizerProperty"] as const;

const oneOf = (sources: readonly string[], before = "") => ({
  error: () => `${before}write one of ${sources.join(", ")}`,
});

const restIdentity = z.discriminatedUnion(
  "from",
  [
    plain(REST_PLAIN),
    claim("cognitoClaim", "Name of the claim in the token of a Cognito user pool."),
    authorizerProperty,
  ],
  oneOf(REST_SOURCES),
);
const httpIdentity = z.discriminatedUnion(
  "from",
  [
    plain(HTTP_PLAIN),
    claim("jwtClaim", "Name of the claim in the token that a JWT authorizer read."),
    authorizerProperty,
  ],
  oneOf(HTTP_SOURCES, "HTTP APIs have their own sources: "),
);
const websocketIdentity = z.discriminatedUnion(
  "from",
  [plain(REST_PLAIN), authorizerProperty],
  oneOf(WEBSOCKET_SOURCES, "WebSocket APIs have their own sources: "),
);

const PATH = "The path that Moesif sees: the real one (/orders/42) or the resource's (/orders/{id}).";
const path = (otherwise?: string) => setting(accessLogLimits.path, PATH, otherwise);

const request = section({
  query: setting(accessLogLimits.authorizerProperty, "Property that holds the query string."),
  forwardedFor: setting(accessLogLimits.authorizerProperty, "Property that holds the header X-Forwarded-For."),
  contentType: setting(accessLogLimits.authorizerProperty, "Property that holds the header Content-Type."),
})
  .optional()
  .meta(
    about(
      "Parts of the request that no variable holds, by the names of the properties in which a Lambda authorizer returns them. An override replaces it whole.",
    ),
  );

/** Who calls, by the sources of one type of API. */
const callers = <I extends z.ZodType>(identity: I) => ({
  user: identity.optional().meta(about("Who the user of a call is. An override replaces it whole.")),
  company: identity.optional().meta(about("Who the company of a call is. An override replaces it whole.")),
});

export const accessLogSection = section({
  ...callers(restIdentity),
  path: path("real"),
  request,
  http: section({ ...callers(httpIdentity), path: path(), request })
    .optional()
    .meta(about("What HTTP APIs write instead: each key overrides accessLog's own. An override replaces it whole.")),
  websocket: section({ ...callers(websocketIdentity), request })
    .optional()
    .meta(
      about("What WebSocket APIs write instead: each key overrides accessLog's own. An override replaces it whole."),
    ),
});

/** What the stages write. */
export type AccessLogSettings = z.output<typeof accessLogSection>;
