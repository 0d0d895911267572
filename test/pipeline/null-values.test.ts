/** Plan-time values that are null: all is then as if they had been left out. */
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { MoesifPipeline, type MoesifPipelineProps } from "../../modules";
import { type TerraformStack, Token } from "../../modules/cdk";
import { synthesize, variable } from "../support/synth";
import { plannedModels } from "../support/planned-model";
import { type Case, type Refusals, refusals, together } from "../support/planned-together";
import { describeWithTerraform } from "../support/terraform";

const ACCOUNT = { accountId: "111111111111", region: "us-east-1", partition: "aws" };
const SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif-AbC123";
const HASH_SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:hash-key-AbC123";
const BOUNDARY = "arn:aws:iam::111111111111:policy/boundary";
const key = (digit: number) => `arn:aws:kms:us-east-1:111111111111:key/${digit}1111111-2222-3333-4444-555555555555`;

/** What each variable may be given. */
const GIVEN = {
  environment: 'the "live" one',
  metadata: { team: 'the "core" team', note: "C:\\temp %{if} ${x}", deep: { list: ["-", 1, true] } },
  event_tags: ["edge", "public"],
  apis: { a1b2c3d4e5: { name: "orders", tags: ["v2"] } },
  identity: {
    user: ["principalId", { template: "{stage}:{caller}" }],
    company: [{ from: "apiKeyId", map: { a: "b" } }],
  },
  filter: [{ drop: { resourcePath: { pattern: '^/health"%{2}' } } }],
  sampling: { rate: 12.5, by: "user", refreshSeconds: 30 },
  redaction: { mask: [{ pattern: '"\\d{2}' }], hash: ["apiKeyId"] },
  hash_key: HASH_SECRET,
  hash_kms_key: key(1),
  secret_kms_key: key(2),
  bucket_kms_key: key(3),
  stream_kms_key: key(4),
  log_kms_key: key(5),
  boundary: BOUNDARY,
};

type Values = { readonly [name in keyof typeof GIVEN]?: any } & { readonly pass_through?: any; readonly enabled?: any };

/** A pipeline of what is given, as plan-time values or as literals. */
function propsOf(given: Values): MoesifPipelineProps {
  return {
    ...ACCOUNT,
    environment: given.environment,
    metadata: given.metadata,
    eventTags: given.event_tags,
    apis: given.apis,
    identity: given.identity,
    filter: given.filter,
    sampling: given.sampling,
    redaction: given.redaction,
    hashKey: (given.hash_key ?? given.hash_kms_key) && { secretArn: given.hash_key, kmsKeyArn: given.hash_kms_key },
    applicationId: { secretArn: SECRET, kmsKeyArn: given.secret_kms_key },
    backup: { kmsKeyArn: given.bucket_kms_key },
    delivery: { kmsKeyArn: given.stream_kms_key },
    stageLogs: { kmsKeyArn: given.log_kms_key },
    iam: { permissionsBoundary: given.boundary },
    transformer: { passThrough: given.pass_through, enabled: given.enabled },
  };
}

const pipelineOf = (values: (stack: TerraformStack) => Values) =>
  synthesize((stack) => new MoesifPipeline(stack, "pipeline", propsOf(values(stack))).stageLogGroup());

/** The pipeline in which each of them is a variable. */
const pipelineOfVariables = () =>
  pipelineOf((stack) => {
    const values = Object.entries(GIVEN).map(([name, given]) => {
      if (typeof given === "string") return [name, variable(stack, name, "string", undefined).stringValue];
      const { value } = variable(stack, name, "any", undefined);
      return [name, name === "event_tags" ? Token.asList(value) : value];
    });
    const flag = (name: string, value: boolean) => variable(stack, name, "bool", value).booleanValue;
    return { ...Object.fromEntries(values), pass_through: flag("pass_through", false), enabled: flag("enabled", true) };
  });

describe("a pipeline of values that may be null", () => {
  const stack = pipelineOfVariables();

  it("has the resources of one without them", () => {
    expect(stack.addresses()).toEqual(pipelineOf(() => ({})).addresses());
    expect(stack.addresses()).toEqual(pipelineOf(() => GIVEN).addresses());
  });

  it("warns of no stream key, since there may be none", () => {
    expect(stack.warnings()).toEqual([]);
  });

  it("takes the transformer's permissions where Terraform finds that records bypass it", () => {
    const bypassed = synthesize((scope) => {
      const enabled = variable(scope, "enabled", "bool", true).booleanValue;
      new MoesifPipeline(scope, "pipeline", {
        ...ACCOUNT,
        applicationId: { secretArn: SECRET },
        transformer: { enabled },
      });
    });
    const { dynamic } = bypassed.json.data.aws_iam_policy_document.pipeline_transformer_role_permissions;
    expect(dynamic.statement.map((one: any) => [one.content.sid, one.for_each])).toEqual([
      ["ReadApplicationId", "${var.enabled ? [1] : []}"],
      ["PutBack", "${var.enabled ? [1] : []}"],
    ]);
  });

  it("takes a resource's key as given, though only Terraform knows its ARN", () => {
    const { statement, dynamic } = pipelineOf((scope) => {
      const own = new KmsKey(scope, "own", {});
      return { ...GIVEN, hash_kms_key: own.arn };
    }).json.data.aws_iam_policy_document.pipeline_transformer_role_permissions;
    expect(statement.map(({ sid }: { sid: string }) => sid)).toContain("DecryptHashKey");
    expect(dynamic).toBeUndefined();
  });

  it.each<[string, Partial<MoesifPipelineProps>]>([
    ["the bucket", { backup: { kmsKey: key(1), kmsKeyArn: key(1) } }],
    ["the application id", { applicationId: { secretArn: SECRET, kmsKey: key(1), kmsKeyArn: key(1) } }],
    [
      "the key of hashes",
      { redaction: { hash: ["user"] }, hashKey: { secretArn: HASH_SECRET, kmsKey: "alias/a", kmsKeyArn: key(1) } },
    ],
  ])("is refused two keys for %s", (_, props) => {
    const build = () => synthesize((scope) => void new MoesifPipeline(scope, "pipeline", { ...propsOf({}), ...props }));
    expect(build).toThrow("kmsKey and kmsKeyArn must not both be given");
  });
});

/** Values that do not go together, or are none of their kind, and what Terraform says of them. */
const REFUSED: readonly [string, Values, readonly RegExp[]][] = [
  [
    "keys that are none",
    { bucket_kms_key: "alias/a", secret_kms_key: "alias/a", log_kms_key: "alias/a", boundary: "admin" },
    [
      /[^.]kmsKeyArn must be the ARN of a KMS key/,
      /applicationId\.kmsKeyArn must be/,
      /permissionsBoundary must be the ARN/,
    ],
  ],
  ["a bypass of what is set", { enabled: false, filter: GIVEN.filter }, [/transformer\.enabled must be true with/]],
  ["hashes without a key", { redaction: { hash: ["user"] } }, [/hashKey must be given with redaction\.hash/]],
  [
    "a key without hashes",
    { hash_key: HASH_SECRET, redaction: {} },
    [/hashKey must not be given without redaction\.hash/],
  ],
  [
    "the key of a secret that there is not",
    { hash_kms_key: key(1) },
    [/hashKey\.secretArn must be given with hashKey\.kmsKeyArn/],
  ],
  [
    "a session token in access logs",
    { identity: { sessionToken: ["a"] } },
    [/identity\.sessionToken needs output event/],
  ],
  [
    "a wait longer than the function's",
    { sampling: { timeoutSeconds: 60 } },
    [/timeoutSeconds must be above sampling\.timeoutSeconds/],
  ],
];

/** What is held against the same values as literals. */
const COMPARED: readonly [string, Values][] = [
  ["what there is without them, if nothing is given", {}],
  ["what there is with them, if all is given", GIVEN],
  [
    "what there is with some, and a function that asks Moesif for nothing",
    {
      sampling: { remote: false },
      identity: {},
      secret_kms_key: GIVEN.secret_kms_key,
      pass_through: true,
    },
  ],
];

describeWithTerraform("Terraform finds in a pipeline of values that may be null", () => {
  const provider = {
    access_key: "test",
    secret_key: "test",
    skip_credentials_validation: true,
    skip_metadata_api_check: true,
    skip_requesting_account_id: true,
  };
  const configured = async (cases: readonly (readonly [string, Case])[]) => {
    const terraform = together(Object.fromEntries(cases), provider);
    await terraform.must(["init", "-input=false", "-no-color"]);
    return terraform;
  };
  /** The pipeline of variables; those of which nothing is said are null. */
  const given = (values: Values): Case => {
    const nothing = Object.fromEntries(Object.keys(GIVEN).map((name) => [name, null]));
    return { stack: pipelineOfVariables(), variables: { ...nothing, ...values } };
  };

  describe("without an error", () => {
    let models: Awaited<ReturnType<typeof plannedModels>>;

    beforeAll(async () => {
      const cases = COMPARED.flatMap(([, values], index) => [
        [`variables_${index}`, given(values)] as const,
        [`literals_${index}`, { stack: pipelineOf(() => values) }] as const,
      ]);
      models = await plannedModels(await configured(cases));
    }, 180_000);

    it.each(COMPARED.map(([what, values], index) => [what, values, index] as const))("%s", (_, values, index) => {
      const planned = models[`variables_${index}`]!;
      expect(planned).toEqual(models[`literals_${index}`]);
      // Policies are compared as well, though Terraform reads them only when it applies.
      const { statement } = planned["data.aws_iam_policy_document.pipeline_transformer_role_permissions"];
      const sids = statement.map(({ sid }: { sid: string }) => sid);
      expect(sids.includes("DecryptHashKey")).toBe(values.hash_kms_key !== undefined);
    });
  });

  describe("what to refuse:", () => {
    let refused: Refusals;

    beforeAll(async () => {
      const cases = REFUSED.map(([, values], index) => [`case_${index}`, given(values)] as const);
      refused = await refusals(await configured(cases));
    }, 180_000);

    it.each(REFUSED.map(([what, , messages], index) => [what, messages, index] as const))(
      "%s",
      (_, messages, index) => {
        for (const message of messages) expect(refused[`case_${index}`]).toMatch(message);
      },
    );
  });
});
