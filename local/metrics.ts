/**
 * What CloudWatch would show of a run, by AWS's names of namespaces, metrics and dimensions
 * (https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html).
 */
import type { Clock } from "./clock";

/** Statistics of CloudWatch. */
export type Statistic = "Sum" | "Average" | "Minimum" | "Maximum" | "SampleCount";

/** A metric of one stream or function. */
export interface MetricName {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** One value, at a time in milliseconds since the epoch. */
export interface Datapoint {
  readonly time: number;
  readonly value: number;
}

/** All metrics of a run. */
export class Metrics {
  readonly #series = new Map<string, { name: MetricName; datapoints: Datapoint[] }>();

  put(name: MetricName, time: number, value: number): void {
    const key = keyOf(name);
    const series = this.#series.get(key) ?? { name, datapoints: [] };
    this.#series.set(key, series);
    series.datapoints.push({ time, value });
  }

  /** Metrics that have values. */
  get names(): readonly MetricName[] {
    return [...this.#series.values()].map(({ name }) => name);
  }

  datapoints(name: MetricName): readonly Datapoint[] {
    return this.#series.get(keyOf(name))?.datapoints ?? [];
  }

  /** A statistic of all values; `undefined` if there are none. */
  total(name: MetricName, statistic: Statistic): number | undefined {
    return statisticOf(this.datapoints(name), statistic);
  }

  /** A statistic of each period, as an alarm evaluates it: `undefined` for a period without values. */
  periods(
    name: MetricName,
    statistic: Statistic,
    { from, to, seconds }: { readonly from: number; readonly to: number; readonly seconds: number },
  ): (number | undefined)[] {
    const datapoints = this.datapoints(name);
    return Array.from({ length: Math.ceil((to - from) / (seconds * 1000)) }, (_, index) => {
      const start = from + index * seconds * 1000;
      const within = datapoints.filter(({ time }) => time >= start && time < start + seconds * 1000);
      return statisticOf(within, statistic);
    });
  }

  /**
   * Takes the metrics of a line in CloudWatch's embedded metric format; any other line is no metric
   * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
   */
  takeLine(line: string): void {
    if (!line.includes('"CloudWatchMetrics"')) return;
    const { _aws, ...members } = JSON.parse(line) as EmbeddedMetrics;
    for (const { Namespace: namespace, Dimensions, Metrics: metrics } of _aws.CloudWatchMetrics)
      for (const { Name: metric } of metrics)
        for (const names of Dimensions) {
          const dimensions = Object.fromEntries(names.map((name) => [name, String(members[name])]));
          this.put({ namespace, metric, dimensions }, _aws.Timestamp, Number(members[metric]));
        }
  }
}

interface EmbeddedMetrics {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/** The metrics of one delivery stream. */
export class StreamMetrics {
  constructor(
    readonly metrics: Metrics,
    private readonly stream: string,
    private readonly clock: Pick<Clock, "now">,
  ) {}

  put(metric: string, value: number): void {
    this.metrics.put(
      { namespace: "AWS/Firehose", metric, dimensions: { DeliveryStreamName: this.stream } },
      this.clock.now(),
      value,
    );
  }
}

function keyOf({ namespace, metric, dimensions }: MetricName): string {
  return JSON.stringify([namespace, metric, Object.entries(dimensions).sort()]);
}

function statisticOf(datapoints: readonly Datapoint[], statistic: Statistic): number | undefined {
  if (datapoints.length === 0) return undefined;
  const values = datapoints.map(({ value }) => value);
  const sum = values.reduce((total, value) => total + value, 0);
  if (statistic === "Sum") return sum;
  if (statistic === "Average") return sum / values.length;
  if (statistic === "SampleCount") return values.length;
  return statistic === "Minimum" ? Math.min(...values) : Math.max(...values);
}
