/** What is wrong with an enrollment before anybody is asked: each problem names the property and the fix. */
import { API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import { Token } from "../cdk";
import { rules } from "../rules";
import { restAccessLogSettings } from "../stage-logging/stage-settings";
import { InvalidValueError, type ValueChecks } from "../value-checks";

export function checkEnrollment({ destinations, stages = [], match = [] }: Enrollment, checks: ValueChecks): void {
  checkDestinations(destinations, checks);
  const served = (type: ApiType) => Token.isUnresolved(type) || destinations[type] !== undefined;
  const seen = new Set<string>();
  stages.forEach(({ type, apiId, stage }, index) => {
    const at = `stages[${index}]`;
    checks.check(`${at}.type`, type, rules.apiType).check(`${at}.apiId`, apiId, rules.apiId);
    checks.check(`${at}.stage`, stage, rules.stageName);
    if (!served(type)) checks.refuse(`${at} is of a ${type} API: give destinations.${type}, or leave the stage out`);
    const id = `${type} ${apiId} ${stage}`;
    if (seen.has(id)) checks.refuse(`${at} is listed before: stage ${stage} of API ${apiId} may stand there once`);
    seen.add(id);
  });
  match.forEach((rule, index) => {
    const at = `match[${index}]`;
    const { overwrite: _, ...says } = rule;
    if (Object.values(says).every((value) => value === undefined)) {
      checks.refuse(`${at} must say what the stages are like: for all of them, write apiName: "*"`);
    }
    checks.check(`${at}.stage`, rule.stage, rules.stageNamePattern);
    for (const type of rule.types ?? []) {
      checks.check(`${at}.types`, type, rules.apiType);
      if (!served(type)) checks.refuse(`${at}.types has ${type}: give destinations.${type}, or leave the type out`);
    }
  });
}

function checkDestinations(destinations: Enrollment["destinations"], checks: ValueChecks): void {
  if (API_TYPES.every((type) => destinations[type] === undefined)) {
    checks.refuse("destinations must say for one type of API at least where its stages log");
  }
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
