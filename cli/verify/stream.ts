/** The delivery stream and its bucket, against what the rollout file deploys. */
import type { ProcessingConfiguration } from "@aws-sdk/client-firehose";
import type { Block } from "./expected";
import { ask, type Inspection, NoAccess, PIPELINE } from "./inspection";

/** @throws NoAccess if AWS does not say whether there is a stream */
export async function stream(inspection: Inspection) {
  const block = inspection.stack.one("aws_kinesis_firehose_delivery_stream", PIPELINE.stream)!;
  const name = inspection.stack.text(block["name"])!;
  const command = new inspection.aws.services.DescribeDeliveryStreamCommand({ DeliveryStreamName: name });
  // Without this permission nothing is known: the caller says that there is no access.
  const answer = await ask(inspection.aws.firehose.send(command));
  if (answer.failure !== undefined && !answer.isMissing) throw new NoAccess(answer.failure, answer.name);
  const missing: [string, string] = ["there is no such stream in this account and region", inspection.apply];
  const stream = inspection.take("stream", name, answer, "", missing)?.DeliveryStreamDescription;
  if (stream === undefined) return undefined;
  const { DeliveryStreamStatus: status, FailureDescription: failure } = stream;
  inspection.streamIsActive = status === "ACTIVE";
  if (inspection.streamIsActive) inspection.ok("stream", name);
  else {
    const why = failure ? `: ${failure.Type} ${failure.Details ?? ""}` : "";
    inspection.problem(
      "stream",
      name,
      `its status is ${status}${why}`,
      "wait until it is ACTIVE; if it failed, apply again",
    );
  }
  const [destination] = stream.Destinations ?? [];
  const endpoint = destination?.HttpEndpointDestinationDescription;
  if (endpoint === undefined) {
    inspection.problem("stream-endpoint", name, "it does not deliver to an HTTP endpoint", inspection.apply);
    return undefined;
  }
  inspection.foundBucket(endpoint.S3DestinationDescription?.BucketARN?.split(":::")[1]);
  inspection.foundRole((block["http_endpoint_configuration"] as Block)["role_arn"], endpoint.RoleARN);
  return { name, block, endpoint, encryption: stream.DeliveryStreamEncryptionConfiguration };
}

type ErrorLog = Readonly<Record<"enabled" | "log_group_name" | "log_stream_name", unknown>>;

/** The destination of the stream as Terraform gets it. */
interface WantedEndpoint extends Block {
  readonly cloudwatch_logging_options: ErrorLog;
  readonly processing_configuration: { readonly enabled: boolean; readonly processors: readonly [Block] };
  readonly request_configuration: Block;
  readonly secrets_manager_configuration: Block;
  readonly s3_configuration: Block & { readonly cloudwatch_logging_options: ErrorLog };
}

export function streamSettings(
  inspection: Inspection,
  { name, block, endpoint, encryption }: NonNullable<Awaited<ReturnType<typeof stream>>>,
): void {
  const wanted = inspection.stack.value(block["http_endpoint_configuration"]) as WantedEndpoint;
  const s3 = wanted["s3_configuration"];
  const backup = endpoint.S3DestinationDescription;
  const compare = (id: string, actual: unknown, expected: unknown) => inspection.compare(id, name, actual, expected);
  compare("stream-url", { url: endpoint.EndpointConfiguration?.Url }, { url: wanted["url"] });
  const { SizeInMBs, IntervalInSeconds } = endpoint.BufferingHints ?? {};
  compare(
    "stream-buffering",
    { megabytes: SizeInMBs, seconds: IntervalInSeconds },
    { megabytes: wanted["buffering_size"], seconds: wanted["buffering_interval"] },
  );
  compare("stream-retry", { seconds: endpoint.RetryOptions?.DurationInSeconds }, { seconds: wanted["retry_duration"] });
  compare("stream-backup-mode", { mode: endpoint.S3BackupMode }, { mode: wanted["s3_backup_mode"] });
  compare(
    "stream-compression",
    { requests: endpoint.RequestConfiguration?.ContentEncoding, backup: backup?.CompressionFormat },
    { requests: wanted["request_configuration"]["content_encoding"], backup: s3["compression_format"] },
  );
  processing(inspection, name, endpoint.ProcessingConfiguration, wanted["processing_configuration"]);
  const secret = endpoint.SecretsManagerConfiguration;
  compare(
    "stream-secret",
    { enabled: secret?.Enabled ?? false, arn: secret?.SecretARN, role: secret?.RoleARN },
    {
      enabled: true,
      arn: wanted["secrets_manager_configuration"]["secret_arn"],
      role: wanted["secrets_manager_configuration"]["role_arn"],
    },
  );
  const log = (options: typeof endpoint.CloudWatchLoggingOptions) => ({
    enabled: options?.Enabled ?? false,
    group: options?.LogGroupName,
    stream: options?.LogStreamName,
  });
  const wantedLog = ({ enabled, log_group_name, log_stream_name }: ErrorLog) => ({
    enabled,
    group: log_group_name,
    stream: log_stream_name,
  });
  compare(
    "stream-error-log",
    { delivery: log(endpoint.CloudWatchLoggingOptions), backup: log(backup?.CloudWatchLoggingOptions) },
    {
      delivery: wantedLog(wanted["cloudwatch_logging_options"]),
      backup: wantedLog(s3["cloudwatch_logging_options"]),
    },
  );
  compare(
    "stream-bucket",
    { bucket: backup?.BucketARN, prefix: backup?.Prefix, errors: backup?.ErrorOutputPrefix },
    { bucket: s3["bucket_arn"], prefix: s3["prefix"], errors: s3["error_output_prefix"] },
  );
  compare(
    "stream-role",
    { role: endpoint.RoleARN, backup: backup?.RoleARN },
    { role: wanted["role_arn"], backup: s3["role_arn"] },
  );
  const { key_type, key_arn } = inspection.stack.value(block["server_side_encryption"]) as Record<string, unknown>;
  if (encryption === undefined) return inspection.unknown("stream-encryption", name, "Firehose does not say");
  compare(
    "stream-encryption",
    { status: encryption.Status, key: encryption.KeyARN ?? encryption.KeyType },
    { status: "ENABLED", key: key_arn ?? key_type },
  );
}

/** Firehose names parameters that the stack leaves to it. */
function processing(
  inspection: Inspection,
  name: string,
  actual: ProcessingConfiguration | undefined,
  { enabled, processors: [processor] }: WantedEndpoint["processing_configuration"],
): void {
  const wanted = processor["parameters"] as readonly Readonly<Record<string, string>>[];
  const expected = wanted.map((one) => [one["parameter_name"]!, one["parameter_value"]] as const);
  const all = new Map(
    actual?.Processors?.[0]?.Parameters?.map((one) => [String(one.ParameterName), one.ParameterValue]),
  );
  const found = expected.map(([name]) => [name, all.get(name)] as const);
  inspection.compare(
    "stream-transformer",
    name,
    { enabled: actual?.Enabled ?? false, ...Object.fromEntries(found) },
    { enabled, ...Object.fromEntries(expected) },
  );
}

export async function bucket(inspection: Inspection): Promise<void> {
  const { s3, services } = inspection.aws;
  const wanted = inspection.stack.one("aws_s3_bucket", PIPELINE.bucket);
  const stream = inspection.stack.one("aws_kinesis_firehose_delivery_stream", PIPELINE.stream)!;
  const s3Configuration = (stream["http_endpoint_configuration"] as Block)["s3_configuration"] as Block;
  const arn = inspection.stack.text(s3Configuration["bucket_arn"]);
  const name = arn?.split(":::")[1];
  if (name === undefined) {
    return inspection.unknown(
      "bucket",
      String(wanted?.["bucket_prefix"] ?? "backup bucket"),
      "only the stream says which it is, and does not name it",
    );
  }
  const head = await ask(s3.send(new services.HeadBucketCommand({ Bucket: name })));
  const fix = wanted ? inspection.apply : "create it, or name another under backup.bucket";
  const bucket = inspection.take("bucket", name, head, "s3:ListBucket", ["there is no such bucket", fix]);
  if (bucket === undefined) return;
  const { region } = inspection.expected.target;
  const actual = bucket.BucketRegion ?? region;
  if (actual === region) inspection.ok("bucket", name);
  else
    inspection.problem("bucket", name, `it is in ${actual}, expected ${region}`, "use a bucket in the stream's region");
  if (wanted === undefined) return;
  await publicAccess(inspection, name);
}

async function publicAccess(inspection: Inspection, name: string): Promise<void> {
  const command = new inspection.aws.services.GetPublicAccessBlockCommand({ Bucket: name });
  const id = "bucket-public-access";
  const asked = await ask(inspection.aws.s3.send(command));
  const missing: [string, string] = ["nothing blocks public access to it", inspection.apply];
  const block = inspection.take(id, name, asked, "s3:GetBucketPublicAccessBlock", missing);
  if (block === undefined) return;
  const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } =
    block.PublicAccessBlockConfiguration ?? {};
  const all = BlockPublicAcls && IgnorePublicAcls && BlockPublicPolicy && RestrictPublicBuckets;
  if (all) inspection.ok(id, name);
  else inspection.problem(id, name, "public access to it is blocked in part only", inspection.apply);
}
