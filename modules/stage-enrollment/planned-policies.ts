/**
 * The policies on the stages of an enrollment that Terraform alone knows: it makes as many as it takes to name each
 * stage. They allow what those of a written enrollment allow, each stage in a policy for its type of API.
 */
import { API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import type { Construct } from "../cdk";
import { hcl, hclLocal } from "../hcl";
import type { PlannedEnrollment } from "./planned-enrollment";
import { DELIVER_LOGS, type Grant, grantRoot, listing, POLICY_CHARACTERS, stageGrants } from "./stage-grants";

/**
 * Characters of a policy for everything but the format and the stages: a test holds the statements to it, with the ARN of
 * a destination at its longest.
 */
const STATEMENT_CHARACTERS = 1_300;

/**
 * Characters that a stage takes, by names that are long for what AWS and people give: how many policies there are must
 * not depend on names that Terraform learns when it makes an API.
 */
const LONG = { root: "arn:aws-us-gov:apigateway:ap-southeast-99::".length, apiId: 16, stage: 64 };

/**
 * Has Terraform write the policies, in local values of `scope`. Each holds as many stages of a type as have room in it
 * even with long names; where that would take more policies than a role may have, as many more as there must be. Whether
 * these have room is for who makes the policies to check.
 *
 * @param most how many policies there may be
 * @returns the reference to an object: JSON by the key of each policy, such as `REST-0`. The keys are known when it is
 *   planned, though ids of APIs and ARNs of destinations may not be.
 */
export function plannedPolicies(
  scope: Construct,
  enrollment: PlannedEnrollment,
  environment: Pick<AwsEnvironment, "region" | "partition">,
  most: number,
): string {
  const root = hclLocal(scope, "stage_root", grantRoot(environment));
  const paths = hclLocal(scope, "stage_paths", hcl(pathsByType(enrollment)));
  const room = hclLocal(scope, "stage_room", hcl(roomByType(enrollment)));
  const crowd = hclLocal(scope, "stage_crowd", hcl(crowding(paths, room, most)));
  const policies = API_TYPES.map((type) => {
    const chunks = `chunklist(${paths}.${type}, ceil(${room}.${type} * ${crowd}))`;
    return `{ for index, stages in ${chunks} : "${type}-\${index}" => ${policyOf(type, enrollment, root)} }`;
  });
  return hclLocal(scope, "stage_policies", hcl(`merge(${policies.join(", ")})`));
}

/** By type, what follows the API's kind in the resource of each stage that is listed, and of each pattern. */
function pathsByType({ destinations, stages, match }: PlannedEnrollment): string {
  const served = `${destinations}[type] != null`;
  const listed = [
    "for stage in",
    stages,
    ': { path = "${stage.apiId}/stages/${stage.stage}", overwrite = stage.overwrite == true }',
    `if stage.type == type && ${served}`,
  ];
  const matched = [
    "for one in",
    match,
    ': { path = "*/stages/${coalesce(one.stage, "*")}", overwrite = one.overwrite == true }',
    `if ${served} && (${names("one", "type")})`,
  ];
  const types = JSON.stringify(API_TYPES);
  return `{ for type in ${types} : type => concat([${listed.join(" ")}], distinct([${matched.join(" ")}])) }`;
}

/** Whether a match is about APIs of a type. */
function names(match: string, type: string): string {
  return `${match}.types == null ? true : contains(${match}.types, ${type})`;
}

/** By type, how many stages certainly have room in a policy. */
function roomByType({ destinations }: PlannedEnrollment): string {
  const left = (type: ApiType) =>
    `${POLICY_CHARACTERS - STATEMENT_CHARACTERS} - length(jsonencode(${destinations}.${type}.format))`;
  const room = (type: ApiType) => `max(1, floor((${left(type)}) / ${stageCharacters(type)}))`;
  return `{ ${API_TYPES.map((type) => `${type} = ${destinations}.${type} == null ? 1 : ${room(type)}`).join(", ")} }`;
}

/** By which factor more stages must go into each policy for all to be enough: of each type, the last may be half empty. */
function crowding(paths: string, room: string, most: number): string {
  const needs = `[for type, stages in ${paths} : length(stages) / ${room}[type] if length(stages) > 0]`;
  return `max(1, sum(concat([0], ${needs})) / (${most + 1} - length(${needs})))`;
}

/** The policy on `stages` of a type, of which it is the one at `index`. */
function policyOf(type: ApiType, { destinations, match }: PlannedEnrollment, root: string): string {
  const destination = `${destinations}.${type}`;
  const settings = { destinationArn: `${destination}.destinationArn`, format: `${destination}.format` };
  const [set, remove] = stageGrants(type, "${stage.path}", settings);
  const [takeOver] = stageGrants(type, "${stage.path}", settings, true);
  const lists = listing(type);
  const resource = (grant: Grant) => `"\${${root}}${grant.resource}"`;
  const onEach = (grant: Grant, filter = "") => `sort([for stage in stages : ${resource(grant)}${filter}])`;
  const isMatched = `anytrue([for one in ${match} : ${names("one", JSON.stringify(type))}])`;
  const statements = [
    statement(lists[0], `index == 0 && ${isMatched} ? [${lists.map(resource).join(", ")}] : []`),
    ...(type === "HTTP" ? [statement(DELIVER_LOGS, JSON.stringify([DELIVER_LOGS.resource]))] : []),
    statement(set, onEach(set, " if !stage.overwrite")),
    statement(takeOver, onEach(takeOver, " if stage.overwrite")),
    ...(remove ? [statement(remove, onEach(remove))] : []),
  ];
  const allowed = `[for statement in [${statements.join(", ")}] : statement if length(statement.Resource) > 0]`;
  return `jsonencode({ Version = "2012-10-17", Statement = ${allowed} })`;
}

function statement({ sid, actions, condition }: Grant, resources: string): string {
  const conditions = (condition as { test: string; variable: string; values: string[] }[] | undefined) ?? [];
  const members = [
    `Sid = "${sid}"`,
    `Effect = "Allow"`,
    `Action = ${JSON.stringify(actions)}`,
    `Resource = ${resources}`,
  ];
  const [first] = conditions;
  if (first) {
    const values = conditions.map(({ variable, values: [value] }) => `"${variable}" = ${value}`);
    members.push(`Condition = { ${first.test} = { ${values.join(", ")} } }`);
  }
  return `{ ${members.join(", ")} }`;
}

/** With the quotes and the comma of each resource. */
function stageCharacters(type: ApiType): number {
  const path = `${"a".repeat(LONG.apiId)}/stages/${"s".repeat(LONG.stage)}`;
  const resources = stageGrants(type, path, { destinationArn: "", format: "" }).map(({ resource }) => resource);
  return resources.reduce((sum, resource) => sum + LONG.root + resource.length + 3, 0);
}
