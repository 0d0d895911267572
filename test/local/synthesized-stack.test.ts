/** What the local run reads from synthesized Terraform JSON, and what it says where a stack cannot run locally. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSynthesizedStack, type SynthesizedStack } from "../../local/synthesized-stack";
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

test("what the constructs leave to AWS has its default", () => {
  const { stream, processor } = read(({ endpoint }) => {
    for (const name of Object.keys(endpoint)) if (name !== "url") delete endpoint[name];
    endpoint.s3_configuration = {};
  });

  expect(processor).toBeUndefined();
  expect(stream).toMatchObject({
    contentEncoding: "NONE",
    buffering: { megabytes: 5, seconds: 300 },
    retrySeconds: 300,
    backupMode: "FailedDataOnly",
    commonAttributes: {},
    backup: {
      prefix: "",
      errorPrefix: undefined,
      compression: "UNCOMPRESSED",
      buffering: { megabytes: 5, seconds: 300 },
    },
  });
});

test("the parameters of the processor are numbers in strings", () => {
  const { processor } = read(({ endpoint }) => {
    const [{ parameters }] = endpoint.processing_configuration.processors;
    parameters.push({ parameter_name: "NumberOfRetries", parameter_value: "5" });
  });
  expect(processor?.retries).toBe(5);
});

test("the settings are what Terraform would write: its escapes are undone", () => {
  const { processor } = read(({ settings }) => {
    settings.content = '{"a":"$${b}","c":"%%{d}","e":"$x","f":"100%"}';
  });
  expect(processor?.function.settings).toEqual({ a: "${b}", c: "%{d}", e: "$x", f: "100%" });
});

test("what is written in the same stack is resolved, and what only AWS knows is made up, each value for itself", () => {
  const environment = read(({ function: { environment } }) => {
    environment.variables.STREAM = "x-${aws_kinesis_firehose_delivery_stream.pipeline_delivery_stream.name}";
    environment.variables.ID = "${aws_kms_key.one.id}";
    environment.variables.ARN = "${aws_kms_key.one.arn}";
    environment.variables.AGAIN = "x/${aws_kms_key.one.arn}";
  }).processor!.function.environment;

  const { STREAM, ID = "", ARN = "", AGAIN } = environment;
  expect(STREAM).toBe("x-amazon-apigateway-moesif");
  expect([ID, ARN]).toEqual([UNKNOWN, UNKNOWN].map((form) => expect.stringMatching(form)));
  expect(ID).not.toBe(ARN);
  expect(AGAIN).toBe(`x/${ARN}`);
});

test("beside an enrollment, which has a function and settings of its own, the transformer is found", () => {
  const { processor } = readSynthesizedStack(stackFile(undefined, "examples/existing-stages/rollout.yaml"));
  expect(processor?.function).toMatchObject({ name: "moesif-transform-moesif", settings: { version: 1 } });
});

test.each([
  ["cn-north-1", "aws-cn"],
  ["us-gov-west-1", "aws-us-gov"],
])("a stream in %s has an ARN of the partition %s", (region, partition) => {
  const { stream } = read(({ json }) => (json.provider.aws[0].region = region));
  expect(stream.arn).toMatch(`arn:${partition}:firehose:${region}:111111111111:`);
});

test("a stack without a subscription has no log group", () => {
  expect(read(({ json }) => delete json.resource.aws_cloudwatch_log_subscription_filter).subscription).toBeUndefined();
});

test("a file that is missing, or holds no stack of this package, is refused", () => {
  const file = join(temporaryDirectory(), "cdk.tf.json");
  expect(() => readSynthesizedStack(file)).toThrow(/cannot be read as a stack of this package: ENOENT/);
  writeFileSync(file, '{"resource":{}}');
  expect(() => readSynthesizedStack(file)).toThrow(/cannot be read as a stack of this package/);
});
