/** What the local run reads from synthesized Terraform JSON, and what it says where a stack cannot run locally. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readSynthesizedStack, type SynthesizedStack } from "../../local/synthesized-stack";
import { TerraformDocument } from "../../local/terraform-json";
import { ROOT, stackFile, type Stack } from "./stacks";
import { temporaryDirectory } from "./support";

function read(change?: (stack: Stack) => void): SynthesizedStack {
  return readSynthesizedStack(stackFile(change));
}

const UNKNOWN = /^unknown-[0-9a-f]{12}$/;

test("of the shipped rollout, the stream, the function, the settings and the log group are read", () => {
  const { region, stream, processor, subscription } = read();

  expect(region).toBe("us-east-1");
  expect(stream).toEqual({
    name: "amazon-apigateway-moesif",
    arn: "arn:aws:firehose:us-east-1:111111111111:deliverystream/amazon-apigateway-moesif",
    url: "https://api.moesif.net/v1/partners/aws/kinesis",
    contentEncoding: "GZIP",
    buffering: { megabytes: 4, seconds: 60 },
    retrySeconds: 300,
    backupMode: "FailedDataOnly",
    commonAttributes: {},
    hasAccessKey: true,
    backup: {
      prefix: "firehose/moesif/all/!{timestamp:yyyy/MM/dd/HH}/",
      errorPrefix: "firehose/moesif/failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
      compression: "GZIP",
      buffering: { megabytes: 5, seconds: 300 },
    },
  });
  expect(processor).toMatchObject({
    buffering: { megabytes: 1, seconds: 60 },
    retries: 3,
    function: {
      name: "moesif-transform-moesif",
      arn: "arn:aws:lambda:us-east-1:111111111111:function:moesif-transform-moesif",
      handler: "index.handler",
      timeoutSeconds: 60,
      memoryMegabytes: 512,
      settings: { version: 1, accountId: "111111111111", environment: "production" },
    },
  });
  expect(existsSync(processor!.function.zip)).toBe(true);
  expect(subscription).toEqual({
    logGroup: "/aws/vendedlogs/apigateway/moesif",
    filter: "moesif",
    owner: "111111111111",
  });
});

const EXAMPLES = readdirSync(join(ROOT, "examples"))
  .map((example) => `examples/${example}/rollout.yaml`)
  .filter((rollout) => existsSync(join(ROOT, rollout)));

test.each(EXAMPLES)("of %s, the first stack can be run", (rollout) => {
  const { processor } = readSynthesizedStack(stackFile(undefined, rollout));
  expect(processor?.function.settings).toMatchObject({ version: 1 });
});

test("what is absent has the default of AWS", () => {
  const { stream, processor } = read(({ endpoint }) => {
    for (const name of Object.keys(endpoint)) if (name !== "url") delete endpoint[name];
    endpoint.s3_configuration = { bucket_arn: "x" };
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
  const stack = read(({ stream, endpoint }) => {
    stream.http_endpoint_configuration = [endpoint];
    endpoint.buffering_interval = "30";
    endpoint.processing_configuration = [{ ...endpoint.processing_configuration, enabled: "true" }];
    const [processor] = endpoint.processing_configuration[0].processors;
    processor.parameters.push({ parameter_name: "NumberOfRetries", parameter_value: "5" });
  });

  expect(stack.stream.buffering.seconds).toBe(30);
  expect(stack.processor?.retries).toBe(5);
});

test("the settings are what Terraform would write: its escapes are undone", () => {
  const { processor } = read(({ settings }) => {
    settings.content = '{"a":"$${b}","c":"%%{d}","e":"$x","f":"100%"}';
  });
  expect(processor?.function.settings).toEqual({ a: "${b}", c: "%{d}", e: "$x", f: "100%" });
});

test("references to what is written out in the same stack are resolved", () => {
  const { processor } = read((stack) => {
    stack.json.variable = { owner: { default: "payments" } };
    stack.json.locals = { team: "${var.owner}-team" };
    stack.function.environment.variables.STREAM =
      "x-${aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.name}-${local.team}";
  });
  expect(processor?.function.environment).toMatchObject({ STREAM: "x-amazon-apigateway-moesif-payments-team" });
});

describe("a value that only Terraform knows", () => {
  test("is made up: one value for each address and attribute", () => {
    const environment = read(({ function: { environment } }) => {
      environment.variables.ID = "${aws_kms_key.one.id}";
      environment.variables.ARN = "${aws_kms_key.one.arn}";
      environment.variables.OTHER = "${aws_kms_key.two.arn}";
      environment.variables.AGAIN = "x/${aws_kms_key.one.arn}";
    }).processor!.function.environment;

    const { ID = "", ARN = "", OTHER = "", AGAIN = "" } = environment;
    expect([ID, ARN, OTHER]).toEqual([UNKNOWN, UNKNOWN, UNKNOWN].map((form) => expect.stringMatching(form)));
    expect(new Set([ID, ARN, OTHER]).size).toBe(3);
    expect(AGAIN).toBe(`x/${ARN}`);
  });

  test("may be in every name, in the environment and in the settings", () => {
    const stack = read(({ stream, endpoint, function: lambda, settings, subscription }) => {
      stream.name = "amazon-apigateway-${random_id.a.hex}";
      endpoint.request_configuration.common_attributes = [{ name: "id", value: "${random_id.b.hex}" }];
      endpoint.s3_configuration.prefix = "${random_id.c.hex}/";
      lambda.function_name = "${random_id.d.hex}";
      settings.content = '{"version":1,"apis":{"${aws_api.e.id}":{}},"tag":"a-${var.f}","rate":${jsonencode(var.g)}}';
      subscription.log_group_name = "${random_id.h.hex}";
    });

    expect(stack.stream.name).toMatch(/^amazon-apigateway-unknown-/);
    expect(stack.stream.commonAttributes["id"]).toMatch(UNKNOWN);
    expect(stack.stream.backup.prefix).toMatch(/^unknown-[0-9a-f]{12}\/$/);
    expect(stack.processor?.function.name).toMatch(UNKNOWN);
    expect(stack.processor?.function.settings).toEqual({
      version: 1,
      apis: { [String(Object.keys((stack.processor!.function.settings as { apis: object }).apis)[0])]: {} },
      tag: expect.stringMatching(/^a-unknown-/) as string,
      rate: expect.stringMatching(UNKNOWN) as string,
    });
    expect(stack.subscription?.logGroup).toMatch(UNKNOWN);
  });

  test.each([
    [
      "settings-${terraform_data.revision.id}.json",
      "s3://${aws_s3_object.ADDRESS.bucket}/${aws_s3_object.ADDRESS.key}",
    ],
    ["settings.json", "s3://bucket/settings.json?versionId=${aws_s3_object.ADDRESS.version_id}"],
  ])("may be in the key %s of the settings, and in their URL", (key, url) => {
    const { function: lambda } = read((stack) => {
      const [address] = Object.keys(stack.json.resource.aws_s3_object);
      stack.settings.key = key;
      Object.assign(stack.function.environment.variables, {
        SETTINGS_URL: url.replaceAll("ADDRESS", address!),
        SETTINGS_SHA256: "${sha256(aws_s3_object.settings.content)}",
      });
    }).processor!;
    expect(lambda.settings).toMatchObject({ version: 1, accountId: "111111111111" });
  });
});

test("a function is found behind its alias, and its zip below the module", () => {
  const change = ({ json, endpoint, function: lambda }: Stack): void => {
    const [address] = Object.keys(json.resource.aws_lambda_function);
    json.resource.aws_lambda_alias = { live: { function_name: `\${aws_lambda_function.${address}.function_name}` } };
    endpoint.processing_configuration.processors[0].parameters[0].parameter_value = "${aws_lambda_alias.live.arn}";
    lambda.filename = "${path.module}/assets/transformer.zip";
  };
  const file = stackFile(change);
  expect(readSynthesizedStack(file).processor?.function.zip).toBe(join(dirname(file), "assets", "transformer.zip"));
});

test.each([
  ["cn-north-1", "aws-cn"],
  ["us-gov-west-1", "aws-us-gov"],
])("a stream in %s has an ARN of the partition %s", (region, partition) => {
  const { stream } = read(({ json }) => (json.provider = { aws: [{ region }] }));
  expect(stream.arn).toMatch(`arn:${partition}:firehose:${region}:000000000000:`);
});

test.each<[string, (stack: Stack) => void]>([
  ["one to another stream", ({ subscription }) => (subscription.destination_arn = "${aws_kinesis_stream.other.arn}")],
  ["one with a pattern", ({ subscription }) => (subscription.filter_pattern = '{ $.status = "500" }')],
  ["one with an unknown pattern", ({ subscription }) => (subscription.filter_pattern = "${var.pattern}")],
  ["none", ({ json }) => delete json.resource.aws_cloudwatch_log_subscription_filter],
])("no log group is read where the subscription is %s", (_, change) => {
  expect(read(change).subscription).toBeUndefined();
});

test.each<[string, (stack: Stack) => void, RegExp]>([
  [
    "an unknown URL",
    ({ endpoint }) => (endpoint.url = "${var.url}"),
    /delivery_stream\.http_endpoint_configuration\.url is \$\{var\.url\}\. Only Terraform knows this value, and the run/,
  ],
  [
    "a URL that is not https",
    ({ endpoint }) => (endpoint.url = "http://api.moesif.net/"),
    /url is "http:\/\/api.moesif.net\/", which is not/,
  ],
  ["a missing URL", ({ endpoint }) => delete endpoint.url, /http_endpoint_configuration\.url is missing/],
  [
    "processing without a processor",
    ({ endpoint }) => (endpoint.processing_configuration = { enabled: true }),
    /may hold one processor/,
  ],
  [
    "another processor",
    ({ endpoint }) => (endpoint.processing_configuration.processors[0].type = "Decompression"),
    /may hold one processor, of the type Lambda/,
  ],
  [
    "an unknown number",
    ({ endpoint }) => (endpoint.retry_duration = "${var.seconds}"),
    /retry_duration is \$\{var\.seconds\}/,
  ],
  [
    "a setting that is no number",
    ({ endpoint }) => (endpoint.retry_duration = "long"),
    /retry_duration is "long", which is not a number/,
  ],
  [
    "unknown settings",
    ({ settings }) => (settings.content = "${jsonencode(local.settings)}"),
    /aws_s3_object\.\w+\.content is \$\{jsonencode/,
  ],
  ["settings that are no object", ({ settings }) => (settings.content = "[1]"), /content is no JSON object: \[1\]/],
  [
    "settings elsewhere",
    (stack) => (stack.function.environment.variables.SETTINGS_URL = "s3://bucket/key"),
    /SETTINGS_URL refers to no aws_s3_object/,
  ],
  [
    "a function elsewhere",
    ({ endpoint }) =>
      (endpoint.processing_configuration.processors[0].parameters[0].parameter_value = "arn:aws:lambda:x"),
    /LambdaArn refers to no aws_lambda_function/,
  ],
  [
    "another compression",
    ({ endpoint }) => (endpoint.s3_configuration.compression_format = "Snappy"),
    /compression_format is Snappy/,
  ],
])("%s is refused, by its address", (_, change, message) => {
  expect(() => read(change)).toThrow(message);
});

test("a stack without a stream, and a file that is no JSON, are refused", () => {
  const file = join(temporaryDirectory(), "cdk.tf.json");
  expect(() => readSynthesizedStack(file)).toThrow(/cannot be read as Terraform JSON/);
  writeFileSync(file, '{"resource":{}}');
  expect(() => readSynthesizedStack(file)).toThrow(/holds 0 delivery streams with an HTTP endpoint/);
});

test("an expression ends at its own brace, also with braces and strings inside", () => {
  const document = new TerraformDocument({});
  expect(document.text('a${merge({a = "}"}, {})}b', "x")).toMatch(/^aunknown-[0-9a-f]{12}b$/);
  expect(document.text("%{ if true }x%{ endif }", "x")).toMatch(/^unknown-[0-9a-f]{12}xunknown-[0-9a-f]{12}$/);
  expect(document.textIfKnown("$$${a}")).toBe("$${a}");
});
