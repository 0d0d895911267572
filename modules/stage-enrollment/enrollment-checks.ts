/** Checks an enrollment when its construct is made: each problem names the property and the fix. */
import { z } from "zod";
import { API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import type { Enrollment, ListedStage, StageMatch } from "../../lambda/stage-enrollment/contract";
import { type Construct, type IConstruct, TerraformStack, Token } from "../cdk";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import { parseArn } from "../settings/aws";
import type { Checks } from "../settings/checks";
import { enrollmentLimits } from "../settings/enrollment";
import { formatPath, type Issue, type Path } from "../settings/issue";
import { valueOf } from "../settings/values";
import { accessLogIssues } from "../stage-logging/access-log-settings";

/** Adds the issues of an enrollment to `checks`. */
export function checkEnrollment(
  { destinations, stages = [], match = [] }: Enrollment,
  environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">,
  checks: Checks,
): void {
  if (API_TYPES.every((type) => destinations[type] === undefined)) {
    checks.add(
      issue("missing-key", ["destinations"], "there is no destination", "write one of REST, HTTP and WEBSOCKET"),
    );
  }
  for (const type of API_TYPES) checkDestination(type, destinations[type], environment, checks);
  checks.schema(z.array(listedStage), stages, ["stages"]).schema(z.array(stageMatch), match, ["match"]);
  const hasDestination = (type: ApiType) => destinations[type] !== undefined;
  const seen = new Set<string>();
  stages.forEach(({ type, apiId, stage }, index) => {
    const path = ["stages", index];
    checks.literal(`stages.${index}.type`, type);
    if (API_TYPES.includes(type) && !hasDestination(type)) {
      checks.add(
        issue("destination-missing", path, `${type} has no destination`, "add it to destinations, or remove the stage"),
      );
    }
    const id = `${type} ${apiId} ${stage}`;
    const fix = "list each stage of an API once";
    if (seen.has(id))
      checks.add(issue("duplicate-stage", path, `stage ${stage} of API ${apiId} is listed already`, fix));
    seen.add(id);
  });
  match.forEach(({ overwrite: _, ...criteria }, index) => {
    const path = ["match", index];
    if (Object.values(criteria).every((value) => value === undefined)) {
      const fix = 'write one of tags, apiName, stage and types; apiName "*" matches every stage';
      checks.add(issue("empty-match", path, "the match has no criteria", fix));
    }
    for (const type of criteria.types ?? []) {
      checks.literal(`match.${index}.types`, type);
      if (API_TYPES.includes(type) && !hasDestination(type)) {
        const fix = "add it to destinations, or remove the type";
        checks.add(issue("destination-missing", [...path, "types"], `${type} has no destination`, fix));
      }
    }
  });
}

const listedStage = z.object({
  type: valueOf(enrollmentLimits.apiType),
  apiId: valueOf(enrollmentLimits.apiId),
  stage: valueOf(enrollmentLimits.stageName),
});

const stageMatch = z.object({
  stage: valueOf(enrollmentLimits.stageNamePattern).optional(),
  types: z.array(valueOf(enrollmentLimits.apiType)).optional(),
});

/** API Gateway writes to streams and log groups of its own account and region only. */
function checkDestination(
  type: ApiType,
  destination: Enrollment["destinations"][ApiType],
  { accountId, region, partition }: Pick<AwsEnvironment, "accountId" | "region" | "partition">,
  checks: Checks,
): void {
  if (destination === undefined) return;
  const path = ["destinations", type];
  checks.add(...accessLogIssues(type, destination).map((found) => ({ ...found, path: [...path, ...found.path] })));
  const { destinationArn } = destination;
  const arn = Token.isUnresolved(destinationArn) ? undefined : parseArn(destinationArn);
  if (arn === undefined) return;
  for (const [part, expected] of Object.entries({ partition, region, account: accountId })) {
    const given = arn[part as keyof typeof arn];
    if (Token.isUnresolved(expected) || given === expected) continue;
    checks.add({
      id: "destination-place",
      path: [...path, "destinationArn"],
      message: `this destination is of ${part} ${given}, expected ${expected}`,
      fix: "use the stream or log group of the pipeline's own account and region: API Gateway writes to no other",
    });
  }
}

function issue(id: Issue["id"], path: Issue["path"], message: string, fix: string): Issue {
  return { id, path, message, fix };
}

interface Declared extends Pick<Enrollment, "destinations" | "stages" | "match"> {
  readonly enrollment: Construct;
  /** Account and region, as far as they are literals; otherwise the stack. */
  readonly location: string;
}

/** The enrollments of each app. */
const declared = new WeakMap<IConstruct, Declared[]>();

/**
 * Refuses stages that another enrollment of the app lists, and stages that both may take over: each of the two would take
 * them from the other.
 *
 * Whether two matches select the same stage is known when one selects all that the other does. Where it is not, the
 * function finds out.
 *
 * @param environment where the enrollment is; if that is a token, other stacks are not compared
 */
export function checkConflicts(
  enrollment: Construct,
  { destinations, stages, match }: Enrollment,
  { accountId, region }: Pick<AwsEnvironment, "accountId" | "region">,
  checks: Checks,
): void {
  const isKnown = !Token.isUnresolved(accountId) && !Token.isUnresolved(region);
  const location = isKnown ? `${accountId} ${region}` : TerraformStack.of(enrollment).node.path;
  const own = { enrollment, location, destinations, stages, match };
  const all = declared.get(enrollment.node.root) ?? [];
  for (const other of all.filter((one) => one.location === location)) {
    const path = other.enrollment.node.path;
    for (const { path: place, item } of selectorsOf(own)) {
      for (const theirs of selectorsOf(other)) {
        if ("apiId" in item && "apiId" in theirs.item && isSameStage(item, theirs.item)) {
          const stage = `stage ${item.stage} of API ${item.apiId}`;
          checks.add(issue("duplicate-stage", place, `the enrollment ${path} lists ${stage} too`, "list it in one"));
        } else if (
          item.overwrite &&
          theirs.item.overwrite &&
          (covers(item, theirs.item) || covers(theirs.item, item))
        ) {
          const message = `${formatPath(theirs.path)} of the enrollment ${path} takes over the same stages`;
          checks.add(issue("enrollment-conflict", place, message, "remove one of the two, or its overwrite"));
        }
      }
    }
  }
  declared.set(enrollment.node.root, [...all, own]);
}

type Selector = ListedStage | (StageMatch & { readonly types: readonly ApiType[] });

/** What selects stages, with its property. */
function selectorsOf({ destinations, stages = [], match = [] }: Declared): { path: Path; item: Selector }[] {
  const types = API_TYPES.filter((type) => destinations[type]);
  return [
    ...stages.map((item, index) => ({ path: ["stages", index], item })),
    ...match.map((item, index) => ({ path: ["match", index], item: { ...item, types: item.types ?? types } })),
  ];
}

function isSameStage(one: ListedStage, other: ListedStage): boolean {
  return one.type === other.type && one.apiId === other.apiId && one.stage === other.stage;
}

/** Whether a match certainly selects every stage that another selector does, of the types that both have. */
function covers(match: Selector, other: Selector): boolean {
  if ("apiId" in match) return false;
  const { types = [], tags = {}, apiName } = "apiId" in other ? { types: [other.type] } : other;
  const isOpen = (pattern: string | undefined) => pattern === undefined || /^[*]+$/.test(pattern);
  return (
    types.some((type) => match.types.includes(type)) &&
    (isOpen(match.apiName) || match.apiName === apiName) &&
    (isOpen(match.stage) || match.stage === other.stage) &&
    Object.entries(match.tags ?? {}).every(([key, value]) => tags[key] === value)
  );
}
