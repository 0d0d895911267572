/**
 * `preflight` as it is installed, on moto: what a rollout needs is there, and each problem is made once and mended. What
 * moto lacks, a front answers in the shape that AWS documents: simulations, by the policy of docs/deploy-policy.json,
 * Lambda's account settings, and quotas.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ACTIONS } from "../../cli/preflight/context";
import { RESOURCES } from "../../cli/preflight/permissions";
import { signedActions } from "../support/deploy-calls";
import { type Answer, Front, type Request } from "../support/front";
import { Moto } from "../support/moto";
import { ROOT } from "../support/rollout";
import { describeWithMoto } from "../support/terraform";
import { file, run } from "./support";

/** Of the credentials `test` in moto. */
const ACCOUNT = "123456789012";
const REGION = "us-east-1";
const DEPLOYER = `arn:aws:iam::${ACCOUNT}:role/ci/deploy`;
const SECRET = "moesif/application-id";
const APPLICATION_ID = "not-to-be-shown";

const POLICY = readFileSync(join(ROOT, "docs", "deploy-policy.json"), "utf8").replaceAll("<account>", ACCOUNT);

/** Moto names service-linked roles otherwise than AWS. */
const SERVICE_LINKED_ROLE = {
  Action: "CreateRole",
  RoleName: "AWSServiceRoleForAPIGateway",
  AssumeRolePolicyDocument: "{}",
};

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

function matches(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(text);
}

/** Whether the policy of the documents allows an action. */
function isAllowed(action: string, resource: string, context: Readonly<Record<string, string>>): boolean {
  const { Statement: statements } = JSON.parse(POLICY) as { Statement: readonly Statement[] };
  return statements.some(
    ({ Action, Resource, Condition = {} }) =>
      [Action].flat().includes(action) &&
      Resource.some((pattern) => matches(pattern, resource)) &&
      Object.values(Condition).every((keys) =>
        Object.entries(keys).every(([key, values]) =>
          [values].flat().some((value) => matches(value, context[key] ?? "")),
        ),
      ),
  );
}

type Denial = "implicit" | "explicit" | "boundary" | "organization";

/** The account of AWS, of which a test can change each answer. */
class Account {
  readonly calls: string[] = [];
  /** Actions that a simulation denies, and why. */
  denied: Readonly<Record<string, Denial>> = {};
  /** Actions that the caller may not call. */
  refused: readonly string[] = [];
  streams = 5000;
  unreserved = 1000;
  logRole?: string;
  /** Who calls, if not the user of moto. */
  caller?: string;
  #front!: Front;

  static async start(moto: string): Promise<Account> {
    const account = new Account();
    account.#front = await Front.start(moto, (request) => Promise.resolve(account.#answer(request)));
    return account;
  }

  get url(): string {
    return this.#front.url;
  }

  stop(): void {
    this.#front.stop();
  }

  reset(): void {
    Object.assign(this, {
      denied: {},
      refused: [],
      streams: 5000,
      unreserved: 1000,
      logRole: undefined,
      caller: undefined,
    });
    this.calls.length = 0;
  }

  #answer(request: Request): Answer | undefined {
    const [action = "?"] = signedActions(request).actions;
    this.calls.push(action);
    if (this.refused.includes(action)) return refusal(action);
    if (action === "iam:SimulatePrincipalPolicy") return this.#simulation(new URLSearchParams(String(request.body)));
    const json = (body: object) => ({ status: 200, body: JSON.stringify(body) });
    if (action === "lambda:GetAccountSettings") {
      return json({ AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: this.unreserved } });
    }
    if (action === "servicequotas:ListServiceQuotas") {
      return json({ Quotas: [{ QuotaName: "Delivery streams", Value: this.streams }] });
    }
    if (action === "apigateway:GET/account") return json({ ...(this.logRole && { cloudwatchRoleArn: this.logRole }) });
    if (action === "sts:GetCallerIdentity" && this.caller !== undefined) {
      const result = element("GetCallerIdentityResult", { Arn: this.caller, Account: ACCOUNT });
      return { status: 200, headers: XML, body: element("GetCallerIdentityResponse", result) };
    }
    return undefined;
  }

  /** Ten results at a time. */
  #simulation(form: URLSearchParams): Answer {
    const list = (name: string) =>
      [...form].filter(([key]) => key.startsWith(`${name}.member.`)).map(([, value]) => value);
    const from = Number(form.get("Marker") ?? 0);
    const actions = list("ActionNames");
    const [resource = "*"] = list("ResourceArns");
    const entry = (key: string) => form.get(`ContextEntries.member.1.${key}`) ?? "";
    const context = { [entry("ContextKeyName")]: entry("ContextKeyValues.member.1") };
    const results = actions.slice(from, from + 10).map((action) => {
      const kind = this.denied[action] ?? (isAllowed(action, resource, context) ? undefined : "implicit");
      const decision = { explicit: "explicitDeny" }[kind as string] ?? (kind ? "implicitDeny" : "allowed");
      return element("member", {
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: decision,
        MatchedStatements: kind === "explicit" ? element("member", { SourcePolicyId: "guardrails" }) : "",
        MissingContextValues: "",
        ...(kind === "boundary" && {
          PermissionsBoundaryDecisionDetail: element("AllowedByPermissionsBoundary", "false"),
        }),
        ...(kind === "organization" && { OrganizationsDecisionDetail: element("AllowedByOrganizations", "false") }),
      });
    });
    const isTruncated = from + 10 < actions.length;
    const result = element("SimulatePrincipalPolicyResult", {
      IsTruncated: String(isTruncated),
      ...(isTruncated && { Marker: String(from + 10) }),
      EvaluationResults: results.join(""),
    });
    return {
      status: 200,
      headers: XML,
      body: element("SimulatePrincipalPolicyResponse", result),
    };
  }
}

const XML = { "content-type": "text/xml" };

function element(name: string, content: string | Readonly<Record<string, string>>): string {
  const inner =
    typeof content === "string"
      ? content
      : Object.entries(content)
          .map((one) => element(...one))
          .join("");
  return `<${name}>${inner}</${name}>`;
}

/** In each protocol. */
function refusal(action: string): Answer {
  const message = `not authorized to perform: ${action}`;
  if (/^(iam|s3):/.test(action)) {
    const error = element("Error", { Code: "AccessDenied", Message: message });
    return { status: 403, headers: XML, body: element("ErrorResponse", error) };
  }
  const headers = { "content-type": "application/json", "x-amzn-errortype": "AccessDeniedException" };
  return { status: 403, headers, body: JSON.stringify({ __type: "AccessDeniedException", message }) };
}

interface Settings {
  readonly applicationId?: string;
  readonly defaults?: string;
  readonly deployRole?: string;
  readonly account?: string;
}

/** A rollout of one REST, one HTTP and one WebSocket stage. */
function rolloutFile({
  applicationId,
  defaults = "",
  deployRole = DEPLOYER,
  account = ACCOUNT,
}: Settings = {}): string {
  return file(`version: 1
state: { s3: { bucket: state, region: ${REGION} } }
defaults:
  applicationId: ${applicationId ?? `{ secretName: ${SECRET} }`}
  transformer: { reservedConcurrency: 50 }
${defaults}
accounts:
  - id: "${account}"
    name: production
    ${deployRole === "" ? "" : `deployRole: ${deployRole}`}
    regions:
      - name: ${REGION}
        apis:
          - { id: a1b2c3d4e5, name: orders, stages: [prod] }
          - { id: f6g7h8i9j0, name: shop, type: HTTP, stages: [prod] }
          - { id: k1l2m3n4o5, name: chat, type: WEBSOCKET, stages: [live] }
`);
}

interface Found {
  readonly id: string;
  readonly subject: string;
  readonly result: string;
  readonly cause?: string;
  readonly fix?: string;
}

describeWithMoto("preflight", () => {
  let moto: Moto;
  let aws: Account;
  const environment = { ...process.env };

  beforeAll(async () => {
    moto = await Moto.start();
    aws = await Account.start(moto.url);
    Object.assign(process.env, moto.environment(), { AWS_ENDPOINT_URL: aws.url, AWS_MAX_ATTEMPTS: "1" });
    await iam(SERVICE_LINKED_ROLE);
    await moto.createSecret(ACCOUNT, REGION, SECRET, { api_key: APPLICATION_ID });
    await moto.s3("PUT", "state");
  });
  afterAll(() => {
    process.env = environment;
    aws?.stop();
    moto?.stop();
  });
  beforeEach(() => {
    aws.reset();
    aws.logRole = `arn:aws:iam::${ACCOUNT}:role/logs`;
  });

  function iam(form: Record<string, string>): Promise<Response> {
    const headers = {
      Authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, Signature=0",
    };
    return fetch(moto.url, { method: "POST", headers, body: new URLSearchParams({ Version: "2010-05-08", ...form }) });
  }
  const call = (service: string, target: string, body: object) => moto.call(service, target, ACCOUNT, REGION, body);

  async function preflight(rollout: string, ...args: string[]) {
    const { code, stdout, stderr } = await run(["preflight", "--rollout", rollout, "--json", ...args]);
    if (code === 70) throw new Error(stderr);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Found);
    expect(stdout).not.toContain(APPLICATION_ID);
    return { code, stderr, checks: lines.slice(0, -1), totals: lines.at(-1) as unknown as { totals: object } };
  }

  /** What is not as it must be. */
  async function troubles(rollout = rolloutFile()) {
    const { code, checks } = await preflight(rollout);
    const found = checks.filter(({ result }) => result !== "ok");
    expect(code).toBe(found.some(({ result }) => result === "problem") ? 1 : 0);
    return found.map(({ id, subject, cause, fix }) => ({ id, subject, cause, fix }));
  }

  it("finds nothing where all is there, by calls that its session allows, of which none writes", async () => {
    const everything = `  enrollment: { schedule: rate(15 minutes), match: [{ tags: { moesif: "yes" } }] }
  redrive: { mode: events }
  monitoring: {}`;
    const { code, checks, totals } = await preflight(rolloutFile({ defaults: everything }));
    expect(checks.filter(({ result }) => result !== "ok")).toEqual([]);
    expect(code).toBe(0);
    expect(totals).toMatchObject({ totals: { problem: 0, unknown: 0, errors: 0 } });
    expect(checks[0]).toMatchObject({ id: "identity", cause: `deploys as ${DEPLOYER}` });
    expect(checks[1]).toMatchObject({
      id: "permission",
      cause: expect.stringMatching(/^allowed on (\d+) of \1 resources$/),
    });
    const allowed = [...ACTIONS, "apigateway:GET/account", "sts:AssumeRole"] as string[];
    const called = [...new Set(aws.calls)].sort();
    expect(called.filter((action) => !allowed.includes(action))).toEqual([]);
    expect(called.filter((action) => !/:(Get|List|Describe|Simulate|AssumeRole)|GET\/account/.test(action))).toEqual(
      [],
    );
    // Nothing that the session may do is without use.
    expect(
      ACTIONS.filter(
        (action) => ![...called, "apigateway:GET", "sts:GetCallerIdentity", "iam:GetRole"].includes(action),
      ),
    ).toEqual(["kms:Decrypt", "logs:ListTagsForResource"]);
  });

  it("says what denies an action: no statement, a Deny, the boundary or the organization", async () => {
    aws.denied = {
      "firehose:CreateDeliveryStream": "implicit",
      "firehose:DeleteDeliveryStream": "implicit",
      "firehose:DescribeDeliveryStream": "explicit",
      "firehose:TagDeliveryStream": "boundary",
      "firehose:UpdateDestination": "organization",
    };
    const found = await troubles();
    expect(new Set(found.map(({ id, subject }) => `${id} ${subject}`))).toEqual(
      new Set([`permission arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/amazon-apigateway-moesif`]),
    );
    expect(found.map(({ cause, fix }) => [cause, fix])).toEqual([
      [
        "no statement allows: firehose:CreateDeliveryStream, firehose:DeleteDeliveryStream",
        `allow it in a policy of ${DEPLOYER}: docs/permissions.md has the statements`,
      ],
      [
        "a statement denies (guardrails): firehose:DescribeDeliveryStream",
        `remove the Deny statement from the policies of ${DEPLOYER}`,
      ],
      [
        "the permissions boundary does not allow: firehose:TagDeliveryStream",
        `allow it in the permissions boundary of ${DEPLOYER}`,
      ],
      [
        "a policy of the organization (SCP) denies: firehose:UpdateDestination",
        "ask who manages the organization to allow it: no policy of the account can",
      ],
    ]);
  });

  it("simulates each statement of the policy on what a stack can have", () => {
    const { Statement: statements } = JSON.parse(POLICY) as { Statement: readonly { Sid: string }[] };
    expect(statements.map(({ Sid }) => Sid).filter((sid) => RESOURCES[sid] === undefined)).toEqual([]);
  });

  it("simulates the role that a service gets, for that service", async () => {
    aws.denied = { "iam:PassRole": "implicit" };
    const found = await troubles();
    expect(found.map(({ subject }) => subject.replace(/-\d+$/, ""))).toEqual(
      ["delivery", "stage-logs", "transform", "enroll"].map((role) => expect.stringContaining(`role/moesif-${role}`)),
    );
  });

  it("simulates the caller where the rollout names no role: a user, or a role with its path", async () => {
    const rollout = rolloutFile({ deployRole: "" });
    const identity = async () => (await preflight(rollout)).checks[0];
    aws.caller = `arn:aws:iam::${ACCOUNT}:user/admin`;
    expect(await identity()).toMatchObject({ id: "identity", cause: `deploys as ${aws.caller}` });
    await iam({ Action: "CreateRole", RoleName: "builder", Path: "/ci/", AssumeRolePolicyDocument: "{}" });
    aws.caller = `arn:aws:sts::${ACCOUNT}:assumed-role/builder/session`;
    expect(await identity()).toMatchObject({ cause: `deploys as arn:aws:iam::${ACCOUNT}:role/ci/builder` });
    aws.caller = `arn:aws:iam::${ACCOUNT}:root`;
    expect(await identity()).toMatchObject({
      result: "unknown",
      cause: expect.stringContaining("root or federated user"),
    });
  });

  it("says once that it may not simulate", async () => {
    aws.refused = ["iam:SimulatePrincipalPolicy"];
    expect(await troubles()).toMatchObject([
      { id: "permission", subject: DEPLOYER, fix: "allow iam:SimulatePrincipalPolicy to the role or user that checks" },
    ]);
  });

  it("counts streams and concurrent executions", async () => {
    aws.streams = 0;
    aws.unreserved = 149;
    expect(await troubles()).toMatchObject([
      { id: "stream-quota", cause: "0 of 0 streams (the account's quota)" },
      {
        id: "concurrency",
        cause: "149 unreserved executions, of which 50 would be reserved: Lambda keeps 100 unreserved",
      },
    ]);
    aws.streams = 1;
    aws.unreserved = 150;
    expect(await troubles()).toEqual([]);
  });

  it("takes the documented quota of streams where it may not read the account's", async () => {
    aws.refused = ["servicequotas:ListServiceQuotas"];
    const { checks } = await preflight(rolloutFile());
    expect(checks.find(({ id }) => id === "stream-quota")).toMatchObject({
      cause: "0 of 5000 streams (the documented quota)",
    });
  });

  it("finds that API Gateway has no role for the logs of WebSocket stages, and one that would be replaced", async () => {
    aws.logRole = undefined;
    expect(await troubles()).toMatchObject([
      { id: "account-role", fix: expect.stringContaining("stageLogs.accountRole: true") },
    ]);
    // A match without types may find WebSocket stages.
    const matching = '  enrollment: { schedule: rate(15 minutes), match: [{ tags: { moesif: "yes" } }] }';
    const listed = readFileSync(rolloutFile({ defaults: matching }), "utf8");
    expect(await troubles(file(listed.replace(/.*type: WEBSOCKET.*\n/, "")))).toMatchObject([{ id: "account-role" }]);
    const setting = rolloutFile({ defaults: "  stageLogs: { accountRole: true }" });
    expect(await troubles(setting)).toEqual([]);
    aws.logRole = `arn:aws:iam::${ACCOUNT}:role/logs`;
    expect(await troubles(setting)).toMatchObject([
      { id: "account-role", cause: expect.stringContaining("would replace arn:aws:iam::123456789012:role/logs") },
    ]);
    aws.logRole = `arn:aws:iam::${ACCOUNT}:role/api-gateway-logs-20260101`;
    expect(await troubles(setting)).toEqual([]);
  });

  it("does not know whether API Gateway will create its own role", async () => {
    await iam({ Action: "DeleteRole", RoleName: SERVICE_LINKED_ROLE.RoleName });
    expect(await troubles()).toMatchObject([
      { id: "service-linked-role", fix: expect.stringContaining("create-service-linked") },
    ]);
    await iam(SERVICE_LINKED_ROLE);
    expect(await troubles()).toEqual([]);
  });

  it.each([
    ["missing", "moesif/other", undefined, "there is no such secret in us-east-1 of account 123456789012"],
    ["of another form", "moesif/form", "{}", 'its value is not {"api_key": "…"}'],
    ["no JSON", "moesif/text", APPLICATION_ID, 'its value is not {"api_key": "…"}'],
    ["empty", "moesif/empty", '{"api_key":""}', "api_key is empty, or has characters that no id has"],
    [
      "cut off",
      "moesif/space",
      `{"api_key":"${APPLICATION_ID} "}`,
      "api_key is empty, or has characters that no id has",
    ],
  ])("finds a secret that is %s", async (_, name, SecretString, cause) => {
    if (SecretString !== undefined)
      await call("secretsmanager", "secretsmanager.CreateSecret", { Name: name, SecretString });
    expect(await troubles(rolloutFile({ applicationId: `{ secretName: ${name} }` }))).toMatchObject([
      { id: "secret", subject: name, cause, fix: expect.any(String) },
    ]);
  });

  it("finds a secret that is scheduled for deletion, which Terraform can neither use nor create", async () => {
    await call("secretsmanager", "secretsmanager.CreateSecret", { Name: "moesif/gone", SecretString: "{}" });
    await call("secretsmanager", "secretsmanager.DeleteSecret", { SecretId: "moesif/gone" });
    const used = await troubles(rolloutFile({ applicationId: "{ secretName: moesif/gone }" }));
    const created = await troubles(rolloutFile({ applicationId: "{ createSecret: { name: moesif/gone } }" }));
    expect(used).toMatchObject([{ id: "secret", cause: "is scheduled for deletion" }]);
    expect(created).toMatchObject([
      { id: "name", subject: "secret moesif/gone", cause: expect.stringContaining("for deletion") },
    ]);
  });

  it("finds a secret of which the rollout does not name the key", async () => {
    const KmsKeyId = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0ab1c2d3-0000-4000-8000-000000000000`;
    const SecretString = JSON.stringify({ api_key: APPLICATION_ID });
    await call("secretsmanager", "secretsmanager.CreateSecret", { Name: "moesif/own-key", SecretString, KmsKeyId });
    expect(await troubles(rolloutFile({ applicationId: "{ secretName: moesif/own-key }" }))).toMatchObject([
      { id: "secret", cause: expect.stringContaining(`the KMS key ${KmsKeyId} encrypts it`) },
    ]);
    const named = rolloutFile({ applicationId: `{ secretName: moesif/own-key, kmsKey: "${KmsKeyId}" }` });
    expect(await troubles(named)).toEqual([]);
  });

  it("does not know the form of a secret that it may not read", async () => {
    aws.refused = ["secretsmanager:GetSecretValue"];
    expect(await troubles()).toMatchObject([{ id: "secret", cause: "exists, but its form cannot be read" }]);
  });

  it("finds buckets that are missing, or in another region", async () => {
    const rollout = rolloutFile({ defaults: "  backup: { bucket: backup }" });
    expect(await troubles(rollout)).toMatchObject([
      { id: "backup-bucket", subject: "backup", cause: "there is no such bucket" },
    ]);
    const elsewhere =
      "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    await moto.s3("PUT", "backup", elsewhere, { region: "eu-west-1" });
    expect(await troubles(rollout)).toMatchObject([
      { id: "backup-bucket", cause: "is in eu-west-1, not in us-east-1" },
    ]);
    await moto.s3("DELETE", "backup");
    await moto.s3("PUT", "backup");
    expect(await troubles(rollout)).toEqual([]);
    await moto.s3("DELETE", "state");
    expect(await troubles()).toMatchObject([{ id: "state-bucket", subject: "state" }]);
    await moto.s3("PUT", "state");
    expect(await troubles()).toEqual([]);
  });

  describe("of names that exist", () => {
    const ours = { "managed-by": "cdktf-moesif-firehose" };
    const GROUP = "/aws/lambda/moesif-transform-moesif";
    const STREAM = "amazon-apigateway-moesif";

    it("tells a log group of this rollout from another", async () => {
      await call("logs", "Logs_20140328.CreateLogGroup", { logGroupName: GROUP });
      expect(await troubles()).toMatchObject([
        {
          id: "name",
          subject: `log group ${GROUP}`,
          cause: expect.stringContaining("exists, without the tag managed-by"),
        },
      ]);
      const resourceArn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${GROUP}`;
      await call("logs", "Logs_20140328.TagResource", { resourceArn, tags: ours });
      expect(await troubles()).toEqual([]);
      await call("logs", "Logs_20140328.DeleteLogGroup", { logGroupName: GROUP });
    });

    it("tells a stream of this rollout from another, and does not count it twice", async () => {
      const S3DestinationConfiguration = { BucketARN: "arn:aws:s3:::state", RoleARN: DEPLOYER };
      const create = { DeliveryStreamName: STREAM, S3DestinationConfiguration };
      await call("firehose", "Firehose_20150804.CreateDeliveryStream", create);
      expect(await troubles()).toMatchObject([{ id: "name", subject: `stream ${STREAM}` }]);
      const Tags = [{ Key: "managed-by", Value: "cdktf-moesif-firehose" }];
      await call("firehose", "Firehose_20150804.TagDeliveryStream", { DeliveryStreamName: STREAM, Tags });
      aws.streams = 1;
      expect(await troubles()).toEqual([]);
      await call("firehose", "Firehose_20150804.DeleteDeliveryStream", { DeliveryStreamName: STREAM });
    });

    it("finds a secret that Terraform would create", async () => {
      const rollout = rolloutFile({ applicationId: `{ createSecret: { name: ${SECRET} } }` });
      expect(await troubles(rollout)).toMatchObject([{ id: "name", subject: `secret ${SECRET}` }]);
    });
  });

  it("ends with 3 where it has no access, and says so of the account", async () => {
    const { code, stderr } = await preflight(rolloutFile({ account: "222222222222", deployRole: "" }));
    expect(code).toBe(3);
    expect(stderr).toContain(`your credentials belong to account ${ACCOUNT}, expected 222222222222  [no-access]`);
  });

  it("shows a table, and below it each problem with what to do", async () => {
    aws.denied = { "s3:CreateBucket": "organization" };
    const { stdout } = await run(["preflight", "--rollout", rolloutFile()]);
    expect(stdout).toMatch(/│ permission +│ arn:aws:s3:::moesif-backup-moesif-\d+ +│ problem +│/);
    expect(stdout).toMatch(
      /: a policy of the organization \(SCP\) denies: s3:CreateBucket {2}\[permission\]\n {2}fix: ask who/,
    );
  });
});
