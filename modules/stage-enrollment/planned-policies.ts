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
 * Characters that a stage takes on average at most. Which policies there are must not depend on names that Terraform
 * learns by making an API: these are the lengths of names that are long for what AWS and people give. AWS gives ids of 10
 * characters and takes none from others; a policy whose stages have longer names than this on average is refused before
 * anything is made.
 */
const LONG = { root: "arn:aws-us-gov:apigateway:ap-southeast-99::".length, apiId: 16, stage: 64 };

/**
 * Has Terraform write the policies, in a local value of `scope`.
 *
 * @returns the reference to an object: JSON by the key of each policy, such as `REST-0`. The keys are known when it is
 *   planned, though ids of APIs and ARNs of destinations may not be.
 */
export function plannedPolicies(
  scope: Construct,
  enrollment: PlannedEnrollment,
  environment: Pick<AwsEnvironment, "region" | "partition">,
): string {
  const root = hclLocal(scope, "stage_root", grantRoot(environment));
  const paths = hclLocal(scope, "stage_paths", hcl(pathsByType(enrollment)));
  const policies = API_TYPES.map((type) => policiesOf(type, enrollment, { root, paths }));
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

/** The policies of one type: an object of which each member holds as many stages as certainly have room. */
function policiesOf(
  type: ApiType,
  { destinations, match }: PlannedEnrollment,
  { root, paths }: { readonly root: string; readonly paths: string },
): string {
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
  const left = `${POLICY_CHARACTERS - STATEMENT_CHARACTERS} - length(jsonencode(${settings.format}))`;
  const most = `${destination} == null ? 1 : max(1, floor((${left}) / ${stageCharacters(type)}))`;
  const policy = `jsonencode({ Version = "2012-10-17", Statement = ${allowed} })`;
  return `{ for index, stages in chunklist(${paths}.${type}, ${most}) : "${type}-\${index}" => ${policy} }`;
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
