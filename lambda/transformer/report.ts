/**
 * What one invocation did, in numbers: JSON lines in CloudWatch's embedded metric format, of which CloudWatch makes
 * metrics by itself. Nothing of a record's content.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import type { FirehoseEvent } from "./outcome";
import type { Outcome } from "./outcome";
import type { RemoteConfigStatus } from "./sampling/remote-config";

/** Where CloudWatch keeps the metrics. */
export const NAMESPACE = "MoesifFirehose";

/** Every metric with its unit. An event is one call: a record may hold many. */
const METRICS = {
  RecordsIn: "Count",
  EventsIn: "Count",
  EventsKept: "Count",
  EventsDropped: "Count",
  EventsFailed: "Count",
  EventsPutBack: "Count",
  EventsRepaired: "Count",
  EventsInvalidUtf8: "Count",
  /** How many calls the kept events stand for, by the weights that sampling gave them. */
  SampledWeight: "Count",
  /** Kept events that name a user, and those that name a company. */
  EventsWithUser: "Count",
  EventsWithCompany: "Count",
  BytesIn: "Bytes",
  BytesOut: "Bytes",
  DurationMs: "Milliseconds",
} as const;

/** The metrics of Moesif's sampling rules, where these are asked for. */
const CONFIG_METRICS = {
  /** Of the rules; where there are none, how long they have been wanted. */
  ConfigAgeSeconds: "Seconds",
  ConfigFailures: "Count",
  /** Entries of the rules that cannot be used. */
  ConfigSkipped: "Count",
  /** Events of which a rule may hold that could not be evaluated in time. */
  EventsUndecided: "Count",
  /** 1 while the application id cannot be read, with which the rules are asked for. */
  SecretFailures: "Count",
} as const;

/** What an invocation depends on outside of its records. */
interface Circumstances {
  /** How things stand with Moesif's sampling rules, where these count. */
  readonly config?: RemoteConfigStatus;
  /** Events of which a sampling rule may hold that could not be evaluated in time. */
  readonly undecided?: number;
  /** Why the application id could not be read. */
  readonly applicationIdProblem?: string;
  /** Records that could not be put back, by a stable code. */
  readonly putBackFailures?: Readonly<Record<string, number>>;
}

/** A line, as an object. */
interface MetricLine {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly DeliveryStreamName: string;
}

/** The line of an invocation. */
interface Report extends MetricLine {
  readonly invocationId: string;
  /** Events by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly config?: RemoteConfigStatus;
  readonly applicationIdProblem?: string;
  readonly putBackFailures?: Readonly<Record<string, number>>;
  readonly [metric: string]: unknown;
}

/**
 * Counts the outcomes of an invocation. In events, what came in is what was kept, dropped, failed and put back; a record
 * that holds none, or that cannot be read, counts as one.
 *
 * @param now milliseconds since the epoch
 * @param ms how long the invocation took
 */
export function reportOf(
  event: FirehoseEvent,
  outcomes: readonly Outcome[],
  now: number,
  ms: number,
  { config, undecided = 0, applicationIdProblem, putBackFailures = {} }: Circumstances = {},
): Report {
  const counts = countsOf(outcomes);
  const units = { ...METRICS, ...(config && CONFIG_METRICS) };
  const metrics = Object.entries(units).map(([Name, Unit]) => ({ Name, Unit }));
  const stream = event.deliveryStreamArn?.split("/").at(-1) ?? "";
  return {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [["DeliveryStreamName"]], Metrics: metrics }],
    },
    DeliveryStreamName: stream,
    invocationId: event.invocationId,
    RecordsIn: outcomes.length,
    ...counts,
    BytesIn: event.records.reduce((sum, { data }) => sum + bytesOf(data), 0),
    DurationMs: Math.round(ms * 10) / 10,
    ...(config && {
      ConfigAgeSeconds: Math.round(config.ageSeconds),
      ConfigFailures: Object.values(config.failures).reduce((sum, count) => sum + count, 0),
      ConfigSkipped: config.skipped,
      EventsUndecided: undecided,
      SecretFailures: applicationIdProblem === undefined ? 0 : 1,
      config,
    }),
    ...(applicationIdProblem !== undefined && { applicationIdProblem }),
    ...(Object.keys(putBackFailures).length > 0 && { putBackFailures }),
  };
}

/**
 * The events of an invocation by the reason why they failed or were dropped: a line for each, since a line has one value
 * of a dimension. Of a reason that does not occur there is no metric, and it costs nothing.
 */
export function reasonLines({ _aws: { Timestamp }, DeliveryStreamName, failed, dropped }: Report): MetricLine[] {
  return Object.entries({ EventsFailed: failed, EventsDropped: dropped }).flatMap(([Name, counts]) =>
    Object.entries(counts).map(([Reason, events]) => {
      const Metrics = [{ Name, Unit: "Count" }];
      const CloudWatchMetrics = [{ Namespace: NAMESPACE, Dimensions: [["DeliveryStreamName", "Reason"]], Metrics }];
      return { _aws: { Timestamp, CloudWatchMetrics }, DeliveryStreamName, Reason, [Name]: events };
    }),
  );
}

function countsOf(outcomes: readonly Outcome[]) {
  const dropped: Record<string, number> = {};
  const failed: Record<string, number> = {};
  const counts = {
    EventsIn: 0,
    EventsKept: 0,
    EventsDropped: 0,
    EventsFailed: 0,
    EventsPutBack: 0,
    EventsRepaired: 0,
    EventsInvalidUtf8: 0,
    SampledWeight: 0,
    EventsWithUser: 0,
    EventsWithCompany: 0,
    BytesOut: 0,
  };
  for (const outcome of outcomes) {
    const { events = 1 } = outcome;
    counts.EventsIn += events;
    if (outcome.result === "ProcessingFailed") {
      counts.EventsFailed += count(failed, { [outcome.reason]: events });
      continue;
    }
    const isPutBack = outcome.result === "Dropped" && outcome.reason === "put-back";
    const putBack = outcome.returned?.events ?? (isPutBack ? events : 0);
    const alike = outcome.result === "Dropped" && !isPutBack ? { [outcome.reason]: events } : undefined;
    const notSent = count(dropped, outcome.dropped ?? alike);
    counts.EventsPutBack += putBack;
    counts.EventsDropped += notSent;
    if (outcome.result === "Ok") {
      const kept = events - putBack - notSent;
      counts.EventsKept += kept;
      counts.EventsRepaired += outcome.repaired ?? 0;
      counts.EventsInvalidUtf8 += outcome.replaced ?? 0;
      counts.SampledWeight += outcome.weight ?? kept;
      counts.EventsWithUser += outcome.withUser ?? 0;
      counts.EventsWithCompany += outcome.withCompany ?? 0;
      counts.BytesOut += bytesOf(outcome.data);
    }
  }
  return { ...counts, dropped, failed };
}

/** Adds to the counts by reason; returns how many these are. */
function count(counts: Record<string, number>, reasons: Readonly<Record<string, number>> | undefined): number {
  let sum = 0;
  // Nearly all records give nothing to count.
  if (reasons !== undefined) {
    for (const [reason, events] of Object.entries(reasons)) {
      counts[reason] = (counts[reason] ?? 0) + events;
      sum += events;
    }
  }
  return sum;
}

/** Bytes of base64, but for its padding. */
function bytesOf(data: unknown): number {
  return typeof data === "string" ? Math.floor((data.length * 3) / 4) : 0;
}
