/**
 * Enrollments that Terraform alone knows, evaluated by real Terraform and held against the same ones written out: what is
 * refused, what the function is told, and what its role may do.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import { httpAccessLogFormat, type InvalidValueError, websocketAccessLogFormat, type ApiType } from "../../modules";
import { Construct, TerraformOutput, type TerraformStack, TerraformVariable } from "../../modules/cdk";
import { hcl, hclValue } from "../../modules/hcl";
import { checkEnrollment } from "../../modules/stage-enrollment/enrollment-checks";
import { checkPlannedEnrollment } from "../../modules/stage-enrollment/planned-checks";
import { type EnrollmentInput, plannedEnrollment } from "../../modules/stage-enrollment/planned-enrollment";
import { plannedPolicies } from "../../modules/stage-enrollment/planned-policies";
import { enrollmentGrants, type Grant } from "../../modules/stage-enrollment/stage-grants";
import { ValueChecks } from "../../modules/value-checks";
import { synthesizeExpressions } from "../support/synth";
import { describeWithTerraform, Terraform } from "../support/terraform";
import { destinations } from "./enrollment-stack";

const ENVIRONMENT = { region: "ap-southeast-1", partition: "aws-us-gov" };

/** The variables of a plain module, as it would type them. */
const SETTINGS = "optional(object({ destinationArn = string, format = string }))";
const TYPED = {
  destinations: `object({ REST = ${SETTINGS}, HTTP = ${SETTINGS}, WEBSOCKET = ${SETTINGS} })`,
  stages: "list(object({ type = string, apiId = string, stage = string, overwrite = optional(bool) }))",
  match:
    "list(object({ tags = optional(map(string)), apiName = optional(string), stage = optional(string), " +
    "types = optional(list(string)), overwrite = optional(bool) }))",
};

/** As what a `for` makes: members that were left out are absent, and no two objects need be alike. */
const UNTYPED: typeof TYPED = { destinations: "any", stages: "any", match: "any" };

interface Evaluated {
  readonly problems: readonly string[];
  readonly told: Enrollment;
  readonly policies: Readonly<Record<string, string>>;
}

/** Adds an enrollment to a stack, with an output that says what Terraform makes of it. */
function evaluated(stack: TerraformStack, id: string, input: EnrollmentInput): void {
  const scope = new Construct(stack, id);
  const planned = plannedEnrollment(scope, input);
  const checks = new ValueChecks(id);
  checkPlannedEnrollment(input, planned, checks);
  const problems = checks.lifecycle()!.precondition!.map(({ condition, errorMessage: message }) => ({
    condition,
    message,
  }));
  const policies = hcl(plannedPolicies(scope, planned, ENVIRONMENT, 5));
  const told = hcl(`jsondecode(${planned.json})`);
  new TerraformOutput(stack, `${id}_output`, { value: { problems, told, policies }, staticId: true });
}

/** What Terraform makes of each enrollment, all in one run. */
async function evaluate(enrollments: readonly Enrollment[], types: typeof TYPED): Promise<Evaluated[]> {
  const { directory } = synthesizeExpressions((stack) => {
    enrollments.forEach((_, index) => {
      const part = (name: keyof Enrollment) => {
        const variable = new TerraformVariable(stack, `${name}_${index}`, { type: types[name] });
        return variable.value;
      };
      const input = { destinations: part("destinations"), stages: part("stages"), match: part("match") };
      evaluated(stack, `case_${index}`, input);
    });
  });
  const values = enrollments.flatMap(({ destinations: asked, stages = null, match = null }, index) =>
    Object.entries({ destinations: asked, stages, match }).map(([name, value]) => [`${name}_${index}`, value]),
  );
  writeFileSync(join(directory, "terraform.tfvars.json"), JSON.stringify(Object.fromEntries(values)));
  const terraform = new Terraform(directory);
  await terraform.must(["init", "-input=false", "-no-color"]);
  await terraform.apply();
  const outputs = JSON.parse(await terraform.must(["output", "-json"]));
  return enrollments.map((_, index) => {
    const { problems, told, policies } = outputs[`case_${index}_output`].value;
    const found = problems
      .filter(({ condition }: any) => !condition)
      .flatMap(({ message }: any) => message.split("\n"));
    return { problems: found, told, policies };
  });
}

/** What is wrong with an enrollment that is written out. */
function problemsOf(enrollment: Enrollment): readonly string[] {
  const checks = new ValueChecks("written");
  checkEnrollment(enrollment, checks);
  try {
    checks.lifecycle();
    return [];
  } catch (error) {
    return (error as InvalidValueError).problems;
  }
}

/** Each thing that is allowed, on each resource, with its conditions: whatever the policies and statements. */
function allowed(statements: readonly any[]): string[] {
  const all = statements.flatMap(({ Action, Resource, Condition = {} }) =>
    Action.flatMap((action: string) =>
      Resource.map((resource: string) => `${action} on ${resource} if ${JSON.stringify(Condition)}`),
    ),
  );
  return [...new Set<string>(all)].sort();
}

/** A grant as IAM reads it. */
function written({ actions, resource, condition }: Grant) {
  const conditions = condition as { variable: string; values: string[] }[] | undefined;
  const equals = conditions?.map(({ variable, values: [value] }) => [variable, value]);
  return {
    Action: actions,
    Resource: [resource],
    ...(equals && { Condition: { StringEqualsIfExists: Object.fromEntries(equals) } }),
  };
}

const statementsIn = (policies: Readonly<Record<string, string>>) =>
  Object.values(policies).flatMap((policy) => JSON.parse(policy).Statement);

const anyType = fc.constantFrom("REST" as const, "HTTP" as const, "WEBSOCKET" as const);

/** Most are served and listed once; some are not. */
const anyStage = fc.record(
  {
    type: anyType,
    apiId: fc.oneof({ weight: 40, arbitrary: fc.stringMatching(/^[a-z0-9]{10}$/) }, fc.constant("a1b2c3d4e5")),
    stage: fc.oneof(fc.stringMatching(/^[a-zA-Z0-9_-]{1,128}$/), fc.constantFrom("$default", "prod")),
    overwrite: fc.boolean(),
  },
  { requiredKeys: ["type", "apiId", "stage"] },
);

const anyMatch = fc.record(
  {
    tags: fc.constant({ moesif: '${yes} "quoted"' }),
    apiName: fc.constantFrom("*", "orders-*"),
    stage: fc.constantFrom("prod", "*", "prod*"),
    types: fc.uniqueArray(anyType, { minLength: 1, maxLength: 2 }),
    overwrite: fc.boolean(),
  },
  { requiredKeys: [] },
);

const anyDestinations = fc.oneof(
  { weight: 2, arbitrary: fc.constant(destinations) },
  fc.record(
    {
      REST: fc.constant(destinations.REST),
      HTTP: fc.constant(destinations.HTTP),
      WEBSOCKET: fc.constant(destinations.WEBSOCKET),
    },
    { requiredKeys: [] },
  ),
);

const anyEnrollment: fc.Arbitrary<Enrollment> = fc.record(
  {
    destinations: anyDestinations,
    stages: fc.array(anyStage, { maxLength: 40 }),
    match: fc.array(anyMatch, { maxLength: 3 }),
  },
  { requiredKeys: ["destinations"] },
);

describeWithTerraform("an enrollment that Terraform alone knows", () => {
  const enrollments = fc.sample(anyEnrollment, { numRuns: 30, seed: 5 });

  it.each([
    ["typed variables, whose members may be null", TYPED],
    ["objects without what was left out", UNTYPED],
  ])(
    "is refused in the same words, or allows and tells the same, as one that is written out: %s",
    async (_, types) => {
      const results = await evaluate(enrollments, types);
      const refused = enrollments.filter((enrollment) => problemsOf(enrollment).length > 0);
      expect([refused.length > 3, enrollments.length - refused.length > 3]).toEqual([true, true]);
      results.forEach(({ problems, told, policies }, index) => {
        const enrollment = enrollments[index]!;
        const expected = problemsOf(enrollment);
        expect([...problems].sort()).toEqual([...expected].sort());
        if (expected.length > 0) return;
        expect(told).toEqual(enrollment);
        expect(allowed(statementsIn(policies))).toEqual(
          allowed(enrollmentGrants(enrollment, ENVIRONMENT).map(written)),
        );
      });
    },
    120_000,
  );

  it("has room in its policies for stages with long names, and never takes more policies than a role may have", async () => {
    const stagesOf = (type: ApiType, count: number) =>
      Array.from({ length: count }, (_, n) => ({
        type,
        apiId: `a${n}`.padEnd(16, "0"),
        stage: `s${n}`.padEnd(64, "-"),
        overwrite: n % 2 === 0,
      }));
    const long = (arn: string) => arn.padEnd(256, "x");
    const REST = { ...destinations.REST, destinationArn: long(destinations.REST.destinationArn) };
    const HTTP = { destinationArn: long(destinations.HTTP.destinationArn), format: httpAccessLogFormat() };
    const match = [{ apiName: "*" }];
    const all = { REST, HTTP, WEBSOCKET: { ...HTTP, format: websocketAccessLogFormat() } };
    const results = await evaluate(
      [
        ...[24, 25, 124, 200].map((count) => ({ destinations: { REST }, stages: stagesOf("REST", count), match })),
        ...[12, 13, 64, 100].map((count) => ({ destinations: { HTTP }, stages: stagesOf("HTTP", count), match })),
        { destinations: all, stages: [...stagesOf("REST", 26), ...stagesOf("HTTP", 14), ...stagesOf("WEBSOCKET", 1)] },
        { destinations: all, match },
      ],
      TYPED,
    );
    const lengths = results.map(({ policies }) => Object.values(policies).map(({ length }) => length));
    expect(lengths.map(({ length }) => length)).toEqual([1, 2, 5, 5, 1, 2, 5, 5, 5, 3]);
    // Where there are more than surely fit, it is their names that decide.
    const [fits, tooMany] = [(length: number) => length <= 6144, (length: number) => length > 6144];
    const certain = lengths.filter((_, index) => index % 4 !== 3);
    expect(certain.flat().every(fits)).toBe(true);
    expect([lengths[3], lengths[7]].map((each) => each!.some(tooMany))).toEqual([true, true]);
  }, 60_000);

  it("has policies that are known before the APIs, their stages and the stream are made", async () => {
    const { directory } = synthesizeExpressions((stack) => {
      evaluated(stack, "all", {
        destinations: hclValue('{ REST = { destinationArn = terraform_data.new.id, format = "{}" } }'),
        stages: hclValue('[{ type = "REST", apiId = terraform_data.new.id, stage = terraform_data.new.id }]'),
      });
      new TerraformOutput(stack, "keys", { value: hcl("keys(local.all_stage_policies)"), staticId: true });
    });
    writeFileSync(join(directory, "new.tf"), 'resource "terraform_data" "new" {}\n');
    const terraform = new Terraform(directory);
    await terraform.must(["init", "-input=false", "-no-color"]);
    const { output } = await terraform.plan();
    expect(output).toMatch(/\+ keys\s+= \[\n\s+\+ "REST-0",\n\s+\]/);
  }, 60_000);
});
