/** What a run did: its answer, and its line in the log with the metrics. */
import { keyOf } from "../api-gateway/stage";
import type { EnrollmentAnswer, StageAnswer, StageResult } from "./contract";

/** Where CloudWatch keeps the metrics, next to those of the transformer. */
const NAMESPACE = "MoesifFirehose";

/** Every metric with its unit. */
const METRICS = {
  /** Stages that log to the pipeline. */
  Enrolled: "Count",
  /** Those of them that did not before this run: new ones, and ones that had lost the setting. */
  Set: "Count",
  /** Stages that are listed, and do not exist. */
  Missing: "Count",
  /** Stages that log somewhere else and are not taken over. */
  Conflict: "Count",
  /** Stages that another enrollment had set when this run found them. */
  Contested: "Count",
  Failed: "Count",
  /** Stages that got back what they had. */
  Restored: "Count",
  DurationMs: "Milliseconds",
} as const;

/** Stages of the line: no run of any size makes it too long. */
const MAX_STAGES = 100;

/**
 * The line of a run, in CloudWatch's embedded metric format. Of stages that need attention, it has the ids and where they
 * log.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @param functionName the metrics' dimension
 * @param now milliseconds since the epoch
 * @param ms how long the run took
 */
export function reportOf({ run, stages, totals }: EnrollmentAnswer, functionName: string, now: number, ms: number) {
  const metrics = Object.entries(METRICS).map(([Name, Unit]) => ({ Name, Unit }));
  const notable = stages.filter(({ reason, result }) => reason !== undefined || result === "released");
  return {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [["FunctionName"]], Metrics: metrics }],
    },
    FunctionName: functionName,
    run,
    Enrolled: (totals.enrolled ?? 0) + (totals.unchanged ?? 0),
    Set: totals.enrolled ?? 0,
    Missing: notable.filter(({ result }) => result === "missing").length,
    Conflict: totals.conflict ?? 0,
    Contested: stages.filter(({ otherEnrollment }) => otherEnrollment !== undefined).length,
    Failed: totals.failed ?? 0,
    Restored: totals.restored ?? 0,
    DurationMs: Math.round(ms),
    stages: notable.slice(0, MAX_STAGES).map((stage) => ({
      stage: keyOf(stage),
      result: stage.result,
      ...(stage.before !== undefined && { before: stage.before }),
      ...(stage.otherEnrollment !== undefined && { otherEnrollment: stage.otherEnrollment }),
    })),
  };
}

/**
 * The answer of a run.
 *
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
