/** `monitoring`: the alarms of a pipeline, and its dashboard. Which metric each alarm reads: modules/monitoring/alarms.ts. */
import type { z } from "zod";
import { deliveryDefaults } from "./delivery";
import type { Issue } from "./issue";
import type { Rule, RuleInput } from "./rule";
import { AWS_BUFFER_DEFAULTS } from "./transformer";
import { about, choice, decimal, flag, type NumberLimit, section, setting, text, wholeNumber } from "./values";

const alarmPage = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html";

export const monitoringLimits = {
  topicArn: text(
    "^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[a-zA-Z0-9_-]{1,256}([.]fifo)?$",
    "the ARN of an SNS topic",
    alarmPage,
  ),
  /** With a sentence and the section, the description has 1,024 characters at most. */
  runbookUrl: text(
    "^[!-~]{1,512}$",
    "1 to 512 characters without spaces",
    "the description of an alarm has 1,024 characters at most",
  ),
  count: wholeNumber(0, 1_000_000, "in five minutes", "the alarm fires above it"),
  share: decimal(0.01, 1, "a share, 1 for all", "the alarm fires below it"),
  percent: wholeNumber(1, 100, "percent", "the alarm fires above it"),
  seconds: wholeNumber(60, 86_400, "seconds", "the alarm fires above it"),
  hours: wholeNumber(1, 23, "hours", "the alarm fires above it, and Firehose keeps records for 24 hours"),
  minutes: choice(
    [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440],
    `minutes; CloudWatch evaluates a day at most: ${alarmPage}`,
  ),
} as const;

const { count, share, percent, seconds, hours } = monitoringLimits;

/** The options of an alarm, with their defaults. What is not here cannot be set. */
export interface AlarmSetting {
  readonly threshold?: { readonly limit: NumberLimit; readonly otherwise: number; readonly meaning: string };
  readonly minutes?: (typeof monitoringLimits.minutes.choices)[number];
}

/** The alarms by their keys, along the way of a call. */
export const ALARM_SETTINGS = {
  noTraffic: { minutes: 60 },
  stagesNotEnrolled: { threshold: { limit: count, otherwise: 0, meaning: "Stages that are not enrolled." } },
  throttledRecords: {
    threshold: { limit: count, otherwise: 0, meaning: "Records that the stream refuses." },
    minutes: 5,
  },
  streamQuota: {
    threshold: { limit: percent, otherwise: 80, meaning: "Share of the stream's quota of bytes, records or requests." },
    minutes: 5,
  },
  transformerErrors: { threshold: { limit: count, otherwise: 0, meaning: "Invocations that fail." }, minutes: 5 },
  transformerThrottles: {
    threshold: { limit: count, otherwise: 0, meaning: "Invocations that Lambda refuses." },
    minutes: 5,
  },
  transformerDuration: {
    threshold: { limit: percent, otherwise: 80, meaning: "Share of its timeout that the longest invocation takes." },
    minutes: 5,
  },
  processingSuccess: {
    threshold: { limit: share, otherwise: 1, meaning: "Invocations by the stream that succeed." },
    minutes: 5,
  },
  eventsFailed: {
    threshold: { limit: count, otherwise: 0, meaning: "Calls that the transformer cannot use." },
    minutes: 5,
  },
  secretUnreadable: { minutes: 5 },
  samplingRulesStale: {
    threshold: { limit: seconds, otherwise: 3600, meaning: "Age of Moesif's sampling rules." },
    minutes: 5,
  },
  samplingRulesSkipped: {
    threshold: { limit: count, otherwise: 0, meaning: "Entries of Moesif's rules that cannot be used." },
    minutes: 5,
  },
  deliverySuccess: { threshold: { limit: share, otherwise: 1, meaning: "Requests that Moesif takes." }, minutes: 5 },
  dataFreshness: {
    threshold: { limit: seconds, otherwise: 300, meaning: "Age of the oldest record in the stream." },
    minutes: 5,
  },
  streamBacklog: { threshold: { limit: hours, otherwise: 6, meaning: "Age of the oldest record in the stream." } },
  backupFailed: { threshold: { limit: count, otherwise: 0, meaning: "Errors of the backup bucket." }, minutes: 5 },
  givenUp: { threshold: { limit: count, otherwise: 0, meaning: "Records that the redrive gives up." } },
  redriveFailed: { threshold: { limit: count, otherwise: 0, meaning: "Messages in the dead-letter queue." } },
} as const satisfies Record<string, AlarmSetting>;

/** The key of an alarm. */
export type AlarmKey = keyof typeof ALARM_SETTINGS;

export const ALARM_KEYS = Object.keys(ALARM_SETTINGS) as AlarmKey[];

/** Whether there is an alarm, and when it fires. Each alarm has the options that make sense for it. */
export interface AlarmOptions {
  /**
   * Whether there is the alarm.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /** The alarm fires above it, or below it where it is a share. Unit and default: docs/settings.md. */
  readonly threshold?: number;
  /** Minutes for which the threshold must be passed: 5, 10, 15, 30, 60, 120, 180, 360, 720 or 1440. */
  readonly minutes?: (typeof monitoringLimits.minutes.choices)[number];
}

/** The options of the alarms, by their keys. */
export type Alarms = {
  readonly [K in AlarmKey]?: Pick<AlarmOptions, "enabled" | (keyof (typeof ALARM_SETTINGS)[K] & keyof AlarmOptions)>;
};

export const monitoringDefaults = { runbookUrl: "docs/runbook.md", dashboard: true } as const;

/** A key as names of alarms and headings of the runbook have it: `no-traffic`. */
export function kebab(key: AlarmKey): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function alarm(key: AlarmKey): z.ZodType {
  const { threshold, minutes }: AlarmSetting = ALARM_SETTINGS[key];
  return section({
    enabled: flag("Whether there is the alarm.", true),
    ...(threshold && { threshold: setting(threshold.limit, threshold.meaning, threshold.otherwise) }),
    ...(minutes && { minutes: setting(monitoringLimits.minutes, "For so long the threshold is passed.", minutes) }),
  })
    .optional()
    .meta(about(`Options of the alarm: docs/runbook.md#${kebab(key)}`));
}

const alarms = section(
  Object.fromEntries(ALARM_KEYS.map((key) => [key, alarm(key)])),
) as z.ZodType as z.ZodType<Alarms>;

/** Scopes merge key by key, and `alarms` alarm by alarm. */
export const monitoringSection = section({
  topicArn: setting(
    monitoringLimits.topicArn,
    "SNS topic, in the target's region, that gets a message when an alarm fires and when it ends. If left out: the alarms are only shown.",
  ),
  runbookUrl: setting(
    monitoringLimits.runbookUrl,
    "Address of the runbook: the description of each alarm links its section.",
    monitoringDefaults.runbookUrl,
  ),
  dashboard: flag("Whether there is a CloudWatch dashboard of the pipeline.", monitoringDefaults.dashboard),
  alarms: alarms.optional().meta({
    ...about(
      "Options of the alarms, by their keys: docs/operate.md#alarms. Every alarm is on if left out. Scopes merge alarm by alarm.",
      {},
    ),
    expects: "a map of alarms, each with enabled, threshold and minutes",
  }),
});

/** Firehose and Moesif need so long for a request, by far. */
const DELIVERY_SECONDS = 60;

/**
 * What is wrong with an alarm that fires while all is well, since records wait in buffers for so long.
 *
 * @param bufferSeconds of the stream before the transformer and before the delivery
 */
export function freshnessIssue(
  alarms: Alarms | undefined,
  bufferSeconds: number,
): Pick<Issue, "message" | "fix"> | undefined {
  const { enabled = true, threshold = ALARM_SETTINGS.dataFreshness.threshold.otherwise } = alarms?.dataFreshness ?? {};
  const least = bufferSeconds + DELIVERY_SECONDS;
  if (!enabled || least <= threshold) return undefined;
  return {
    message: `the alarm dataFreshness can fire while all is well: records wait in buffers for ${bufferSeconds} s`,
    fix: `set the threshold of dataFreshness to ${least} or more, or shorten the buffers`,
  };
}

/** Seconds for which records wait in buffers, by the settings of a pipeline. */
export function bufferSecondsOf({ transformer, delivery }: Buffers): number {
  const isTransformed = transformer?.enabled ?? true;
  const first = transformer?.bufferIntervalSeconds ?? AWS_BUFFER_DEFAULTS.bufferIntervalSeconds;
  return (isTransformed ? first : 0) + (delivery?.bufferIntervalSeconds ?? deliveryDefaults.bufferIntervalSeconds);
}

interface Buffers {
  readonly transformer?: { readonly enabled?: boolean; readonly bufferIntervalSeconds?: number };
  readonly delivery?: { readonly bufferIntervalSeconds?: number };
}

const broken = ({ settings }: RuleInput) =>
  settings.monitoring && freshnessIssue(settings.monitoring.alarms as Alarms, bufferSecondsOf(settings));

export const MONITORING_RULES: readonly Rule[] = [
  {
    id: "alarm-freshness",
    settings: [
      "monitoring.alarms.dataFreshness.threshold",
      "delivery.bufferIntervalSeconds",
      "transformer.bufferIntervalSeconds",
    ],
    holds: (input) => broken(input) === undefined,
    message: (input) => broken(input)!.message,
    fix: (input) => broken(input)!.fix!,
    severity: "warning",
  },
];
