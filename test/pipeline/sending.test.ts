/** What a pipeline sends: output, identities, filter, sampling, hashes, and the secrets that the function needs for it. */
import { type MoesifPipelineProps, MoesifPipeline } from "../../modules";
import { type IResolvable, Token } from "../../modules/cdk";
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
  const { SETTINGS_URL: _, ...rest } = pipeline(props).resource("aws_lambda_function").environment.variables;
  return rest;
};

describe("the settings document", () => {
  it("says everything that was said", () => {
    const said = {
      identity: {
        user: ["principalId", { from: "caller", extract: "^[a-z]+:(.+)$", lowerCase: true }],
        company: [{ from: "apiKeyId", map: { abc123: "acme" } }, { template: "{stage}:{metadata.orgId}" }],
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
    };
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
    const [template] = Object.values(stack.json.locals);
    expect(template).toContain('"identity":{"company":[{"from":"apiKeyId","map":${jsonencode(var.companies)}}]}');
  });
});

describe("the output", () => {
  it.each([
    [undefined, "https://api.moesif.net/v1/partners/aws/kinesis"],
    ["accessLog", "https://api.moesif.net/v1/partners/aws/kinesis"],
    ["event", "https://api.moesif.net/v1/partners/aws/kinesis/events"],
  ])("%s goes to %s", (output, url) => {
    expect(destinationOf(pipeline({ output })).url).toBe(url);
  });

  it("that only Terraform knows decides the address when it is known", () => {
    const stack = synthesize((scope) => {
      const output = variable(scope, "output", "string", "event").stringValue;
      new MoesifPipeline(scope, "pipeline", { applicationId: { secretArn: SECRET }, output });
    });
    expect(destinationOf(stack).url).toBe(
      'https://api.moesif.net${(var.output == "event") ? "/v1/partners/aws/kinesis/events" : "/v1/partners/aws/kinesis"}',
    );
  });

  it("event is refused where records bypass the transformer, also when Terraform finds out", () => {
    const message = /transformer\.enabled must be true with output event/;
    expect(() => pipeline({ output: "event", transformer: { enabled: false } })).toThrow(message);
    const conditions = (props: (scope: Parameters<typeof variable>[0]) => Partial<MoesifPipelineProps>) => {
      const stack = synthesize((scope) => {
        new MoesifPipeline(scope, "pipeline", { applicationId: { secretArn: SECRET }, ...props(scope) });
      });
      const all: { condition: string; error_message: string }[] =
        stack.resource("aws_kinesis_firehose_delivery_stream").lifecycle?.precondition ?? [];
      return all.flatMap(({ condition, error_message }) => (message.test(error_message) ? [condition] : []));
    };
    const output = (scope: Parameters<typeof variable>[0]) => variable(scope, "output", "string", "event").stringValue;
    const enabled = (scope: Parameters<typeof variable>[0]) => variable(scope, "enabled", "bool", true).booleanValue;
    expect(conditions((scope) => ({ output: output(scope), transformer: { enabled: enabled(scope) } }))).toEqual([
      '${(var.enabled || (var.output != "event"))}',
    ]);
    expect(conditions((scope) => ({ output: output(scope), transformer: { enabled: false } }))).toEqual([
      '${(var.output != "event")}',
    ]);
    expect(conditions((scope) => ({ output: "event", transformer: { enabled: enabled(scope) } }))).toEqual([
      "${var.enabled}",
    ]);
    expect(conditions((scope) => ({ transformer: { enabled: enabled(scope) } }))).toEqual([]);
  });
});

describe("the function", () => {
  it("is told where the application id is, unless it certainly does not ask Moesif for rules", () => {
    const told = { APPLICATION_ID_SECRET: SECRET };
    expect(variablesOf({})).toEqual(told);
    expect(variablesOf({ sampling: { rate: 10 } })).toEqual(told);
    expect(variablesOf({ sampling: { remote: false } })).toEqual({});
    expect(variablesOf({ transformer: { passThrough: true } })).toEqual({});
    expect(variablesOf({ transformer: { enabled: false } })).toEqual({});
  });

  it("is told where the application id is if Terraform finds that it asks", () => {
    const stack = synthesize((scope) => {
      const flag = (name: string) => variable(scope, name, "bool", false).booleanValue;
      new MoesifPipeline(scope, "pipeline", {
        applicationId: { secretArn: SECRET },
        sampling: { remote: flag("remote") },
        transformer: { passThrough: flag("pass_through") },
      });
    });
    const asks = "(var.remote && !var.pass_through)";
    expect(stack.resource("aws_lambda_function").environment.variables).toContain(
      `${asks} ? {"APPLICATION_ID_SECRET" = "${SECRET}"} : {}`,
    );
    const { statement, dynamic } = stack.json.data.aws_iam_policy_document.pipeline_transformer_role_permissions;
    expect(statement.map(({ sid }: { sid: string }) => sid)).toEqual(["WriteLog", "ReadSettings", "PutBack"]);
    expect(dynamic.statement).toEqual([
      {
        for_each: `\${${asks} ? [1] : []}`,
        content: { sid: "ReadApplicationId", actions: ["secretsmanager:GetSecretValue"], resources: [SECRET] },
      },
    ]);
  });

  it("is told where the key of hashes is, by a name that is looked up", () => {
    const stack = pipeline({ redaction: { hash: ["user"] }, hashKey: { secretName: "moesif/hash-key" } });
    const secret = "${data.aws_secretsmanager_secret.pipeline_hash_key_secret.arn}";
    expect(stack.resource("aws_lambda_function").environment.variables.HASH_KEY_SECRET).toBe(secret);
    expect(stack.statements("pipeline_transformer_role_permissions").ReadHashKey.resources).toEqual([secret]);
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
    const streamOf = (stack: ReturnType<typeof pipeline>) =>
      stack.statements("pipeline_transformer_role_permissions").PutBack.resources;
    expect(streamOf(pipeline({ partition: "aws-cn", region: "cn-north-1" }))).toEqual([
      "arn:aws-cn:firehose:cn-north-1:111111111111:deliverystream/amazon-apigateway-moesif",
    ]);
    expect(pipeline({ partition: "aws" }).json.data).not.toHaveProperty("aws_partition");
    expect(streamOf(pipeline())[0]).toMatch(
      /^arn:\$\{data\.aws_partition\.pipeline_environment_partition\.partition\}:/,
    );
  });
});

describe("a transformer that records bypass", () => {
  const hashing = { redaction: { hash: ["user"] }, hashKey: { secretName: "moesif/hash-key" } };
  const rulesOf = (enabled: (scope: Parameters<typeof variable>[0]) => boolean | IResolvable) => {
    const stack = synthesize((scope) => {
      const applicationId = { secretArn: SECRET };
      new MoesifPipeline(scope, "pipeline", { applicationId, ...hashing, transformer: { enabled: enabled(scope) } });
    });
    const all: { condition: string; error_message: string }[] =
      stack.resource("aws_lambda_function").lifecycle?.precondition ?? [];
    return all.filter(({ error_message }) => error_message.startsWith("transformer.enabled"));
  };

  it.each<[string, Partial<MoesifPipelineProps>]>([
    ["redaction", { redaction: { ip: "truncate" } }],
    ["filter", { filter: [{ drop: { resourcePath: "/health" } }] }],
    ["sampling", { sampling: { rate: 10 } }],
    ["identity", { identity: { user: ["principalId"] } }],
    ["redaction, hashKey", hashing],
  ])("is refused beside %s, with what to do", (named, props) => {
    const refusal = () => pipeline({ ...props, transformer: { enabled: false } });
    expect(refusal).toThrow(`transformer.enabled must be true with ${named}, which the transformer alone obeys`);
    expect(refusal).toThrow("take that out, or keep the transformer, whose passThrough turns off everything but");
  });

  it("is taken where nothing relies on it", () => {
    const nothing = { redaction: {}, filter: [], sampling: { rate: 100 }, identity: {} };
    expect(() => pipeline({ transformer: { enabled: false } })).not.toThrow();
    expect(() => pipeline({ ...nothing, transformer: { enabled: false } })).not.toThrow();
  });

  it("is refused when Terraform finds out", () => {
    const [rule, ...more] = rulesOf((scope) => variable(scope, "enabled", "bool", true).booleanValue);
    expect(rule).toEqual({
      condition: "${var.enabled}",
      error_message: expect.stringMatching(/must be true with redaction, hashKey.*but the redaction\.$/),
    });
    expect(more).toEqual([]);
    expect(rulesOf(() => true)).toEqual([]);
  });
});

describe("a pipeline is refused for", () => {
  const identity = (...user: unknown[]) => ({ identity: { user } }) as Partial<MoesifPipelineProps>;
  const filter = (...rules: unknown[]) => ({ filter: rules }) as Partial<MoesifPipelineProps>;
  const hashKey = { secretName: "moesif/hash-key" };

  it.each<[string, Partial<MoesifPipelineProps>, RegExp]>([
    ["another output", { output: "actions" }, /output must be one of accessLog, event, and is "actions"/],
    ["another enrichment", { enrichment: "some" }, /enrichment must be one of full, none/],
    ["no rule of identity", identity(), /must hold one rule at least.*at identity\.user/s],
    ["two sources", identity({ from: "user", template: "{user}" }), /exactly one of from and template/],
    ["no source", identity({ lowerCase: true }), /exactly one of from and template/],
    ["a template in from", identity("{stage}:{user}"), /a text with braces is a template.*identity\.user\[0\]/s],
    ["an open brace", identity({ template: "{stage}:{user" }), /a text with keys or paths in braces/],
    ["a template without a field", identity({ template: "everybody" }), /a text with keys or paths in braces/],
    ["an empty map", identity({ from: "apiKeyId", map: {} }), /must map one value at least/],
    ["an empty id", identity({ from: "apiKeyId", map: { a: "" } }), /must be an id of 1 to 1024 characters.*map\.a/s],
    [
      "an extract that could run away",
      identity({ from: "user", extract: "(a+)+b" }),
      /a repetition within a repetition/,
    ],
    [
      "an extract of two groups",
      identity({ from: "user", extract: "([a-z]+):([0-9]+)" }),
      /this pattern has 2 groups that count: leave one, and write the others as \(\?: \)/,
    ],
    ["an extract of Terraform's", identity({ from: "user", extract: "${TfToken[TOKEN.0]}" }), /plan-time value/],
    ["a session token in access logs", { identity: { sessionToken: ["jti"] } }, /needs output event/],
    ["a misspelt key of a rule", identity({ form: "user" }), /form/],
    ["a rule that drops and keeps", filter({ drop: { a: "b" }, keep: { a: "c" } }), /exactly one of drop and keep/],
    ["a rule without fields", filter({ drop: {} }), /must name one field at least/],
    ["a field without texts", filter({ drop: { status: [] } }), /must hold one text at least/],
    ["a number where texts are compared", filter({ drop: { status: 404 } }), /must be a text, a list of texts/],
    ["an absent value, which matches nothing", filter({ drop: { user: "-" } }), /and not '-'/],
    [
      "a filter that looks ahead",
      filter({ drop: { user: { pattern: "(?!a)" } } }),
      /looks ahead.*take that group out/s,
    ],
    ["a rate above 100", { sampling: { rate: 101 } }, /sampling\.rate must be a number from 0 to 100 \(percent\)/],
    ["a text as rate", { sampling: { rate: "10" as never } }, /sampling\.rate/],
    ["another unit of sampling", { sampling: { by: "session" } }, /sampling\.by must be one of request, user, company/],
    ["other errors", { sampling: { keepErrors: "client" } }, /sampling\.keepErrors must be one of none, server, all/],
    ["a limit of nothing", { sampling: { companyLimit: 0 } }, /sampling\.companyLimit must be a whole number from 1/],
    ["a look at every turn", { sampling: { refreshSeconds: 9 } }, /sampling\.refreshSeconds must be .* from 10/],
    ["a long wait", { sampling: { timeoutSeconds: 31 } }, /sampling\.timeoutSeconds must be .* from 1 to 30/],
    [
      "a wait as long as the invocation",
      { sampling: { timeoutSeconds: 5 }, transformer: { timeoutSeconds: 5 } },
      /timeoutSeconds must be above sampling\.timeoutSeconds.*they are 5 and 5/,
    ],
    ["an unknown key of sampling", { sampling: { ratio: 1 } as never }, /ratio/],
    ["a comma in a tag", { eventTags: ["a,b"] }, /a tag of 1 to 128 characters without comma.*tags\[0\]/s],
    ["a version of nothing", { apis: { a1: { version: "" } } }, /apis\.a1\.version/],
    ["hashes without a key", { redaction: { hash: ["user"] } }, /hashKey must be given with redaction\.hash/],
    ["a key without hashes", { hashKey }, /hashKey must not be given without redaction\.hash/],
    [
      "a key in two places",
      { redaction: { hash: ["user"] }, hashKey: { ...hashKey, secretArn: SECRET } },
      /exactly one/,
    ],
    ["a key in no place", { redaction: { hash: ["user"] }, hashKey: {} }, /exactly one of secretArn and secretName/],
    [
      "the key of a secret that there is not",
      { redaction: { hash: ["user"] }, hashKey: { kmsKeyArn: "arn:aws:kms:us-east-1:111111111111:key/1" } },
      /exactly one of secretArn and secretName/,
    ],
    ["a hash of what Moesif must read", { redaction: { hash: ["status"] }, hashKey }, /other than apiId, requestTime/],
    ["a hash of metadata as a whole", { redaction: { hash: ["metadata"] }, hashKey }, /durationMs, metadata/],
    [
      "a hash of what is removed",
      { redaction: { hash: ["user", "ip"], fields: { remove: ["ip"] } }, hashKey },
      /ip is removed by fields\.remove: take it out of the one list or the other.*redaction\.hash\[1\]/s,
    ],
  ])("%s, with what would be right", (_, props, message) => {
    expect(() => pipeline(props)).toThrow(message);
  });

  it("nothing where the wait for rules cannot outlast the invocation, since nobody waits", () => {
    expect(() => pipeline({ sampling: { remote: false }, transformer: { timeoutSeconds: 2 } })).not.toThrow();
    expect(() => pipeline({ transformer: { timeoutSeconds: 3 } })).toThrow(/they are 3 and 3/);
  });
});
