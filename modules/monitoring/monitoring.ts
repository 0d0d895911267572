/** Alarms of a pipeline, each with a section of the runbook, and its dashboard. */
import { CloudwatchDashboard, CloudwatchLogMetricFilter, CloudwatchMetricAlarm } from "../aws";
import { Construct, Op, type TerraformProvider, Token } from "../cdk";
import { pinned, type ProviderProps, provideTo } from "../addresses";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import { Checks } from "../settings/checks";
import {
  ALARM_KEYS,
  ALARM_SETTINGS,
  type AlarmKey,
  type AlarmOptions,
  type Alarms,
  type AlarmSetting,
  freshnessIssue,
  kebab,
  monitoringDefaults,
  monitoringSection,
} from "../settings/monitoring";
import { terraformJson } from "../terraform-json";
import { ALARMS, BACKUP_ERRORS, type Metric, type Monitored } from "./alarms";
import { pipelineDashboard } from "./dashboard";

/** Seconds of a period: Firehose sends its metrics every five minutes. */
const PERIOD = 300;

/** Which alarms there are, who gets a message, and whether there is a dashboard. */
export interface MonitoringSettings {
  /**
   * ARN of an SNS topic, in the pipeline's region, that gets a message when an alarm fires and when it ends. A
   * token is passed unchecked.
   *
   * @default none: the alarms are only shown
   */
  readonly topicArn?: string;
  /**
   * Address of the runbook: the description of each alarm links its section.
   *
   * @default "docs/runbook.md"
   */
  readonly runbookUrl?: string;
  /**
   * Whether there is a dashboard, `moesif-<pipeline>-<region>`. A literal.
   *
   * @default true
   */
  readonly dashboard?: boolean;
  /**
   * Which alarms there are, and when they fire, by their keys. A literal; thresholds may be tokens.
   *
   * @default every alarm, with its defaults
   */
  readonly alarms?: Alarms;
}

/** What monitoring needs of a pipeline, such as a `MoesifPipeline`. */
export interface MonitoredPipeline {
  /** Name of the pipeline. */
  readonly name: string;
  /** Account, region and partition. */
  readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
  /** The stream that delivers to Moesif. */
  readonly stream: { readonly name: string; readonly arn: string };
  /** The transformer function. */
  readonly transformer: {
    readonly name: string;
    /** Seconds after which Lambda ends an invocation. */
    readonly timeoutSeconds: number;
    /** Memory in MB. */
    readonly memoryMb: number;
    /** Whether the stream invokes it. */
    readonly isInvoked: boolean;
    /** Whether it asks for Moesif's sampling rules, for which it needs the application id. */
    readonly readsApplicationId: boolean;
  };
  /** Log of the stream's errors. */
  readonly errorLog: { readonly groupName: string };
  /** The redrive function, if there is one, and its dead-letter queue in the mode `events`. */
  readonly redrive?: { readonly deadLetterQueue?: { readonly name: string } };
  /**
   * Seconds for which records wait in buffers.
   *
   * @default unknown
   */
  readonly bufferSeconds?: number;
  /** The provider that it was given. */
  readonly provider?: TerraformProvider;
  /** Tags of the resources. */
  readonly tags?: { [key: string]: string };
}

/** Properties of a `Monitoring`. */
export interface MonitoringProps extends MonitoringSettings, ProviderProps {
  /** The pipeline. */
  readonly pipeline: MonitoredPipeline;
  /**
   * The enrollment of stages into the pipeline, such as a `StageEnrollment`.
   *
   * @default none: there is no alarm of stages
   */
  readonly enrollment?: { readonly functionName: string };
  /** Tags in addition to the pipeline's. They override a tag of the same key. */
  readonly tags?: { [key: string]: string };
}

/**
 * Alarms of a pipeline, named `moesif-<pipeline>-<alarm>`, and its dashboard. It changes no resource of the pipeline.
 *
 * @example
 * new Monitoring(stack, "monitoring", { pipeline, topicArn: topic.arn, alarms: { noTraffic: { enabled: false } } });
 */
export class Monitoring extends Construct {
  /** The alarms by their keys: those that are on, and of which the pipeline has the metric. */
  readonly alarms: { readonly [K in AlarmKey]?: CloudwatchMetricAlarm };
  /** The dashboard, unless it is off. */
  readonly dashboard?: CloudwatchDashboard;

  /** @throws InvalidValueError if a literal is out of its bounds */
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    provideTo(this, props.provider ?? props.pipeline.provider);
    this.#check(props);
    const pipeline = monitoredOf(props);
    const alarms = ALARM_KEYS.filter((key) => props.alarms?.[key]?.enabled !== false).map((key) => {
      return [key, this.#alarm(key, pipeline, props)] as const;
    });
    this.alarms = Object.fromEntries(alarms.filter(([, alarm]) => alarm !== undefined));
    if (this.alarms.backupFailed) this.#countBackupErrors(props);
    if (props.dashboard ?? monitoringDefaults.dashboard) this.dashboard = this.#dashboard(props);
  }

  #check({ topicArn, runbookUrl, dashboard, alarms, tags, pipeline }: MonitoringProps): void {
    const checks = new Checks(this)
      .properties(monitoringSection.shape, { topicArn, runbookUrl, dashboard, alarms })
      .literal("dashboard", dashboard)
      .literal("alarms", alarms)
      .tags({ ...pipeline.tags, ...tags });
    for (const key of ALARM_KEYS) {
      const options: AlarmOptions | undefined = alarms?.[key];
      checks
        .literal(`alarms.${key}`, options)
        .literal(`alarms.${key}.enabled`, options?.enabled)
        .literal(`alarms.${key}.minutes`, options?.minutes);
    }
    const { bufferSeconds } = pipeline;
    const isKnown = bufferSeconds !== undefined && !Token.isUnresolved(alarms?.dataFreshness?.threshold);
    const late = isKnown && checks.issues.length === 0 ? freshnessIssue(alarms, bufferSeconds) : undefined;
    if (late) checks.add({ id: "alarm-freshness", path: ["alarms", "dataFreshness"], ...late, severity: "warning" });
    checks.end();
  }

  #alarm(key: AlarmKey, pipeline: Monitored, props: MonitoringProps): CloudwatchMetricAlarm | undefined {
    const { says, reads, fires, missing = "notBreaching" } = ALARMS[key];
    const read = reads(pipeline);
    if (read === undefined) return undefined;
    const { minutes = 5 }: AlarmOptions = { ...defaultsOf(key), ...props.alarms?.[key] };
    const actions = props.topicArn === undefined ? undefined : [props.topicArn];
    const runbookUrl = props.runbookUrl ?? monitoringDefaults.runbookUrl;
    return pinned(
      new CloudwatchMetricAlarm(this, kebab(key).replaceAll("-", "_"), {
        alarmName: alarmName(props.pipeline.name, key),
        alarmDescription: `${says} What to do: ${runbookUrl}#${kebab(key)}`,
        ...queryOf(read),
        comparisonOperator: fires === "below" ? "LessThanThreshold" : "GreaterThanThreshold",
        threshold: thresholdOf(key, props),
        evaluationPeriods: (minutes * 60) / PERIOD,
        treatMissingData: missing,
        alarmActions: actions,
        okActions: actions,
        tags: { ...props.pipeline.tags, ...props.tags },
      }),
    );
  }

  #dashboard({ pipeline, enrollment }: MonitoringProps): CloudwatchDashboard {
    const alarms = ALARM_KEYS.filter((key) => this.alarms[key]);
    const alarmNames = alarms.map((key) => alarmName(pipeline.name, key)).sort();
    const body = pipelineDashboard({ pipeline, alarmNames, enrolls: enrollment !== undefined });
    return pinned(
      new CloudwatchDashboard(this, "dashboard", {
        // It belongs to no region: its name holds in the whole account.
        dashboardName: `moesif-${pipeline.name}-${pipeline.environment.region}`,
        dashboardBody: terraformJson(body),
      }),
    );
  }

  #countBackupErrors({ pipeline }: MonitoringProps): void {
    pinned(
      new CloudwatchLogMetricFilter(this, "backup_errors", {
        name: `moesif-${pipeline.name}-backup-errors`,
        logGroupName: pipeline.errorLog.groupName,
        pattern: BACKUP_ERRORS.pattern,
        metricTransformation: BACKUP_ERRORS.metricTransformation,
      }),
    );
  }
}

/** Name of an alarm. */
export function alarmName(pipeline: string, key: AlarmKey): string {
  return `moesif-${pipeline}-${kebab(key)}`;
}

function monitoredOf({ pipeline, enrollment }: MonitoringProps): Monitored {
  const { stream, transformer, redrive } = pipeline;
  return {
    streamName: stream.name,
    streamArn: stream.arn,
    transformerName: transformer.name,
    isTransformed: transformer.isInvoked,
    readsRules: transformer.readsApplicationId,
    isRedriven: redrive !== undefined,
    deadLetterQueueName: redrive?.deadLetterQueue?.name,
    enrollmentName: enrollment?.functionName,
  };
}

/** Options of an alarm that nothing sets. */
export function defaultsOf(key: AlarmKey): AlarmOptions {
  const { threshold, minutes }: AlarmSetting = ALARM_SETTINGS[key];
  return { threshold: threshold?.otherwise, minutes };
}

interface Thresholds extends Pick<MonitoringSettings, "alarms"> {
  readonly pipeline: { readonly transformer: Pick<MonitoredPipeline["transformer"], "timeoutSeconds"> };
}

/** Threshold of an alarm, in the unit of its metric. */
export function thresholdOf(key: AlarmKey, { alarms, pipeline }: Thresholds): number {
  const { threshold: fixed, unit = 1 } = ALARMS[key];
  if (fixed !== undefined) return fixed;
  const { threshold = 0 }: AlarmOptions = { ...defaultsOf(key), ...alarms?.[key] };
  // A percentage of seconds, as milliseconds.
  if (key === "transformerDuration") return product(threshold, product(pipeline.transformer.timeoutSeconds, 10));
  return product(threshold, unit);
}

/** Of numbers that may be tokens. */
function product(left: number, right: number): number {
  if (!Token.isUnresolved(left) && !Token.isUnresolved(right)) return left * right;
  if (left === 1 || right === 1) return left === 1 ? right : left;
  return Token.asNumber(Op.mul(left, right));
}

function queryOf(read: ReturnType<(typeof ALARMS)[AlarmKey]["reads"]> & object) {
  if (!("expression" in read)) {
    const { namespace, name: metricName, dimensions, statistic } = read;
    return { namespace, metricName, dimensions, statistic, period: PERIOD };
  }
  const { expression, metrics } = read;
  return {
    metricQuery: [
      { id: "result", expression, returnData: true },
      ...Object.entries(metrics).map(([id, metric]) => ({ id, metric: metricOf(metric) })),
    ],
  };
}

function metricOf({ namespace, name: metricName, dimensions, statistic: stat }: Metric) {
  return { namespace, metricName, dimensions, stat, period: PERIOD };
}
