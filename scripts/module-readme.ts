/** The parts of a module's README that are generated: the tables of its inputs and outputs. */
import { literal, snakeCase } from "../modules/terraform-module/expressions";
import type { ModuleStack } from "../modules/terraform-module/module-stack";
import { fieldsOf } from "../modules/terraform-module/module-words";
import { defaultOf, typeConstraint } from "../modules/terraform-module/variable-type";
import type { JsonSchema } from "../modules/rollout/json-schema";
import { code, table } from "./markdown";

/** The README of a module, with its tables brought up to date. */
export function moduleReadme(text: string, { variables, outputs }: Pick<ModuleStack, "variables" | "outputs">): string {
  return [
    ["inputs", inputs(variables)],
    ["outputs", outputTable(outputs)],
  ].reduce((readme, [name, table]) => {
    const place = new RegExp(`(<!-- ${name} -->\n)[^]*?(?=<!-- end of ${name} -->)`);
    if (!place.test(readme)) throw new Error(`the README has no place for its ${name}: <!-- ${name} -->`);
    return readme.replace(place, (_, head: string) => `${head}\n${table}\n`);
  }, text);
}

function inputs(variables: JsonSchema): string {
  const rows = Object.entries(variables.properties!).flatMap(([key, schema]) => {
    const required = variables.required?.includes(key) ?? false;
    const otherwise = required ? "required" : code(literal(defaultOf(schema)));
    const fields = fieldsOf(schema).map((field) => [
      code(`${snakeCase(key)}${field.name.startsWith("[") ? "" : "."}${field.name}`),
      valueOf(field.schema),
      field.required ? "required" : (field.otherwise ?? "`null`"),
      field.meaning,
    ]);
    return [[`**${code(snakeCase(key))}**`, valueOf(schema), otherwise, schema.description ?? ""], ...fields];
  });
  return table(["Name", "Value", "Default", "Meaning"], rows);
}

function outputTable(outputs: ModuleStack["outputs"]): string {
  return table(
    ["Name", "Meaning"],
    outputs.map(({ name, description }) => [code(name), description]),
  );
}

/** What a value must be, in words where there are any. */
function valueOf(schema: JsonSchema): string {
  if (schema.expects !== undefined) return schema.expects;
  if (schema.enum !== undefined) return `one of ${schema.enum.join(", ")}`;
  if (schema.properties) return "object";
  const elements = schema.items ?? schema.additionalProperties;
  return typeof elements === "object" && elements.properties
    ? `${schema.items ? "list" : "map"} of objects`
    : code(typeConstraint(schema));
}
