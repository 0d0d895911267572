import { createHash } from "node:crypto";
import { MoesifPipeline, type MoesifPipelineProps } from "../../modules";
import { synthesize } from "../support/synth";

const SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif-AbC123";
const pipeline = (props: Partial<MoesifPipelineProps> = {}) =>
  synthesize(
    (stack) =>
      void new MoesifPipeline(stack, "pipeline", {
        accountId: "111111111111",
        region: "us-east-1",
        applicationId: { secretArn: SECRET },
        ...props,
      }),
  );

describe("the delivery stream", () => {
  const stack = pipeline();
  const destination = stack.resource("aws_kinesis_firehose_delivery_stream").http_endpoint_configuration;

  it("has the name that API Gateway demands, and waits for its role and its bucket", () => {
    expect(stack.resource("aws_kinesis_firehose_delivery_stream")).toMatchObject({
      name: "amazon-apigateway-moesif",
      destination: "http_endpoint",
      server_side_encryption: { enabled: true, key_type: "AWS_OWNED_CMK" },
      depends_on: [
        "aws_iam_role_policy.pipeline_delivery_role_policy",
        "aws_s3_bucket_server_side_encryption_configuration.pipeline_backup_bucket_encryption",
        "aws_s3_bucket_versioning.pipeline_backup_bucket_versioning",
        "aws_s3_bucket_ownership_controls.pipeline_backup_bucket_ownership",
        "aws_s3_bucket_policy.pipeline_backup_bucket_policy",
      ],
    });
  });

  it("delivers to Moesif, compressed, within its five minutes", () => {
    expect(destination).toMatchObject({
      name: "Moesif",
      url: "https://api.moesif.net/v1/partners/aws/kinesis",
      buffering_interval: 60,
      buffering_size: 1,
      retry_duration: 300,
      s3_backup_mode: "FailedDataOnly",
      request_configuration: { content_encoding: "GZIP" },
    });
  });

  it("knows the application id by reference alone", () => {
    expect(destination.secrets_manager_configuration).toEqual({
      enabled: true,
      secret_arn: SECRET,
      role_arn: "${aws_iam_role.pipeline_delivery_role.arn}",
    });
    expect(destination).not.toHaveProperty("access_key");
  });

  it("sends records through the transformer, with no parameter that AWS assumes anyway", () => {
    expect(destination.processing_configuration).toEqual({
      enabled: true,
      processors: [
        {
          type: "Lambda",
          parameters: [
            { parameter_name: "LambdaArn", parameter_value: "${aws_lambda_function.pipeline_transformer.arn}:$LATEST" },
          ],
        },
      ],
    });
  });

  it("tells errors of delivery and of backup, each in its own log stream", () => {
    const logging = (name: string) => ({
      enabled: true,
      log_group_name: "${aws_cloudwatch_log_group.pipeline_error_log.name}",
      log_stream_name: `\${aws_cloudwatch_log_stream.pipeline_error_log_${name}.name}`,
    });
    expect(destination.cloudwatch_logging_options).toEqual(logging("destination"));
    expect(destination.s3_configuration.cloudwatch_logging_options).toEqual(logging("backup"));
  });

  it("keeps failed records by kind of failure and day", () => {
    expect(destination.s3_configuration).toMatchObject({
      bucket_arn: "${aws_s3_bucket.pipeline_backup_bucket.arn}",
      prefix: "firehose/moesif/all/!{timestamp:yyyy/MM/dd/HH}/",
      error_output_prefix: "firehose/moesif/failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
      compression_format: "GZIP",
    });
  });

  it("can bypass the transformer, which stays", () => {
    const bypassed = pipeline({ transformer: { enabled: false } });
    const { http_endpoint_configuration } = bypassed.resource("aws_kinesis_firehose_delivery_stream");
    expect(http_endpoint_configuration.processing_configuration).toMatchObject({ enabled: false, processors: [{}] });
    expect(bypassed.resource("aws_lambda_function")).toBeDefined();
  });

  it("goes by way of a proxy if told to", () => {
    const proxied = pipeline({ baseUrl: "https://moesif-proxy.example.com/collector/" });
    expect(proxied.resource("aws_kinesis_firehose_delivery_stream").http_endpoint_configuration.url).toBe(
      "https://moesif-proxy.example.com/collector/v1/partners/aws/kinesis",
    );
  });

  it("sends common attributes", () => {
    const { http_endpoint_configuration } = pipeline({
      delivery: { commonAttributes: { environment: "production" } },
    }).resource("aws_kinesis_firehose_delivery_stream");
    expect(http_endpoint_configuration.request_configuration.common_attributes).toEqual([
      { name: "environment", value: "production" },
    ]);
  });

  it("is encrypted by a customer's key only with a warning", () => {
    const key = "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555";
    const encrypted = pipeline({ delivery: { kmsKeyArn: key } });
    expect(encrypted.resource("aws_kinesis_firehose_delivery_stream").server_side_encryption).toEqual({
      enabled: true,
      key_type: "CUSTOMER_MANAGED_CMK",
      key_arn: key,
    });
    expect(encrypted.warnings()).toEqual([expect.stringContaining("access logs may not arrive")]);
  });
});

describe("the parameters of the transformation", () => {
  const parameters = (transformer: MoesifPipelineProps["transformer"]) => {
    const stream = pipeline({ transformer }).resource("aws_kinesis_firehose_delivery_stream");
    const [processor] = stream.http_endpoint_configuration.processing_configuration.processors;
    const all: { parameter_name: string; parameter_value: string }[] = processor.parameters;
    return Object.fromEntries(
      all.filter((p) => p.parameter_name !== "LambdaArn").map((p) => [p.parameter_name, p.parameter_value]),
    );
  };

  it.each<[string, MoesifPipelineProps["transformer"], Record<string, string>]>([
    ["AWS's default retries", { retries: 3 }, {}],
    ["AWS's default buffer", { bufferSizeMb: 1, bufferIntervalSeconds: 60 }, {}],
    ["other retries", { retries: 5 }, { NumberOfRetries: "5" }],
    ["no retries", { retries: 0 }, { NumberOfRetries: "0" }],
    [
      "another buffer",
      { bufferSizeMb: 0.5, bufferIntervalSeconds: 30 },
      { BufferSizeInMBs: "0.5", BufferIntervalInSeconds: "30" },
    ],
  ])("for %s are those that the provider does not forget", (_, transformer, expected) => {
    expect(parameters(transformer)).toEqual(expected);
  });

  it.each<[string, MoesifPipelineProps["transformer"]]>([
    ["size alone", { bufferSizeMb: 2 }],
    ["interval alone", { bufferIntervalSeconds: 30 }],
    ["a default beside another value", { bufferSizeMb: 3, bufferIntervalSeconds: 60 }],
  ])("are refused for %s, which AWS or the provider would not take", (_, transformer) => {
    expect(() => parameters(transformer)).toThrow(
      /bufferSizeMb.*bufferIntervalSeconds|bufferIntervalSeconds.*bufferSizeMb/,
    );
  });
});

describe("the transformer function", () => {
  const stack = pipeline({
    environment: "production",
    apis: { a1b2c3d4e5: { name: "orders" } },
    metadata: { note: "${path} 100%{ Cafe\u0301" },
  });

  it("runs the bundle that was built, with AWS's own hash of it", () => {
    const lambda = stack.resource("aws_lambda_function");
    expect(lambda).toMatchObject({
      function_name: "moesif-transform-moesif",
      handler: "index.handler",
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      memory_size: 256,
      timeout: 60,
      reserved_concurrent_executions: -1,
    });
    expect(lambda.filename).toMatch(/^assets\/.*\/transformer\.zip$/);
    expect(lambda.source_code_hash).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  it("finds its settings in the bucket under a fixed key, by the version that Terraform wrote", () => {
    const { content, ...document } = stack.resource("aws_s3_object");
    expect(document).toMatchObject({
      key: "transformer/moesif/settings.json",
      lifecycle: { create_before_destroy: true },
      override_provider: { default_tags: { tags: {} } },
    });
    const object = "aws_s3_object.pipeline_transformer_settings";
    expect(stack.resource("aws_lambda_function").environment.variables).toEqual({
      APPLICATION_ID_SECRET: SECRET,
      SETTINGS_URL: `s3://\${${object}.bucket}/\${${object}.key}?versionId=\${${object}.version_id}`,
      // Of what Terraform writes, which is what it makes of the template, with normalised texts.
      SETTINGS_SHA256: createHash("sha256")
        .update(content.replaceAll("$${", "${").replaceAll("%%{", "%{").normalize("NFC"))
        .digest("hex"),
    });
  });

  it("has settings in which Terraform evaluates nothing that somebody wrote as text", () => {
    const { content } = stack.resource("aws_s3_object");
    expect(content).toContain("$${path} 100%%{");
    expect(JSON.parse(content.replaceAll("$${", "${").replaceAll("%%{", "%{"))).toEqual({
      version: 1,
      accountId: "111111111111",
      region: "us-east-1",
      environment: "production",
      apis: { a1b2c3d4e5: { name: "orders" } },
      metadata: { note: "${path} 100%{ Cafe\u0301" },
    });
  });

  it("has its log group before it is made, so that Lambda makes none without retention", () => {
    expect(stack.resource("aws_lambda_function").depends_on).toContain(
      "aws_cloudwatch_log_group.pipeline_transformer_log",
    );
    expect(stack.json.resource.aws_cloudwatch_log_group.pipeline_transformer_log).toMatchObject({
      name: "/aws/lambda/moesif-transform-moesif",
      retention_in_days: 30,
    });
  });

  it("traces, runs in a VPC and has its code signed if told so", () => {
    const codeSigningConfigArn = "arn:aws:lambda:us-east-1:111111111111:code-signing-config:csc-0123456789abcdef0";
    const vpc = { subnetIds: ["subnet-1a2b"], securityGroupIds: ["sg-1a2b"] };
    expect(stack.resource("aws_lambda_function")).toMatchObject({ tracing_config: { mode: "PassThrough" } });
    expect(
      pipeline({ transformer: { tracing: true, vpc, codeSigningConfigArn } }).resource("aws_lambda_function"),
    ).toMatchObject({
      tracing_config: { mode: "Active" },
      vpc_config: { subnet_ids: ["subnet-1a2b"], security_group_ids: ["sg-1a2b"] },
      code_signing_config_arn: codeSigningConfigArn,
    });
  });

  it("refuses settings that it could not read", () => {
    expect(() => pipeline({ apis: { a1: { nmae: "orders" } as never } })).toThrow(/nmae/);
  });
});

describe("the redaction of a pipeline", () => {
  it("is in the settings, and what somebody wrote in it is not read by Terraform", () => {
    const redaction = { mask: [{ pattern: '\\d{2}"[%]{2}\\\\', fields: ["note"] }] };
    const literal = pipeline({ redaction }).resource("aws_s3_object").content as string;
    expect(JSON.parse(literal)).toMatchObject({ redaction });
    const [template] = Object.values(pipeline({ accountId: undefined, redaction }).json.locals);
    const evaluated = (template as string).replace(/\$\{jsonencode\(.*?\)\}/g, '"111111111111"');
    expect(JSON.parse(evaluated)).toMatchObject({ accountId: "111111111111", redaction });
  });

  it.each([
    ["a pattern that is none", { mask: [{ pattern: "(a" }] }, /redaction.mask\[0\].pattern/],
    [
      "a replacement without brackets",
      { mask: [{ pattern: "a", replacement: "x" }] },
      /write a replacement in brackets/,
    ],
    ["both lists", { fields: { keep: [], remove: [] } }, /redaction\.fields: expected exactly one of keep, remove/],
    ["a key that Moesif must read", { fields: { remove: ["status"] } }, /other than apiId, requestTime/],
    ["what Terraform would fill in", "${var.redaction}", /redaction/],
  ])("is refused for %s", (_, redaction, message) => {
    expect(() => pipeline({ redaction: redaction as never })).toThrow(message);
  });
});

describe("a pipeline", () => {
  it.each<[string, Partial<MoesifPipelineProps>, RegExp]>([
    ["a name with the prefix that would be too long", { name: "a".repeat(47) }, /name: [^]*1 to 46 letters/],
    ["a plain http address", { baseUrl: "http://api.moesif.net" }, /baseUrl: [^]*an https address on port 443/],
    ["another port", { baseUrl: "https://api.moesif.net:8443" }, /baseUrl: [^]*an https address/],
    [
      "a buffer beyond five minutes",
      { delivery: { bufferIntervalSeconds: 301 } },
      /bufferIntervalSeconds: [^]*five minutes/,
    ],
    ["a buffer that Moesif would refuse", { delivery: { bufferSizeMb: 64 } }, /bufferSizeMb: [^]*from 1 to 35/],
    ["retries beyond Firehose's", { delivery: { retrySeconds: 7201 } }, /retrySeconds: [^]*from 0 to 7200/],
    ["another backup mode", { backup: { mode: "Some" as never } }, /backup.mode: [^]*one of FailedDataOnly, AllData/],
    ["too little memory", { transformer: { memoryMb: 64 } }, /memoryMb: [^]*from 128 to 10240/],
    ["half a MB of memory", { transformer: { memoryMb: 256.5 } }, /memoryMb: 256.5 is not a whole number/],
    [
      "a time-out that Firehose would not wait for",
      { transformer: { timeoutSeconds: 301 } },
      /timeoutSeconds: [^]*300/,
    ],
    ["a foreign runtime", { transformer: { runtime: "python3.12" } }, /runtime: [^]*a Node.js runtime/],
    [
      "no id of a subnet",
      { transformer: { vpc: { subnetIds: ["vpc-1"], securityGroupIds: [] } } },
      /vpc.subnetIds\[0\]: invalid value/,
    ],
    [
      "another ARN for code signing",
      { transformer: { codeSigningConfigArn: SECRET } },
      /codeSigningConfigArn: [^]*the ARN of a code sign/,
    ],
    ["a long prefix of roles", { iam: { namePrefix: "a".repeat(21) } }, /namePrefix: [^]*at most 20 letters/],
    [
      "a key of log groups by its alias",
      { logs: { kmsKeyArn: "alias/logs" } },
      /logs\.kmsKeyArn: [^]*the ARN of a KMS key/,
    ],
    ["a malformed path of roles", { iam: { path: "teams/" } }, /path: [^]*a path that begins and ends with '\/'/],
    ["a boundary that is no policy", { iam: { permissionsBoundary: "admin" } }, /permissionsBoundary: [^]*the ARN/],
    [
      "51 common attributes",
      { delivery: { commonAttributes: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`a${i}`, ""])) } },
      /commonAttributes: there are 51 entries[^]*at most 50/,
    ],
  ])("refuses %s, naming the property and the fix", (_, props, message) => {
    expect(() => pipeline(props)).toThrow(message);
  });

  it("puts tags, path and boundary wherever they belong", () => {
    const boundary = "arn:aws:iam::111111111111:policy/boundary";
    const { json } = pipeline({ tags: { team: "api" }, iam: { path: "/moesif/", permissionsBoundary: boundary } });
    const roles = Object.values(json.resource.aws_iam_role);
    expect(roles).toHaveLength(2);
    for (const role of roles) expect(role).toMatchObject({ path: "/moesif/", permissions_boundary: boundary });
    const taggable = [
      "aws_iam_role",
      "aws_s3_bucket",
      "aws_lambda_function",
      "aws_cloudwatch_log_group",
      "aws_kinesis_firehose_delivery_stream",
    ];
    for (const type of taggable) {
      for (const resource of Object.values(json.resource[type]))
        expect(resource).toMatchObject({ tags: { team: "api" } });
    }
  });

  it("names its roles after itself, within what IAM allows", () => {
    const prefixes = (props: Partial<MoesifPipelineProps>) =>
      Object.values<{ name_prefix: string }>(pipeline(props).json.resource.aws_iam_role).map(
        (role) => role.name_prefix,
      );
    expect(prefixes({ name: "orders" })).toEqual(["moesif-delivery-orders-", "moesif-transform-orders-"]);
    expect(prefixes({ iam: { namePrefix: "acme-" } })).toEqual(["acme-delivery-moesif-", "acme-transform-moesif-"]);
    const long = prefixes({ name: "n".repeat(46) });
    expect(long).toEqual([`moesif-delivery-${"n".repeat(21)}-`, `moesif-transform-${"n".repeat(20)}-`]);
    expect(long.map(({ length }) => length)).toEqual([38, 38]);
  });

  it("encrypts every log group that it creates with one key", () => {
    const kmsKeyArn = "arn:aws:kms:us-east-1:111111111111:key/1";
    const { json } = synthesize((scope) => {
      new MoesifPipeline(scope, "pipeline", {
        applicationId: { secretArn: SECRET },
        logs: { kmsKeyArn },
      }).stageLogGroup();
    });
    const groups = Object.values<{ kms_key_id: string }>(json.resource.aws_cloudwatch_log_group);
    expect(groups.map((group) => group.kms_key_id)).toEqual([kmsKeyArn, kmsKeyArn, kmsKeyArn]);
  });

  it("creates what a setting can replace before it destroys the old", () => {
    const { json } = pipeline();
    const replaceable = [
      "delivery_stream",
      "lambda_function",
      "log_group",
      "log_stream",
      "iam_role",
      "role_policy",
      "s3_object",
    ];
    for (const [type, byName] of Object.entries<Record<string, { lifecycle?: object }>>(json.resource)) {
      if (!replaceable.some((suffix) => type.endsWith(suffix))) continue;
      for (const { lifecycle } of Object.values(byName)) expect(lifecycle).toEqual({ create_before_destroy: true });
    }
  });

  it("looks account and region up where they are not given", () => {
    const stack = synthesize((scope) => {
      new MoesifPipeline(scope, "pipeline", { applicationId: { secretArn: SECRET } });
    });
    const { pipeline_transformer_settings_json: json, pipeline_environment_region_name: region } = stack.json.locals;
    expect(region).toBe('${element(split(".", data.aws_region.pipeline_environment_region.endpoint), 1)}');
    expect(json).toBe(
      '{"version":1,"accountId":${jsonencode(data.aws_caller_identity.pipeline_environment_caller.account_id)},' +
        '"region":${jsonencode(local.pipeline_environment_region_name)}}',
    );
  });

  it("refuses an id that would give its resources the addresses of another's", () => {
    const beside = (...ids: string[]) =>
      synthesize((scope) => {
        for (const [index, id] of ids.entries()) {
          new MoesifPipeline(scope, id, { name: `a${index}`, applicationId: { secretArn: SECRET } });
        }
      });
    expect(() => beside("orders v1", "orders.v1")).toThrow(
      /duplicate address .*\.orders_v1_.* \(also of .*\)[^]*change one of the two ids/,
    );
  });

  it("can stand in one stack beside another", () => {
    const stack = synthesize((scope) => {
      for (const name of ["orders", "media"]) {
        new MoesifPipeline(scope, name, { name, applicationId: { secretArn: SECRET } });
      }
    });
    expect(Object.keys(stack.json.resource.aws_kinesis_firehose_delivery_stream)).toEqual([
      "media_delivery_stream",
      "orders_delivery_stream",
    ]);
  });
});
