/** From what became of stages to the answer. */
import type { EnrollmentAnswer, StageAnswer, StageResult } from "./contract";

/**
 * @param outcomes of the stages; more that is known of them is left out
 * @param blocking which of the reasons are problems; default: none
 */
export function answerOf<T extends StageAnswer>(
  run: number,
  outcomes: readonly T[],
  blocking: (outcome: T) => boolean = () => false,
): EnrollmentAnswer {
  const totals: { [result in StageResult]?: number } = {};
  for (const { result } of outcomes) {
    totals[result] = (totals[result] ?? 0) + 1;
  }
  const reasons = (some: readonly T[]): string[] =>
    some.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  return {
    run,
    problems: reasons(outcomes.filter(blocking)),
    warnings: reasons(outcomes.filter((outcome) => !blocking(outcome))),
    stages: outcomes.map(({ type, apiId, stage, result, before, otherEnrollment, reason }) => ({
      type,
      apiId,
      stage,
      result,
      ...(before !== undefined && { before }),
      ...(otherEnrollment !== undefined && { otherEnrollment }),
      ...(reason !== undefined && { reason }),
    })),
    totals,
  };
}
