/** What the tests of the local run share: a hand-made stack with a tiny transformer, clocks, temporary directories. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import type { Clock } from "../../local/clock";
import type { StreamRecord } from "../../local/stream-record";

/** A directory that is removed after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "local-test-"));
  directories.push(directory);
  return directory;
}

const directories: string[] = [];
afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true, force: true })));

/**
 * A transformer that adds a key, drops the paths that start with /drop and fails those that start with /fail. It logs
 * what it drops.
 */
export const TRANSFORMER = `
export const handler = async ({ records }) => {
  let filtered = 0;
  const answers = records.map(({ recordId, data }) => {
    const event = JSON.parse(Buffer.from(data, "base64").toString());
    if (event.resourcePath.startsWith("/fail")) return { recordId, result: "ProcessingFailed", data };
    if (event.resourcePath.startsWith("/drop")) return filtered++, { recordId, result: "Dropped", data };
    const after = JSON.stringify({ ...event, companyId: "acme" });
    return { recordId, result: "Ok", data: Buffer.from(after).toString("base64") };
  });
  console.log(JSON.stringify({ dropped: { filtered } }));
  return { records: answers };
};
`;

/** Writes a zip with one module. */
export function writeZip(file: string, source: string, name = "index.mjs"): void {
  writeFileSync(file, zipSync({ [name]: strToU8(source) }));
}

type Json = Record<string, unknown>;

/** The resources of a stack as the constructs synthesize it; the parts can be changed. */
export function stackJson(
  change: { endpoint?: Json; function?: Json; object?: Json; stream?: Json; resources?: Json } = {},
): Json {
  return {
    provider: { aws: [{ region: "eu-west-1", allowed_account_ids: ["123456789012"] }] },
    resource: {
      aws_kinesis_firehose_delivery_stream: {
        pipeline_delivery_stream: {
          name: "amazon-apigateway-test",
          destination: "http_endpoint",
          http_endpoint_configuration: {
            url: "https://api.moesif.net/v1/partners/aws/kinesis",
            name: "Moesif",
            buffering_interval: 60,
            buffering_size: 1,
            retry_duration: 300,
            s3_backup_mode: "FailedDataOnly",
            request_configuration: {
              content_encoding: "GZIP",
              common_attributes: [{ name: "environment", value: "production" }],
            },
            processing_configuration: {
              enabled: true,
              processors: [
                {
                  type: "Lambda",
                  parameters: [
                    {
                      parameter_name: "LambdaArn",
                      parameter_value: "${aws_lambda_function.transformer.arn}:$LATEST",
                    },
                  ],
                },
              ],
            },
            s3_configuration: {
              bucket_arn: "${aws_s3_bucket.backup.arn}",
              prefix: "firehose/delivered/!{timestamp:yyyy/MM/dd/HH}/",
              error_output_prefix: "firehose/failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
              compression_format: "GZIP",
              buffering_interval: 300,
              buffering_size: 5,
            },
            secrets_manager_configuration: { enabled: true, secret_arn: "arn:aws:secretsmanager:x" },
            ...change.endpoint,
          },
          ...change.stream,
        },
      },
      aws_lambda_function: {
        transformer: {
          function_name: "test-transformer",
          filename: "assets/transformer.zip",
          handler: "index.handler",
          timeout: 10,
          memory_size: 128,
          environment: {
            variables: { SETTINGS_URL: "s3://${aws_s3_bucket.backup.bucket}/${aws_s3_object.settings.key}" },
          },
          ...change.function,
        },
      },
      aws_s3_object: {
        settings: {
          bucket: "${aws_s3_bucket.backup.bucket}",
          key: "settings.json",
          content: '{"version":1}',
          ...change.object,
        },
      },
      aws_s3_bucket: { backup: { bucket_prefix: "backup-" } },
      ...change.resources,
    },
  };
}

/** The log group of HTTP and WebSocket stages with its subscription, as the constructs synthesize them. */
export function stageLogGroup(filter: Json = {}): Json {
  return {
    aws_cloudwatch_log_group: {
      stage_log_group: { name: "/aws/vendedlogs/apigateway/test", retention_in_days: 1 },
    },
    aws_cloudwatch_log_subscription_filter: {
      to_stream: {
        name: "moesif",
        log_group_name: "${aws_cloudwatch_log_group.stage_log_group.name}",
        filter_pattern: "",
        destination_arn: "${aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.arn}",
        role_arn: "${aws_iam_role.stage_log_group_role.arn}",
        depends_on: ["aws_iam_role_policy.stage_log_group_role_policy"],
        ...filter,
      },
    },
  };
}

/** The transformer as it is built and deployed. */
export const BUILT_TRANSFORMER = join(__dirname, "../../dist/lambda/transformer.zip");

/** Writes a stack and its zip to a directory, and returns its `cdk.tf.json`; the zip may also be one that is there. */
export function writeStack(json: Json = stackJson(), source = TRANSFORMER): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "assets"));
  const zip = join(directory, "assets", "transformer.zip");
  if (source === BUILT_TRANSFORMER) copyFileSync(source, zip);
  else writeZip(zip, source);
  const file = join(directory, "cdk.tf.json");
  writeFileSync(file, JSON.stringify(json));
  return file;
}

/** An access-log event with the keys that Moesif requires. */
export function logEvent(index: number, change: Json = {}): Json {
  return {
    apiId: "a1b2c3d4e5",
    requestId: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    requestTime: "17/Nov/2026:10:05:03 +0000",
    protocol: "HTTP/1.1",
    httpMethod: "GET",
    resourcePath: "/items",
    requestHostHeader: "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
    requestUserAgentHeader: "curl",
    status: "200",
    responseLength: "17",
    durationMs: "12",
    ...change,
  };
}

/** An object in Moesif's event model; its parts can be changed. */
export function moesifEvent(change: { request?: Json; response?: Json | undefined } & Json = {}): Json {
  const { request, response, ...more } = { response: {}, ...change };
  const time = "2026-11-17T10:05:03.000Z";
  return {
    request: { time, uri: "https://example.com/items?a=1", verb: "GET", headers: { Host: "example.com" }, ...request },
    ...(response && { response: { time, status: 200, headers: {}, ...response } }),
    ...more,
  };
}

/** Writes events as newline-delimited JSON and returns the file. */
export function writeLog(events: readonly Json[]): string {
  const file = join(temporaryDirectory(), "log.ndjson");
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  return file;
}

/** A record of the stream. */
export function record(id: string, data = id, arrival = 1000): StreamRecord {
  return { id, arrival, data: Buffer.from(data), size: Buffer.byteLength(data) };
}

/** A clock that moves only when it is told to. */
export class ManualClock implements Clock {
  time = 0;
  #timers: { at: number; action: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(seconds: number, action: () => void): () => void {
    const timer = { at: this.time + seconds * 1000, action };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  advance(seconds: number): void {
    this.time += seconds * 1000;
    const due = this.#timers.filter(({ at }) => at <= this.time);
    this.#timers = this.#timers.filter(({ at }) => at > this.time);
    for (const { action } of due) action();
  }
}

/** A clock on which every wait is over at once; it remembers how long each was. */
export class InstantClock implements Clock {
  time = 0;
  readonly waits: number[] = [];

  now(): number {
    return this.time;
  }

  after(seconds: number, action: () => void): () => void {
    this.waits.push(seconds);
    const timer = setImmediate(() => {
      this.time += seconds * 1000;
      action();
    });
    return () => clearImmediate(timer);
  }
}

/** The objects under a directory: key and text, decompressed. */
export function objectsIn(directory: string): { key: string; text: string }[] {
  const walk = (path: string): string[] =>
    readdirSync(join(directory, path)).flatMap((name) => {
      const inner = path === "" ? name : `${path}/${name}`;
      return statSync(join(directory, inner)).isDirectory() ? walk(inner) : [inner];
    });
  return walk("").map((key) => {
    const bytes = readFileSync(join(directory, key));
    return { key, text: (key.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString() };
  });
}
