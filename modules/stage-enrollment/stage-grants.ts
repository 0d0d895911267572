/**
 * What the function may do with stages, and with which: what IAM says of each stage, packed into as few policies as
 * hold it.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_apigateway.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_apigatewayv2.html
 */
import type { DataAwsIamPolicyDocumentStatement } from "../aws";
import type { AccessLogSettings, ApiType } from "../../lambda/api-gateway/stage";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import { Token } from "../cdk";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import { containsToken, escapeTemplate, TOKEN_MARKER } from "../tokens";

/** Something that is allowed on a resource. Grants of one `sid` differ in nothing but the resource. */
export interface Grant {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resource: string;
  readonly condition?: DataAwsIamPolicyDocumentStatement["condition"];
}

/**
 * The most that a managed policy holds, white space not counted.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const POLICY_CHARACTERS = 6144;

/** `{"Version": …, "Statement": […]}` around the statements. */
const DOCUMENT_CHARACTERS = 50;

/** For a text that only Terraform knows, as many characters as it may have: an ARN, a format, a name. */
const LONGEST_UNKNOWN = { arn: 256, format: 4000, name: 128 };

/**
 * What API Gateway does in the caller's name when an HTTP stage begins or ends to log. It stands among the permissions on
 * stages, since the last HTTP stage that leaves needs it as well. CloudWatch Logs knows no resource of these.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
 */
export const DELIVER_LOGS: Grant = {
  sid: "DeliverLogs",
  actions: [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
  ],
  resource: "*",
};

/** What the stages of an enrollment need, in an order that does not depend on theirs. */
export function enrollmentGrants(
  { destinations, stages = [], match = [] }: Enrollment,
  environment: Pick<AwsEnvironment, "region" | "partition">,
): Grant[] {
  const grantsOn = (type: ApiType, path: string, overwrite?: boolean): Grant[] => {
    const settings = destinations[type];
    return settings ? stageGrants(type, path, escaped(settings), overwrite) : [];
  };
  const listed = stages.flatMap(({ type, apiId, stage, overwrite }) =>
    grantsOn(type, `${apiId}/stages/${stage}`, overwrite),
  );
  const types = Object.keys(destinations) as ApiType[];
  const matched = match.flatMap(({ types: matchedTypes = types, stage = "*", overwrite }) =>
    matchedTypes.flatMap((type) => grantsOn(type, `*/stages/${stage}`, overwrite)),
  );
  const root = grantRoot(environment);
  const all = [...match.flatMap((one) => (one.types ?? types).flatMap(listing)), ...listed, ...matched].map(
    (grant) => ({
      ...grant,
      resource: root + grant.resource,
    }),
  );
  const delivering = all.some(({ sid }) => sid.startsWith(`Set${SID.HTTP}`)) ? [DELIVER_LOGS] : [];
  return distinct([...delivering, ...all]).sort((a, b) => compare(a.sid, b.sid) || compare(a.resource, b.resource));
}

/** What the resources of grants begin with. */
export function grantRoot({ partition, region }: Pick<AwsEnvironment, "region" | "partition">): string {
  return `arn:${partition}:apigateway:${region}::`;
}

/** Looking for stages needs the lists of their kind, whatever they are like. */
export function listing(type: ApiType): [Grant, Grant] {
  const root = rootOf(type);
  const grant = (resource: string): Grant => ({ sid: "ListStages", actions: ["apigateway:GET"], resource });
  return [grant(root), grant(`${root}/*/stages`)];
}

function rootOf(type: ApiType): string {
  return type === "REST" ? "/restapis" : "/apis";
}

const SID: Readonly<Record<ApiType, string>> = { REST: "Rest", HTTP: "Http", WEBSOCKET: "WebSocket" };

/**
 * A stage, or all of a pattern. The conditions are on what a request carries of access logging: taking it away, where
 * that is an update, carries nothing. IAM tells no update of access logging from another of the stage.
 *
 * A stage that may be taken over can have logged anywhere, in any format, and gets that back: no condition can be on it.
 */
export function stageGrants(
  type: ApiType,
  path: string,
  settings: AccessLogSettings,
  overwrite = false,
): [set: Grant, ...remove: Grant[]] {
  const resource = `${rootOf(type)}/${path}`;
  const set: Grant = {
    sid: `Set${SID[type]}${overwrite ? "TakingOver" : ""}`,
    actions: ["apigateway:GET", "apigateway:PATCH"],
    resource,
    condition: overwrite ? undefined : ours(settings),
  };
  const remove = { sid: `RemoveV2`, actions: ["apigateway:DELETE"], resource: `${resource}/accesslogsettings` };
  return type === "REST" ? [set] : [set, remove];
}

function ours({ destinationArn, format }: AccessLogSettings): Grant["condition"] {
  const equals = (key: string, value: string) => ({
    test: "StringEqualsIfExists",
    variable: `apigateway:Request/${key}`,
    values: [value],
  });
  return [equals("AccessLoggingDestination", destinationArn), equals("AccessLoggingFormat", format)];
}

/** As Terraform must read what is written into its JSON. */
function escaped({ destinationArn, format }: AccessLogSettings): AccessLogSettings {
  const text = (value: string) => (containsToken(value) ? value : escapeTemplate(value));
  return { destinationArn: text(destinationArn), format: text(format) };
}

/** The grants of each policy, so that none has more characters than IAM takes. */
export function packed(grants: readonly Grant[]): Grant[][] {
  const policies: Grant[][] = [];
  let room = 0;
  for (const grant of grants) {
    const policy = policies.at(-1);
    const joins = policy?.some(({ sid }) => sid === grant.sid) ?? false;
    const size = resourceSize(grant) + (joins ? 0 : statementSize(grant));
    if (policy && size <= room) {
      policy.push(grant);
      room -= size;
    } else {
      policies.push([grant]);
      room = POLICY_CHARACTERS - DOCUMENT_CHARACTERS - statementSize(grant) - resourceSize(grant);
    }
  }
  return policies;
}

/** A statement for the grants of each `sid`. */
export function statementsOf(grants: readonly Grant[]): DataAwsIamPolicyDocumentStatement[] {
  const bySid = new Map<string, { grant: Grant; resources: string[] }>();
  for (const grant of grants) {
    const statement = bySid.get(grant.sid) ?? { grant, resources: [] };
    bySid.set(grant.sid, statement);
    statement.resources.push(grant.resource);
  }
  return [...bySid.values()].map(({ grant: { sid, actions, condition }, resources }) => ({
    sid,
    actions: [...actions],
    resources,
    condition,
  }));
}

function statementSize({ sid, actions, condition }: Grant): number {
  const conditions = (condition as { variable: string; values: string[] }[] | undefined) ?? [];
  const texts = conditions.map(({ variable, values: [value = ""] }) => {
    const unknown = variable.endsWith("Format") ? LONGEST_UNKNOWN.format : LONGEST_UNKNOWN.arn;
    return variable.length + (Token.isUnresolved(value) ? unknown : JSON.stringify(value).length) + 8;
  });
  const fixed = JSON.stringify({ Sid: sid, Effect: "Allow", Action: actions, Resource: [], Condition: { [TEST]: {} } });
  return fixed.length + 1 + texts.reduce((sum, length) => sum + length, 0);
}

const TEST = "StringEqualsIfExists";

/** With the quotes and the comma; each plan-time part as long as it may be. */
function resourceSize({ resource }: Grant): number {
  return resource.replace(TOKEN_MARKER, "x".repeat(LONGEST_UNKNOWN.name)).length + 3;
}

function distinct(grants: readonly Grant[]): Grant[] {
  return [...new Map(grants.map((grant) => [`${grant.sid} ${grant.resource}`, grant])).values()];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
