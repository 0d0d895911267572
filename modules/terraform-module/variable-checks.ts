/** The validations of a variable, made of the JSON Schema of what it holds: one for each rule, with a message of its own. */
import type { JsonSchema } from "../rollout/json-schema";
import { hcl } from "../hcl";
import { escapeTemplate } from "../tokens";
import { demands, type OwnDemands } from "./demands";
import { choose, snakeCase } from "./expressions";
import { defaultOf, isAny } from "./variable-type";

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
interface Place {
  /** Text of a reference to it. */
  readonly reference: string;
  /** Its name for the reader, as the text of a template: `sampling.rate`, `apis["${name}"].version`. */
  readonly label: string;
  /** Its name without keys, as the module's README has it: `apis.*.version`. */
  readonly path: string;
}

/** What Terraform's types do not say, since an element or a field may always be null to them. */
const NOT_NULL = "must not be null.";

/**
 * All that is null and must not be is told by one check; the others pass over it.
 *
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
  if (typeof elements !== "object" || isAny(schema)) return [];
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
