/** What a pipeline sends: output, identities, filter, sampling, hashes, and the secrets that the function needs for it. */
import { type MoesifPipelineProps, MoesifPipeline } from "../../modules";
import { Token } from "../../modules/cdk";
import { synthesize, variable } from "../support/synth";

const SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif-AbC123";
const HASH_SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:hash-key-AbC123";

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

const documentOf = (props: Partial<MoesifPipelineProps>) => {
  const { version, accountId, region, ...rest } = JSON.parse(pipeline(props).resource("aws_s3_object").content);
  expect([version, accountId, region]).toEqual([1, "111111111111", "us-east-1"]);
  return rest;
};

const destinationOf = (stack: ReturnType<typeof pipeline>) =>
  stack.resource("aws_kinesis_firehose_delivery_stream").http_endpoint_configuration;

const variablesOf = (props: Partial<MoesifPipelineProps>) => {
  const {
    SETTINGS_URL: _url,
    SETTINGS_SHA256: _sha256,
    ...rest
  } = pipeline(props).resource("aws_lambda_function").environment.variables;
  return rest;
};

describe("the settings document", () => {
  it("says everything that was said", () => {
    const said = {
      identity: {
        user: ["principalId", { from: "caller", extract: "^[a-z]+:(.+)$", lowerCase: true }],
        company: [{ from: "apiKeyId", map: { abc123: "acme" } }, { template: "{stage}:{metadata.orgId}" }],
        subscription: ["metadata.plan"],
        sessionToken: ["claims.jti"],
      },
      filter: [
        { keep: { status: ["500", "503"] } },
        { drop: { resourcePath: { pattern: "^/health" }, httpMethod: "GET" } },
      ],
      sampling: { rate: 12.5, by: "user", keepErrors: "server", companyLimit: 1000, refreshSeconds: 30 },
      redaction: { hash: ["apiKeyId"], mask: [{ pattern: "[0-9]{16}" }] },
      enrichment: "none",
      output: "event",
    } as const satisfies Partial<MoesifPipelineProps>;
    const apis = { a1b2c3d4e5: { name: "orders", version: "2", tags: ["public"] } };
    expect(
      documentOf({
        ...said,
        apis,
        hashKey: { secretArn: HASH_SECRET },
        baseUrl: "https://moesif-proxy.example.com/collector/",
        eventTags: ["edge", "production"],
        transformer: { passThrough: true },
      }),
    ).toEqual({
      ...said,
      apis,
      baseUrl: "https://moesif-proxy.example.com/collector",
      tags: ["edge", "production"],
      passThrough: true,
    });
  });

  it("says nothing that is the default", () => {
    expect(
      documentOf({
        output: "accessLog",
        baseUrl: "https://api.moesif.net/",
        enrichment: "full",
        filter: [],
        eventTags: [],
        sampling: { remote: true, rate: 100, by: "request", keepErrors: "none", refreshSeconds: 60, timeoutSeconds: 3 },
        transformer: { passThrough: false },
      }),
    ).toEqual({});
  });

  it("has 0 percent and no remote rules, which are none of the defaults", () => {
    expect(documentOf({ sampling: { remote: false, rate: 0 } })).toEqual({ sampling: { remote: false, rate: 0 } });
  });

  it("takes a map of identities that only Terraform knows, as of API keys that it makes", () => {
    const stack = synthesize((scope) => {
      const map = Token.asStringMap(variable(scope, "companies", "map(string)", { abc: "acme" }).value);
      new MoesifPipeline(scope, "pipeline", {
        applicationId: { secretArn: SECRET },
        identity: { company: [{ from: "apiKeyId", map }] },
      });
    });
    const { pipeline_transformer_settings_json: template } = stack.json.locals;
    expect(template).toContain('"identity":{"company":[{"from":"apiKeyId","map":${jsonencode(var.companies)}}]}');
  });
});

describe("the output", () => {
  it.each<[MoesifPipelineProps["output"], string]>([
    [undefined, "https://api.moesif.net/v1/partners/aws/kinesis"],
    ["accessLog", "https://api.moesif.net/v1/partners/aws/kinesis"],
    ["event", "https://api.moesif.net/v1/partners/aws/kinesis/events"],
  ])("%s goes to %s", (output, url) => {
    expect(destinationOf(pipeline({ output })).url).toBe(url);
  });

  it("event is refused where records bypass the transformer", () => {
    expect(() => pipeline({ output: "event", transformer: { enabled: false } })).toThrow(
      /transformer\.enabled: output event requires transformer\.enabled/,
    );
  });
});

describe("the function", () => {
  it("is told where the application id is, unless it does not ask Moesif for rules", () => {
    const told = { APPLICATION_ID_SECRET: SECRET };
    expect(variablesOf({})).toEqual(told);
    expect(variablesOf({ sampling: { rate: 10 } })).toEqual(told);
    expect(variablesOf({ sampling: { remote: false } })).toEqual({});
    expect(variablesOf({ transformer: { passThrough: true } })).toEqual({});
    expect(variablesOf({ transformer: { enabled: false } })).toEqual({});
  });

  it("is told where the key of hashes is, by a name that is looked up", () => {
    const stack = pipeline({ redaction: { hash: ["user"] }, hashKey: { secretName: "moesif/hash-key" } });
    const secret = "${data.aws_secretsmanager_secret.pipeline_hash_key_secret.arn}";
    expect(stack.resource("aws_lambda_function").environment.variables.HASH_KEY_SECRET).toBe(secret);
    expect(stack.policy("pipeline_transformer_role").ReadHashKey.Resource).toEqual([secret]);
    expect(stack.data("aws_secretsmanager_secret").name).toBe("moesif/hash-key");
  });

  it("waits for the value of a secret that Terraform creates, if it reads it", () => {
    const dependencies = (props: Partial<MoesifPipelineProps>) => {
      const stack = synthesize((scope) => {
        const value = variable(scope, "application_id", "string", undefined).stringValue;
        new MoesifPipeline(scope, "pipeline", {
          applicationId: { createSecret: { name: "moesif/application-id", value } },
          ...props,
        });
      });
      return stack.resource("aws_lambda_function").depends_on as string[];
    };
    const version = "aws_secretsmanager_secret_version.pipeline_application_id_version";
    expect(dependencies({})).toContain(version);
    expect(dependencies({ sampling: { remote: false } })).not.toContain(version);
  });

  it("knows the partition of its stream where it is given, and asks the provider where not", () => {
    const streamOf = (stack: ReturnType<typeof pipeline>) => stack.policy("pipeline_transformer_role").PutBack.Resource;
    expect(
      streamOf(
        pipeline({ partition: "aws-cn", applicationId: { secretArn: SECRET.replace("arn:aws", "arn:aws-cn") } }),
      ),
    ).toEqual(["arn:aws-cn:firehose:us-east-1:111111111111:deliverystream/amazon-apigateway-moesif"]);
    expect(pipeline({ partition: "aws" }).json.data).toBeUndefined();
    expect(streamOf(pipeline())[0]).toMatch(
      /^arn:\$\{data\.aws_partition\.pipeline_environment_partition\.partition\}:/,
    );
  });
});

describe("a transformer that records bypass", () => {
  const hashing = { redaction: { hash: ["user"] }, hashKey: { secretName: "moesif/hash-key" } };

  it.each<[string, Partial<MoesifPipelineProps>]>([
    ["redaction", { redaction: { ip: "truncate" } }],
    ["filter", { filter: [{ drop: { resourcePath: "/health" } }] }],
    ["sampling", { sampling: { rate: 10 } }],
    ["identity", { identity: { user: ["principalId"] } }],
    ["redaction, hashKey", hashing],
  ])("is refused beside %s, with what to do", (named, props) => {
    const refusal = () => pipeline({ ...props, transformer: { enabled: false } });
    expect(refusal).toThrow(new RegExp(`transformer.enabled: ${named} requires? transformer.enabled`));
    expect(refusal).toThrow("or keep the transformer: transformer.passThrough: true turns off everything but");
  });

  it("is taken where nothing relies on it", () => {
    const nothing = { redaction: {}, filter: [], sampling: { rate: 100 }, identity: {} };
    expect(() => pipeline({ transformer: { enabled: false } })).not.toThrow();
    expect(() => pipeline({ ...nothing, transformer: { enabled: false } })).not.toThrow();
  });
});

describe("a pipeline is refused for", () => {
  const identity = (...user: unknown[]) => ({ identity: { user } }) as Partial<MoesifPipelineProps>;
  const filter = (...rules: unknown[]) => ({ filter: rules }) as Partial<MoesifPipelineProps>;
  const hashKey = { secretName: "moesif/hash-key" };

  it.each<[string, Partial<MoesifPipelineProps>, RegExp]>([
    ["another output", { output: "actions" } as never, /output: [^]*one of accessLog, event/],
    ["another enrichment", { enrichment: "some" } as never, /enrichment: [^]*one of full, none/],
    ["no rule of identity", identity(), /identity\.user: the list is empty/],
    ["two sources", identity({ from: "user", template: "{user}" }), /exactly one of from, template/],
    ["no source", identity({ lowerCase: true }), /exactly one of from, template/],
    ["a template in from", identity("{stage}:{user}"), /identity\.user\[0\]: [^]*a string with braces is a template/],
    ["an open brace", identity({ template: "{stage}:{user" }), /a string with keys or paths in braces/],
    ["a template without a field", identity({ template: "everybody" }), /a string with keys or paths in braces/],
    ["an empty map", identity({ from: "apiKeyId", map: {} }), /map: the map is empty/],
    ["an empty id", identity({ from: "apiKeyId", map: { a: "" } }), /map\.a: [^]*an id of 1 to 1024 characters/],
    [
      "an extract of two groups",
      identity({ from: "user", extract: "([a-z]+):([0-9]+)" }),
      /this pattern has 2 capturing groups [^]*keep one, and write the others as \(\?: \)/,
    ],
    [
      "an extract of Terraform's",
      identity({ from: "user", extract: "${TfToken[TOKEN.0]}" }),
      /extract: this is a token/,
    ],
    [
      "a subscription in access logs",
      { identity: { subscription: ["plan"] } },
      /identity.subscription requires output event/,
    ],
    ["a session token in access logs", { identity: { sessionToken: ["jti"] } }, /requires output event/],
    ["a misspelt key of a rule", identity({ form: "user" }), /form/],
    ["a rule that drops and keeps", filter({ drop: { a: "b" }, keep: { a: "c" } }), /exactly one of drop, keep/],
    ["a rule without fields", filter({ drop: {} }), /name at least one field/],
    ["a field without texts", filter({ drop: { status: [] } }), /status: the list is empty/],
    ["a boolean where texts are compared", filter({ drop: { status: true } }), /status: true is a boolean/],
    ["an absent value, which matches nothing", filter({ drop: { user: "-" } }), /and not '-'/],
    [
      "a filter that looks ahead",
      filter({ drop: { user: { pattern: "(?!a)" } } }),
      /this pattern uses look-around, which RE2 does not have/,
    ],
    ["a rate above 100", { sampling: { rate: 101 } }, /sampling\.rate: [^]*a number from 0 to 100 \(percent\)/],
    ["a text as rate", { sampling: { rate: "10" as never } }, /sampling\.rate/],
    [
      "another unit of sampling",
      { sampling: { by: "session" } } as never,
      /sampling\.by: [^]*one of request, user, company/,
    ],
    [
      "other errors",
      { sampling: { keepErrors: "client" } } as never,
      /sampling\.keepErrors: [^]*one of none, server, all/,
    ],
    ["a limit of nothing", { sampling: { companyLimit: 0 } }, /sampling\.companyLimit: [^]*a whole number from 1/],
    ["a look at every turn", { sampling: { refreshSeconds: 9 } }, /sampling\.refreshSeconds: [^]*.* from 10/],
    ["a long wait", { sampling: { timeoutSeconds: 31 } }, /sampling\.timeoutSeconds: [^]*.* from 1 to 30/],
    [
      "a wait as long as the invocation",
      { sampling: { timeoutSeconds: 5 }, transformer: { timeoutSeconds: 5 } },
      /waits 5 s for Moesif's rules, and its timeout is 5 s/,
    ],
    ["an unknown key of sampling", { sampling: { ratio: 1 } as never }, /ratio/],
    ["a comma in a tag", { eventTags: ["a,b"] }, /eventTags\[0\]: [^]*a tag of 1 to 128 characters without comma/],
    ["a version of nothing", { apis: { a1: { version: "" } } }, /apis\.a1\.version/],
    ["hashes without a key", { redaction: { hash: ["user"] } }, /redaction\.hash requires hashKey/],
    ["a key without hashes", { hashKey }, /hashKey is set but redaction\.hash is empty/],
    [
      "a key in two places",
      { redaction: { hash: ["user"] }, hashKey: { ...hashKey, secretArn: SECRET } as never },
      /exactly one/,
    ],
    [
      "a key in no place",
      { redaction: { hash: ["user"] }, hashKey: {} as never },
      /exactly one of secretArn, secretName/,
    ],
    [
      "the key of a secret that there is not",
      { redaction: { hash: ["user"] }, hashKey: { kmsKeyArn: "arn:aws:kms:us-east-1:111111111111:key/1" } as never },
      /exactly one of secretArn, secretName/,
    ],
    ["a hash of what Moesif must read", { redaction: { hash: ["status"] }, hashKey }, /other than apiId, requestTime/],
    ["a hash of metadata as a whole", { redaction: { hash: ["metadata"] }, hashKey }, /durationMs, metadata/],
    [
      "a hash of what is removed",
      { redaction: { hash: ["user", "ip"], fields: { remove: ["ip"] } }, hashKey },
      /redaction\.hash\[1\]: ip is removed by redaction\.fields\.remove/,
    ],
  ])("%s, with what would be right", (_, props, message) => {
    expect(() => pipeline(props)).toThrow(message);
  });

  it("nothing where the wait for rules cannot outlast the invocation, since nobody waits", () => {
    expect(() => pipeline({ sampling: { remote: false }, transformer: { timeoutSeconds: 2 } })).not.toThrow();
    expect(() => pipeline({ transformer: { timeoutSeconds: 3 } })).toThrow(/timeout is 3 s/);
  });
});
