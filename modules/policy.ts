/**
 * IAM policies as JSON. Not as `aws_iam_policy_document`: Terraform defers that data source while a resource that it
 * refers to has a change pending, and then plans a rewritten policy where nothing changes.
 */
import { terraformJson } from "./terraform-json";

/** What is allowed. Actions and resources may hold tokens. */
export interface PolicyStatement {
  readonly sid?: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: readonly PolicyCondition[];
}

export interface PolicyCondition {
  /** The operator, such as `StringEquals`. */
  readonly test: string;
  readonly variable: string;
  readonly values: readonly string[];
}

/** The policy of a role. */
export function policyJson(statements: readonly PolicyStatement[]): string {
  return documentOf(
    statements.map(({ sid, actions, resources, condition }) => ({
      Sid: sid,
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      Condition: conditionOf(condition),
    })),
  );
}

/** The trust policy of a role that one AWS service assumes. */
export function trustJson(service: string, condition?: readonly PolicyCondition[]): string {
  const principal = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
  return documentOf([{ ...principal, Condition: conditionOf(condition) }]);
}

function documentOf(statements: readonly object[]): string {
  return terraformJson({ Version: "2012-10-17", Statement: statements });
}

function conditionOf(conditions: readonly PolicyCondition[] | undefined) {
  if (conditions === undefined || conditions.length === 0) return undefined;
  const byTest: Record<string, Record<string, string | readonly string[]>> = {};
  for (const { test, variable, values } of conditions) {
    byTest[test] = { ...byTest[test], [variable]: values.length === 1 ? values[0]! : values };
  }
  return byTest;
}
