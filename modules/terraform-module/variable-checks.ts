/** The validations of a variable, made of the JSON Schema of what it holds: one for each rule, with a message of its own. */
import type { JsonSchema } from "../rollout/json-schema";
import { hcl } from "../hcl";
import { escapeTemplate } from "../tokens";
import { choose, literal, snakeCase } from "./expressions";
import { defaultOf, typeConstraint } from "./variable-type";

/** A `validation` block. */
export interface VariableCheck {
  readonly condition: string;
  readonly errorMessage: string;
}

/** A check that is written by hand: of expressions, and of a message that may hold templates. */
export function check(condition: string, errorMessage: string): VariableCheck {
  return { condition: hcl(condition), errorMessage };
}

/** A value within a variable, as expressions say where it is. */
export interface Place {
  /** Text of a reference to it. */
  readonly reference: string;
  /** Its name for the reader, as the text of a template: `sampling.rate`, `apis["${name}"].version`. */
  readonly label: string;
  /** Its name without keys, as the module's README has it: `apis.*.version`. */
  readonly path: string;
}

/** Something that must hold at a place. */
export interface Demand {
  /** Expression that is true where the place is as it must be. */
  readonly condition: (reference: string) => string;
  /** The rest of a sentence that begins with the name of the place. */
  readonly problem: string;
}

/** Demands beyond those that a JSON Schema can express, by the name that it has under `format` or `form`. */
export type OwnDemands = Readonly<Record<string, readonly Demand[]>>;

/** Of what Terraform's types let be null everywhere. One check of a variable tells all of it. */
const NOT_NULL = "must not be null.";

/**
 * @param name of the variable
 */
export function variableChecks(name: string, schema: JsonSchema, own: OwnDemands = {}): VariableCheck[] {
  const all = findings(schema, { reference: `var.${name}`, label: name, path: name }, own);
  const nulls = all.filter(({ problem }) => problem === NOT_NULL);
  const others = all.filter(({ problem }) => problem !== NOT_NULL);
  const withoutNulls = nulls.length > 1 ? [nothingIn(nulls, `something in ${name}`)] : nulls.map(asCheck);
  return [...withoutNulls, ...others.map(asCheck)];
}

/**
 * The names in a list, as the subject of a message. Terraform shows no message that holds a sensitive value, and takes
 * a choice for sensitive by what is not chosen.
 *
 * @param ifSensitive what stands for them where one must not be shown
 */
export function namesIn(list: string, ifSensitive: string): string {
  const shown = `[for names in [join(", ", ${list})] : names if !issensitive(names)]`;
  return hcl(`concat(${shown}, ["${ifSensitive}"])[0]`);
}

function asCheck({ holds, label, path, wrong, problem }: Finding): VariableCheck {
  const subject = wrong === undefined ? label : namesIn(wrong, path);
  return { condition: hcl(holds), errorMessage: `${subject} ${escapeTemplate(problem)}` };
}

/** One check of several findings of one problem. */
function nothingIn(all: readonly Finding[], ifSensitive: string): VariableCheck {
  const wrong = `flatten([${all.map(wrongOf).join(", ")}])`;
  return check(`length(${wrong}) == 0`, `${namesIn(wrong, ifSensitive)} ${all[0]!.problem}`);
}

/** A rule at a place. */
interface Finding extends Place {
  /** Expression that is true where the rule holds. */
  readonly holds: string;
  /** Where the place is in a list or map: the expression of the list of names of those that break the rule. */
  readonly wrong?: string;
  readonly problem: string;
}

function findings(schema: JsonSchema, place: Place, own: OwnDemands): Finding[] {
  const ofItself = demands(schema, own).map(({ condition, problem }) => ({
    ...place,
    holds: condition(place.reference),
    problem,
  }));
  return [...ofItself, ...findingsWithin(schema, place, own)];
}

function findingsWithin(schema: JsonSchema, place: Place, own: OwnDemands): Finding[] {
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([name, field]) => {
      const inner = fieldOf(place, snakeCase(name));
      const needed = schema.required?.includes(name) ?? false;
      const all = findings(field, inner, own);
      if (!needed && defaultOf(field) !== undefined) return all;
      const guarded = all.map((finding) => unlessNull(inner.reference, finding));
      return needed ? [notNull(inner), ...guarded] : guarded;
    });
  }
  const elements = schema.items ?? schema.additionalProperties;
  if (typeof elements !== "object") return [];
  const depth = place.label.split("${").length - 1 || "";
  const [key, element] = [`key${depth}`, `element${depth}`];
  const inner: Place = schema.items
    ? { reference: element, label: `${place.label}[\${${key}}]`, path: `${place.path}[]` }
    : { reference: element, label: `${place.label}[\\"\${${key}}\\"]`, path: `${place.path}.*` };
  const names = schema.propertyNames ? findings(schema.propertyNames, { ...inner, reference: key }, own) : [];
  const each = (finding: Finding, filter = ""): Finding => ({
    ...finding,
    holds: `alltrue([for ${key}, ${element} in ${place.reference} : ${finding.holds}${filter}])`,
    wrong: `flatten([for ${key}, ${element} in ${place.reference} : ${wrongOf(finding)}${filter}])`,
  });
  return [
    each(notNull(inner)),
    ...names.map((finding) => each(finding)),
    ...findings(elements, inner, own).map((finding) => each(finding, ` if ${element} != null`)),
  ];
}

function fieldOf({ reference, label, path }: Place, name: string): Place {
  return { reference: `${reference}.${name}`, label: `${label}.${name}`, path: `${path}.${name}` };
}

function notNull(place: Place): Finding {
  return { ...place, holds: `${place.reference} != null`, problem: NOT_NULL };
}

function wrongOf({ holds, label, wrong }: Finding): string {
  return wrong ?? choose(holds, "[]", `["${label}"]`);
}

function unlessNull(reference: string, finding: Finding): Finding {
  const guarded = (without: string, expression: string) => `(${choose(`${reference} == null`, without, expression)})`;
  const { holds, wrong } = finding;
  return { ...finding, holds: guarded("true", holds), ...(wrong !== undefined && { wrong: guarded("[]", wrong) }) };
}

/** What must hold of a value itself. */
function demands(schema: JsonSchema, own: OwnDemands): Demand[] {
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
  const isAny = schema.type === "object" && typeConstraint(schema) === "any";
  return isAny ? [{ condition: (value) => `can(keys(${value}))`, problem: "must be an object." }] : [];
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
