/** Every statement that allows something, held against a table of what each action needs. */
import { MoesifPipeline } from "../../modules";
import { parsedPolicy, synthesize } from "../support/synth";

const KEY = "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555";
const SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif-AbC123";
const HASH_SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:hash-key-AbC123";
const STREAM_KEY = "arn:aws:kms:us-east-1:111111111111:key/66666666-7777-8888-9999-000000000000";

const stack = synthesize((scope) => {
  new MoesifPipeline(scope, "pipeline", {
    accountId: "111111111111",
    region: "us-east-1",
    applicationId: { secretArn: SECRET, kmsKey: KEY },
    backup: { kmsKey: "alias/backup" },
    delivery: { kmsKeyArn: STREAM_KEY },
    redaction: { hash: ["apiKeyId"] },
    hashKey: { secretArn: HASH_SECRET, kmsKey: "alias/hashes" },
    transformer: { tracing: true, vpc: { subnetIds: ["subnet-1a2b"], securityGroupIds: ["sg-1a2b"] } },
  }).stageLogGroup();
});

const BUCKET = "${aws_s3_bucket.pipeline_backup_bucket.arn}";
const HASH_SECRET_KEY = "${data.aws_kms_key.pipeline_hash_key_kms_key.arn}";
// Built, and not referred to: the stream refers to the function.
const STREAM =
  "arn:${data.aws_partition.pipeline_environment_partition.partition}:firehose:us-east-1:111111111111:deliverystream/amazon-apigateway-moesif";
const LOGS = "arn:${data.aws_partition.pipeline_environment_partition.partition}:logs:us-east-1:111111111111:*";
const BUCKET_KEY = "${data.aws_kms_key.pipeline_backup_bucket_kms_key.arn}";

/** What an action may be allowed on, and nothing wider. */
const NEEDED: Record<string, readonly string[]> = {
  "s3:GetBucketLocation": [BUCKET],
  "s3:ListBucket": [BUCKET],
  "s3:ListBucketMultipartUploads": [BUCKET],
  "s3:AbortMultipartUpload": [`${BUCKET}/firehose/moesif/*`],
  "s3:PutObject": [`${BUCKET}/firehose/moesif/*`],
  "s3:GetObject": [`${BUCKET}/firehose/moesif/*`, `${BUCKET}/transformer/moesif/*`],
  "s3:GetObjectVersion": [`${BUCKET}/transformer/moesif/*`],
  "kms:Decrypt": [BUCKET_KEY, KEY, HASH_SECRET_KEY, STREAM_KEY],
  "kms:GenerateDataKey": [BUCKET_KEY, STREAM_KEY],
  "firehose:PutRecordBatch": [STREAM, "${aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.arn}"],
  "firehose:PutRecord": ["${aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.arn}"],
  "lambda:InvokeFunction": ["${aws_lambda_function.pipeline_transformer.arn}:$LATEST"],
  "lambda:GetFunctionConfiguration": ["${aws_lambda_function.pipeline_transformer.arn}:$LATEST"],
  "logs:CreateLogStream": ["${aws_cloudwatch_log_group.pipeline_transformer_log.arn}:log-stream:*"],
  "logs:PutLogEvents": [
    "${aws_cloudwatch_log_group.pipeline_transformer_log.arn}:log-stream:*",
    "${aws_cloudwatch_log_stream.pipeline_error_log_destination.arn}",
    "${aws_cloudwatch_log_stream.pipeline_error_log_backup.arn}",
  ],
  "secretsmanager:GetSecretValue": [SECRET, HASH_SECRET],
  // AWS allows these for every resource, or for none.
  "xray:PutTraceSegments": ["*"],
  "xray:PutTelemetryRecords": ["*"],
  "ec2:CreateNetworkInterface": ["*"],
  "ec2:DescribeNetworkInterfaces": ["*"],
  "ec2:DescribeSubnets": ["*"],
  "ec2:DeleteNetworkInterface": ["*"],
  "ec2:AssignPrivateIpAddresses": ["*"],
  "ec2:UnassignPrivateIpAddresses": ["*"],
};

interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Record<string, Record<string, string | readonly string[]>>;
}

const policies: Record<string, { policy: string }> = stack.json.resource.aws_iam_role_policy;
const allowed = Object.entries(policies).flatMap(([name, { policy }]) =>
  (parsedPolicy(policy).Statement as Statement[]).map((one) => ({ name: name.replace(/_policy$/, ""), ...one })),
);

describe("the policies", () => {
  it("are all looked at here", () => {
    const sids = (name: string) => allowed.flatMap((one) => (one.name === name ? [one.Sid] : [])).sort();
    expect(sids("pipeline_delivery_role")).toEqual([
      "DecryptApplicationId",
      "EncryptBackup",
      "InvokeTransformer",
      "ListBackupBucket",
      "ReadApplicationId",
      "WriteBackup",
      "WriteErrorLog",
    ]);
    expect(sids("pipeline_transformer_role")).toEqual([
      "DecryptApplicationId",
      "DecryptHashKey",
      "DecryptSettings",
      "EncryptPutBack",
      "PutBack",
      "ReadApplicationId",
      "ReadHashKey",
      "ReadSettings",
      "Trace",
      "UseVpc",
      "WriteLog",
    ]);
    expect(sids("pipeline_stage_log_group_role")).toEqual(["EncryptOnStream", "PutOnStream"]);
    expect(new Set(allowed.map(({ name }) => name)).size).toBe(3);
  });

  it("say what is allowed, never what is not", () => {
    const keys = new Set(allowed.flatMap((one) => Object.keys(one)));
    expect([...keys].sort()).toEqual(["Action", "Condition", "Effect", "Resource", "Sid", "name"]);
  });

  describe.each(allowed.map((one) => [`${one.name} ${one.Sid}`, one] as const))("%s", (_, statement) => {
    it("names its actions, none by a star", () => {
      for (const action of statement.Action) expect(Object.keys(NEEDED)).toContain(action);
    });

    it("is no wider than its actions need", () => {
      for (const action of statement.Action) {
        for (const resource of statement.Resource) expect(NEEDED[action]).toContain(resource);
      }
    });
  });

  it("allow a key's use only through the service, and for the objects, that it is needed for", () => {
    const conditions = (sid: string) =>
      Object.assign({}, ...Object.values(allowed.find(({ Sid }) => Sid === sid)!.Condition!));
    expect(conditions("EncryptBackup")).toEqual({
      "kms:ViaService": "s3.us-east-1.amazonaws.com*",
      "kms:EncryptionContext:aws:s3:arn": [BUCKET, `${BUCKET}/firehose/moesif/*`],
    });
    expect(conditions("DecryptSettings")).toEqual({
      "kms:ViaService": "s3.us-east-1.amazonaws.com*",
      "kms:EncryptionContext:aws:s3:arn": [BUCKET, `${BUCKET}/transformer/moesif/*`],
    });
    for (const sid of ["DecryptApplicationId", "DecryptHashKey"]) {
      expect(conditions(sid)).toEqual({ "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com*" });
    }
    for (const sid of ["EncryptPutBack", "EncryptOnStream"]) {
      expect(conditions(sid)).toEqual({ "kms:ViaService": "firehose.us-east-1.amazonaws.com*" });
    }
  });

  it("let the function read no secret of the delivery role's that it does not need", () => {
    const spared = synthesize((scope) => {
      new MoesifPipeline(scope, "pipeline", {
        applicationId: { secretArn: SECRET, kmsKey: KEY },
        sampling: { remote: false },
      });
    });
    expect(Object.keys(spared.policy("pipeline_transformer_role")).sort()).toEqual([
      "PutBack",
      "ReadSettings",
      "WriteLog",
    ]);
  });

  it("let a function that nobody calls read its settings and write its log, and no more", () => {
    const bypassed = synthesize((scope) => {
      new MoesifPipeline(scope, "pipeline", {
        applicationId: { secretArn: SECRET, kmsKey: KEY },
        delivery: { kmsKeyArn: STREAM_KEY },
        transformer: { enabled: false },
      });
    });
    expect(Object.keys(bypassed.policy("pipeline_transformer_role")).sort()).toEqual(["ReadSettings", "WriteLog"]);
  });

  it("let each role be assumed by its one service, for this account only", () => {
    const trust = (service: string, Condition: object) => [
      { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", Condition },
    ];
    expect(stack.trust("pipeline_delivery_role")).toEqual(
      trust("firehose.amazonaws.com", { StringEquals: { "sts:ExternalId": "111111111111" } }),
    );
    expect(stack.trust("pipeline_transformer_role")).toEqual(
      trust("lambda.amazonaws.com", { StringEquals: { "aws:SourceAccount": "111111111111" } }),
    );
    expect(stack.trust("pipeline_stage_log_group_role")).toEqual(
      trust("logs.amazonaws.com", { ArnLike: { "aws:SourceArn": LOGS } }),
    );
  });

  it("write out no partition", () => {
    const literals = JSON.stringify(stack.json.resource).replace(/"arn:aws:(secretsmanager|kms):[^"]*"/g, "");
    expect(literals).not.toContain("arn:aws");
  });
});
