/** Finds what is wrong with an access-log format, before API Gateway refuses it or Moesif drops the records. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { REQUIRED_KEYS } from "../../lambda/transformer/access-log";
import type { Issue, Path } from "../settings/issue";
import { TOKEN_MARKER } from "../terraform-json";
import { type Fault, formOf, type FormatValue, readFormat } from "./parse";
import {
  type ContextVariables,
  hasVariable,
  HTTP_VARIABLES,
  isContextVariable,
  PLAIN_MESSAGE,
  QUOTED_MESSAGE,
  REST_VARIABLES,
  SECRET_VARIABLE,
  type SuggestedVariable,
  suggestVariable,
  variablesIn,
  WEBSOCKET_VARIABLES,
} from "./variables";

/** A key without which Moesif rejects a record. */
export type RequiredKey = (typeof REQUIRED_KEYS)[number];

export interface FormatKind {
  /** Such as `a REST API`. */
  readonly api: string;
  readonly variables: ContextVariables;
  /** What API Gateway does with an unknown variable, as part of a sentence. */
  readonly unknownVariable: string;
  /** The page that lists the variables. */
  readonly page: string;
  readonly maxBytes: number;
  /** Who sets the limit, for a sentence. */
  readonly limitOf: string;
  /** Whether API Gateway allows a line break at the end. */
  readonly mayEndInLineBreak: boolean;
  /**
   * The keys that Moesif needs, each with those from which the transformer makes it. The transformer fills the others,
   * such as the response length, which a WebSocket API does not have.
   */
  readonly required: { readonly [key in RequiredKey]?: readonly string[] };
}

const PAGES = "https://docs.aws.amazon.com/apigateway/latest/developerguide";

/** Of REST APIs, whose pipeline may have no transformer: each key under Moesif's own name. */
const ALL = Object.fromEntries(REQUIRED_KEYS.map((key) => [key, []])) as unknown as FormatKind["required"];

/** HTTP and WebSocket APIs log to a log group, which needs the transformer. */
const RENAMED = {
  requestId: ["extendedRequestId"],
  requestTime: ["requestTimeEpoch"],
  requestHostHeader: ["domainName"],
  requestUserAgentHeader: ["userAgent"],
} as const;

/**
 * The limit in the API model of version 2. The pages on quotas say 3 KB, as for REST APIs; the smaller one is safe.
 *
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html
 */
const VERSION_2 = {
  maxBytes: 1024,
  limitOf: "version 2 of API Gateway's API (HTTP and WebSocket APIs)",
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

const REQUEST_IDS = ["$context.requestId", "$context.extendedRequestId"];

/**
 * Issues of an access-log format; empty for a valid one.
 *
 * @param type type of the API
 * @param format the text of `accessLogSettings.format`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function accessLogFormatIssues(type: ApiType, format: string): Issue[] {
  const kind = FORMAT_KINDS[type];
  const read = readFormat(format);
  if (read === undefined) return [...textIssues(kind, format), notAnObject(format)];
  const variables = pathsOfVariables(read.members);
  return [
    ...textIssues(kind, format),
    ...read.faults.map(faultIssue),
    ...keyIssues(kind, [...read.members.keys()], variables),
    ...[...variables].flatMap(([variable, path]) => variableIssue(kind, variable, path) ?? []),
  ];
}

function textIssues(kind: FormatKind, format: string): Issue[] {
  const issues: Issue[] = [];
  // How long the value of a token is, Terraform knows.
  const bytes = Buffer.byteLength(format.replace(TOKEN_MARKER, ""));
  if (bytes > kind.maxBytes) {
    const message = `the format has ${bytes} bytes, and ${kind.limitOf} takes at most ${kind.maxBytes}`;
    issues.push({
      id: "format-size",
      path: [],
      message,
      fix: "remove keys, or give properties and claims shorter names",
    });
  }
  const line = kind.mayEndInLineBreak ? format.replace(/\r?\n$/, "") : format;
  if (/[\r\n]/.test(line)) {
    const allowed = kind.mayEndInLineBreak ? "only a line break at its end" : "no line break, not even at its end";
    const fix = `write it on one line: API Gateway allows ${allowed}`;
    issues.push({ id: "format-line-break", path: [], message: "the format has a line break", fix });
  }
  return issues;
}

function notAnObject(format: string): Issue {
  const form = formOf(format);
  return {
    id: "format-json",
    path: [],
    message: form === undefined ? "the format is not a JSON object" : `the format is ${form}, expected a JSON object`,
    fix: 'write a JSON object with every variable in quotes, such as {"status":"$context.status"}',
  };
}

function faultIssue(fault: Fault): Issue {
  switch (fault.kind) {
    case "unquoted":
      return {
        id: "format-unquoted",
        path: [fault.key],
        message: `${fault.text} is not in quotes`,
        fix: "put it in quotes: API Gateway writes - where there is no value, which is not JSON",
      };
    case "duplicateKey":
      return {
        id: "format-duplicate-key",
        path: [fault.key],
        message: `duplicate key ${JSON.stringify(fault.key)}`,
        fix: "remove one: Moesif reads only one of the two",
      };
    case "notJson":
      return {
        id: "format-json",
        path: [],
        message: `the format is not JSON: ${fault.text}`,
        fix: "correct it; the command check-format prints it repaired",
      };
  }
}

function keyIssues(kind: FormatKind, keys: readonly string[], variables: ReadonlyMap<string, unknown>): Issue[] {
  const issues: Issue[] = [];
  const missing = missingKeys(kind, keys);
  if (missing.length > 0) {
    const named = missing.map((key) => [key, ...kind.required[key]!].join(" or ")).join(", ");
    const [noun, pronoun] = missing.length === 1 ? ["key is", "it"] : ["keys are", "them"];
    const fix = `add ${pronoun}: Moesif rejects records without ${pronoun}`;
    issues.push({ id: "format-missing-key", path: [], message: `required ${noun} missing: ${named}`, fix });
  }
  if (!REQUEST_IDS.some((variable) => variables.has(variable))) {
    const message = "the format has no request id";
    const fix = `add ${REQUEST_IDS.join(" or ")}: API Gateway requires one`;
    issues.push({ id: "format-request-id", path: [], message, fix });
  }
  return issues;
}

/** The keys that Moesif needs and that a record with these keys lacks. */
export function missingKeys({ required }: FormatKind, keys: readonly string[]): RequiredKey[] {
  const known = Object.keys(required) as RequiredKey[];
  return known.filter((key) => ![key, ...required[key]!].some((source) => keys.includes(source)));
}

/** Whether a format may have a variable. */
export function isAllowed({ variables }: FormatKind, variable: string): boolean {
  return variable !== SECRET_VARIABLE && variable !== QUOTED_MESSAGE && hasVariable(variables, variable);
}

/**
 * Why a format must not have a variable; `undefined` if it may have it.
 *
 * @param path where the variable is
 */
export function variableIssue(kind: FormatKind, variable: string, path: Path): Issue | undefined {
  if (isAllowed(kind, variable)) return undefined;
  const { api, variables, unknownVariable, page } = kind;
  const meant = replacementOf(kind, variable)?.variable;
  if (variable === SECRET_VARIABLE) {
    const fix = meant ? `log ${meant}` : "remove it";
    return { id: "format-secret", path, message: `${variable} is the API key itself, a secret`, fix };
  }
  if (variable === QUOTED_MESSAGE) {
    const message = `${variable} is in quotes already, which breaks the JSON`;
    return { id: "format-quoted-variable", path, message, fix: `log ${meant}` };
  }
  const id = "format-variable";
  if (!isContextVariable(variable)) {
    const fix = `${meant ? `did you mean ${meant}?` : "remove it;"} see ${page}`;
    return {
      id,
      path,
      message: `${variable} is not a variable of an access log, which takes only those of $context`,
      fix,
    };
  }
  const message = `${variable} is not a variable of ${api}'s access log ${unknownVariable}`;
  const advice = variables.advice.find(([pattern]) => pattern.test(variable))?.[1];
  if (advice !== undefined) return { id, path, message, fix: advice };
  const use = Object.hasOwn(variables.instead, variable) ? `log ${meant} instead;` : `did you mean ${meant}?`;
  return { id, path, message, fix: `${meant ? `${use} ` : ""}see ${page}` };
}

/** The variable to use instead of one that a format must not have. */
export function replacementOf({ variables }: FormatKind, variable: string): SuggestedVariable | undefined {
  if (variable === QUOTED_MESSAGE) return { variable: PLAIN_MESSAGE, certain: true };
  if (variable !== SECRET_VARIABLE) return suggestVariable(variables, variable);
  const id = `${SECRET_VARIABLE}Id`;
  return hasVariable(variables, id) ? { variable: id, certain: true } : undefined;
}

/** Every variable in keys and values, at any depth, with the path where it is first. */
function pathsOfVariables(value: FormatValue, path: Path = [], found = new Map<string, Path>()): Map<string, Path> {
  const collect = (text: string, at: Path) => {
    for (const variable of variablesIn(text)) if (!found.has(variable)) found.set(variable, at);
  };
  if (typeof value === "string") collect(value, path);
  else if (value instanceof Map || Array.isArray(value)) {
    for (const [key, held] of value.entries()) {
      if (typeof key === "string") collect(key, [...path, key]);
      pathsOfVariables(held, [...path, key], found);
    }
  }
  return found;
}
