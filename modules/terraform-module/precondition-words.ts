/**
 * The words of the constructs' preconditions, as whoever calls a module reads them: what a construct calls `kmsKeyArn` is
 * a field of a variable, and which one, the condition tells that refers to it.
 */
import type { JsonSchema } from "../rollout/json-schema";
import { snakeCase } from "./expressions";
import { fieldsOf } from "./module-words";

/** A `precondition` block. */
export interface Precondition {
  readonly condition: string;
  readonly error_message: string;
}

/** A name or a path of names, in either spelling, and no part of an address. */
const NAME = /(?<![\w/.-])[a-z]\w*(?:\.[a-z]\w*)*/g;

/**
 * A precondition in the words of a module. Its message begins with the name of what is wrong, or is an expression, whose
 * texts must suit everybody.
 *
 * @param variables of the module
 */
export function inVariablesWords<T extends Precondition>(precondition: T, variables: JsonSchema): T {
  const { condition, error_message: message } = precondition;
  if (message.startsWith("${")) return precondition;
  const referred = new Set([...condition.matchAll(/\bvar\.(\w+(?:\.\w+)*)/g)].map(([, path]) => path!));
  const named = new Set([...message.matchAll(NAME)].map(([name]) => snakeCase(name)));
  const fieldReferredTo = (path: string) => {
    if (referred.has(path)) return path;
    const [only, ...others] = [...referred].filter((one) => one.endsWith(`.${path}`) && !named.has(one));
    return others.length === 0 ? only : undefined;
  };
  const subject = (path: string) => {
    const [only = path, ...others] = referred;
    return fieldReferredTo(path) ?? (others.length > 0 || variablePaths(variables).has(path) ? path : only);
  };
  const values = writtenValues(variables);
  const reworded = message.replace(NAME, (word, offset: number) => {
    const path = snakeCase(word);
    if (offset === 0) return subject(path);
    return path === word || values.has(word) ? word : (fieldReferredTo(path) ?? path);
  });
  return { ...precondition, error_message: reworded };
}

/** The variables and their fields, as paths: `sampling.rate`, `stages[].api_id`. */
export function variablePaths(variables: JsonSchema): Set<string> {
  return new Set(fieldsOf(variables).map(({ name }) => name));
}

/** The texts that a schema demands word for word: `accessLog` is one of an output, and no name of a field. */
export function writtenValues(schema: JsonSchema): Set<unknown> {
  const { enum: own = [], properties = {}, items, additionalProperties } = schema;
  const within = [...Object.values(properties), items, additionalProperties];
  return new Set([...own, ...within.flatMap((one) => (typeof one === "object" ? [...writtenValues(one)] : []))]);
}
