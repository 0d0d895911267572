/**
 * What a variable holds, in the form in which constructs and the transformer know it: their names in place of
 * Terraform's, and nothing that is the default, so that writing a default changes nothing.
 */
import type { JsonSchema } from "../rollout/json-schema";
import { object, withoutNulls } from "../hcl";
import { choose, literal, snakeCase, unlessEmpty } from "./expressions";
import { defaultOf } from "./variable-type";

/** Writes a value otherwise than its schema says; told the text of a reference to it. */
export type OwnForm = (reference: string) => string;

/** Own forms, by the name that a schema has under `form`. */
export type OwnForms = Readonly<Record<string, OwnForm>>;

/**
 * The expression of a value in the constructs' form; null where it says nothing.
 *
 * @param reference text of a reference to the value, such as `var.sampling`
 */
export function constructsForm(schema: JsonSchema, reference: string, forms: OwnForms = {}, depth = 0): string {
  const form = said(schema, reference, forms, depth);
  const otherwise = defaultOf(schema);
  if (otherwise === undefined) return isPlain(schema) ? form : choose(`${reference} == null`, "null", form);
  if (typeof otherwise === "object") return unlessEmpty(form);
  return choose(`${reference} == ${literal(otherwise)}`, "null", form);
}

/** A value that is there. */
function said(schema: JsonSchema, reference: string, forms: OwnForms, depth: number): string {
  if (schema.form !== undefined) return forms[schema.form]!(reference);
  if (schema.properties) return objectForm(schema, reference, forms, depth);
  const elements = schema.items ?? (typeof schema.additionalProperties === "object" && schema.additionalProperties);
  if (!elements || isPlain(elements)) return reference;
  const element = `element${depth || ""}`;
  const inner = said(elements, element, forms, depth + 1);
  return schema.items
    ? `[for ${element} in ${reference} : ${inner}]`
    : `{ for name${depth || ""}, ${element} in ${reference} : name${depth || ""} => ${inner} }`;
}

function objectForm(schema: JsonSchema, reference: string, forms: OwnForms, depth: number): string {
  const fields = Object.entries(schema.properties!).map(([name, field]): [string, string] => {
    const inner = `${reference}.${snakeCase(name)}`;
    const needed = schema.required?.includes(name) ?? false;
    return [name, (needed ? said : constructsForm)(field, inner, forms, depth)];
  });
  return withoutNulls(object(fields));
}

/** Whether a value is written as it is. */
function isPlain(schema: JsonSchema): boolean {
  if (schema.form !== undefined || schema.properties) return false;
  const elements = schema.items ?? schema.additionalProperties;
  return typeof elements !== "object" || isPlain(elements);
}
