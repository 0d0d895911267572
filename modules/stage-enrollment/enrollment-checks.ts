/** Checks an enrollment when its construct is made: each problem names the property and the fix. */
import { API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import type { Enrollment, ListedStage, StageMatch } from "../../lambda/stage-enrollment/contract";
import { type Construct, type IConstruct, TerraformStack, Token } from "../cdk";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import { rules } from "../rules";
import { accessLogSettings } from "../stage-logging/stage-settings";
import { InvalidValueError, type ValueChecks } from "../value-checks";

export function checkEnrollment({ destinations, stages = [], match = [] }: Enrollment, checks: ValueChecks): void {
  if (API_TYPES.every((type) => destinations[type] === undefined)) {
    checks.refuse("destinations must have at least one of REST, HTTP and WEBSOCKET");
  }
  for (const type of API_TYPES) checkDestination(type, destinations[type], checks);
  const hasDestination = (type: ApiType) => destinations[type] !== undefined;
  const seen = new Set<string>();
  stages.forEach(({ type, apiId, stage }, index) => {
    const at = `stages[${index}]`;
    checks.choose(`${at}.type`, type, rules.apiType).check(`${at}.apiId`, apiId, rules.apiId);
    checks.check(`${at}.stage`, stage, rules.stageName);
    if (!hasDestination(type)) {
      checks.refuse(`${at} is of type ${type}, which destinations lacks: add it there, or remove the stage`);
    }
    const id = `${type} ${apiId} ${stage}`;
    if (seen.has(id)) checks.refuse(`${at} is listed already: list stage ${stage} of API ${apiId} once`);
    seen.add(id);
  });
  match.forEach((rule, index) => {
    const at = `match[${index}]`;
    const { overwrite: _, ...criteria } = rule;
    if (Object.values(criteria).every((value) => value === undefined)) {
      checks.refuse(`${at} must have at least one of tags, apiName, stage and types: apiName "*" matches every stage`);
    }
    checks.check(`${at}.stage`, rule.stage, rules.stageNamePattern);
    for (const type of rule.types ?? []) {
      checks.choose(`${at}.types`, type, rules.apiType);
      if (!hasDestination(type)) {
        checks.refuse(`${at}.types has ${type}, which destinations lacks: add it there, or remove the type`);
      }
    }
  });
}

function checkDestination(type: ApiType, destination: Enrollment["destinations"][ApiType], checks: ValueChecks): void {
  if (destination === undefined) return;
  try {
    accessLogSettings(`destinations.${type}`, type, { arn: destination.destinationArn }, destination.format);
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    for (const problem of error.problems) checks.refuse(`destinations.${type}: ${problem}`);
  }
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
  checks: ValueChecks,
): void {
  const isKnown = !Token.isUnresolved(accountId) && !Token.isUnresolved(region);
  const location = isKnown ? `${accountId} ${region}` : TerraformStack.of(enrollment).node.path;
  const own = { enrollment, location, destinations, stages, match };
  const all = declared.get(enrollment.node.root) ?? [];
  for (const other of all.filter((one) => one.location === location)) {
    const path = other.enrollment.node.path;
    for (const { at, item } of selectorsOf(own)) {
      for (const theirs of selectorsOf(other)) {
        if ("apiId" in item && "apiId" in theirs.item && isSameStage(item, theirs.item)) {
          const stage = `stage ${item.stage} of API ${item.apiId}`;
          checks.refuse(`${at}: ${stage} is listed by the enrollment ${path} too: list it in one`);
        } else if (
          item.overwrite &&
          theirs.item.overwrite &&
          (covers(item, theirs.item) || covers(theirs.item, item))
        ) {
          checks.refuse(
            `${at} takes over stages that ${theirs.at} of the enrollment ${path} takes over too: remove one of the two, or its overwrite`,
          );
        }
      }
    }
  }
  declared.set(enrollment.node.root, [...all, own]);
}

type Selector = ListedStage | (StageMatch & { readonly types: readonly ApiType[] });

/** What selects stages, with its property. */
function selectorsOf({ destinations, stages = [], match = [] }: Declared): { at: string; item: Selector }[] {
  const types = API_TYPES.filter((type) => destinations[type]);
  return [
    ...stages.map((item, index) => ({ at: `stages[${index}]`, item })),
    ...match.map((item, index) => ({ at: `match[${index}]`, item: { ...item, types: item.types ?? types } })),
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
