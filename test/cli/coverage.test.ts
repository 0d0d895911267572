/** `coverage` as it is installed: a process that asks an API Gateway over HTTP, in two accounts and two regions. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import { ApiGatewayV2Client, CreateApiCommand, CreateStageCommand } from "@aws-sdk/client-apigatewayv2";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { AccessLogSettings } from "../../lambda/api-gateway/stage";
import { rolloutStages } from "../../modules";
import { ApiGatewayProxy, THROTTLED } from "../support/api-gateway-proxy";
import { type Answer, Front, type Request } from "../support/front";
import { Moto } from "../support/moto";
import { ROOT } from "../support/rollout";
import { describeWithMoto } from "../support/terraform";
import { file } from "./support";

const COMMAND = join(ROOT, "dist", "cli", "main.js");
const PRODUCTION = "111111111111";
const STAGING = "222222222222";
/** Of the credentials `test` in moto. */
const OWN = "123456789012";

const OTHER_LOG_GROUP = `arn:aws:logs:us-east-1:${PRODUCTION}:log-group:chat`;

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function coverage(args: readonly string[], environment: Record<string, string>): Promise<Run> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [COMMAND, "coverage", ...args], {
    cwd: ROOT,
    timeout: 5 * 60_000,
    // The SDK would have a newer Node.js than the oldest that the package takes.
    env: {
      PATH,
      HOME,
      AWS_CONFIG_FILE: "none",
      AWS_SHARED_CREDENTIALS_FILE: "none",
      ...environment,
    },
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (text.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (text.stderr += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...text };
}

function linesOf({ stdout }: Run): any[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** What makes APIs in an account and region. */
class Owner {
  private constructor(
    private readonly rest: APIGatewayClient,
    private readonly v2: ApiGatewayV2Client,
  ) {}

  static async of(moto: Moto, account: string, region: string): Promise<Owner> {
    const endpoint = moto.url;
    const sts = new STSClient({ endpoint, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } });
    const RoleArn = `arn:aws:iam::${account}:role/owner`;
    const { Credentials: made } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "owner" }));
    const credentials = {
      accessKeyId: made!.AccessKeyId!,
      secretAccessKey: made!.SecretAccessKey!,
      sessionToken: made!.SessionToken!,
    };
    const config = { endpoint, region, credentials };
    return new Owner(new APIGatewayClient(config), new ApiGatewayV2Client(config));
  }

  /** A REST API with these stages, each with its logging; its id. */
  async restApi(
    name: string,
    stages: Readonly<Record<string, AccessLogSettings | undefined>>,
    tags: Record<string, string> = {},
  ): Promise<string> {
    const { id: restApiId } = await this.rest.send(new CreateRestApiCommand({ name, tags }));
    const { items } = await this.rest.send(new GetResourcesCommand({ restApiId }));
    const method = { restApiId, resourceId: items![0]!.id, httpMethod: "GET" };
    await this.rest.send(new PutMethodCommand({ ...method, authorizationType: "NONE" }));
    await this.rest.send(new PutIntegrationCommand({ ...method, type: "MOCK" }));
    for (const [stageName, accessLog] of Object.entries(stages)) {
      await this.rest.send(new CreateDeploymentCommand({ restApiId, stageName }));
      if (accessLog === undefined) continue;
      const patchOperations = [
        { op: "replace", path: "/accessLogSettings/destinationArn", value: accessLog.destinationArn },
        { op: "replace", path: "/accessLogSettings/format", value: accessLog.format },
      ] as const;
      await this.rest.send(new UpdateStageCommand({ restApiId, stageName, patchOperations: [...patchOperations] }));
    }
    return restApiId!;
  }

  /** An HTTP or WebSocket API with one stage; its id. */
  async v2Api(name: string, type: "HTTP" | "WEBSOCKET", stage: string, accessLog?: AccessLogSettings): Promise<string> {
    const selection = type === "WEBSOCKET" && { RouteSelectionExpression: "$request.body.action" };
    const { ApiId } = await this.v2.send(new CreateApiCommand({ Name: name, ProtocolType: type, ...selection }));
    const settings = accessLog && {
      AccessLogSettings: { DestinationArn: accessLog.destinationArn, Format: accessLog.format },
    };
    await this.v2.send(new CreateStageCommand({ ApiId, StageName: stage, ...settings }));
    return ApiId!;
  }
}

/** Stands before moto's STS: remembers what was asked, and refuses one role. */
class StsProxy {
  readonly forms: URLSearchParams[] = [];
  refused?: string;
  #front!: Front;

  static async start(moto: string): Promise<StsProxy> {
    const proxy = new StsProxy();
    proxy.#front = await Front.start(moto, (request) => Promise.resolve(proxy.#answer(request)));
    return proxy;
  }

  get url(): string {
    return this.#front.url;
  }

  stop(): void {
    this.#front.stop();
  }

  #answer({ body }: Request): Answer | undefined {
    const form = new URLSearchParams(String(body));
    this.forms.push(form);
    if (form.get("RoleArn") !== this.refused) return undefined;
    const error = "<Error><Code>AccessDenied</Code><Message>not authorized</Message></Error>";
    return {
      status: 403,
      headers: { "content-type": "text/xml" },
      body: `<ErrorResponse>${error}</ErrorResponse>`,
    };
  }
}

const role = (account: string) => `arn:aws:iam::${account}:role/deploy`;

describeWithMoto("coverage", () => {
  let moto: Moto;
  let rollout: string;
  let ids: { orders: string; shop: string; chat: string; billing: string; tests: string };

  beforeAll(async () => {
    moto = await Moto.start();
    const form = (apis: string) =>
      file(`version: 1
defaults: { applicationId: { secretName: moesif }, stageLogs: { enabled: true } }
accounts:
  - id: "${PRODUCTION}"
    name: production
    deployRole: ${role(PRODUCTION)}
    regions:
      - { name: us-east-1${apis} }
      - { name: eu-west-1, settings: { enrollment: { match: [{ tags: { moesif: "yes" } }] } } }
  - { id: "${STAGING}", name: staging, deployRole: "${role(STAGING)}", regions: [{ name: us-east-1 }] }
`);
    const [{ destinations: ours }] = rolloutStages(form("")) as [ReturnType<typeof rolloutStages>[number]];
    const us = await Owner.of(moto, PRODUCTION, "us-east-1");
    const eu = await Owner.of(moto, PRODUCTION, "eu-west-1");
    const staging = await Owner.of(moto, STAGING, "us-east-1");
    ids = {
      orders: await us.restApi("orders", { prod: ours.REST, dev: undefined }),
      shop: await us.v2Api("shop", "HTTP", "$default", ours.HTTP),
      chat: await us.v2Api("chat", "WEBSOCKET", "live", { ...ours.WEBSOCKET!, destinationArn: OTHER_LOG_GROUP }),
      billing: await eu.restApi("billing", { prod: undefined }, { moesif: "yes" }),
      tests: await staging.restApi("tests", {
        bad: { destinationArn: ours.REST!.destinationArn.replace(PRODUCTION, STAGING), format: '"$context.requestId"' },
      }),
    };
    rollout = form(`, apis: [
        { id: ${ids.orders}, name: orders, stages: [prod, beta] },
        { id: ${ids.shop}, name: shop, type: HTTP, stages: [$default] },
        { id: ${ids.chat}, name: chat, type: WEBSOCKET, stages: [live] }]`);
  });
  afterAll(() => moto?.stop());

  it("says of each stage where it logs and what to do, and ends with 1 where a wanted one is not covered", async () => {
    const run = await coverage(["--rollout", rollout, "--json"], moto.environment());
    expect(run).toMatchObject({ code: 1, stderr: "" });
    const production = { accountId: PRODUCTION, account: "production", region: "us-east-1" };
    expect(linesOf(run)).toMatchObject([
      {
        stack: "moesif-production-us-east-1",
        ...production,
        apiName: "chat",
        type: "WEBSOCKET",
        state: "elsewhere",
        wanted: true,
        covered: false,
        destinationArn: OTHER_LOG_GROUP,
      },
      { ...production, apiName: "orders", stage: "beta", state: "missing", wanted: true, covered: false },
      { ...production, apiName: "orders", apiId: ids.orders, stage: "dev", state: "nowhere", wanted: false },
      { ...production, apiName: "orders", stage: "prod", type: "REST", state: "ours", wanted: true, covered: true },
      { ...production, apiName: "shop", stage: "$default", type: "HTTP", state: "ours", wanted: true, covered: true },
      { stack: "moesif-production-eu-west-1", apiId: ids.billing, state: "nowhere", wanted: true },
      { stack: "moesif-staging-us-east-1", accountId: STAGING, apiId: ids.tests, state: "bad-format", wanted: false },
      { totals: { stages: 6, wanted: 5, covered: 2, uncovered: 3, errors: 0 } },
    ]);
  });

  it("shows a table for each account and region, what is wrong with formats, and the totals", async () => {
    const { code, stdout } = await coverage(["--rollout", rollout], moto.environment());
    expect(code).toBe(1);
    expect(stdout).toContain(`production us-east-1 (${PRODUCTION}, moesif-production-us-east-1)\n┌`);
    expect(stdout).toMatch(/│ orders +│ [a-z0-9]+ +│ beta +│ REST +│ yes +│ no such stage +│ create the stage, or/);
    expect(stdout).toMatch(/│ chat +│ [a-z0-9]+ +│ live +│ WEBSOCKET +│ yes +│ log group chat +│ set overwrite: true/);
    expect(stdout).toContain(`${ids.tests} bad: the format is not a JSON object  [format-json]`);
    expect(stdout).toMatch(/\n6 stages; 5 wanted, of which 2 in Moesif and 3 not\.\n$/);
  });

  it("ends with 0 where every wanted stage is covered, and looks at the named stacks alone", async () => {
    const run = await coverage(
      ["--rollout", rollout, "--stack", "moesif-staging-us-east-1", "--json"],
      moto.environment(),
    );
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(linesOf(run)).toMatchObject([
      { apiId: ids.tests },
      { totals: { stages: 1, wanted: 0, covered: 0, uncovered: 0, errors: 0 } },
    ]);
  });

  it("wants every stage with --all", async () => {
    const args = ["--rollout", rollout, "--stack", "moesif-staging-us-east-1", "--all", "--json"];
    const run = await coverage(args, moto.environment());
    expect(run.code).toBe(1);
    expect(linesOf(run)[0]).toMatchObject({ apiId: ids.tests, wanted: true, covered: false });
  });

  it("takes the caller's own credentials where no role is named, if they are of the account", async () => {
    const alone = (account: string, region = "us-east-1") =>
      file(`version: 1
defaults: { applicationId: { secretName: moesif } }
accounts: [{ id: "${account}", name: one, regions: [{ name: ${region} }] }]
`);
    const own = await coverage(["--rollout", alone(OWN)], moto.environment());
    expect(own).toMatchObject({ code: 0, stdout: expect.stringContaining("There are no stages.") });
    const other = await coverage(["--rollout", alone(STAGING)], moto.environment());
    expect(other).toMatchObject({
      code: 3,
      stdout: expect.stringContaining(`No access: your credentials belong to account ${OWN}, expected ${STAGING}`),
      stderr:
        `account ${STAGING} (one), us-east-1: your credentials belong to account ${OWN}, expected ${STAGING}  [no-access]\n` +
        "  fix: set deployRole in the rollout file, or name a role with --role\n",
    });
    const withRole = await coverage(["--rollout", alone(STAGING), "--role", "read", "--json"], moto.environment());
    expect(withRole.code).toBe(0);
    expect(linesOf(withRole)).toMatchObject([{ apiId: ids.tests }, { totals: { errors: 0 } }]);
  });

  it("escapes what others named, in every form of the result", async () => {
    const name = "\u001b[2Jorders\u202e|`x`\nfake";
    const stage = "a|b\u2066";
    const owner = await Owner.of(moto, PRODUCTION, "eu-central-1");
    const apiId = await owner.v2Api(name, "HTTP", stage);
    const target = `{ id: "${PRODUCTION}", name: production, deployRole: "${role(PRODUCTION)}", regions: [{ name: eu-central-1 }] }`;
    const hostile = file(`{ version: 1, defaults: { applicationId: { secretName: moesif } }, accounts: [${target}] }`);
    const stdoutOf = async (reporter: string) => {
      const { stdout } = await coverage(["--rollout", hostile, "--reporter", reporter], moto.environment());
      expect(stdout).not.toMatch(/[\u001b\u202e\u2066]/);
      return stdout;
    };
    expect(await stdoutOf("table")).toMatch(/^│ \\u001b\[2Jorders\\u202e\|`x`\\u000afake │ \w+ +│ a\|b\\u2066 │/m);
    expect(await stdoutOf("markdown")).toContain(
      `\n| \\\\u001b\\[2Jorders\\\\u202e\\|\\\`x\\\`\\\\u000afake | ${apiId} | a\\|b\\\\u2066 | HTTP |`,
    );
    expect(JSON.parse((await stdoutOf("json")).split("\n")[0]!)).toMatchObject({ apiName: name, stage });
  });

  it("refuses a role of another account", async () => {
    const run = await coverage(["--rollout", rollout, "--role", role(PRODUCTION), "--json"], moto.environment());
    expect(run.code).toBe(3);
    expect(linesOf(run).find(({ accountId }) => accountId === STAGING)).toMatchObject({
      stack: "moesif-staging-us-east-1",
      error: `${role(PRODUCTION)} belongs to another account, expected ${STAGING}`,
      fix: "write {account} for the account's id in --role",
    });
  });

  it("ends with 3 where there are no credentials, and says so of each account and region", async () => {
    const { AWS_ENDPOINT_URL } = moto.environment();
    const run = await coverage(["--rollout", rollout, "--json"], {
      AWS_ENDPOINT_URL: AWS_ENDPOINT_URL!,
      AWS_EC2_METADATA_DISABLED: "true",
    });
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(
      /^account 111111111111 \(production\), us-east-1, eu-west-1: .*Could not load credentials.*\[no-access\]\n {2}fix: set credentials/,
    );
    expect(linesOf(run)).toMatchObject([
      ...Array(3).fill({ error: expect.stringMatching(/cannot be assumed: Could not load credentials/) }),
      { totals: { stages: 0, errors: 3 } },
    ]);
  });

  describe("with a proxy before AWS", () => {
    let apiGateway: ApiGatewayProxy;
    let sts: StsProxy;
    beforeEach(async () => {
      apiGateway = await ApiGatewayProxy.start(moto.url);
      sts = await StsProxy.start(moto.url);
    });
    afterEach(async () => {
      await apiGateway.stop();
      sts.stop();
    });
    const look = (...args: string[]): Promise<Run> =>
      coverage(["--rollout", rollout, "--json", ...args], {
        ...moto.environment(),
        AWS_ENDPOINT_URL: apiGateway.url,
        AWS_ENDPOINT_URL_STS: sts.url,
      });

    it("asks by GET alone, with sessions that can do no more", async () => {
      await look();
      expect(apiGateway.calls.length).toBeGreaterThan(6);
      expect(apiGateway.changes).toEqual([]);
      expect(sts.forms.map((form) => form.get("Action"))).toEqual(["AssumeRole", "AssumeRole", "AssumeRole"]);
      for (const form of sts.forms) {
        expect(JSON.parse(form.get("Policy")!).Statement).toEqual([
          { Effect: "Allow", Action: "apigateway:GET", Resource: "*" },
        ]);
      }
    });

    it("asks again what is throttled", async () => {
      apiGateway.failNext(3, THROTTLED);
      const run = await look("--stack", "moesif-staging-us-east-1");
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(linesOf(run)).toMatchObject([{ apiId: ids.tests }, { totals: { stages: 1, errors: 0 } }]);
      expect(apiGateway.calls.filter(({ path }) => path.startsWith("/restapis?"))).toHaveLength(4);
    });

    it("reports an account without access, and still shows the others", async () => {
      sts.refused = role(STAGING);
      const run = await look("--concurrency", "1");
      expect(run).toMatchObject({
        code: 3,
        stderr:
          `account ${STAGING} (staging), us-east-1: ${role(STAGING)} cannot be assumed: not authorized  [no-access]\n` +
          "  fix: let your credentials assume the role, or name another with --role\n",
      });
      expect(linesOf(run).slice(-3)).toMatchObject([
        { apiId: ids.billing },
        {
          stack: "moesif-staging-us-east-1",
          accountId: STAGING,
          error: `${role(STAGING)} cannot be assumed: not authorized`,
        },
        { totals: { stages: 5, wanted: 5, covered: 2, uncovered: 3, errors: 1 } },
      ]);
    });

    it("says nothing of the stages of an account of which it could not read all", async () => {
      const error = { status: 403, type: "AccessDeniedException", message: "no permission" };
      apiGateway.rule = ({ path }) => (path.startsWith("/v2/apis") ? error : undefined);
      const run = await look("--stack", "moesif-staging-us-east-1");
      expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining("fix: allow apigateway:GET") });
      expect(linesOf(run)).toMatchObject([{ error: "no permission" }, { totals: { stages: 0, errors: 1 } }]);
    });
  });
});
