/** The words of a rollout file's settings, as Terraform's users read them of a module's variables. */
import type { JsonSchema } from "../rollout/json-schema";
import { literal, snakeCase } from "./expressions";
import { defaultOf } from "./variable-type";

/** A JSON Schema whose descriptions name its properties as Terraform does, and speak of one pipeline alone. */
export function inTerraformWords(schema: JsonSchema): JsonSchema {
  const names = new Set(propertyNames(schema));
  const reworded = (text: string) =>
    text
      // A module has one level of settings.
      .replace(/ (Levels|An override|Targets that) [^.]*\./g, "")
      .replaceAll("the target's region", "the region of the pipeline")
      .replaceAll("is refused: see docs/privacy.md.", "is refused by the function, which then delivers nothing.")
      .replaceAll("that the stack creates", "that the module creates")
      .replace(/\b[a-z]+(?:[A-Z][a-z]*)+\b/g, (word) => (names.has(word) ? snakeCase(word) : word));
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === "description" && typeof value === "string" ? reworded(value) : value,
  ) as JsonSchema;
}

function propertyNames({ properties = {}, items, additionalProperties }: JsonSchema): string[] {
  const within = [...Object.values(properties), items, additionalProperties];
  return [
    ...Object.keys(properties),
    ...within.flatMap((schema) => (typeof schema === "object" ? propertyNames(schema) : [])),
  ];
}

/** What a variable is for, with a line for each of its fields. */
export function descriptionOf(schema: JsonSchema): string {
  const lines = fieldsOf(schema).map(({ name, meaning, otherwise }) => `- \`${name}\`: ${meaning}${said(otherwise)}`);
  const description = schema.description ?? "";
  return lines.length > 0 ? `${description}\n\n${lines.join("\n")}\n` : description;
}

function said(otherwise: string | undefined): string {
  return otherwise === undefined ? "" : ` Default: ${otherwise}.`;
}

/** A field within a variable. */
export interface Field {
  /** As a path: `path.emails`, `mask[].pattern`. */
  readonly name: string;
  readonly schema: JsonSchema;
  readonly meaning: string;
  readonly required: boolean;
  /** As it would be written; absent where it is null. */
  readonly otherwise?: string;
}

/** The fields of a variable, in depth. */
export function fieldsOf(schema: JsonSchema, prefix = ""): Field[] {
  if (schema.items) return fieldsOf(schema.items, `${prefix.slice(0, -1)}[].`);
  if (typeof schema.additionalProperties === "object") return fieldsOf(schema.additionalProperties, `${prefix}*.`);
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]): Field[] => {
    const name = prefix + snakeCase(key);
    const required = schema.required?.includes(key) ?? false;
    const own = { name, schema: field, meaning: field.description ?? "", required, otherwise: written(field) };
    return [own, ...fieldsOf(field, `${name}.`)];
  });
}

/** A default as it would be written. */
function written(schema: JsonSchema): string | undefined {
  const otherwise = defaultOf(schema);
  return otherwise === undefined ? undefined : `\`${literal(otherwise)}\``;
}
