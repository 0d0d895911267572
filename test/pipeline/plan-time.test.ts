/** Properties given as Terraform variables: what the real provider makes of them. */
import { MoesifPipeline } from "../../modules";
import { Fn, Op, Token } from "../../modules/cdk";
import { Moto } from "../support/moto";
import { type Refusals, refusals, together } from "../support/planned-together";
import { synthesize, variable } from "../support/synth";
import { describeWithMoto, describeWithTerraform, Terraform } from "../support/terraform";

/** A pipeline in which everything that may be a variable is one. */
function pipelineOfVariables() {
  return synthesize((stack) => {
    const text = (name: string, value: string) => variable(stack, name, "string", value).stringValue;
    const number = (name: string, value: number) => variable(stack, name, "number", value).numberValue;
    const boolean = (name: string, value: boolean) => variable(stack, name, "bool", value).booleanValue;
    const texts = (name: string, value: object) => Token.asStringMap(variable(stack, name, "map(string)", value).value);
    const orNull = (name: string) => {
      const given = text(name, "none");
      return Token.asString(Fn.conditional(Op.eq(given, "none"), Token.nullValue(), given));
    };
    const applicationId = variable(stack, "application_id", "string", undefined);
    applicationId.addOverride("ephemeral", true);
    new MoesifPipeline(stack, "pipeline", {
      accountId: text("account_id", "123456789012"),
      region: text("region", "us-east-1"),
      name: text("name", "orders"),
      partition: text("partition", "aws"),
      baseUrl: text("base_url", "https://moesif-proxy.example.com/"),
      output: text("output", "event"),
      applicationId: {
        createSecret: {
          name: text("secret_name", "moesif/application-id"),
          value: applicationId.stringValue,
          version: number("secret_version", 1),
          recoveryWindowDays: number("recovery_window_days", 0),
        },
      },
      backup: {
        expirationDays: number("expiration_days", 30),
        abortIncompleteUploadDays: number("abort_days", 3),
        kmsKeyArn: orNull("bucket_key"),
        forceDestroy: boolean("force_destroy", true),
        mode: text("backup_mode", "AllData"),
      },
      delivery: {
        bufferIntervalSeconds: number("buffer_interval", 30),
        bufferSizeMb: number("buffer_size", 2),
        retrySeconds: number("retry", 600),
        kmsKeyArn: orNull("stream_key"),
        commonAttributes: texts("common_attributes", { environment: "production" }),
        logRetentionDays: number("error_log_days", 14),
      },
      transformer: {
        retries: number("transform_retries", 3),
        bufferIntervalSeconds: number("transform_buffer_interval", 30),
        bufferSizeMb: number("transform_buffer_size", 0.5),
        enabled: boolean("transformer_enabled", true),
        memoryMb: number("memory", 512),
        timeoutSeconds: number("timeout", 30),
        reservedConcurrency: number("concurrency", 5),
        runtime: text("runtime", "nodejs22.x"),
        architecture: text("architecture", "x86_64"),
        logRetentionDays: number("log_days", 7),
        passThrough: boolean("pass_through", false),
      },
      environment: `${text("environment", "production")} "quoted" \\ %{if} \${x}`,
      apis: variable(stack, "apis", "any", { a1b2c3d4e5: { name: "orders" } }).value,
      metadata: {
        team: text("team", 'the "core" team'),
        note: 'C:\\temp "quoted" %{if} ${x}',
        'key "${y}"': variable(stack, "nested", "any", { deep: ["-", 1] }).value,
      },
      eventTags: Token.asList(variable(stack, "event_tags", "list(string)", ["edge"]).value),
      enrichment: text("enrichment", "none"),
      identity: {
        user: [text("user_field", "principalId"), { template: "{stage}:${x}" }],
        company: [{ from: "apiKeyId", map: texts("companies", { abc123: "acme" }) }],
        sessionToken: ["metadata.session"],
      },
      filter: [{ drop: { resourcePath: { pattern: '^/health"%{2}' } } }],
      sampling: {
        remote: boolean("remote", true),
        rate: number("rate", 12.5),
        by: text("sample_by", "user"),
        keepErrors: text("keep_errors", "server"),
        companyLimit: number("company_limit", 1000),
        refreshSeconds: number("refresh", 30),
        timeoutSeconds: number("rules_timeout", 5),
      },
      redaction: { mask: [{ pattern: '"\\d{2}%{2}' }], hash: ["apiKeyId"] },
      hashKey: { secretName: text("hash_secret_name", "moesif/hash-key") },
      iam: {
        path: text("iam_path", "/moesif/"),
        permissionsBoundary: text("boundary", "arn:aws:iam::123456789012:policy/b"),
        confusedDeputyGuard: text("guard", "externalId"),
      },
      tags: texts("tags", { team: "api" }),
    });
  });
}

/**
 * Bad values and what is said of them. A failed precondition keeps Terraform from what depends on the resource, so
 * the values stand together by how deep their resources lie.
 */
const BAD_VALUES: readonly [string, Readonly<Record<string, [value: unknown, message: RegExp]>>][] = [
  [
    "bucket, secret, logs and roles",
    {
      expiration_days: [0, /expirationDays must be a whole number from 1/],
      secret_name: ["with space", /createSecret.name must be 1 to 512/],
      recovery_window_days: [3, /createSecret.recoveryWindowDays must be one of 0, 7/],
      error_log_days: [31, /retentionDays must be one of 0, 1, 3/],
      guard: ["nobody", /confusedDeputyGuard must be one of externalId, sourceAccount, none/],
      hash_secret_name: ["with space", /secretName must be 1 to 512/],
      log_days: [2, /logRetentionDays must be one of 0, 1, 3/],
      iam_path: ["moesif", /path must be a path that begins and ends with '\/'/],
      boundary: ["admin", /permissionsBoundary must be the ARN of an IAM policy/],
    },
  ],
  [
    "the settings",
    {
      base_url: ["http://api.moesif.net", /baseUrl must be an https address on port 443/],
      enrichment: ["some", /enrichment must be one of full, none/],
      output: ["accessLog", /identity.sessionToken needs output event/],
      rate: [101, /sampling.rate must be a number from 0 to 100/],
      sample_by: ["session", /sampling.by must be one of request, user, company/],
      keep_errors: ["client", /sampling.keepErrors must be one of none, server, all/],
      company_limit: [0, /sampling.companyLimit must be a whole number from 1/],
      refresh: [9, /sampling.refreshSeconds must be a whole number from 10/],
      rules_timeout: [31, /sampling.timeoutSeconds must be a whole number from 1 to 30/],
    },
  ],
  ["the wait for rules", { rules_timeout: [30, /timeoutSeconds must be above sampling.timeoutSeconds/] }],
  [
    "the function",
    {
      name: ["with.full.stop", /name must be 1 to 46 letters/],
      memory: [256.5, /memoryMb must be a whole number from 128/],
      timeout: [301, /timeoutSeconds must be a whole number from 1/],
      concurrency: [-2, /reservedConcurrency must be a whole number from -1/],
      runtime: ["python3.12", /runtime must be a Node.js runtime/],
      architecture: ["z80", /architecture must be one of arm64, x86_64/],
      transformer_enabled: [
        false,
        /transformer.enabled must be true with redaction, filter, sampling, identity, hashKey/,
      ],
    },
  ],
  [
    "the stream",
    {
      base_url: [
        "https://api.moesif.net/v1/partners/aws/kinesis",
        /baseUrl must end before \/v1\/partners\/aws\/kinesis, which is appended/,
      ],
      buffer_interval: [301, /bufferIntervalSeconds must be a whole number from 0 to 300/],
      buffer_size: [64, /bufferSizeMb must be a whole number from 1 to 35/],
      common_attributes: [
        Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`a${index}`, ""])),
        /commonAttributes must be at most 50/,
      ],
      transform_buffer_interval: [280, /must be 300 together at most/],
      retry: [-1, /retrySeconds must be a whole number from 0 to 7200/],
      backup_mode: ["Some", /backup.mode must be one of FailedDataOnly, AllData/],
      transform_buffer_size: [1, /are AWS's defaults, which the AWS provider forgets/],
      transform_retries: [301, /transformer.retries must be a whole number from 0 to 300/],
    },
  ],
];

describeWithTerraform("a pipeline of variables", () => {
  let terraform: Terraform;

  beforeAll(async () => {
    terraform = new Terraform(pipelineOfVariables().directory, {
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      TF_VAR_application_id: "x",
    });
    await terraform.must(["init", "-input=false", "-no-color"]);
  }, 60_000);

  it("is valid", async () => {
    expect(await terraform.validate()).toEqual({ code: 0, output: expect.stringContaining("Success!") });
  }, 60_000);
});

describeWithMoto("a plan of a pipeline of variables", () => {
  let moto: Moto;
  let refused: Refusals;

  beforeAll(async () => {
    moto = await Moto.start();
    await moto.createSecret("123456789012", "us-east-1", "moesif/hash-key", { hash_key: "0".repeat(32) });
    const stack = pipelineOfVariables();
    const cases = BAD_VALUES.map(([, values], index) => {
      const variables = Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value]));
      return [`case_${index}`, { stack, variables: { application_id: "x", ...variables } }];
    });
    const terraform = together(Object.fromEntries(cases), moto.provider(), moto.environment());
    await terraform.must(["init", "-input=false", "-no-color"]);
    refused = await refusals(terraform);
  }, 120_000);

  afterAll(() => moto?.stop());

  it.each(BAD_VALUES.map(([what, values], index) => [what, `case_${index}`, values] as const))(
    "refuses every bad value for %s",
    (_, name, values) => {
      for (const [, message] of Object.values(values)) expect(refused[name]).toMatch(message);
    },
  );
});

describeWithMoto("on an emulated AWS, a pipeline of variables", () => {
  const secret = "the-application-id-itself";
  let moto: Moto;
  let terraform: Terraform;

  beforeAll(async () => {
    moto = await Moto.start();
    await moto.createSecret("123456789012", "us-east-1", "moesif/hash-key", { hash_key: "0".repeat(32) });
    const { directory } = pipelineOfVariables();
    moto.redirect(directory);
    terraform = new Terraform(directory, { ...moto.environment(), TF_VAR_application_id: secret });
    await terraform.must(["init", "-input=false", "-no-color"]);
  }, 60_000);

  afterAll(() => moto?.stop());

  it("is applied, and the next plan is empty", async () => {
    await terraform.apply();
    expect((await terraform.plan()).code).toBe(0);
  }, 240_000);

  it("has the next plan empty, too, once the transformation's parameters are AWS's defaults", async () => {
    const defaults = ["-var", "transform_buffer_size=1", "-var", "transform_buffer_interval=60"];
    await terraform.must(["apply", "-auto-approve", "-input=false", "-no-color", ...defaults]);
    expect((await terraform.plan(...defaults)).code).toBe(0);
  }, 240_000);

  it("writes settings that say what was said, whatever signs it holds", async () => {
    const state = JSON.parse(await terraform.must(["state", "pull"]));
    const [document] = state.resources.filter(({ type }: { type: string }) => type === "aws_s3_object");
    expect(JSON.parse(document.instances[0].attributes.content)).toEqual({
      version: 1,
      accountId: "123456789012",
      region: "us-east-1",
      environment: 'production "quoted" \\ %{if} ${x}',
      metadata: {
        team: 'the "core" team',
        note: 'C:\\temp "quoted" %{if} ${x}',
        'key "${y}"': { deep: ["-", 1] },
      },
      apis: { a1b2c3d4e5: { name: "orders" } },
      tags: ["edge"],
      output: "event",
      baseUrl: "https://moesif-proxy.example.com",
      enrichment: "none",
      identity: {
        user: ["principalId", { template: "{stage}:${x}" }],
        company: [{ from: "apiKeyId", map: { abc123: "acme" } }],
        sessionToken: ["metadata.session"],
      },
      redaction: { mask: [{ pattern: '"\\d{2}%{2}' }], hash: ["apiKeyId"] },
      filter: [{ drop: { resourcePath: { pattern: '^/health"%{2}' } } }],
      sampling: {
        remote: true,
        rate: 12.5,
        by: "user",
        keepErrors: "server",
        companyLimit: 1000,
        refreshSeconds: 30,
        timeoutSeconds: 5,
      },
    });
  }, 60_000);

  it("keeps the application id out of state", async () => {
    const state = await terraform.must(["state", "pull"]);
    expect(state).toContain("moesif/application-id");
    expect(state).not.toContain(secret);
  }, 60_000);

  it("is destroyed without leaving anything", async () => {
    await terraform.destroy();
    expect(await terraform.stateList()).toEqual([]);
  }, 240_000);
});
