/**
 * An enrollment of which a part is known to Terraform alone: a list of stages that is a variable, or the destinations
 * that another module gives. Here are the expressions by which Terraform reads it.
 *
 * They use neither `try` nor `can`, `lookup`, or `flatten`: of a value that holds anything unknown, such as the id of an
 * API that the same plan makes, these know nothing, and then Terraform could not say which policies there are.
 */
import { API_TYPES } from "../../lambda/api-gateway/stage";
import type { Enrollment, ListedStage, StageMatch } from "../../lambda/stage-enrollment/contract";
import { type Construct, type IResolvable, Token } from "../cdk";
import { hcl, hclLocal, object, withoutNulls } from "../hcl";
import { containsToken, escapeTemplate } from "../tokens";

/**
 * An enrollment of which each part is written out, or is one plan-time value of the same form: a list of objects, or an
 * object, whose optional members may be absent or null. `stages` and `match` may then be null, for none.
 *
 * When it is planned, Terraform has to know how many stages and matches there are, their types and the patterns of their
 * names, which destinations there are, and the formats: from these follows which policies the function's role has. What is
 * marked as sensitive of an enrollment is shown all the same.
 */
export interface EnrollmentInput {
  readonly destinations: Enrollment["destinations"] | IResolvable;
  readonly stages?: Enrollment["stages"] | IResolvable;
  readonly match?: Enrollment["match"] | IResolvable;
}

/** References to what Terraform makes of the parts. */
export interface PlannedEnrollment {
  /** An object with a member for each type of API; null where there is no destination for it. */
  readonly destinations: string;
  /** A list of objects, each with every member that a stage may have; null where it was left out. */
  readonly stages: string;
  /** Likewise. */
  readonly match: string;
  /** The whole in JSON, as the function is told it, without anything that is null. */
  readonly json: string;
}

export function isPlanned(enrollment: Enrollment | PlannedEnrollment): enrollment is PlannedEnrollment {
  return "json" in enrollment;
}

/** Whether all is written out, but for texts and numbers in it. */
export function isWrittenOut(enrollment: EnrollmentInput): enrollment is Enrollment {
  return [enrollment.destinations, enrollment.stages, enrollment.match].every((part) => !Token.isUnresolved(part));
}

/** Has Terraform read an enrollment, in local values of `scope`. */
export function plannedEnrollment(scope: Construct, enrollment: EnrollmentInput): PlannedEnrollment {
  const { destinations: asked, stages: listed, match: matched } = enrollment;
  const given = hclLocal(scope, "given", literally({ destinations: asked, stages: listed, match: matched }));
  const local = (id: string, expression: string) => hclLocal(scope, id, hcl(expression));
  const all = `merge({ stages = null, match = null }, ${given})`;
  const destinations = local("destinations", destinationsOf(`merge(${nulls(API_TYPES)}, ${given}.destinations)`));
  const stages = local("stages", listOf(`${all}.stages`, nulls(STAGE_MEMBERS)));
  const match = local("match", listOf(`${all}.match`, nulls(MATCH_MEMBERS)));
  const told = [
    `destinations = ${withoutNulls(destinations)}`,
    `stages = ${all}.stages == null ? null : [for stage in ${stages} : ${withoutNulls("stage")}]`,
    `match = ${all}.match == null ? null : [for one in ${match} : ${withoutNulls("one")}]`,
  ];
  return { destinations, stages, match, json: local("json", `jsonencode(${withoutNulls(`{ ${told.join(", ")} }`)})`) };
}

const STAGE_MEMBERS = ["type", "apiId", "stage", "overwrite"] satisfies (keyof ListedStage)[];
const MATCH_MEMBERS = ["tags", "apiName", "stage", "types", "overwrite"] satisfies (keyof StageMatch)[];

function nulls(members: readonly string[]): string {
  return object(members.map((member) => [member, "null"]));
}

/** An object of settings, of which each may be null. */
function destinationsOf(all: string): string {
  return `{ for type, settings in nonsensitive(${all}) : type => settings == null ? null : ${unmarked("settings")} }`;
}

/** A list that may be null, with all members in each of its objects. */
function listOf(list: string, members: string): string {
  const items = `concat([], [for list in [nonsensitive(${list})] : list if list != null]...)`;
  return `[for item in nonsensitive(${items}) : merge(${members}, ${unmarked("item")})]`;
}

/**
 * An object whose members are not marked as sensitive: from them follows how many policies there are, for which Terraform
 * takes nothing marked. None of them is a secret, though an id may come from a variable that keeps it together with some.
 */
function unmarked(item: string): string {
  return `{ for member, value in nonsensitive(${item}) : member => nonsensitive(value) }`;
}

/** A value as Terraform must read what is written into its JSON. */
function literally(value: unknown): unknown {
  if (typeof value === "string") return containsToken(value) ? value : escapeTemplate(value);
  if (typeof value !== "object" || value === null || Token.isUnresolved(value)) return value;
  if (Array.isArray(value)) return value.map(literally);
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [escapeTemplate(key), literally(part)] as const),
  );
}
