/** The alarms that were synthesized, evaluated as CloudWatch does on what a run measured. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate, type Series } from "../../bench/dashboard/expression";
import type { Metrics, MetricName, Statistic } from "../../local/metrics";
import { synthesizeRollout } from "../../modules";
import { Synthesized } from "../support/synth";

/** With everything that an alarm watches. */
const ROLLOUT = `
version: 1
defaults:
  applicationId: { secretName: moesif/application-id }
  redrive: { mode: events }
  monitoring: {}
accounts:
  - id: "123456789012"
    name: production
    regions:
      - name: eu-west-1
        apis: [{ id: a1b2c3d4e5, name: orders, stages: [prod] }]
`;

interface MetricBlock {
  readonly namespace: string;
  readonly metric_name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly period: number;
}

interface Alarm {
  readonly alarm_name: string;
  readonly alarm_description: string;
  readonly comparison_operator: "LessThanThreshold" | "GreaterThanThreshold";
  readonly threshold: number;
  readonly evaluation_periods: number;
  readonly treat_missing_data: "notBreaching" | "breaching" | "ignore";
  readonly metric_query?: readonly {
    readonly id: string;
    readonly expression?: string;
    readonly metric?: MetricBlock & { readonly stat: Statistic };
  }[];
}

type PlainAlarm = Alarm & MetricBlock & { readonly statistic: Statistic };

/** What a run measured, and when it was. */
export interface Measured {
  readonly metrics: Metrics;
  readonly errorLog: readonly { readonly time: number; readonly line: string }[];
  readonly from: number;
  readonly to: number;
}

/** The alarms of a pipeline with everything, by their keys. */
export class Alarms {
  readonly byKey: ReadonlyMap<string, Alarm>;
  readonly #stack: Synthesized;

  constructor() {
    const directory = mkdtempSync(join(tmpdir(), "alarms-"));
    const file = join(directory, "rollout.yaml");
    writeFileSync(file, ROLLOUT);
    this.#stack = new Synthesized(synthesizeRollout(file, join(directory, "out")).folders[0]!);
    const alarms = Object.values(this.#stack.json.resource.aws_cloudwatch_metric_alarm) as Alarm[];
    this.byKey = new Map(alarms.map((alarm) => [keyOf(alarm), this.#resolved(alarm)]));
  }

  /** How often SQS hands over a message before it goes to the dead-letter queue. */
  get receives(): number {
    const { redrive_policy: policy } = this.#stack.json.resource.aws_sqs_queue.pipeline_redrive_queue;
    return Number(/"maxReceiveCount":(\d+)/.exec(policy)![1]);
  }

  /** The keys of the alarms that were in the state ALARM at any time, in the order of the alphabet. */
  fired(measured: Measured): string[] {
    this.#countErrors(measured);
    return [...this.byKey].flatMap(([key, alarm]) => (fires(alarm, measured) ? [key] : [])).sort();
  }

  /** Makes metrics of the error log by its filters. */
  #countErrors({ metrics, errorLog }: Measured): void {
    for (const filter of Object.values<any>(this.#stack.json.resource.aws_cloudwatch_log_metric_filter)) {
      const { pattern, metric_transformation: transformation } = filter;
      const [, field = "", wanted = ""] = /^\{ \$\.(\w+) = "(.*)" \}$/.exec(pattern)!;
      const matches = new RegExp(`^${wanted.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
      for (const { time, line } of errorLog) {
        const event = JSON.parse(line) as Record<string, string>;
        if (!matches.test(event[field] ?? "")) continue;
        const { namespace, name: metric, value, dimensions } = transformation;
        const named = Object.entries<string>(dimensions).map(([name, path]) => [name, event[path.slice("$.".length)]]);
        metrics.put({ namespace, metric, dimensions: Object.fromEntries(named) }, time, Number(value));
      }
    }
  }

  /** With the names and ARNs that Terraform puts in the place of references. */
  #resolved(alarm: Alarm): Alarm {
    const text = JSON.stringify(alarm).replace(/\$\{(\w+)\.(\w+)\.(\w+)\}/g, (_, type, name, attribute) => {
      const resource = this.#stack.json.resource[type][name];
      if (attribute !== "arn") return resource[attribute];
      return `arn:aws:firehose:eu-west-1:123456789012:deliverystream/${resource.name}`;
    });
    return JSON.parse(text) as Alarm;
  }
}

/** `moesif-moesif-no-traffic`: `noTraffic`. */
function keyOf({ alarm_name: name }: Alarm): string {
  return name.replace("moesif-moesif-", "").replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function fires(alarm: Alarm, measured: Measured): boolean {
  const { period, values } = seriesOf(alarm, measured);
  const isBreaching = values.map((value) => {
    if (value === undefined) return alarm.treat_missing_data === "breaching";
    return alarm.comparison_operator === "LessThanThreshold" ? value < alarm.threshold : value > alarm.threshold;
  });
  // Only of periods that the run lasted for.
  const whole = isBreaching.slice(0, Math.floor((measured.to - measured.from) / (period * 1000)) + 1);
  const periods = alarm.evaluation_periods;
  return whole.some((_, last) => last + 1 >= periods && whole.slice(last + 1 - periods, last + 1).every(Boolean));
}

/** A value for each period; none where there are no data. */
function seriesOf(alarm: Alarm, measured: Measured): { period: number; values: Series } {
  if (alarm.metric_query === undefined) {
    const { period, statistic } = alarm as PlainAlarm;
    return { period, values: valuesOf({ ...(alarm as PlainAlarm), stat: statistic }, measured) };
  }
  const inputs = alarm.metric_query.flatMap(({ id, metric }) => (metric ? [{ id, metric }] : []));
  const { expression } = alarm.metric_query.find((query) => query.expression !== undefined)!;
  const { period } = inputs[0]!.metric;
  const series = new Map(inputs.map(({ id, metric }) => [id, valuesOf(metric, measured)]));
  const values = evaluate(expression!, {
    periods: series.get(inputs[0]!.id)!.length,
    series: (id) => series.get(id)!,
    periodOf: () => period,
    search: () => [],
  }) as Series;
  return { period, values };
}

function valuesOf(
  { namespace, metric_name: metric, dimensions, stat, period }: MetricBlock & { readonly stat: Statistic },
  { metrics, from, to }: Measured,
): (number | undefined)[] {
  const name: MetricName = { namespace, metric, dimensions };
  return metrics.periods(name, stat, { from, to, seconds: period });
}
