/**
 * What a change of each setting may touch of a pipeline that runs. The provider is mocked: what it would replace stands in
 * running-pipeline.test.ts.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeWithTerraform, Terraform } from "../support/terraform";
import { copyOfModule } from "./applied-root";

const STREAM = "aws_kinesis_firehose_delivery_stream.this";
const FUNCTION = "aws_lambda_function.transformer";
const FUNCTION_LOG = "aws_cloudwatch_log_group.transformer";
const FUNCTION_POLICY = "aws_iam_role_policy.transformer";
const ERROR_LOG = "aws_cloudwatch_log_group.delivery";
const BUCKET = "aws_s3_bucket.backup[0]";
const ROLES = ["aws_iam_role.delivery", "aws_iam_role.transformer"];
const SETTINGS = ["aws_s3_object.settings", FUNCTION];

/** What a redrive adds: nothing of a pipeline that runs changes. */
const REDRIVE = [
  "aws_cloudwatch_log_group.redrive[0]",
  "aws_iam_role.redrive[0]",
  "aws_iam_role_policy.redrive[0]",
  "aws_lambda_function.redrive[0]",
];

const secret = (name: string) => `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${name}-AbCdEf`;
const key = (name: string) => `arn:aws:kms:eu-west-1:111122223333:key/${name}`;

/** Of the pipeline that runs. */
const BEFORE = {
  application_id: { secret_arn: secret("moesif") },
  redaction: { hash: ["user"] },
  hash_key: { secret_arn: secret("hash") },
  sampling: { rate: 25 },
  backup: { kms_key_arn: key("bucket") },
};

/** By what is changed: the variables that are other than before, and the addresses that may change. */
const CHANGES: Readonly<Record<string, readonly [variables: object, addresses: readonly string[]]>> = {
  nothing: [{}, []],
  "the sampling rate": [{ sampling: { rate: 30 } }, SETTINGS],
  "what is redacted": [{ redaction: { hash: ["user", "apiKeyId"], ip: "truncate" } }, SETTINGS],
  identity: [{ identity: { company: ["metadata.orgId"] } }, SETTINGS],
  "the filter": [{ filter: [{ drop: { stage: "test" } }] }, SETTINGS],
  "names of APIs": [{ apis: { a1b2c3d4e5: { name: "orders" } } }, SETTINGS],
  "the environment": [{ environment: "staging" }, SETTINGS],
  "metadata and tags of calls": [{ metadata: { cell: 3 }, event_tags: ["public"] }, SETTINGS],
  enrichment: [{ enrichment: "none" }, SETTINGS],
  "the output": [{ output: "event" }, [...SETTINGS, STREAM]],
  "the collector's address": [{ base_url: "https://proxy.example.com" }, [...SETTINGS, STREAM]],
  // It may read the application id while it asks Moesif for its rules only.
  "the kill switch": [{ transformer: { pass_through: true } }, [...SETTINGS, FUNCTION_POLICY]],
  memory: [{ transformer: { memory_mb: 1024 } }, [FUNCTION]],
  "runtime, architecture, time-out and concurrency": [
    { transformer: { runtime: "nodejs20.x", architecture: "x86_64", timeout_seconds: 90, reserved_concurrency: 9 } },
    [FUNCTION],
  ],
  tracing: [{ transformer: { tracing: true } }, [FUNCTION, FUNCTION_POLICY]],
  "the VPC": [
    { transformer: { vpc: { subnet_ids: ["subnet-1"], security_group_ids: ["sg-1"] } } },
    [FUNCTION, FUNCTION_POLICY],
  ],
  "the function's buffer": [{ transformer: { buffer_size_mb: 2, buffer_interval_seconds: 90, retries: 2 } }, [STREAM]],
  "the function's log": [{ transformer: { log_retention_days: 7 } }, [FUNCTION_LOG]],
  "the key of the log groups": [{ logs: { kms_key_arn: key("logs") } }, [FUNCTION_LOG, ERROR_LOG]],
  "the delivery": [{ delivery: { buffer_interval_seconds: 30, common_attributes: { cell: "3" } } }, [STREAM]],
  "the key of the stream": [{ delivery: { kms_key_arn: key("stream") } }, [STREAM, FUNCTION_POLICY]],
  "the error log": [{ delivery: { log_retention_days: 7 } }, [ERROR_LOG]],
  "when objects expire": [
    { backup: { kms_key_arn: key("bucket"), expiration_days: 30, abort_incomplete_upload_days: 1 } },
    ["aws_s3_bucket_lifecycle_configuration.backup[0]"],
  ],
  "what is backed up": [{ backup: { kms_key_arn: key("bucket"), mode: "AllData" } }, [STREAM]],
  "the bucket's access log": [
    { backup: { kms_key_arn: key("bucket"), access_log: { bucket: "access-logs" } } },
    ["aws_s3_bucket_logging.backup[0]"],
  ],
  "a redrive on demand": [{ redrive: {} }, REDRIVE],
  "a redrive on a schedule": [
    { redrive: { mode: "schedule" } },
    [
      ...REDRIVE,
      "aws_cloudwatch_event_rule.redrive[0]",
      "aws_cloudwatch_event_target.redrive[0]",
      "aws_lambda_permission.redrive[0]",
    ],
  ],
  "a redrive by events": [
    { redrive: { mode: "events" } },
    [
      ...REDRIVE,
      "aws_lambda_event_source_mapping.redrive[0]",
      "aws_s3_bucket_notification.redrive[0]",
      "aws_sqs_queue.redrive[0]",
      "aws_sqs_queue.redrive_failed[0]",
      "aws_sqs_queue_policy.redrive[0]",
      "aws_sqs_queue_policy.redrive_failed[0]",
    ],
  ],
  "what stages write": [{ access_log: { user: { from: "cognitoClaim", name: "sub" } } }, []],
  "a tag of the resources": [{ tags: { cell: "3" } }, [STREAM, FUNCTION, BUCKET, FUNCTION_LOG, ERROR_LOG, ...ROLES]],
  "the guard of the delivery role": [{ iam: { confused_deputy_guard: "sourceAccount" } }, ["aws_iam_role.delivery"]],
  "the boundary of the roles": [{ iam: { permissions_boundary: "arn:aws:iam::111122223333:policy/boundary" } }, ROLES],
};

describeWithTerraform("a plan of a pipeline that runs", () => {
  const planned: Record<string, string[]> = {};

  beforeAll(async () => {
    const module = join(copyOfModule(), "terraform");
    const plans = Object.values(CHANGES).map(([variables], index) => [`plan_${index}`, { command: "plan", variables }]);
    const test = {
      mock_provider: { aws: { source: "./tests/mocks" } },
      variables: BEFORE,
      run: { before: {}, ...Object.fromEntries(plans) },
    };
    writeFileSync(join(module, "quiet.tftest.json"), JSON.stringify(test));
    const terraform = new Terraform(module);
    await terraform.init();
    const { output } = await terraform.run(["test", "-json", "-verbose", "-filter=quiet.tftest.json"]);
    const messages = output.split("\n").filter((line) => line.startsWith("{"));
    for (const { "@testrun": run, test_plan: plan, diagnostic } of messages.map((line) => JSON.parse(line))) {
      if (diagnostic?.severity === "error") throw new Error(`${run}: ${diagnostic.summary} ${diagnostic.detail}`);
      if (plan === undefined) continue;
      planned[run] = (plan.resource_changes ?? [])
        .filter(({ change }: any) => !["no-op", "read"].includes(change.actions.join()))
        .map(({ address }: any) => address);
    }
  });

  it.each(Object.entries(CHANGES).map(([what, [, addresses]], index) => ({ what, addresses, index })))(
    "changes no more than it must with $what",
    ({ addresses, index }) => {
      expect(planned[`plan_${index}`]?.sort()).toEqual([...addresses].sort());
    },
  );
});
