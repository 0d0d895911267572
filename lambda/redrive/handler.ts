/**
 * The redrive function: on demand, on a schedule, or by events of S3 through a queue. The environment says where it works:
 * `BUCKET`, `PREFIX`, `STREAM`, and optionally `RECORDS_PER_SECOND`, `MAX_ATTEMPTS`.
 */
import { openBucket, openStream } from "./aws";
import type { RedriveOptions, RedriveSummary } from "./contract";
import { type Control, type Place, redrive, redriveObject } from "./redrive";

/** No object is begun when so little is left of the function's time: 5 MB, which Firehose gathers, take a minute at most. */
const MARGIN_MS = 120_000;

/** Of the context that AWS Lambda gives: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
interface Context {
  readonly getRemainingTimeInMillis?: () => number;
}

/** What a queue hands over: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** What a caller may ask for; all of it is optional. Times are ISO 8601. */
export interface RedriveRequest extends Pick<RedriveOptions, "errorTypes" | "rate" | "maxAttempts" | "quietMinutes"> {
  /** Counts only. */
  readonly dryRun?: boolean;
  readonly since?: string;
  readonly until?: string;
}

/** Messages that the queue is to hand over again. */
interface QueueAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** @throws Error that says which variable is missing, or which time of the request cannot be read */
export async function handler(event: unknown, context?: Context): Promise<RedriveSummary | QueueAnswer> {
  const end = Date.now() + (context?.getRemainingTimeInMillis?.() ?? 900_000);
  const connection = { region: variable("AWS_REGION") };
  const place: Place = {
    bucket: await openBucket(variable("BUCKET"), connection),
    put: await openStream(variable("STREAM"), connection, end - 10_000),
    prefix: variable("PREFIX"),
  };
  const control = { deadline: end - MARGIN_MS };
  if (isQueueEvent(event)) return redriveMessages(place, event, control);
  const { dryRun = false, since, until, ...asked } = Object(event) as RedriveRequest;
  const times = { ...timeOf("since", since), ...timeOf("until", until) };
  const summary = await redrive(place, { ...optionsOf(asked), ...times, send: !dryRun }, control);
  // What is only counted has not happened: no alarm may fire.
  return dryRun ? summary : reported(summary);
}

/** Each message names objects; a message of which one was not moved comes again. */
async function redriveMessages(place: Place, { Records }: QueueEvent, control: Control): Promise<QueueAnswer> {
  const failures: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of Records) {
    let isDone = true;
    for (const key of keysOf(body)) {
      const { left, stopped } = reported(await redriveObject(place, key, { ...optionsOf({}), send: true }, control));
      isDone &&= left === 0 && stopped === undefined;
    }
    if (!isDone) failures.push({ itemIdentifier: messageId });
  }
  return { batchItemFailures: failures };
}

/** Keys come URL-encoded, with a plus for a space. When a notification is set up, S3 sends a test event without any. */
function keysOf(body: string): string[] {
  const { Records = [] } = JSON.parse(body) as { readonly Records?: readonly { s3: { object: { key: string } } }[] };
  return Records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll("+", " ")));
}

function isQueueEvent(event: unknown): event is QueueEvent {
  return Array.isArray((Object(event) as Partial<QueueEvent>).Records);
}

function optionsOf({
  errorTypes,
  rate,
  maxAttempts,
  quietMinutes,
}: Partial<RedriveOptions>): Omit<RedriveOptions, "send"> {
  return {
    ...(errorTypes && { errorTypes }),
    ...given("rate", rate ?? numberOf("RECORDS_PER_SECOND")),
    ...given("maxAttempts", maxAttempts ?? numberOf("MAX_ATTEMPTS")),
    ...given("quietMinutes", quietMinutes),
  };
}

function given<K extends string>(key: K, value: number | undefined): { readonly [key in K]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: number });
}

function numberOf(name: string): number | undefined {
  const text = process.env[name];
  return text ? Number(text) : undefined;
}

function timeOf<K extends string>(key: K, text: string | undefined): { readonly [key in K]?: number } {
  if (text === undefined) return {};
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Error(`${key} is no time: give it as ISO 8601, such as 2026-11-30T09:00:00Z.`);
  return { [key]: ms } as { readonly [key in K]: number };
}

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: deploy the function by the redrive setting of this package.`);
  return value;
}

/**
 * One JSON line in CloudWatch's embedded metric format, of which CloudWatch makes metrics by itself.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function reported(summary: RedriveSummary): RedriveSummary {
  const { records, moved, left, damaged } = summary;
  const givenUp = Object.values(records.givenUp).reduce((sum, count) => sum + count, 0);
  const metrics = {
    RecordsRedriven: records.sent,
    RecordsGivenUp: givenUp + damaged,
    ObjectsRedriven: moved,
    ObjectsLeft: left,
  };
  const Metrics = Object.keys(metrics).map((Name) => ({ Name, Unit: "Count" }));
  const line = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: "MoesifFirehose", Dimensions: [["DeliveryStreamName"]], Metrics }],
    },
    DeliveryStreamName: process.env.STREAM,
    ...metrics,
    ...summary,
  };
  // Past the console, which AWS Lambda patches to put a prefix before each line: this line is JSON and nothing else.
  process.stdout.write(`${JSON.stringify(line)}\n`);
  return summary;
}
