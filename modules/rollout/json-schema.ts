/** The JSON Schema of a rollout file: for editors, and for the tables of settings. */
import { z } from "zod";
import { rolloutSchema } from "../settings/rollout";

/** A JSON Schema, as far as this one goes. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  /** What a value must be, in words. */
  readonly expects?: string;
  /** Why. */
  readonly because?: string;
  readonly type?: string;
  readonly const?: string | number;
  readonly enum?: readonly (string | number)[];
  readonly required?: readonly string[];
  readonly properties?: { readonly [key: string]: JsonSchema };
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly pattern?: string;
  readonly format?: string;
  /** Of what is written otherwise than its schema says, how. */
  readonly form?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly definitions?: { readonly [name: string]: JsonSchema };
}

/** Draft 7 is what editors understand best. */
const target = "draft-7";

/** The schema with what each value must be in words, under `expects`. */
export function describedSchema(): JsonSchema {
  return z.toJSONSchema(rolloutSchema, { target }) as JsonSchema;
}

/** The schema for editors, which show a description, but no default. */
export function rolloutJsonSchema(): JsonSchema {
  return z.toJSONSchema(rolloutSchema, {
    target,
    override({ jsonSchema }) {
      delete jsonSchema["expects"];
      delete jsonSchema["because"];
      if (jsonSchema.default !== undefined && jsonSchema.description !== undefined) {
        jsonSchema.description += ` Default: ${JSON.stringify(jsonSchema.default)}.`;
      }
    },
  }) as JsonSchema;
}
