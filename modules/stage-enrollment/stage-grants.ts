/**
 * What the function may do with stages: a grant for each action on each stage, packed into as few policies as IAM's
 * limit allows.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_apigateway.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_apigatewayv2.html
 */
import type { AccessLogSettings, ApiType } from "../../lambda/api-gateway/stage";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import { Token } from "../cdk";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import { type PolicyCondition, policyJson, type PolicyStatement } from "../policy";
import { TOKEN_MARKER } from "../terraform-json";

/** Permission on one resource. Grants with the same `sid` differ only in the resource. */
export interface Grant {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resource: string;
  readonly condition?: readonly PolicyCondition[];
}

/**
 * The maximum size of a managed policy, without white space.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MAX_POLICY_CHARACTERS = 6144;

/** The length that the value of a token may have. */
const MAX_TOKEN_CHARACTERS = { arn: 256, format: 4000, name: 128 };

/**
 * What API Gateway does on behalf of the caller when it starts or stops the logging of an HTTP stage. It is among the
 * permissions on stages, since restoring the last HTTP stage needs it too. CloudWatch Logs supports no resources for
 * these actions.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
 */
const DELIVER_LOGS: Grant = {
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

/** The grants that an enrollment needs, in an order that does not depend on that of its stages. */
export function enrollmentGrants(
  { destinations, stages = [], match = [] }: Enrollment,
  { partition, region }: Pick<AwsEnvironment, "region" | "partition">,
): Grant[] {
  const grantsOn = (type: ApiType, path: string, overwrite?: boolean): Grant[] => {
    const settings = destinations[type];
    return settings ? stageGrants(type, path, settings, overwrite) : [];
  };
  const listed = stages.flatMap(({ type, apiId, stage, overwrite }) =>
    grantsOn(type, `${apiId}/stages/${stage}`, overwrite),
  );
  const allTypes = Object.keys(destinations) as ApiType[];
  const matched = match.flatMap(({ types = allTypes, stage = "*", overwrite }) =>
    types.flatMap((type) => [...listGrants(type), ...grantsOn(type, `*/stages/${stage}`, overwrite)]),
  );
  const root = `arn:${partition}:apigateway:${region}::`;
  const all = [...listed, ...matched].map((grant) => ({ ...grant, resource: root + grant.resource }));
  const delivering = all.some(({ sid }) => sid.startsWith(`Set${SID.HTTP}`)) ? [DELIVER_LOGS] : [];
  return distinct([...delivering, ...all]).sort((a, b) => compare(a.sid, b.sid) || compare(a.resource, b.resource));
}

/** To find matching stages, the function lists all stages of a type. */
function listGrants(type: ApiType): Grant[] {
  return [rootOf(type), `${rootOf(type)}/*/stages`].map((resource) => ({
    sid: "ListStages",
    actions: ["apigateway:GET"],
    resource,
  }));
}

function rootOf(type: ApiType): string {
  return type === "REST" ? "/restapis" : "/apis";
}

const SID: Readonly<Record<ApiType, string>> = { REST: "Rest", HTTP: "Http", WEBSOCKET: "WebSocket" };

/**
 * Permissions on one stage, or on all of a pattern. The conditions hold the access log settings of a request to those of
 * the pipeline. A request that removes them has none. IAM has no permission for access logging only: it allows any update
 * of the stage.
 *
 * A stage with `overwrite` gets no conditions: the settings that it had before may be any, and are restored.
 */
function stageGrants(type: ApiType, path: string, settings: AccessLogSettings, overwrite = false): Grant[] {
  const resource = `${rootOf(type)}/${path}`;
  const set: Grant = {
    sid: `Set${SID[type]}${overwrite ? "TakingOver" : ""}`,
    actions: ["apigateway:GET", "apigateway:PATCH"],
    resource,
    condition: overwrite ? undefined : settingsCondition(settings),
  };
  const remove = { sid: `RemoveV2`, actions: ["apigateway:DELETE"], resource: `${resource}/accesslogsettings` };
  return type === "REST" ? [set] : [set, remove];
}

function settingsCondition({ destinationArn, format }: AccessLogSettings): PolicyCondition[] {
  const equals = (key: string, value: string) => ({
    test: "StringEqualsIfExists",
    variable: `apigateway:Request/${key}`,
    values: [value],
  });
  return [equals("AccessLoggingDestination", destinationArn), equals("AccessLoggingFormat", format)];
}

/** Distributes grants over policies, of which none exceeds IAM's limit. */
export function packed(grants: readonly Grant[]): Grant[][] {
  const policies: Grant[][] = [];
  for (let packedGrants = 0; packedGrants < grants.length; packedGrants += policies.at(-1)!.length) {
    const rest = grants.slice(packedGrants);
    policies.push(rest.slice(0, fitting(rest)));
  }
  return policies;
}

/** How many of the first ones fit into a policy; one at least. */
function fitting(grants: readonly Grant[]): number {
  const fit = (count: number) => maxCharacters(grants.slice(0, count)) <= MAX_POLICY_CHARACTERS;
  if (fit(grants.length)) return grants.length;
  let [least, tooMany] = [1, grants.length];
  while (tooMany - least > 1) {
    const middle = Math.floor((least + tooMany) / 2);
    if (fit(middle)) least = middle;
    else tooMany = middle;
  }
  return least;
}

/** The size of a policy, if the values of tokens are as long as they may be. */
function maxCharacters(grants: readonly Grant[]): number {
  const fill = (length: number) => "x".repeat(length);
  const longest = grants.map((grant) => ({
    ...grant,
    resource: grant.resource.replace(TOKEN_MARKER, fill(MAX_TOKEN_CHARACTERS.name)),
    condition: grant.condition?.map(({ variable, values, ...condition }) => ({
      ...condition,
      variable,
      values: values.map((value) => {
        if (!Token.isUnresolved(value)) return value;
        return fill(variable.endsWith("Format") ? MAX_TOKEN_CHARACTERS.format : MAX_TOKEN_CHARACTERS.arn);
      }),
    })),
  }));
  return policyJson(statementsOf(longest)).length;
}

/** One statement for the grants of each `sid`. */
export function statementsOf(grants: readonly Grant[]): PolicyStatement[] {
  const bySid = new Map<string, PolicyStatement & { readonly resources: string[] }>();
  for (const { sid, actions, resource, condition } of grants) {
    const statement = bySid.get(sid) ?? { sid, actions, resources: [], condition };
    bySid.set(sid, statement);
    statement.resources.push(resource);
  }
  return [...bySid.values()];
}

function distinct(grants: readonly Grant[]): Grant[] {
  return [...new Map(grants.map((grant) => [`${grant.sid} ${grant.resource}`, grant])).values()];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
