/**
 * Every alarm of a pipeline: which metric it reads, and what it says. Thresholds and their defaults stand in
 * modules/settings/monitoring.ts. test/faults/alarms.test.ts shows which fault fires which alarm.
 */
import type { AlarmKey } from "../settings/monitoring";

/** What alarms need to know of a pipeline. */
export interface Monitored {
  readonly streamName: string;
  readonly streamArn: string;
  readonly transformerName: string;
  /** The stream invokes the transformer. */
  readonly isTransformed: boolean;
  /** The transformer asks for Moesif's sampling rules, for which it reads the application id. */
  readonly readsRules: boolean;
  /** There is a redrive function. */
  readonly isRedriven: boolean;
  /** In the mode `events` of the redrive. */
  readonly deadLetterQueueName?: string;
  /** Function of the enrollment of stages. */
  readonly enrollmentName?: string;
}

/** A metric of CloudWatch, or of this package. */
export interface Metric {
  readonly namespace: "AWS/Firehose" | "AWS/Lambda" | "AWS/SQS" | "MoesifFirehose";
  readonly name: string;
  readonly dimensions: { readonly [name: string]: string };
  readonly statistic: "Sum" | "Average" | "Minimum" | "Maximum";
}

/** Several metrics, and an expression of CloudWatch's metric math over their ids. */
export interface MetricMath {
  readonly expression: string;
  readonly metrics: { readonly [id: string]: Metric };
}

/** An alarm. */
export interface Alarm {
  /** What has happened, in one sentence. */
  readonly says: string;
  /** `undefined` where the pipeline has no such metric. */
  readonly reads: (pipeline: Monitored) => Metric | MetricMath | undefined;
  /** @default "above" */
  readonly fires?: "below";
  /**
   * What a period without data means: `notBreaching`, all is well; `ignore`, the alarm stays as it is.
   *
   * @default "notBreaching"
   */
  readonly missing?: "breaching" | "ignore";
  /** The threshold where none can be set. @default that of the option */
  readonly threshold?: number;
  /** What a unit of the option is in the unit of the metric. @default 1 */
  readonly unit?: number;
}

/** What the log filter of Firehose's errors counts: see {@link BACKUP_ERRORS}. */
const backupErrors = "BackupErrors";

const ofStream =
  (namespace: Metric["namespace"], name: string, statistic: Metric["statistic"]) =>
  ({ streamName }: Monitored): Metric => ({
    namespace,
    name,
    dimensions: { DeliveryStreamName: streamName },
    statistic,
  });

const firehose = (name: string, statistic: Metric["statistic"]) => ofStream("AWS/Firehose", name, statistic);

const moesif = (name: string, statistic: Metric["statistic"]) => ofStream("MoesifFirehose", name, statistic);

const lambda =
  (name: string, statistic: Metric["statistic"]) =>
  ({ transformerName }: Monitored): Metric => ({
    namespace: "AWS/Lambda",
    name,
    dimensions: { FunctionName: transformerName },
    statistic,
  });

/** Only where the pipeline has it. */
const where =
  (has: "isTransformed" | "readsRules" | "isRedriven", reads: Alarm["reads"]): Alarm["reads"] =>
  (pipeline) =>
    pipeline[has] ? reads(pipeline) : undefined;

/** https://docs.aws.amazon.com/firehose/latest/dev/firehose-cloudwatch-metrics-best-practices.html */
function quota(pipeline: Monitored): MetricMath {
  const kinds = { bytes: "Bytes", records: "Records", requests: "PutRequests" };
  const metrics = Object.entries(kinds).flatMap(([id, kind]): [string, Metric][] => [
    [id, firehose(`Incoming${kind}`, "Sum")(pipeline)],
    [`${id}_limit`, firehose(`${kind}PerSecondLimit`, "Minimum")(pipeline)],
  ]);
  const shares = Object.keys(kinds).map((id) => `${id} / PERIOD(${id}) / ${id}_limit`);
  return { expression: `100 * MAX([${shares.join(", ")}])`, metrics: Object.fromEntries(metrics) };
}

function notEnrolled({ enrollmentName }: Monitored): MetricMath | undefined {
  if (enrollmentName === undefined) return undefined;
  const stages = (name: string): Metric => ({
    namespace: "MoesifFirehose",
    name,
    dimensions: { FunctionName: enrollmentName },
    statistic: "Maximum",
  });
  return {
    expression: "missing + conflict + failed",
    metrics: { missing: stages("Missing"), conflict: stages("Conflict"), failed: stages("Failed") },
  };
}

/** By key, along the way of a call. */
export const ALARMS: { readonly [K in AlarmKey]: Alarm } = {
  noTraffic: {
    says: "No record comes in: no stage logs to the stream, or no one calls the APIs.",
    reads: firehose("IncomingRecords", "Sum"),
    fires: "below",
    missing: "breaching",
    threshold: 1,
  },
  stagesNotEnrolled: {
    says: "Stages do not log to Moesif: they are missing, log to another destination, or could not be set.",
    reads: notEnrolled,
    // Only a run says how things stand.
    missing: "ignore",
  },
  throttledRecords: {
    says: "The stream refuses records: its quota is exceeded, and calls can be lost.",
    reads: firehose("ThrottledRecords", "Sum"),
  },
  streamQuota: {
    says: "The traffic is near the stream's quota of bytes, records or requests.",
    reads: quota,
  },
  transformerErrors: {
    says: "Invocations of the transformer fail: after three retries the records go to the backup bucket.",
    reads: where("isTransformed", lambda("Errors", "Sum")),
  },
  transformerThrottles: {
    says: "Lambda refuses to run the transformer: the concurrency of the function or of the account is used up.",
    reads: where("isTransformed", lambda("Throttles", "Sum")),
  },
  transformerDuration: {
    says: "The transformer takes nearly as long as its timeout allows.",
    reads: where("isTransformed", lambda("Duration", "Maximum")),
  },
  processingSuccess: {
    says: "The stream cannot have records transformed: after three retries they go to the backup bucket.",
    reads: where("isTransformed", firehose("ExecuteProcessing.Success", "Average")),
    fires: "below",
  },
  eventsFailed: {
    says: "The transformer cannot use some calls: their records are in the backup bucket, and not in Moesif.",
    reads: where("isTransformed", moesif("EventsFailed", "Sum")),
  },
  secretUnreadable: {
    says: "The transformer cannot read the application id, and so not Moesif's sampling rules.",
    reads: where("readsRules", moesif("SecretFailures", "Maximum")),
    threshold: 0,
  },
  samplingRulesStale: {
    says: "The transformer has not got Moesif's sampling rules for long: it samples by old ones, or by none.",
    reads: where("readsRules", moesif("ConfigAgeSeconds", "Maximum")),
  },
  samplingRulesSkipped: {
    says: "Some of Moesif's sampling rules cannot be used: the transformer samples without them.",
    reads: where("readsRules", moesif("ConfigSkipped", "Maximum")),
  },
  deliverySuccess: {
    says: "Moesif does not take every request. Firehose retries, but drops what is answered with HTTP 413.",
    reads: firehose("DeliveryToHttpEndpoint.Success", "Average"),
    fires: "below",
  },
  dataFreshness: {
    says: "Calls reach Moesif late: after five minutes they may miss its alerts and bills.",
    reads: firehose("DeliveryToHttpEndpoint.DataFreshness", "Maximum"),
  },
  streamBacklog: {
    says: "The stream neither delivers records nor backs them up: after 24 hours it loses them.",
    reads: firehose("DeliveryToHttpEndpoint.DataFreshness", "Maximum"),
    unit: 3600,
  },
  backupFailed: {
    says: "Firehose cannot write to the backup bucket: what Moesif does not take either is lost after 24 hours.",
    reads: ({ streamArn }) => ({
      namespace: "MoesifFirehose",
      name: backupErrors,
      dimensions: { DeliveryStreamArn: streamArn },
      statistic: "Sum",
    }),
  },
  givenUp: {
    says: "The redrive has given records up: they are in the backup bucket below given-up/, by reason.",
    reads: where("isRedriven", moesif("RecordsGivenUp", "Sum")),
  },
  redriveFailed: {
    says: "Messages about failed records could not be worked on: the records wait in the backup bucket.",
    reads: ({ deadLetterQueueName: QueueName }) =>
      QueueName === undefined
        ? undefined
        : {
            namespace: "AWS/SQS",
            name: "ApproximateNumberOfMessagesVisible",
            dimensions: { QueueName },
            statistic: "Maximum",
          },
  },
};

/**
 * Firehose's metrics of the backup are documented for other destinations than an HTTP endpoint, its error log is for all
 * (https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html): a filter makes a metric of it.
 */
export const BACKUP_ERRORS = {
  pattern: '{ $.errorCode = "S3.*" }',
  metricTransformation: {
    namespace: "MoesifFirehose",
    name: backupErrors,
    value: "1",
    dimensions: { DeliveryStreamArn: "$.deliveryStreamARN" },
  },
} as const;
