/** What the widgets of a dashboard show of recorded metrics. */
import type { MetricName, Metrics, Statistic } from "../../local/metrics";
import { evaluate, type Named, type Series, type Value } from "./expression";

/** An entry of a widget's `metrics`. */
export type MetricEntry = readonly (string | MetricOptions)[];

/** What the last member of an entry can say. */
export interface MetricOptions {
  readonly expression?: string;
  readonly id?: string;
  readonly label?: string;
  readonly stat?: Statistic;
  readonly period?: number;
  readonly visible?: boolean;
}

/** The properties of a metric widget. */
export interface MetricProperties {
  readonly title: string;
  readonly view?: "timeSeries" | "singleValue";
  readonly stacked?: boolean;
  readonly setPeriodToTimeRange?: boolean;
  readonly stat?: Statistic;
  readonly period?: number;
  readonly metrics: readonly MetricEntry[];
  readonly annotations?: { readonly horizontal: readonly { readonly value: number; readonly label: string }[] };
  readonly yAxis?: { readonly left: { readonly min?: number; readonly max?: number } };
}

/** The time that is shown, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The series that a widget shows, in their order. */
export function shownBy(properties: MetricProperties, metrics: Metrics, { from, to }: Span): Named[] {
  const whole = Math.ceil((to - from) / 1000);
  const secondsOf = ({ period }: MetricOptions) =>
    properties.setPeriodToTimeRange ? whole : (period ?? properties.period ?? 300);
  const statisticsOf = (name: MetricName, statistic: Statistic, seconds: number): Series =>
    metrics.periods(name, statistic, { from, to, seconds });
  const entries = properties.metrics.map(read);
  const byId = new Map(entries.map((entry) => [entry.options.id, entry]));
  const entryOf = (id: string) => {
    const entry = byId.get(id);
    if (!entry) throw new Error(`${properties.title}: there is no ${id}`);
    return entry;
  };
  const periods = Math.ceil(whole / secondsOf({}));

  function valueOf({ name, options }: Entry): Value {
    if (name) return statisticsOf(name, options.stat ?? properties.stat ?? "Average", secondsOf(options));
    return evaluate(options.expression!, {
      periods,
      series: (id) => valueOf(entryOf(id)) as Series,
      periodOf: (id) => secondsOf(entryOf(id).options),
      search: (query, statistic, seconds) =>
        found(metrics.names, query).map((one) => ({
          label: labelOf(options.label ?? one.metric, one),
          values: statisticsOf(one, statistic as Statistic, properties.setPeriodToTimeRange ? whole : seconds),
        })),
    });
  }

  return entries
    .filter(({ options }) => options.visible !== false)
    .flatMap((entry) => {
      const value = valueOf(entry);
      if (isNamed(value)) return value;
      return [{ label: entry.options.label ?? entry.name?.metric ?? "", values: value as Series }];
    });
}

interface Entry {
  readonly name?: MetricName;
  readonly options: MetricOptions;
}

function read(entry: MetricEntry): Entry {
  const last = entry.at(-1);
  const options = typeof last === "object" ? last : {};
  const [namespace, metric, ...pairs] = entry.filter((one): one is string => typeof one === "string");
  if (namespace === undefined || metric === undefined) return { options };
  const keys = pairs.filter((_, index) => index % 2 === 0);
  const dimensions = Object.fromEntries(keys.map((key, index) => [key, pairs[2 * index + 1]!]));
  return { name: { namespace, metric, dimensions }, options };
}

/** A search may find nothing; a series has a value for each period. */
function isNamed(value: Value): value is readonly Named[] {
  return Array.isArray(value) && (value.length === 0 || typeof value[0] === "object");
}

/** `${PROP('MetricName')}`, `${PROP('Dim.Reason')}` */
function labelOf(label: string, { metric, dimensions }: MetricName): string {
  return label.replace(/\$\{PROP\('(?:(MetricName)|Dim\.(\w+))'\)\}/g, (_, isName?: string, dimension?: string) =>
    isName ? metric : (dimensions[dimension!] ?? ""),
  );
}

/**
 * Exact terms, joined by `OR` or by nothing, behind a schema or without one
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html).
 */
function found(names: readonly MetricName[], query: string): MetricName[] {
  const { schema, terms = "" } = /^\s*(?:\{(?<schema>[^}]*)\})?(?<terms>.*)$/.exec(query)!.groups!;
  const alternatives = terms.split(" OR ").map((text) => [...text.matchAll(/(\w+)="([^"]*)"/g)]);
  const [namespace, ...keys] = schema?.split(",").map((one) => one.trim()) ?? [];
  return names.filter((name) => {
    const dimensions = Object.keys(name.dimensions);
    if (namespace !== undefined) {
      const isOfSchema = dimensions.length === keys.length && dimensions.every((one) => keys.includes(one));
      if (name.namespace !== namespace || !isOfSchema) return false;
    }
    const properties: Readonly<Record<string, string>> = {
      ...name.dimensions,
      Namespace: name.namespace,
      MetricName: name.metric,
    };
    return alternatives.some((all) => all.every(([, key, value]) => properties[key!] === value));
  });
}
