/** The type of a variable, as Terraform writes it, made of the JSON Schema of what it holds. */
import type { JsonSchema } from "../rollout/json-schema";
import { literal, snakeCase } from "./expressions";

/** A type constraint. What may be left out has its default, or is null where nothing is the default. */
export function typeConstraint(schema: JsonSchema): string {
  if (schema.properties) return objectConstraint(schema);
  if (schema.items) return `list(${typeConstraint(schema.items)})`;
  if (schema.type === "object") return mapConstraint(schema);
  return { boolean: "bool", string: "string", integer: "number", number: "number" }[schema.type ?? ""] ?? "any";
}

function mapConstraint(schema: JsonSchema): string {
  return isAny(schema) ? "any" : `map(${typeConstraint(schema.additionalProperties as JsonSchema)})`;
}

/** Whether an object may hold any JSON, which has no type: the values of a Terraform map are all of one. */
export function isAny({ type, properties, additionalProperties: values }: JsonSchema): boolean {
  if (type !== "object" || properties) return false;
  return typeof values !== "object" || Object.keys(values).length === 0;
}

function objectConstraint(schema: JsonSchema): string {
  const fields = Object.entries(schema.properties!).map(([name, field]) => {
    const type = typeConstraint(field);
    const needed = schema.required?.includes(name) ?? false;
    return `${snakeCase(name)} = ${needed ? type : optional(type, defaultOf(field))}`;
  });
  return `object({ ${fields.join(", ")} })`;
}

function optional(type: string, otherwise: unknown): string {
  return otherwise === undefined ? `optional(${type})` : `optional(${type}, ${literal(otherwise)})`;
}

/**
 * The default of what may be left out; `undefined` for null. A section has its fields' own defaults, unless exactly one
 * of them must be given: then it is there as a whole or not at all.
 */
export function defaultOf(schema: JsonSchema): unknown {
  if (schema.default !== undefined) return schema.default;
  return schema.properties && !schema.oneOf && (schema.required ?? []).length === 0 ? {} : undefined;
}
