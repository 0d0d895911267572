/** Checks an enrollment when its construct is made: each problem names the property and the fix. */
import { API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import type { Enrollment, ListedStage } from "../../lambda/stage-enrollment/contract";
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

/** By app: the enrollment that lists a stage of an account and region. */
const owners = new WeakMap<IConstruct, Map<string, Construct>>();

/**
 * Refuses stages that another enrollment of the app lists: each of the two would take them from the other.
 *
 * @param environment where the enrollment is; if that is a token, other stacks are not compared
 */
export function checkConflicts(
  enrollment: Construct,
  stages: readonly ListedStage[],
  { accountId, region }: Pick<AwsEnvironment, "accountId" | "region">,
  checks: ValueChecks,
): void {
  const listed = owners.get(enrollment.node.root) ?? new Map<string, Construct>();
  owners.set(enrollment.node.root, listed);
  const isKnown = !Token.isUnresolved(accountId) && !Token.isUnresolved(region);
  const location = isKnown ? `${accountId} ${region}` : TerraformStack.of(enrollment).node.path;
  stages.forEach(({ type, apiId, stage }, index) => {
    const key = `${location} ${type} ${apiId} ${stage}`;
    const owner = listed.get(key) ?? enrollment;
    listed.set(key, owner);
    if (owner !== enrollment) {
      checks.refuse(
        `stages[${index}]: stage ${stage} of API ${apiId} is listed by the enrollment ${owner.node.path} too: list it in one`,
      );
    }
  });
}
