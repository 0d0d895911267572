/** What must hold of a value, made of its JSON Schema: a condition, and the words in which it is demanded. */
import type { JsonSchema } from "../rollout/json-schema";
import { literal, snakeCase } from "./expressions";
import { isAny } from "./variable-type";

/** Something that must hold at a place. */
export interface Demand {
  /** Expression that is true where the place is as it must be. */
  readonly condition: (reference: string) => string;
  /** The rest of a sentence that begins with the name of the place. */
  readonly problem: string;
}

/** Demands beyond those that a JSON Schema can express, by the name that it has under `format` or `form`. */
export type OwnDemands = Readonly<Record<string, readonly Demand[]>>;

/** What must hold of a value itself. */
export function demands(schema: JsonSchema, own: OwnDemands): Demand[] {
  const { format = "", form = "", oneOf = [], minItems = 0, maxItems, minProperties = 0, maxProperties } = schema;
  return [
    ...(own[format] ? [] : ofValue(schema)),
    ...ofAny(schema),
    ...ofNumber("elements", minItems, maxItems),
    ...ofNumber("entries", minProperties, maxProperties),
    ...exactlyOne(oneOf.flatMap(({ required = [] }) => required)),
    ...(own[format] ?? []),
    ...(own[form] ?? []),
  ];
}

/** The rule of a text or a number, in the words of the rule. */
function ofValue(schema: JsonSchema): Demand[] {
  const { enum: choices, pattern, minimum, maximum, type } = schema;
  const expects = schema.expects ?? (choices ? `one of ${choices.join(", ")}` : `a text that matches ${pattern}`);
  const problem = `must be ${expects}${schema.because === undefined ? "" : ` (${schema.because})`}.`;
  if (choices) return [{ condition: (value) => `contains(${literal(choices)}, ${value})`, problem }];
  if (pattern !== undefined) return [{ condition: (value) => matches(pattern, value), problem }];
  if (minimum === undefined || maximum === undefined) return [];
  const whole = (value: string) => (type === "integer" ? ` && floor(${value}) == ${value}` : "");
  return [{ condition: (value) => `${value} >= ${minimum} && ${value} <= ${maximum}${whole(value)}`, problem }];
}

/** What may hold any JSON is an object all the same. */
function ofAny(schema: JsonSchema): Demand[] {
  return isAny(schema) ? [{ condition: (value) => `can(keys(${value}))`, problem: "must be an object." }] : [];
}

function ofNumber(what: string, least: number, most: number | undefined): Demand[] {
  const all: Demand[] = [];
  if (least === 1) all.push({ condition: (value) => `length(${value}) > 0`, problem: "must not be empty." });
  if (most !== undefined) {
    all.push({ condition: (value) => `length(${value}) <= ${most}`, problem: `must have at most ${most} ${what}.` });
  }
  return all;
}

function exactlyOne(keys: readonly string[]): Demand[] {
  if (keys.length === 0) return [];
  const names = keys.map(snakeCase);
  const given = (reference: string) => names.map((name) => `${reference}.${name}`).join(", ");
  return [
    {
      condition: (reference) => `length([for given in [${given(reference)}] : true if given != null]) == 1`,
      problem: `must have exactly one of ${names.join(", ")}.`,
    },
  ];
}

/**
 * Whether a text matches a pattern of JavaScript, for RE2: it knows no look-ahead, and repeats a thousand times at most.
 *
 * @see https://developer.hashicorp.com/terraform/language/functions/regex
 */
export function matches(pattern: string, value: string): string {
  const text = pattern.replaceAll("\\/", "/").replace(/\\u([0-9a-f]{4})/gi, "\\x{$1}");
  const [, not, rest = text] = /^\^\(\?!((?:[^()]|\([^()]*\))*)\)(.*)$/s.exec(text) ?? [];
  const positive = not === undefined ? text : `^${rest}`;
  const refused = not === undefined ? [] : [`!can(regex(${literal(`^(?:${not})`)}, ${value}))`];
  const [, least, most] = /^\^\.\{(\d+),(\d+)\}\$$/.exec(positive) ?? [];
  const demanded =
    most !== undefined && Number(most) > MOST_REPEATS
      ? [`can(regex("^.*$", ${value}))`, `length(${value}) >= ${least}`, `length(${value}) <= ${most}`]
      : [`can(regex(${literal(positive)}, ${value}))`];
  return [...refused, ...demanded].join(" && ");
}

const MOST_REPEATS = 1000;
