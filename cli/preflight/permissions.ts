/**
 * Whether the role that deploys may do what Terraform will do: each action of docs/deploy-policy.json, simulated on the
 * resources that the stack names.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ContextEntry, EvaluationResult, IAMClient } from "@aws-sdk/client-iam";
import { concurrently } from "../../common/concurrently";
import { packageRoot } from "../../common/package-root";
import { counted } from "../../common/table";
import type { Check } from "../checks";
import type { Attributes, PlannedStack } from "../stacks";
import { checksOf, type Context, problem, type Question, unknown } from "./context";

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: readonly string[];
}

/** Actions to simulate on one resource. */
export interface Simulation {
  readonly resource: string;
  readonly actions: readonly string[];
  readonly context?: readonly ContextEntry[];
}

/** What Terraform appends to a prefix, and AWS to a name. */
const SUFFIX = "20260101000000000000000001";
const SECRET_SUFFIX = "-AbCdEf";

/** A resource that a stack creates, and which of its statement's actions are for it; all if none is given. */
interface Resource {
  readonly name: string;
  readonly actions?: RegExp;
  readonly context?: readonly ContextEntry[];
}

interface Named extends Attributes {
  readonly name?: string;
  readonly name_prefix?: string;
  readonly path?: string;
}

/** IAM's actions on a managed policy; the others are on a role. */
const OF_POLICIES = /^iam:[A-Z][a-z]+Policy(Versions?)?$/;
const OF_OBJECTS = /^s3:(Get|Put|Delete)Object/;

/** The resources of each statement, as the last part of their ARN. A statement for which a stack has none is not needed. */
export const RESOURCES: Readonly<
  Record<string, (stack: PlannedStack, arn: (path: string) => string) => readonly Resource[]>
> = {
  Stream: (stack) => named(stack, "aws_kinesis_firehose_delivery_stream", "deliverystream/"),
  Mappings: (stack, arn) =>
    has(stack, "aws_lambda_event_source_mapping")
      ? functions(stack).map(({ name }) => ({
          name: "*",
          context: [text("lambda:FunctionArn", arn(name))],
        }))
      : [],
  FindMappings: (stack) => (has(stack, "aws_lambda_event_source_mapping") ? [{ name: "*" }] : []),
  Functions: functions,
  FindLogGroups: () => [{ name: "log-group:*" }],
  LogGroups: (stack) => named(stack, "aws_cloudwatch_log_group", "log-group:"),
  Roles: (stack) => [
    ...named(stack, "aws_iam_role", "role").map((role) => ({ ...role, actions: not(OF_POLICIES) })),
    ...named(stack, "aws_iam_policy", "policy").map((policy) => ({ ...policy, actions: OF_POLICIES })),
  ],
  PassRoles: (stack) =>
    stack.resources<Named & { assume_role_policy: string }>("aws_iam_role").map((role) => ({
      name: `role${nameOf(role)}`,
      context: [text("iam:PassedToService", /"([a-z]+\.amazonaws\.com[a-z.]*)"/.exec(role.assume_role_policy)![1]!)],
    })),
  Bucket: (stack) =>
    stack.resources<{ bucket_prefix: string }>("aws_s3_bucket").flatMap(({ bucket_prefix: prefix }) => [
      { name: `${prefix}${SUFFIX}`, actions: not(OF_OBJECTS) },
      { name: `${prefix}${SUFFIX}/object`, actions: OF_OBJECTS },
    ]),
  Secret: (stack) => [
    ...named(stack, "aws_secretsmanager_secret", "secret:").map(({ name }) => ({ name: `${name}${SECRET_SUFFIX}` })),
    // Terraform only finds one that exists.
    ...Object.values(stack.data<{ name?: string }>("aws_secretsmanager_secret"))
      .filter(({ name }) => name !== undefined)
      .map(({ name }) => ({
        name: `secret:${name}${SECRET_SUFFIX}`,
        actions: /:(DescribeSecret|GetResourcePolicy)$/,
      })),
  ],
  Schedule: (stack) => named(stack, "aws_cloudwatch_event_rule", "rule/"),
  Queues: (stack) => named(stack, "aws_sqs_queue", ""),
  Alarms: (stack) =>
    stack
      .resources<{ alarm_name: string }>("aws_cloudwatch_metric_alarm")
      .map(({ alarm_name: name }) => ({ name: `alarm:${name}` })),
  Dashboards: (stack) =>
    stack
      .resources<{ dashboard_name: string }>("aws_cloudwatch_dashboard")
      .map(({ dashboard_name: name }) => ({ name: `dashboard/${name}` })),
  FindKeys: (stack) => (Object.keys(stack.data("aws_kms_key")).length > 0 ? [{ name: "key/example" }] : []),
  LogRole: (stack) => (has(stack, "aws_api_gateway_account") ? [{ name: "/account" }] : []),
};

function functions(stack: PlannedStack): Resource[] {
  return stack
    .resources<{ function_name: string }>("aws_lambda_function")
    .map(({ function_name: name }) => ({ name: `function:${name}` }));
}

function named(stack: PlannedStack, type: string, before: string): Resource[] {
  return stack.resources<Named>(type).map((resource) => ({ name: `${before}${nameOf(resource)}` }));
}

/** With the path of a role or policy, and with what stands for Terraform's own part. */
function nameOf({ name, name_prefix: prefix, path }: Named): string {
  return `${path ?? ""}${name ?? `${prefix!.replaceAll(/\$\{[^}]*\}/g, "")}${SUFFIX}`}`;
}

function has(stack: PlannedStack, type: string): boolean {
  return stack.resources(type).length > 0;
}

function not(pattern: RegExp): RegExp {
  return new RegExp(`^(?!${pattern.source.replace(/^\^/, "")})`);
}

function text(ContextKeyName: string, value: string): ContextEntry {
  return { ContextKeyName, ContextKeyType: "string", ContextKeyValues: [value] };
}

/** The simulations of a stack, by the statements of the policy. */
export function simulationsOf({ target, stack }: Pick<Context, "target" | "stack">): Simulation[] {
  const file = join(packageRoot(), "docs", "deploy-policy.json");
  const { Statement: statements } = JSON.parse(readFileSync(file, "utf8")) as { Statement: readonly Statement[] };
  return statements.flatMap(({ Sid, Action, Resource: [pattern] }) => {
    const all = typeof Action === "string" ? [Action] : Action;
    const arn = arnOf(pattern!, target);
    return (RESOURCES[Sid] ?? unlisted(pattern!))(stack, arn).flatMap(({ name, actions, context }) => {
      const chosen = all.filter((action) => actions?.test(action) ?? true);
      return chosen.length > 0 ? [{ resource: arn(name), actions: chosen, ...(context && { context }) }] : [];
    });
  });
}

/** Of a statement that this file does not know: any resource of its pattern. */
function unlisted(pattern: string): (typeof RESOURCES)[string] {
  return () => [{ name: pattern.split(":").slice(5).join(":").replaceAll("*", "example") }];
}

/** ARNs like a statement's, in the target's partition, account and region. */
function arnOf(pattern: string, { partition, region, accountId }: Context["target"]): (path: string) => string {
  const [, , service, where, account] = pattern.split(":");
  return (path) => {
    if (path === "*") return "*";
    // A function of another statement.
    if (service === undefined) return `arn:${partition}:lambda:${region}:${accountId}:${path}`;
    return ["arn", partition, service, where && region, account && accountId, path].join(":");
  };
}

const CALLS_AT_A_TIME = 4;

/**
 * What a principal may not do of it, and on how many resources it may do all. Where the first simulation is refused, so
 * is every other.
 */
export async function permissionChecksOf(context: Context, principal: string): Promise<Check[]> {
  const [first, ...others] = permissionQuestions(context, principal);
  const found = [await checksOf(first!)];
  if (found[0]!.some(({ result }) => result === "unknown")) return [{ ...found[0]![0]!, subject: principal }];
  found.push(...(await concurrently(others, CALLS_AT_A_TIME, checksOf)));
  const allowed = found.filter((checks) => checks.length === 0).length;
  const cause = `allowed on ${allowed} of ${counted(found.length, "resource")}`;
  const summary: Check = { id: "permission", subject: principal, result: "ok", cause };
  return [...(allowed > 0 ? [summary] : []), ...found.flat()];
}

/** The question whether a principal may do all of it, resource by resource. */
function permissionQuestions(context: Context, principal: string): Question[] {
  const { aws, config } = context;
  const iam = new aws.IAMClient(config);
  return simulationsOf(context).map((simulation) => ({
    id: "permission",
    subject: simulation.resource,
    action: "iam:SimulatePrincipalPolicy",
    ask: async () => permissionChecks(principal, simulation, await simulate(context, iam, principal, simulation)),
  }));
}

async function simulate(
  { aws }: Context,
  iam: IAMClient,
  principal: string,
  { resource, actions, context = [] }: Simulation,
): Promise<EvaluationResult[]> {
  const found: EvaluationResult[] = [];
  let marker: string | undefined;
  do {
    const answer = await iam.send(
      new aws.SimulatePrincipalPolicyCommand({
        PolicySourceArn: principal,
        ActionNames: [...actions],
        ResourceArns: [resource],
        ContextEntries: [...context],
        Marker: marker,
      }),
    );
    found.push(...(answer.EvaluationResults ?? []));
    marker = answer.Marker;
  } while (marker !== undefined);
  return found;
}

/** What decides that an action is denied, and what to do. */
const DENIALS = {
  organization: [
    "a policy of the organization (SCP) denies",
    () => "ask who manages the organization to allow it: no policy of the account can",
  ],
  boundary: [
    "the permissions boundary does not allow",
    (principal) => `allow it in the permissions boundary of ${principal}`,
  ],
  explicit: ["a statement denies", (principal) => `remove the Deny statement from the policies of ${principal}`],
  implicit: [
    "no statement allows",
    (principal) => `allow it in a policy of ${principal}: docs/permissions.md has the statements`,
  ],
} as const satisfies Record<string, readonly [string, (principal: string) => string]>;

function denialOf({
  EvalDecision,
  OrganizationsDecisionDetail,
  PermissionsBoundaryDecisionDetail,
}: EvaluationResult): keyof typeof DENIALS | undefined {
  if (EvalDecision === "allowed") return undefined;
  if (OrganizationsDecisionDetail?.AllowedByOrganizations === false) return "organization";
  if (PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false) return "boundary";
  return EvalDecision === "explicitDeny" ? "explicit" : "implicit";
}

/** One check for each kind of denial; none if all is allowed. */
function permissionChecks(
  principal: string,
  { resource, actions }: Simulation,
  results: readonly EvaluationResult[],
): Check[] {
  const check = { id: "permission", subject: resource };
  const missing = actions.filter((action) => !results.some(({ EvalActionName }) => EvalActionName === action));
  if (missing.length > 0) {
    return [{ ...check, ...unknown(`IAM has simulated nothing for ${missing.join(", ")}`, "run the command again") }];
  }
  const denied = results.map((result) => ({ kind: denialOf(result), ...result })).filter(({ kind }) => kind);
  const kinds = [...new Set(denied.map(({ kind }) => kind!))];
  return kinds.map((kind) => {
    const [cause, fix] = DENIALS[kind];
    const ofKind = denied.filter((one) => one.kind === kind);
    const names = ofKind.map(({ EvalActionName }) => EvalActionName!).sort();
    const policies = [
      ...new Set(ofKind.flatMap((one) => one.MatchedStatements ?? []).map((one) => one.SourcePolicyId)),
    ];
    const by = kind === "explicit" && policies.length > 0 ? ` (${policies.join(", ")})` : "";
    return { ...check, ...problem(`${cause}${by}: ${names.join(", ")}`, fix(principal)) };
  });
}
