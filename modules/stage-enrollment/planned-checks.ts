/** What Terraform checks of an enrollment that it alone knows: how the parts of it fit together. */
import { type IResolvable, Token } from "../cdk";
import { hcl, hclValue } from "../hcl";
import type { ValueChecks } from "../value-checks";
import { checkValues, PROBLEMS } from "./enrollment-checks";
import type { EnrollmentInput, PlannedEnrollment } from "./planned-enrollment";

const STAGE = "stages[${index}]";
const MATCH = "match[${index}]";

/**
 * Checks how the parts fit together by preconditions, and single values where they are written out. Those of a plan-time
 * part are for whoever gives it to check.
 *
 * @param planned the references to the parts
 */
export function checkPlannedEnrollment(
  enrollment: EnrollmentInput,
  { destinations, stages, match }: PlannedEnrollment,
  checks: ValueChecks,
): void {
  checkValues(
    {
      destinations: writtenOut(enrollment.destinations) ?? {},
      stages: writtenOut(enrollment.stages),
      match: writtenOut(enrollment.match),
    },
    checks,
  );
  const served = `[for type, settings in ${destinations} : type if settings != null]`;
  checks.require(hclValue(`length(${served}) > 0`), PROBLEMS.noDestination);
  const refuse = (problems: string) =>
    checks.require(hclValue(`length(${problems}) == 0`), hcl(`join("\\n", ${problems})`));

  const eachStage = `for index, stage in ${stages}`;
  const isServed = (type: string) => `contains(${served}, ${type})`;
  const stageNotServed = text(PROBLEMS.stageNotServed(STAGE, "${stage.type}"));
  refuse(`[${eachStage} : ${stageNotServed} if !${isServed("stage.type")}]`);

  const id = (stage: string) => `join(" ", [${stage}.type, ${stage}.apiId, ${stage}.stage])`;
  const before = `[for before in slice(${stages}, 0, index) : ${id("before")}]`;
  const listedBefore = text(PROBLEMS.listedBefore(STAGE, "${stage.apiId}", "${stage.stage}"));
  refuse(`[${eachStage} : ${listedBefore} if contains(${before}, ${id("stage")})]`);

  const eachMatch = `for index, one in ${match}`;
  const says = ["tags", "apiName", "stage", "types"].map((member) => `one.${member} != null`).join(" || ");
  refuse(`[${eachMatch} : ${text(PROBLEMS.matchSaysNothing(MATCH))} if !(${says})]`);

  const typeNotServed = text(PROBLEMS.matchNotServed(MATCH, "${type}"));
  const types = `[for type in one.types : ${typeNotServed} if !${isServed("type")}]`;
  refuse(`concat([], [${eachMatch} : ${types} if one.types != null]...)`);
}

function writtenOut<T>(part: T | IResolvable): T | undefined {
  return Token.isUnresolved(part) ? undefined : (part as T);
}

/** As a text of an expression, with what it interpolates. */
function text(message: string): string {
  return JSON.stringify(message);
}
