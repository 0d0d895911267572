/** Finds what is wrong with an access-log format, before API Gateway refuses it or Moesif drops the records. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { REQUIRED_KEYS } from "../../lambda/transformer/access-log";
import type { Issue } from "../settings/issue";
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

/** What is wrong with a format. */
export interface FormatProblem {
  readonly kind:
    | "size"
    | "lineBreak"
    | "notJson"
    | "unquoted"
    | "duplicateKey"
    | "missingKey"
    | "requestId"
    | "secret"
    | "cannotBeJson"
    | "unknownVariable";
  /** What is wrong, and the fix. */
  readonly message: string;
  /** The keys in question. */
  readonly keys?: readonly string[];
  /** The variable in question. */
  readonly variable?: string;
  /** The variable to use instead. */
  readonly suggestion?: string;
}

/**
 * Problems of an access-log format, each with its fix; empty for a valid one.
 *
 * @param type type of the API
 * @param format the text of `accessLogSettings.format`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function accessLogFormatProblems(type: ApiType, format: string): string[] {
  return formatProblems(type, format).map(({ message }) => message);
}

/** As {@link accessLogFormatProblems}, for the errors of constructs. */
export function formatIssues(type: ApiType, format: string): Issue[] {
  return formatProblems(type, format).map(({ message }) => ({ id: "access-log-format", path: [], message }));
}

/** As {@link accessLogFormatProblems}, with the keys and variables of each problem. */
export function formatProblems(type: ApiType, format: string): FormatProblem[] {
  const kind = FORMAT_KINDS[type];
  const read = readFormat(format);
  const problems = textProblems(kind, format);
  if (read === undefined) {
    const form = formOf(format);
    const message = `the format must be a JSON object with every variable in quotes, such as {"status":"$context.status"}, and is ${form}`;
    return [...problems, { kind: "notJson", message }];
  }
  const variables = [...new Set(variablesOf(read.members))];
  return [
    ...problems,
    ...read.faults.map(faultProblem),
    ...keyProblems(kind, [...read.members.keys()], variables),
    ...variables.flatMap((variable) => variableProblem(kind, variable) ?? []),
  ];
}

function textProblems(kind: FormatKind, format: string): FormatProblem[] {
  const problems: FormatProblem[] = [];
  // How long the value of a token is, Terraform knows.
  const bytes = Buffer.byteLength(format.replace(TOKEN_MARKER, ""));
  if (bytes > kind.maxBytes) {
    problems.push({ kind: "size", message: `the format has ${bytes} bytes; ${kind.limitOf} takes ${kind.maxBytes}` });
  }
  const line = kind.mayEndInLineBreak ? format.replace(/\r?\n$/, "") : format;
  if (/[\r\n]/.test(line)) {
    const allowed = kind.mayEndInLineBreak ? "only a line break at its end" : "no line break, not even at its end";
    problems.push({ kind: "lineBreak", message: `the format must be one line: API Gateway allows ${allowed}` });
  }
  return problems;
}

function faultProblem(fault: Fault): FormatProblem {
  switch (fault.kind) {
    case "unquoted": {
      const { kind, key, text } = fault;
      const message = `${key}: ${text} must be in quotes: API Gateway writes - where there is no value, which is not JSON`;
      return { kind, keys: [key], message };
    }
    case "duplicateKey": {
      const { kind, key } = fault;
      return {
        kind,
        keys: [key],
        message: `${key} is a duplicate key, and Moesif reads only one of the two: remove one`,
      };
    }
    case "notJson":
      return { kind: fault.kind, message: `the format is not JSON: ${fault.text}` };
  }
}

function keyProblems(kind: FormatKind, keys: readonly string[], variables: readonly string[]): FormatProblem[] {
  const problems: FormatProblem[] = [];
  const missing = missingKeys(kind, keys);
  if (missing.length > 0) {
    const named = missing.map((key) => [key, ...kind.required[key]!].join(" or "));
    const message = `Moesif rejects records without ${named.join(", ")}: add the keys`;
    problems.push({ kind: "missingKey", keys: missing, message });
  }
  if (!variables.some((variable) => REQUEST_IDS.includes(variable))) {
    problems.push({ kind: "requestId", message: `API Gateway demands ${REQUEST_IDS.join(" or ")} in the format` });
  }
  return problems;
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

/** Why a format must not have a variable, and the fix; `undefined` if it may have it. */
export function variableProblem(kind: FormatKind, variable: string): FormatProblem | undefined {
  if (isAllowed(kind, variable)) return undefined;
  const { api, variables, unknownVariable, page } = kind;
  const suggestion = replacementOf(kind, variable)?.variable;
  if (variable === SECRET_VARIABLE) {
    const message = `${variable} is the API key itself, a secret: ${suggestion ? `log ${suggestion}` : "remove it"}`;
    return { kind: "secret", variable, suggestion, message };
  }
  if (variable === QUOTED_MESSAGE) {
    const message = `${variable} is in quotes already, which breaks the JSON: log ${suggestion}`;
    return { kind: "cannotBeJson", variable, suggestion, message };
  }
  if (!isContextVariable(variable)) {
    const fix = suggestion ? `did you mean ${suggestion}?` : "remove it";
    const message = `${variable} is not a variable of an access log, which takes only those of $context: ${fix} (${page})`;
    return { kind: "unknownVariable", variable, suggestion, message };
  }
  const advice = variables.advice.find(([pattern]) => pattern.test(variable))?.[1];
  const meant = Object.hasOwn(variables.instead, variable)
    ? `log ${suggestion} instead`
    : `did you mean ${suggestion}?`;
  const fix = advice ?? (suggestion ? `${meant} (${page})` : `see ${page}`);
  const message = `${variable} is not a variable of ${api}'s access log ${unknownVariable}: ${fix}`;
  return { kind: "unknownVariable", variable, suggestion: advice ? undefined : suggestion, message };
}

/** The variable to use instead of one that a format must not have. */
export function replacementOf({ variables }: FormatKind, variable: string): SuggestedVariable | undefined {
  if (variable === QUOTED_MESSAGE) return { variable: PLAIN_MESSAGE, certain: true };
  if (variable !== SECRET_VARIABLE) return suggestVariable(variables, variable);
  const id = `${SECRET_VARIABLE}Id`;
  return hasVariable(variables, id) ? { variable: id, certain: true } : undefined;
}

/** Every variable in keys and values, at any depth. */
function variablesOf(value: FormatValue): string[] {
  if (typeof value === "string") return variablesIn(value);
  if (value instanceof Map) return [...value].flatMap(([key, held]) => [...variablesIn(key), ...variablesOf(held)]);
  return Array.isArray(value) ? value.flatMap(variablesOf) : [];
}
