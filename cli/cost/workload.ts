/** What a pipeline has to carry, of the options, and how it is set, of its synthesized stack. */
import type { RolloutStages } from "../../modules";
import type { Attributes, PlannedStack } from "../stacks";

/** The traffic of a pipeline. */
export interface Traffic {
  readonly requestsPerDay: number;
  /** Bytes of an access log. */
  readonly recordBytes: number;
  /** Share of the calls of HTTP and WebSocket stages, which reach the stream through a log group: 0 to 1. */
  readonly logGroupShare: number;
  /** How many calls CloudWatch Logs puts into one record of the stream. */
  readonly callsPerEnvelope: number;
  /** Share of the calls that sampling keeps: 0 to 1. */
  readonly keptShare: number;
  /** How many times the average the traffic is at its peak. */
  readonly peakFactor: number;
  /** Processor time of a call, at a whole processor. */
  readonly microsecondsPerCall: number;
  /** Time of an invocation that no call takes. */
  readonly millisecondsPerInvocation: number;
}

/** The parts of a pipeline that cost something. */
export interface Deployment {
  readonly transforms: boolean;
  readonly architecture: "arm64" | "x86_64";
  readonly memoryMb: number;
  readonly bufferSizeMb: number;
  readonly bufferIntervalSeconds: number;
  /** Concurrent executions reserved for the transformer; `undefined` if it shares those of the account. */
  readonly reservedConcurrency?: number;
  /** Days for which the log group of the stages keeps calls. */
  readonly stageLogDays: number;
  /** Days for which the bucket keeps every record; 0 where only failed records go there. */
  readonly allDataDays: number;
  readonly secrets: number;
  readonly metrics: number;
  /** Metrics that alarms watch: AWS bills each. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
}

/** A pipeline with its traffic. */
export type Workload = Traffic & Deployment;

/**
 * Metrics that each function writes (docs/operate.md), by what the names of the functions begin with; and those of
 * Moesif's sampling rules, where the transformer asks for them.
 */
export const METRICS: Readonly<Record<string, number>> = {
  "moesif-transform-": 14,
  "moesif-enroll-": 8,
  "moesif-redrive-": 4,
};
export const RULE_METRICS = 5;

interface LambdaFunction extends Attributes {
  readonly function_name: string;
  readonly architectures: readonly ["arm64" | "x86_64"];
  readonly memory_size: number;
  readonly reserved_concurrent_executions?: number;
  readonly environment?: { readonly variables: Readonly<Record<string, string>> };
}

interface Stream extends Attributes {
  readonly http_endpoint_configuration: {
    readonly s3_backup_mode: string;
    readonly processing_configuration: {
      readonly enabled: boolean;
      readonly processors: readonly {
        readonly parameters: readonly { readonly parameter_name: string; readonly parameter_value: string }[];
      }[];
    };
  };
}

interface LogGroup extends Attributes {
  readonly name: string;
  readonly retention_in_days: number;
}

interface Lifecycle extends Attributes {
  readonly rule: readonly { readonly expiration?: readonly [{ readonly days: number }] }[];
}

interface Alarm extends Attributes {
  readonly metric_query?: readonly { readonly metric?: unknown }[];
}

/** What a stack deploys, as far as it costs something. */
export function deploymentOf(stack: PlannedStack): Deployment {
  const functions = stack.resources<LambdaFunction>("aws_lambda_function");
  const transformer = functions.find(({ function_name: name }) => name.startsWith("moesif-transform-"))!;
  const [stream] = stack.resources<Stream>("aws_kinesis_firehose_delivery_stream");
  const { s3_backup_mode: backupMode, processing_configuration: processing } = stream!.http_endpoint_configuration;
  const reserved = transformer.reserved_concurrent_executions ?? -1;
  const parameter = (name: string, byAws: number) =>
    Number(processing.processors[0]?.parameters.find((one) => one.parameter_name === name)?.parameter_value ?? byAws);
  const { variables = {} } = transformer.environment ?? {};
  return {
    transforms: processing.enabled,
    architecture: transformer.architectures[0],
    memoryMb: transformer.memory_size,
    bufferSizeMb: parameter("BufferSizeInMBs", 1),
    bufferIntervalSeconds: parameter("BufferIntervalInSeconds", 60),
    ...(reserved >= 0 && { reservedConcurrency: reserved }),
    stageLogDays: stageLogDaysOf(stack),
    allDataDays: backupMode === "AllData" ? expirationOf(stack) : 0,
    secrets: variables.HASH_KEY_SECRET === undefined ? 1 : 2,
    metrics:
      functions.reduce((sum, { function_name: name }) => sum + metricsOf(name), 0) +
      (variables.APPLICATION_ID_SECRET === undefined ? 0 : RULE_METRICS) +
      stack.resources("aws_cloudwatch_log_metric_filter").length,
    alarmMetrics: stack.resources<Alarm>("aws_cloudwatch_metric_alarm").reduce((sum, one) => sum + metricsIn(one), 0),
    dashboards: stack.resources("aws_cloudwatch_dashboard").length,
  };
}

function metricsOf(name: string): number {
  const prefix = Object.keys(METRICS).find((one) => name.startsWith(one));
  return prefix === undefined ? 0 : METRICS[prefix]!;
}

function metricsIn({ metric_query: queries = [] }: Alarm): number {
  return Math.max(1, queries.filter(({ metric }) => metric !== undefined).length);
}

/** Of a log group that the stack would get by stageLogs. */
const DEFAULT_STAGE_LOG_DAYS = 1;

/** A month where nothing expires: what comes later is more than a month's bill. */
const WITHOUT_EXPIRATION = 30;

function stageLogDaysOf(stack: PlannedStack): number {
  const group = stack.resources<LogGroup>("aws_cloudwatch_log_group").find(({ name }) => name.includes("/apigateway/"));
  if (group === undefined) return DEFAULT_STAGE_LOG_DAYS;
  return group.retention_in_days || WITHOUT_EXPIRATION;
}

function expirationOf(stack: PlannedStack): number {
  const rules = stack.resources<Lifecycle>("aws_s3_bucket_lifecycle_configuration").flatMap(({ rule }) => rule);
  return rules.find(({ expiration }) => expiration)?.expiration?.[0].days ?? WITHOUT_EXPIRATION;
}

/** The share of a target's listed stages that reach the stream through a log group. */
export function listedShare({ enrollment: { stages = [] } }: RolloutStages): number {
  return stages.length === 0 ? 0 : stages.filter(({ type }) => type !== "REST").length / stages.length;
}
