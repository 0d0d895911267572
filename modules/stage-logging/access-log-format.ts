/** Tells what is wrong with an access-log format, before API Gateway refuses it or Moesif drops the records. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { hasVariable, PLAIN_MESSAGE, QUOTED_MESSAGE, SECRET_VARIABLE, variablesIn } from "./context-variables";
import { FORMAT_KINDS, type FormatKind, type RequiredKey } from "./format-kinds";
import { suggestVariable } from "./suggest-variable";

const REQUEST_IDS = ["$context.requestId", "$context.extendedRequestId"];

/**
 * What is wrong with a format, one sentence for each problem, each with its fix; empty for a good one.
 *
 * @param type type of the API
 * @param format the text of `accessLogSettings.format`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function accessLogFormatProblems(type: ApiType, format: string): string[] {
  const kind = FORMAT_KINDS[type];
  const problems = textProblems(kind, format);
  const keys = parse(format);
  if (keys === undefined) {
    return [
      ...problems,
      'the format must be a JSON object with every variable in quotes, such as {"status":"$context.status"}',
    ];
  }
  const missing = missingKeys(kind, Object.keys(keys));
  if (missing.length > 0) {
    const named = missing.map((key) => [key, ...kind.required[key]!].join(" or "));
    problems.push(`Moesif rejects records without ${named.join(", ")}: add the keys`);
  }
  const variables = allVariables(keys);
  if (!variables.some((variable) => REQUEST_IDS.includes(variable))) {
    problems.push(`API Gateway demands ${REQUEST_IDS.join(" or ")} in the format`);
  }
  return [...problems, ...new Set(variables.flatMap((variable) => variableProblem(kind, variable) ?? []))];
}

function textProblems(kind: FormatKind, format: string): string[] {
  const bytes = Buffer.byteLength(format);
  const line = kind.mayEndInLineBreak ? format.replace(/\r?\n$/, "") : format;
  return [
    ...(bytes > kind.maxBytes ? [`the format has ${bytes} bytes; ${kind.limitOf} takes ${kind.maxBytes}`] : []),
    ...(/[\r\n]/.test(line)
      ? [
          kind.mayEndInLineBreak
            ? "the format must be one line: API Gateway allows a line break at its end alone"
            : "the format must be one line: API Gateway allows no line break, not even at its end",
        ]
      : []),
  ];
}

/** Of the keys that Moesif needs, those that a record with these keys would lack. */
export function missingKeys({ required }: FormatKind, keys: readonly string[]): RequiredKey[] {
  const known = Object.keys(required) as RequiredKey[];
  return known.filter((key) => ![key, ...required[key]!].some((source) => keys.includes(source)));
}

/** Why a variable must not stand in a format, and what to do; `undefined` if it may. */
export function variableProblem({ api, variables, unknownVariable, page }: FormatKind, variable: string) {
  if (variable === SECRET_VARIABLE) {
    const id = `${SECRET_VARIABLE}Id`;
    return `${variable} is the API key itself, a secret: ${hasVariable(variables, id) ? `log ${id}` : "leave it out"}`;
  }
  if (variable === QUOTED_MESSAGE) {
    return `${variable} brings quotes of its own, which no JSON can hold: log ${PLAIN_MESSAGE}`;
  }
  if (hasVariable(variables, variable)) return undefined;
  const meant = suggestVariable(variables, variable);
  const advice = variables.advice.find(([pattern]) => pattern.test(variable))?.[1];
  const fix = advice ?? (meant ? `did you mean ${meant.variable}? See ${page}` : `see ${page}`);
  return `${variable} is no variable of ${api}'s access log, ${unknownVariable}: ${fix}`;
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

/** Every `$context` variable in keys and values, however deep. */
function allVariables(value: unknown): string[] {
  if (typeof value === "string") return variablesIn(value);
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, held]) => [...variablesIn(key), ...allVariables(held)])
    : [];
}
