/**
 * What one run did, in numbers: one JSON line in CloudWatch's embedded metric format. Of stages that need somebody, it
 * has the ids and where they log.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import type { EnrollmentAnswer } from "./contract";
import { keyOf } from "./stage-names";

/** Where CloudWatch keeps the metrics, beside those of the transformer. */
const NAMESPACE = "MoesifFirehose";

/** Every metric with its unit. */
const METRICS = {
  /** Stages that log to the pipeline. */
  Enrolled: "Count",
  /** Those of them that did not before this run: new ones, and ones that had lost the setting. */
  Set: "Count",
  /** Stages that are listed, and do not exist. */
  Missing: "Count",
  /** Stages that log somewhere else, and may not be taken over. */
  Conflict: "Count",
  /** Stages that another enrollment had set when this run found them. */
  Contested: "Count",
  Failed: "Count",
  /** Stages that got back what they had. */
  Restored: "Count",
  DurationMs: "Milliseconds",
} as const;

/** Stages of the line: no run of any size makes it too long. */
const MOST_STAGES = 100;

/**
 * @param functionName the metrics' dimension
 * @param now milliseconds since the epoch
 * @param ms how long the run took
 */
export function reportOf({ run, stages, totals }: EnrollmentAnswer, functionName: string, now: number, ms: number) {
  const metrics = Object.entries(METRICS).map(([Name, Unit]) => ({ Name, Unit }));
  const inTrouble = stages.filter(({ reason, result }) => reason !== undefined || result === "released");
  return {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [["FunctionName"]], Metrics: metrics }],
    },
    FunctionName: functionName,
    run,
    Enrolled: (totals.enrolled ?? 0) + (totals.unchanged ?? 0),
    Set: totals.enrolled ?? 0,
    Missing: inTrouble.filter(({ result }) => result === "missing").length,
    Conflict: totals.conflict ?? 0,
    Contested: stages.filter(({ otherEnrollment }) => otherEnrollment !== undefined).length,
    Failed: totals.failed ?? 0,
    Restored: totals.restored ?? 0,
    DurationMs: Math.round(ms),
    stages: inTrouble.slice(0, MOST_STAGES).map((stage) => ({
      stage: keyOf(stage),
      result: stage.result,
      ...(stage.before !== undefined && { before: stage.before }),
      ...(stage.otherEnrollment !== undefined && { otherEnrollment: stage.otherEnrollment }),
    })),
  };
}
