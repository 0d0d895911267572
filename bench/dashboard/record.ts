/** Six hours of a pipeline with two faults, recorded in virtual time; and what its dashboard shows of them. */
import { pipelineDashboard } from "../../modules/monitoring/dashboard";
import type { Metrics } from "../../local/metrics";
import { HEALTHY, type Plan, run, STACK } from "../faults/run";
import { type AlarmStates, statesOf } from "./alarms";
import type { Span } from "./evaluate";
import { type DashboardBody, drawn } from "./page";

const HOUR = 3600;

const PLAN: Plan = {
  ...HEALTHY,
  seconds: 6 * HOUR,
  records: 3000,
  isDamaged: true,
  periods: [
    { fault: "moesif-503", from: 1.5 * HOUR, to: 2 * HOUR },
    { fault: "function-time-out", from: 4 * HOUR, to: 4.25 * HOUR },
  ],
  settings: { identity: { company: [{ from: "user", map: { ann: "acme" } }] }, sampling: { companyLimit: 2 } },
};

/** What was recorded. */
export interface Recording {
  readonly metrics: Metrics;
  readonly span: Span;
  /** At its end. */
  readonly alarms: AlarmStates;
}

/** Runs it. */
export async function record(): Promise<Recording> {
  const { metrics, from } = await run(PLAN);
  const span = { from, to: from + PLAN.seconds * 1000 };
  const { stream, processor } = STACK;
  const watched = {
    name: "moesif",
    streamName: stream.name,
    streamArn: stream.arn,
    transformerName: processor!.function.name,
    timeoutSeconds: processor!.function.timeoutSeconds,
    isTransformed: true,
    readsRules: true,
    isRedriven: false,
  };
  return { metrics, span, alarms: statesOf(watched, metrics, span) };
}

/** The dashboard of the pipeline that was recorded. */
export function recordedDashboard(alarmNames: readonly string[]): DashboardBody {
  const { region, stream, processor } = STACK;
  const [, , , , accountId = ""] = stream.arn.split(":");
  const transformer = { memoryMb: processor!.function.memoryMegabytes, isInvoked: true, readsApplicationId: true };
  const environment = { accountId, region, partition: "aws" };
  return pipelineDashboard({
    pipeline: { name: "moesif", environment, transformer },
    alarmNames,
    enrolls: false,
  }) as DashboardBody;
}

/** The picture of docs/operate.md, as a page. */
export function dashboardPage(recording: Recording): string {
  return drawn({
    title: "Dashboard of a pipeline",
    lead:
      "Drawn by this package from the metrics of a simulated run, not a picture of the console of CloudWatch. " +
      "One record in ten is damaged. From 13:30 to 14:00 Moesif answers 503; from 16:00 to 16:15 the transformer times out.",
    body: recordedDashboard([...recording.alarms.keys()]),
    ...recording,
  });
}
