/** Every place of a module's variables that Terraform's types let be null and the module does not, made of the schema. */
import type { JsonSchema } from "../../modules/rollout/json-schema";
import { snakeCase } from "../../modules/terraform-module/expressions";

/** A value of a variable in which one place is null. */
export interface NullPlace {
  readonly variable: string;
  /** The null, as a message names it. */
  readonly name: string;
  readonly value: unknown;
}

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:111122223333:${rest}`;

const STREAM = arn("firehose", "deliverystream/amazon-apigateway-moesif");

/** A value for each field that must be given, by the end of its path. */
const SAMPLES: readonly (readonly [path: string, sample: unknown])[] = [
  ["destinations", { rest: { destination_arn: STREAM, format: "{}" } }],
  ["secret_arn", arn("secretsmanager", "secret:moesif-AbCdEf")],
  ["rest.destination_arn", STREAM],
  ["destination_arn", arn("logs", "log-group:moesif")],
  ["stream_arn", STREAM],
  ["bucket_arn", "arn:aws:s3:::moesif-backup"],
  ["bucket_name", "moesif-backup"],
  ["account_id", "111122223333"],
  ["region", "eu-west-1"],
  ["partition", "aws"],
  ["transformer_enabled", true],
  ["name", "moesif"],
  ["function_name", "moesif-enrollment"],
  ["function_arn", arn("lambda", "function:moesif-enrollment")],
  ["access_log.user.from", "iamCaller"],
  ["access_log.company.from", "iamCaller"],
  ["from", "user"],
  ["format", "{}"],
  ["pattern", "[0-9]+"],
  ["values", ["200"]],
  ["api_id", "a1b2c3d4e5"],
  ["stage", "prod"],
  ["drop", { status: { values: ["200"] } }],
  ["keep", ["user"]],
];

/** A value in which everything is given that must be. */
export function sampleOf(schema: JsonSchema, path: string): unknown {
  const [, sample] = SAMPLES.find(([end]) => path === end || path.endsWith(`.${end}`)) ?? [];
  if (sample !== undefined) return sample;
  if (!schema.properties) throw new Error(`${path} needs a sample`);
  return requiredFields(schema, path);
}

/** @param said the field that is given anyway */
function requiredFields({ properties = {}, required = [], oneOf = [] }: JsonSchema, path: string, said?: string) {
  const choices = oneOf.map(({ required: [name] = [] }) => name!);
  const chosen = said !== undefined && choices.includes(said) ? [] : choices.slice(0, 1);
  const fields = [...required, ...chosen].map((name) => {
    const field = `${path}.${snakeCase(name)}`;
    return [snakeCase(name), sampleOf(properties[name]!, field)];
  });
  return Object.fromEntries(fields) as Record<string, unknown>;
}

/** The places within a variable, each with all else as it must be. */
export function nullPlaces(variable: string, schema: JsonSchema): NullPlace[] {
  return placesWithin(schema, variable, variable).map((place) => ({ ...place, variable }));
}

type Within = Omit<NullPlace, "variable">;

function placesWithin(schema: JsonSchema, path: string, name: string): Within[] {
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([key, field]) => {
      const own = snakeCase(key);
      const others = requiredFields(schema, path, key);
      const inner = { name: `${name}.${own}`, value: null };
      const places = placesWithin(field, `${path}.${own}`, inner.name);
      const all = schema.required?.includes(key) ? [inner, ...places] : places;
      return all.map((place) => ({ ...place, value: { ...others, [own]: place.value } }));
    });
  }
  const elements = schema.items ?? schema.additionalProperties;
  if (typeof elements !== "object" || Object.keys(elements).length === 0) return [];
  const inner = `${name}${schema.items ? "[0]" : '["key"]'}`;
  return [{ name: inner, value: null }, ...placesWithin(elements, path, inner)].map((place) => ({
    ...place,
    value: schema.items ? [place.value] : { key: place.value },
  }));
}
