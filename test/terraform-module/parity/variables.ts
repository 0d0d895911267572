/** The variables of a plain module, made of what a construct was given: names by the module's schema, unions by hand. */
import { isDeepStrictEqual } from "node:util";
import type { JsonSchema } from "../../../modules/rollout/json-schema";
import { snakeCase } from "../../../modules/terraform-module/expressions";

type Json = any;

/** @throws Error if something is given that the schema does not know */
export function asVariables(schema: JsonSchema, given: Json): Json {
  if (given === undefined || given === null) return given;
  const value = OTHERWISE[schema.form ?? ""]?.(given) ?? given;
  if (schema.properties) return mapped(value, (key) => [snakeCase(key), fieldOf(schema, key)]);
  if (schema.items) return value.map((one: Json) => asVariables(schema.items!, one));
  const { additionalProperties: values } = schema;
  return typeof values === "object" ? mapped(value, (key) => [key, values]) : value;
}

function mapped(value: Json, target: (key: string) => [string, JsonSchema]): Json {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([key, member]) => {
      const [name, schema] = target(key);
      return [name, asVariables(schema, member)];
    }),
  );
}

function fieldOf({ properties = {} }: JsonSchema, key: string): JsonSchema {
  const field = properties[key];
  if (!field) throw new Error(`no variable or field is named ${key}: there are ${Object.keys(properties).join(", ")}`);
  return field;
}

/** What Terraform's types hold otherwise, by the name of the form. */
const OTHERWISE: Readonly<Record<string, (value: Json) => Json>> = {
  // One of several texts, or a pattern.
  matches: (fields) =>
    Object.fromEntries(
      Object.entries<Json>(fields).map(([field, match]) => [field, Array.isArray(match) ? { values: match } : match]),
    ),
  destinations: (byType) =>
    Object.fromEntries(Object.entries(byType).map(([type, settings]) => [type.toLowerCase(), settings])),
};

/** The variables and fields that were given, and are not what they are anyway, as the module's README names them. */
export function givenNames(schema: JsonSchema, variables: Json, prefix = ""): string[] {
  if (variables === undefined || variables === null) return [];
  if (schema.items)
    return variables.flatMap((one: Json) => givenNames(schema.items!, one, `${prefix.slice(0, -1)}[].`));
  if (typeof schema.additionalProperties === "object") {
    return Object.values(variables).flatMap((one) =>
      givenNames(schema.additionalProperties as JsonSchema, one, `${prefix}*.`),
    );
  }
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const value = variables[snakeCase(key)];
    const name = prefix + snakeCase(key);
    return value === undefined || isDeepStrictEqual(value, field.default)
      ? []
      : [name, ...givenNames(field, value, `${name}.`)];
  });
}
