/** What API Gateway and Moesif ask of the access-log format of each type of API. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { REQUIRED_KEYS } from "../../lambda/transformer/access-log";
import type { ContextVariables } from "./context-variables";
import { HTTP_VARIABLES } from "./http-variables";
import { REST_VARIABLES } from "./rest-variables";
import { WEBSOCKET_VARIABLES } from "./websocket-variables";

/** A key without which Moesif rejects a record. */
export type RequiredKey = (typeof REQUIRED_KEYS)[number];

export interface FormatKind {
  /** Such as `a REST API`. */
  readonly api: string;
  readonly variables: ContextVariables;
  /** What becomes of a variable that this type does not have, as part of a sentence. */
  readonly unknownVariable: string;
  /** The page that lists the variables. */
  readonly page: string;
  readonly maxBytes: number;
  /** Who sets the limit, as the beginning of a sentence. */
  readonly limitOf: string;
  /** Whether API Gateway allows a line break at the end. */
  readonly mayEndInLineBreak: boolean;
  /**
   * The keys that Moesif needs, each with those out of which the transformer makes it. What is not listed the
   * transformer fills: a WebSocket API has no response length.
   */
  readonly required: { readonly [key in RequiredKey]?: readonly string[] };
}

const PAGES = "https://docs.aws.amazon.com/apigateway/latest/developerguide";

/** Of REST APIs, since the transformer may be left out: with each key under Moesif's own name alone. */
const ALL = Object.fromEntries(REQUIRED_KEYS.map((key) => [key, []])) as unknown as FormatKind["required"];

/** HTTP and WebSocket APIs log to a log group, whose envelopes the transformer alone can open: it is always there. */
const RENAMED = {
  requestId: ["extendedRequestId"],
  requestTime: ["requestTimeEpoch"],
  requestHostHeader: ["domainName"],
  requestUserAgentHeader: ["userAgent"],
} as const;

/**
 * The length that the API model of version 2 gives a format; the pages on quotas say 3 KB, as for REST APIs. The smaller
 * one is right whichever holds.
 * https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html
 */
const VERSION_2 = {
  maxBytes: 1024,
  limitOf: "version 2 of API Gateway's API, which HTTP and WebSocket APIs are of,",
  mayEndInLineBreak: false,
} as const;

export const FORMAT_KINDS: { readonly [type in ApiType]: FormatKind } = {
  REST: {
    api: "a REST API",
    variables: REST_VARIABLES,
    unknownVariable: 'and would be logged as "-"',
    page: `${PAGES}/api-gateway-variables-for-access-logging.html`,
    maxBytes: 3 * 1024,
    limitOf: "API Gateway",
    mayEndInLineBreak: true,
    required: ALL,
  },
  HTTP: {
    ...VERSION_2,
    api: "an HTTP API",
    variables: HTTP_VARIABLES,
    unknownVariable: "and API Gateway refuses the format",
    page: `${PAGES}/http-api-logging-variables.html`,
    required: { ...ALL, ...RENAMED, resourcePath: ["path", "routeKey"], durationMs: ["responseLatency"] },
  },
  WEBSOCKET: {
    ...VERSION_2,
    api: "a WebSocket API",
    variables: WEBSOCKET_VARIABLES,
    unknownVariable: 'and would be logged as "-"',
    page: `${PAGES}/websocket-api-logging.html`,
    required: {
      ...RENAMED,
      apiId: [],
      protocol: ["eventType", "connectionId"],
      httpMethod: ["eventType"],
      resourcePath: ["path", "routeKey"],
      status: [],
      durationMs: ["responseLatency", "integrationLatency"],
    },
  },
};
