/** The way of a record through AWS: what the function, Firehose and the bucket say of it. */
import { gunzipSync } from "node:zlib";
import { isObject, parseJson } from "../../common/json";
import type { Check } from "../checks";
import type { Block } from "./expected";
import { ask, type Inspection, PIPELINE } from "./inspection";

/** What is known so far. */
export interface Way {
  /** What the function reports of its invocations since then. */
  readonly transformer: {
    readonly kept: number;
    readonly dropped: Counts;
    readonly failed: Counts;
    readonly error?: string;
  };
  /** What Firehose writes to its error log, by its codes. */
  readonly errors: ReadonlyMap<string, string>;
  /** Records that Firehose delivered, and its success, by CloudWatch. */
  readonly delivered?: number;
  /** Why one of the records is in the bucket. */
  readonly failed?: string;
  /** What could not be asked. */
  readonly unknown: readonly string[];
}

type Counts = Readonly<Record<string, number>>;

/** What was put on the stream. */
export interface Put {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Texts of which a failed record holds one. */
  readonly words: readonly string[];
}

/** Reads the whole way. */
export async function lookAtWay(inspection: Inspection, put: Put, now: number): Promise<Way> {
  const unknown: string[] = [];
  const or = async <T>(asked: Promise<T>, otherwise: T): Promise<T> => {
    const answer = await ask(asked);
    if (answer.failure === undefined) return answer.value;
    if (!answer.isMissing) unknown.push(answer.failure);
    return otherwise;
  };
  const [transformer, errors, delivered, failed] = [
    await or(transformerReports(inspection, put.at), { kept: 0, dropped: {}, failed: {} }),
    await or(deliveryErrors(inspection, put.at), new Map<string, string>()),
    await or(deliveredRecords(inspection, put.at, now), undefined),
    await or(failure(inspection, put, now), undefined),
  ];
  return {
    transformer,
    errors,
    unknown,
    ...(delivered !== undefined && { delivered }),
    ...(failed !== undefined && { failed }),
  };
}

/** Pages of a log that are read: one may be empty, and others follow. */
const MOST_PAGES = 20;

async function logEvents(inspection: Inspection, address: string, since: number): Promise<string[]> {
  const { services, logs } = inspection.aws;
  const logGroupName = inspection.stack.text(inspection.stack.one("aws_cloudwatch_log_group", address)?.["name"]);
  const messages: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES && (page === 0 || nextToken !== undefined); page++) {
    const answer = await logs.send(
      new services.FilterLogEventsCommand({ logGroupName, startTime: since, ...(nextToken && { nextToken }) }),
    );
    messages.push(...(answer.events ?? []).map(({ message = "" }) => message));
    nextToken = answer.nextToken;
  }
  return messages;
}

/** The function writes a line of metrics for each invocation: how many calls it kept, dropped and failed, and why. */
async function transformerReports(inspection: Inspection, since: number): Promise<Way["transformer"]> {
  const dropped: Record<string, number> = {};
  const failed: Record<string, number> = {};
  let kept = 0;
  let error: string | undefined;
  for (const message of await logEvents(inspection, "pipeline_transformer_log", since)) {
    const report = parseJson(message);
    if (isObject(report) && "_aws" in report) {
      kept += Number(report["EventsKept"] ?? 0);
      addTo(dropped, report["dropped"]);
      addTo(failed, report["failed"]);
    } else if (/Task timed out|Runtime exited|"errorType"|\bERROR\b/.test(message))
      error = message.trim().slice(0, 400);
  }
  return { kept, dropped, failed, ...(error !== undefined && { error }) };
}

function addTo(counts: Record<string, number>, more: unknown): void {
  for (const [reason, count] of Object.entries(isObject(more) ? more : {})) {
    counts[reason] = (counts[reason] ?? 0) + Number(count);
  }
}

async function deliveryErrors(inspection: Inspection, since: number): Promise<Map<string, string>> {
  const messages = await logEvents(inspection, "pipeline_error_log", since);
  const errors = messages.map(parseJson).filter(isObject);
  return new Map(errors.map(({ errorCode, message }) => [String(errorCode), String(message)]));
}

const PERIOD_S = 60;

/** Undefined until Firehose has reported a delivery. */
async function deliveredRecords(inspection: Inspection, since: number, now: number): Promise<number | undefined> {
  const Value = inspection.stack.text(
    inspection.stack.one("aws_kinesis_firehose_delivery_stream", PIPELINE.stream)!["name"],
  )!;
  const MetricStat = {
    Metric: {
      Namespace: "AWS/Firehose",
      MetricName: "DeliveryToHttpEndpoint.Records",
      Dimensions: [{ Name: "DeliveryStreamName", Value }],
    },
    Period: PERIOD_S,
    Stat: "Sum",
  };
  const from = Math.ceil(since / 1000 / PERIOD_S) * PERIOD_S * 1000;
  if (from >= now) return undefined;
  const command = new inspection.aws.services.GetMetricDataCommand({
    StartTime: new Date(from),
    EndTime: new Date(now),
    MetricDataQueries: [{ Id: "delivered", MetricStat }],
  });
  const { MetricDataResults: [result] = [] } = await inspection.aws.cloudWatch.send(command);
  return result?.Values?.length ? result.Values.reduce((sum, value) => sum + value, 0) : undefined;
}

const ERROR_TYPES = ["processing-failed", "http-endpoint-failed"];

/** Searches the records among those that failed since then. */
async function failure(inspection: Inspection, { at, words }: Put, now: number): Promise<string | undefined> {
  const { s3, services } = inspection.aws;
  const stream = inspection.stack.one("aws_kinesis_firehose_delivery_stream", PIPELINE.stream)!;
  const backup = (stream["http_endpoint_configuration"] as Block)["s3_configuration"] as Block;
  const Bucket = inspection.stack.text(backup["bucket_arn"])?.split(":::")[1];
  if (Bucket === undefined) return undefined;
  const prefixes = new Set(
    ERROR_TYPES.flatMap((type) => [at, now].map((time) => prefixOf(String(backup["error_output_prefix"]), type, time))),
  );
  for (const Prefix of prefixes) {
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new services.ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
      for (const { Key, LastModified } of page.Contents ?? []) {
        // S3 has whole seconds.
        if ((LastModified?.getTime() ?? 0) < at - 1_000) continue;
        const { Body } = await s3.send(new services.GetObjectCommand({ Bucket, Key }));
        const reason = reasonIn(Buffer.from(await Body!.transformToByteArray()), words);
        if (reason !== undefined) return `${reason} (s3://${Bucket}/${Key})`;
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }
  return undefined;
}

/** A prefix as Firehose evaluates it, in UTC: https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html */
function prefixOf(template: string, type: string, ms: number): string {
  const [date, time] = new Date(ms).toISOString().split("T") as [string, string];
  const [yyyy, MM, dd] = date.split("-") as [string, string, string];
  const parts: Readonly<Record<string, string>> = { yyyy, MM, dd, HH: time.slice(0, 2) };
  return template
    .replace("!{firehose:error-output-type}", type)
    .replace(/!\{timestamp:([^}]+)\}/g, (_, format: string) =>
      format.replace(/yyyy|MM|dd|HH/g, (part) => parts[part]!),
    );
}

/** What Firehose says of the first line that holds one of the records. Its messages are not always valid JSON. */
function reasonIn(bytes: Buffer, words: readonly string[]): string | undefined {
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
  for (const line of text.split("\n")) {
    const raw = Buffer.from(/"rawData":\s*"([^"]*)"/.exec(line)?.[1] ?? "", "base64").toString("utf8");
    if (!words.some((word) => raw.includes(word))) continue;
    const code = /"errorCode":\s*"([^"]*)"/.exec(line)?.[1] ?? "no error code";
    const message = /"errorMessage":\s*"(.*?)",\s*"attemptEndingTimestamp"/.exec(line)?.[1] ?? "";
    return `${code}: ${message}`;
  }
  return undefined;
}

/** What is known of the way, as checks. */
export function wayChecks(
  subject: string,
  { transformer, errors, delivered, failed, unknown }: Way,
  isInMoesif: boolean,
): Check[] {
  const checks: Check[] = [transformed(subject, transformer, isInMoesif)];
  for (const [code, message] of errors) {
    checks.push({
      id: "delivery-error",
      subject: code,
      result: "problem",
      cause: `Firehose wrote to its error log meanwhile: ${message}`,
      fix: fixOf(code),
    });
  }
  const id = "record-delivered";
  if (failed !== undefined) {
    checks.push({ id, subject, result: "problem", cause: `it is in the backup bucket: ${failed}`, fix: fixOf(failed) });
  } else if (delivered !== undefined && delivered > 0) {
    checks.push({ id, subject, result: "ok", cause: `Firehose delivered ${delivered} records since` });
  } else if (isInMoesif) checks.push({ id, subject, result: "ok" });
  else {
    const cause = "CloudWatch shows no delivery yet";
    checks.push({ id, subject, result: "unknown", cause, fix: "run the command again with a longer --timeout" });
  }
  if (unknown.length > 0) {
    checks.push({ id: "record-way", subject, result: "unknown", cause: [...new Set(unknown)].join("; ") });
  }
  return checks;
}

function transformed(
  subject: string,
  { kept, dropped, failed, error }: Way["transformer"],
  isInMoesif: boolean,
): Check {
  const id = "record-transformed";
  const reasons = (counts: Counts) => Object.entries(counts).map(([reason, count]) => `${reason} ${count}`);
  if (error !== undefined) {
    const fix = "read the function's log group";
    return { id, subject, result: "problem", cause: `the function failed: ${error}`, fix };
  }
  if (kept > 0) return { id, subject, result: "ok", cause: `the function kept ${kept} calls since` };
  if (Object.keys(failed).length > 0) {
    const fix = "run preview on a call of this format, and read the reason in docs/internals/records.md";
    return { id, subject, result: "problem", cause: `failed: ${reasons(failed).join(", ")}`, fix };
  }
  if (isInMoesif) return { id, subject, result: "ok" };
  const isDropped = Object.keys(dropped).length > 0;
  const cause = isDropped
    ? `the function kept no call, and dropped: ${reasons(dropped).join(", ")}`
    : "the function has not reported an invocation since";
  return { id, subject, result: "unknown", cause };
}

const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /DestinationException|401|403/,
    "compare the application id in the secret with Moesif's, and whether the subscription is active",
  ],
  [/AssumeRole/, "correct the trust policy of the delivery role: apply the stack"],
  [/^Lambda\.|ProcessingFailed/, "read the function's log group"],
  [/^SecretsManager|Secret/, "let the delivery role read the secret, and the key that encrypts it"],
  [/Timeout|Connection|SSL/, "see whether baseUrl is reachable from AWS by https on port 443"],
];

function fixOf(code: string): string {
  return FIXES.find(([codes]) => codes.test(code))?.[1] ?? "read Firehose's error log";
}
