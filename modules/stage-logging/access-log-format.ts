/** Tells what is wrong with an access-log format, before API Gateway refuses it or Moesif drops the records. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { knownText } from "../tokens";
import {
  hasVariable,
  isContextVariable,
  PLAIN_MESSAGE,
  QUOTED_MESSAGE,
  SECRET_VARIABLE,
  variablesIn,
} from "./context-variables";
import { FORMAT_KINDS, type FormatKind, type RequiredKey } from "./format-kinds";
import { type Fault, type FormatValue, readFormat } from "./read-format";
import { type SuggestedVariable, suggestVariable } from "./suggest-variable";
import { formOf } from "./unwrap-format";

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
  /** A sentence with the fix. */
  readonly message: string;
  /** The keys that are meant. */
  readonly keys?: readonly string[];
  /** The variable that is meant. */
  readonly variable?: string;
  /** The variable that may be meant instead. */
  readonly suggestion?: string;
}

/**
 * What is wrong with a format, one sentence for each problem, each with its fix; empty for a good one.
 *
 * @param type type of the API
 * @param format the text of `accessLogSettings.format`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function accessLogFormatProblems(type: ApiType, format: string): string[] {
  return formatProblems(type, format).map(({ message }) => message);
}

/** As {@link accessLogFormatProblems}, for programs. */
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
  // What is known when Terraform plans is counted then, by `formatFits`.
  const bytes = Buffer.byteLength(knownText(format));
  if (bytes > kind.maxBytes) {
    problems.push({ kind: "size", message: `the format has ${bytes} bytes; ${kind.limitOf} takes ${kind.maxBytes}` });
  }
  const line = kind.mayEndInLineBreak ? format.replace(/\r?\n$/, "") : format;
  if (/[\r\n]/.test(line)) {
    const allowed = kind.mayEndInLineBreak ? "a line break at its end alone" : "no line break, not even at its end";
    problems.push({ kind: "lineBreak", message: `the format must be one line: API Gateway allows ${allowed}` });
  }
  return problems;
}

function faultProblem(fault: Fault): FormatProblem {
  switch (fault.kind) {
    case "unquoted": {
      const { kind, key, text } = fault;
      const message = `${key}: ${text} must be in quotes: API Gateway writes - where there is no value, which is no JSON`;
      return { kind, keys: [key], message };
    }
    case "duplicateKey": {
      const { kind, key } = fault;
      return {
        kind,
        keys: [key],
        message: `${key} is there twice, and Moesif would read one of the two: take one out`,
      };
    }
    case "notJson":
      return { kind: fault.kind, message: `the format is no JSON: ${fault.text}` };
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

/** Of the keys that Moesif needs, those that a record with these keys would lack. */
export function missingKeys({ required }: FormatKind, keys: readonly string[]): RequiredKey[] {
  const known = Object.keys(required) as RequiredKey[];
  return known.filter((key) => ![key, ...required[key]!].some((source) => keys.includes(source)));
}

/** May a variable stand in a format? */
export function isSound({ variables }: FormatKind, variable: string): boolean {
  return variable !== SECRET_VARIABLE && variable !== QUOTED_MESSAGE && hasVariable(variables, variable);
}

/** Why a variable must not stand in a format, and what to do; `undefined` if it may. */
export function variableProblem(kind: FormatKind, variable: string): FormatProblem | undefined {
  if (isSound(kind, variable)) return undefined;
  const { api, variables, unknownVariable, page } = kind;
  const suggestion = replacementOf(kind, variable)?.variable;
  if (variable === SECRET_VARIABLE) {
    const message = `${variable} is the API key itself, a secret: ${suggestion ? `log ${suggestion}` : "leave it out"}`;
    return { kind: "secret", variable, suggestion, message };
  }
  if (variable === QUOTED_MESSAGE) {
    const message = `${variable} brings quotes of its own, which no JSON can hold: log ${suggestion}`;
    return { kind: "cannotBeJson", variable, suggestion, message };
  }
  if (!isContextVariable(variable)) {
    const fix = suggestion ? `did you mean ${suggestion}?` : "leave it out";
    const message = `${variable} is no variable of an access log, which takes those of $context alone: ${fix} (${page})`;
    return { kind: "unknownVariable", variable, suggestion, message };
  }
  const advice = variables.advice.find(([pattern]) => pattern.test(variable))?.[1];
  const meant = Object.hasOwn(variables.instead, variable)
    ? `log ${suggestion} in its place`
    : `did you mean ${suggestion}?`;
  const fix = advice ?? (suggestion ? `${meant} (${page})` : `see ${page}`);
  const message = `${variable} is no variable of ${api}'s access log ${unknownVariable}: ${fix}`;
  return { kind: "unknownVariable", variable, suggestion: advice ? undefined : suggestion, message };
}

/** What may stand in the place of a variable that must not stand in a format. */
export function replacementOf({ variables }: FormatKind, variable: string): SuggestedVariable | undefined {
  if (variable === QUOTED_MESSAGE) return { variable: PLAIN_MESSAGE, certain: true };
  if (variable !== SECRET_VARIABLE) return suggestVariable(variables, variable);
  const id = `${SECRET_VARIABLE}Id`;
  return hasVariable(variables, id) ? { variable: id, certain: true } : undefined;
}

/** Every variable in keys and values, however deep. */
function variablesOf(value: FormatValue): string[] {
  if (typeof value === "string") return variablesIn(value);
  if (value instanceof Map) return [...value].flatMap(([key, held]) => [...variablesIn(key), ...variablesOf(held)]);
  return Array.isArray(value) ? value.flatMap(variablesOf) : [];
}
