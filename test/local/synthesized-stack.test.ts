/** What is read from synthesized Terraform JSON, and what is said where a stack cannot run locally. */
import { dirname, join } from "node:path";
import { readSynthesizedStack } from "../../local/synthesized-stack";
import { TerraformDocument } from "../../local/terraform-json";
import { stackJson, temporaryDirectory, writeStack } from "./support";

function read(change: Parameters<typeof stackJson>[0] = {}): ReturnType<typeof readSynthesizedStack> {
  return readSynthesizedStack(writeStack(stackJson(change)));
}

test("the stream, the processor, the function and the settings are found by their types and references", () => {
  const file = writeStack();

  expect(readSynthesizedStack(file)).toEqual({
    region: "eu-west-1",
    stream: {
      name: "amazon-apigateway-test",
      arn: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/amazon-apigateway-test",
      url: "https://api.moesif.net/v1/partners/aws/kinesis",
      contentEncoding: "GZIP",
      buffering: { megabytes: 1, seconds: 60 },
      retrySeconds: 300,
      backupMode: "FailedDataOnly",
      commonAttributes: { environment: "production" },
      hasAccessKey: true,
      backup: {
        prefix: "firehose/delivered/!{timestamp:yyyy/MM/dd/HH}/",
        errorPrefix: "firehose/failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
        compression: "GZIP",
        buffering: { megabytes: 5, seconds: 300 },
      },
    },
    processor: {
      buffering: { megabytes: 1, seconds: 60 },
      retries: 3,
      function: {
        name: "test-transformer",
        arn: "arn:aws:lambda:eu-west-1:123456789012:function:test-transformer",
        zip: join(dirname(file), "assets", "transformer.zip"),
        handler: "index.handler",
        timeoutSeconds: 10,
        memoryMegabytes: 128,
        environment: { SETTINGS_URL: "" },
        settings: { key: "settings.json", content: '{"version":1}' },
      },
    },
  });
});

test("what is absent has the default of AWS", () => {
  const { stream, processor } = read({
    endpoint: {
      buffering_interval: undefined,
      buffering_size: undefined,
      retry_duration: undefined,
      s3_backup_mode: undefined,
      request_configuration: undefined,
      processing_configuration: undefined,
      s3_configuration: { bucket_arn: "x" },
      secrets_manager_configuration: undefined,
    },
  });

  expect(processor).toBeUndefined();
  expect(stream).toMatchObject({
    contentEncoding: "NONE",
    buffering: { megabytes: 5, seconds: 300 },
    retrySeconds: 300,
    backupMode: "FailedDataOnly",
    commonAttributes: {},
    hasAccessKey: false,
    backup: {
      prefix: "",
      errorPrefix: undefined,
      compression: "UNCOMPRESSED",
      buffering: { megabytes: 5, seconds: 300 },
    },
  });
});

test("a list of one stands for a block, and a string for a number", () => {
  const lambda = { parameter_name: "LambdaArn", parameter_value: "${aws_lambda_function.transformer.arn}:$LATEST" };
  const retries = { parameter_name: "NumberOfRetries", parameter_value: "5" };
  const json = stackJson({
    endpoint: {
      buffering_interval: "30",
      processing_configuration: [{ enabled: "true", processors: [{ type: "Lambda", parameters: [lambda, retries] }] }],
    },
  });
  const streams = (json["resource"] as Record<string, Record<string, Record<string, unknown>>>)[
    "aws_kinesis_firehose_delivery_stream"
  ];
  for (const stream of Object.values(streams ?? {}))
    stream["http_endpoint_configuration"] = [stream["http_endpoint_configuration"]];

  const stack = readSynthesizedStack(writeStack(json));
  expect(stack.stream.buffering.seconds).toBe(30);
  expect(stack.processor?.retries).toBe(5);
});

test("the settings are what Terraform would write: its escapes are undone", () => {
  const { processor } = read({ object: { content: '{"a":"$${b}","c":"%%{d}","e":"$x","f":"100%"}' } });
  expect(processor?.function.settings?.content).toBe('{"a":"${b}","c":"%{d}","e":"$x","f":"100%"}');
});

test("a reference to what is written out in the same stack is resolved", () => {
  const { processor } = read({
    function: {
      environment: {
        variables: { STREAM: "x-${aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.name}-y" },
      },
    },
  });
  expect(processor?.function.environment).toEqual({ STREAM: "x-amazon-apigateway-test-y" });
});

test("where secrets are in AWS need not be known", () => {
  const { processor } = read({
    function: {
      environment: {
        variables: {
          APPLICATION_ID_SECRET: "${data.aws_secretsmanager_secret.application_id.arn}",
          HASH_KEY_SECRET: "${var.hash_key_secret}",
        },
      },
    },
  });
  expect(processor?.function.environment).toEqual({ APPLICATION_ID_SECRET: "", HASH_KEY_SECRET: "" });
});

test("a function is found behind its alias, and its zip below the module", () => {
  const json = stackJson({
    endpoint: {
      processing_configuration: {
        enabled: true,
        processors: {
          type: "Lambda",
          parameters: { parameter_name: "LambdaArn", parameter_value: "${aws_lambda_alias.live.arn}" },
        },
      },
    },
    function: { filename: "${path.module}/assets/transformer.zip" },
  });
  Object.assign(json["resource"] as object, {
    aws_lambda_alias: { live: { function_name: "${aws_lambda_function.transformer.function_name}" } },
  });
  const file = writeStack(json);
  expect(readSynthesizedStack(file).processor?.function.zip).toBe(join(dirname(file), "assets", "transformer.zip"));
});

test.each([
  ["cn-north-1", "aws-cn"],
  ["us-gov-west-1", "aws-us-gov"],
])("a stream in %s has an ARN of the partition %s", (region, partition) => {
  const json = { ...stackJson(), provider: { aws: [{ region }] } };
  expect(readSynthesizedStack(writeStack(json)).stream.arn).toMatch(
    `arn:${partition}:firehose:${region}:000000000000:`,
  );
});

test.each([
  [
    "a name known at plan time",
    { stream: { name: "amazon-apigateway-${var.name}" } },
    /delivery_stream\.name is \$\{var\.name\}, which is known only when Terraform plans/,
  ],
  [
    "a URL known at plan time",
    { endpoint: { url: "${var.url}" } },
    /http_endpoint_configuration\.url is \$\{var\.url\}/,
  ],
  [
    "a URL that is not https",
    { endpoint: { url: "http://api.moesif.net/" } },
    /url is "http:\/\/api.moesif.net\/", which is not/,
  ],
  [
    "processing without a processor",
    { endpoint: { processing_configuration: { enabled: true } } },
    /may hold one processor/,
  ],
  ["a missing URL", { endpoint: { url: undefined } }, /http_endpoint_configuration\.url is missing/],
  ["a directive", { stream: { name: "%{ if true }x%{ endif }" } }, /name is %\{ if true \}/],
  [
    "a setting that is no number",
    { endpoint: { retry_duration: "long" } },
    /retry_duration is "long", which is not a number/,
  ],
  [
    "a variable known at plan time",
    { function: { environment: { variables: { A: "${var.a}" } } } },
    /environment\.A is \$\{var\.a\}/,
  ],
  [
    "settings known at plan time",
    { object: { content: "${jsonencode(local.settings)}" } },
    /aws_s3_object\.settings\.content is \$\{jsonencode/,
  ],
  [
    "settings elsewhere",
    { function: { environment: { variables: { SETTINGS_URL: "s3://bucket/key" } } } },
    /SETTINGS_URL refers to no aws_s3_object/,
  ],
  [
    "another processor",
    { endpoint: { processing_configuration: { enabled: true, processors: [{ type: "Decompression" }] } } },
    /may hold one processor, of the type Lambda/,
  ],
  [
    "a function elsewhere",
    {
      endpoint: {
        processing_configuration: {
          enabled: true,
          processors: [
            { type: "Lambda", parameters: [{ parameter_name: "LambdaArn", parameter_value: "arn:aws:lambda:x" }] },
          ],
        },
      },
    },
    /LambdaArn refers to no aws_lambda_function/,
  ],
  [
    "another compression",
    { endpoint: { s3_configuration: { compression_format: "Snappy" } } },
    /compression_format is Snappy/,
  ],
] as const)("%s is refused, by its address", (_, change, message) => {
  expect(() => read(change)).toThrow(message);
});

test("a stack without a stream, and a file that is no JSON, are refused", () => {
  expect(() => readSynthesizedStack(writeStack({ resource: {} }))).toThrow(
    /holds 0 delivery streams with an HTTP endpoint/,
  );
  expect(() => readSynthesizedStack(join(temporaryDirectory(), "cdk.tf.json"))).toThrow(
    /cannot be read as Terraform JSON/,
  );
});

test("an expression ends at its own brace, also with braces and strings inside", () => {
  const document = new TerraformDocument({});
  expect(() => document.text('a${merge({a = "}"}, {})}b', "x")).toThrow('x is ${merge({a = "}"}, {})}, which');
  expect(document.textIfKnown("$$${a}")).toBe("$${a}");
});
