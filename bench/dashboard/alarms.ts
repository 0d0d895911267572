/** Which alarms of a pipeline are in the state ALARM, by recorded metrics. */
import { ALARMS, type Metric, type Monitored } from "../../modules/monitoring/alarms";
import { alarmName, defaultsOf, thresholdOf } from "../../modules/monitoring/monitoring";
import { ALARM_KEYS, type AlarmKey } from "../../modules/settings/monitoring";
import type { Metrics } from "../../local/metrics";
import type { Span } from "./evaluate";
import { evaluate, type Series } from "./expression";

const PERIOD = 300;

/** The state of each alarm that a pipeline has, by its name. */
export type AlarmStates = ReadonlyMap<string, "ALARM" | "OK">;

/** The states at the end of the time. */
export function statesOf(
  pipeline: Monitored & { readonly name: string; readonly timeoutSeconds: number },
  metrics: Metrics,
  { from, to }: Span,
): AlarmStates {
  const valuesOf = ({ namespace, name: metric, dimensions, statistic }: Metric): Series =>
    metrics.periods({ namespace, metric, dimensions }, statistic, { from, to, seconds: PERIOD });
  const limits = { pipeline: { transformer: { timeoutSeconds: pipeline.timeoutSeconds } } };

  function fires(key: AlarmKey): boolean | undefined {
    const { reads, fires, missing } = ALARMS[key];
    const read = reads(pipeline);
    if (read === undefined) return undefined;
    const values =
      "expression" in read
        ? (evaluate(read.expression, {
            periods: Math.ceil((to - from) / 1000 / PERIOD),
            series: (id) => valuesOf(read.metrics[id]!),
            periodOf: () => PERIOD,
            search: () => [],
          }) as Series)
        : valuesOf(read);
    const threshold = thresholdOf(key, limits);
    const { minutes = 5 } = defaultsOf(key);
    return values.slice(-minutes / (PERIOD / 60)).every((value) => {
      if (value === undefined) return missing === "breaching";
      return fires === "below" ? value < threshold : value > threshold;
    });
  }

  const states = ALARM_KEYS.map((key) => [alarmName(pipeline.name, key), fires(key)] as const);
  return new Map(
    states
      .filter(([, isFiring]) => isFiring !== undefined)
      .map(([name, isFiring]) => [name, isFiring ? "ALARM" : "OK"]),
  );
}
