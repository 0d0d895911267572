/** What is wrong with an enrollment before anybody is asked: each problem names the property and the fix. */
import { API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import { Token } from "../cdk";
import { rules } from "../rules";
import { restAccessLogSettings } from "../stage-logging/stage-settings";
import { InvalidValueError, type ValueChecks } from "../value-checks";

export function checkEnrollment(enrollment: Enrollment, checks: ValueChecks): void {
  const { destinations, stages = [], match = [] } = enrollment;
  checkValues(enrollment, checks);
  if (API_TYPES.every((type) => destinations[type] === undefined)) checks.refuse(PROBLEMS.noDestination);
  const served = (type: ApiType) => Token.isUnresolved(type) || destinations[type] !== undefined;
  const seen = new Set<string>();
  stages.forEach(({ type, apiId, stage }, index) => {
    const at = `stages[${index}]`;
    if (!served(type)) checks.refuse(PROBLEMS.stageNotServed(at, type));
    const id = `${type} ${apiId} ${stage}`;
    if (seen.has(id)) checks.refuse(PROBLEMS.listedBefore(at, apiId, stage));
    seen.add(id);
  });
  match.forEach((rule, index) => {
    const at = `match[${index}]`;
    const { overwrite: _, ...says } = rule;
    if (Object.values(says).every((value) => value === undefined)) checks.refuse(PROBLEMS.matchSaysNothing(at));
    for (const type of rule.types ?? []) {
      if (!served(type)) checks.refuse(PROBLEMS.matchNotServed(at, type));
    }
  });
}

/** What is wrong, in the same words whether it was found when a construct is made or when Terraform plans. */
export const PROBLEMS = {
  noDestination: "destinations must say for one type of API at least where its stages log",
  stageNotServed: (at: string, type: string) =>
    `${at} is of type ${type}, which destinations lack: add it there, or leave the stage out`,
  listedBefore: (at: string, apiId: string, stage: string) =>
    `${at} is listed before: stage ${stage} of API ${apiId} may stand there once`,
  matchSaysNothing: (at: string) => `${at} must say what the stages are like: * as the name of the API stands for all`,
  matchNotServed: (at: string, type: string) =>
    `${at}.types has ${type}, which destinations lack: add it there, or leave the type out`,
};

/** Each value for itself. */
export function checkValues({ destinations, stages = [], match = [] }: Enrollment, checks: ValueChecks): void {
  checkDestinations(destinations, checks);
  stages.forEach(({ type, apiId, stage }, index) => {
    const at = `stages[${index}]`;
    checks.check(`${at}.type`, type, rules.apiType).check(`${at}.apiId`, apiId, rules.apiId);
    checks.check(`${at}.stage`, stage, rules.stageName);
  });
  match.forEach(({ stage, types = [] }, index) => {
    checks.check(`match[${index}].stage`, stage, rules.stageNamePattern);
    for (const type of types) checks.check(`match[${index}].types`, type, rules.apiType);
  });
}

function checkDestinations(destinations: Enrollment["destinations"], checks: ValueChecks): void {
  const { REST, HTTP, WEBSOCKET } = destinations;
  if (REST) checkRest(REST, checks);
  checks.check("destinations.HTTP.destinationArn", HTTP?.destinationArn, rules.logGroupArn);
  checks.check("destinations.WEBSOCKET.destinationArn", WEBSOCKET?.destinationArn, rules.logGroupArn);
}

function checkRest({ destinationArn, format }: NonNullable<Enrollment["destinations"]["REST"]>, checks: ValueChecks) {
  try {
    restAccessLogSettings({ arn: destinationArn }, format);
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    for (const problem of error.problems) checks.refuse(`destinations.REST: ${problem}`);
  }
}
