/**
 * Every example of the module, as it stands in its folder, on an emulated AWS: applied, planned again and destroyed.
 * They live at the same time, each in an account of its own, since the provider waits a minute for the lifecycle of a new
 * bucket. It proves neither what IAM allows nor what API Gateway takes.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { StageId } from "../../lambda/api-gateway/stage";
import { httpAccessLogFormat, identityFrom, restAccessLogFormat, websocketAccessLogFormat } from "../../modules";
import { Account, owners } from "../stage-enrollment/support";
import type { Moto } from "../support/moto";
import { LambdaProxy } from "../support/lambda-proxy";
import { ROOT } from "../support/rollout";
import { describeWithMoto } from "../support/terraform";
import { AppliedRoot, copyOfModule, type State } from "./applied-root";

const EXAMPLES = join("terraform", "examples");
const NAMES = readdirSync(join(ROOT, EXAMPLES));
const REGIONS = ["eu-west-1", "us-east-1"];
const APPLICATION_ID = "the-application-id-itself";
const HASH_KEY = "the-key-of-hashes-itself-of-32-characters";
const BOUNDARY = "arn:aws:iam::111122223333:policy/boundary";

/** Of the emulator's own credentials, and of the stages that are there before. */
const OWN_ACCOUNT = "123456789012";

const secretArn = (account: string, name: string, region = "eu-west-1") =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}-a1B2c3`;

/** An example from its first plan to its end. */
interface Life {
  readonly root: AppliedRoot;
  /** The plan after the apply. */
  readonly again: string;
  /** While everything was there. */
  readonly state: State;
  /** What was looked at meanwhile. */
  readonly seen: any;
  /** What there is afterwards that was not there before, in AWS and in the state. */
  readonly left: readonly string[];
  /** The IAM actions that each command needed. */
  readonly actions: Record<Command, readonly string[]>;
}

type Command = "plan" | "apply" | "destroy";

/** Whose calls are those of a pipeline and what belongs to it. */
const RECORDED = ["minimal", "complete", "http-and-websocket", "existing-stages", "organisation", "existing-bucket"];

async function live(root: AppliedRoot, look?: (root: AppliedRoot) => unknown): Promise<Life> {
  const before = await root.inAws(REGIONS);
  const hasSecret = readFileSync(join(root.directory, "main.tf"), "utf8").includes("moesif_application_id");
  await root.init();
  if (hasSecret) {
    const secret = `-var=moesif_application_id=${APPLICATION_ID}`;
    await root.must(["plan", "-out=plan.tfplan", "-input=false", "-no-color", secret]);
    await root.must(["apply", "-input=false", "-no-color", secret, "plan.tfplan"]);
  } else {
    await root.apply();
  }
  const apply = root.takeActions();
  // No later plan needs the application id.
  const again = (await root.plan()).output;
  const plan = root.takeActions();
  const state = root.state();
  const seen = await look?.(root);
  // The plan has just read all that there is.
  root.takeActions();
  await root.destroy("-refresh=false");
  const actions = { plan, apply, destroy: root.takeActions() };
  const left = [...(await root.inAws(REGIONS)).filter((name) => !before.includes(name)), ...root.state().addresses()];
  return { root, again, state, seen, left, actions };
}

// Whichever test comes first waits for all that its example does.
describeWithMoto("the example", () => {
  const lives: Record<string, Promise<Life>> = {};
  let account: Account;
  let lambda: LambdaProxy;
  /** Of other teams. */
  let listed: StageId;
  let taken: StageId;
  let tagged: StageId;

  /** The variables that an example asks for. */
  const variables = (of: string): Record<string, object> => ({
    "several-regions": { secret_arns: { eu: secretArn(of, "moesif"), us: secretArn(of, "moesif", "us-east-1") } },
    "existing-stages": {
      application_id_secret_arn: secretArn(of, "moesif"),
      stages: {
        orders: { api_id: listed.apiId, stage: listed.stage },
        catalogue: { api_id: taken.apiId, stage: taken.stage, overwrite: true },
      },
    },
    "http-and-websocket": { application_id_secret_arn: secretArn(of, "moesif") },
    "existing-bucket": { application_id_secret_arn: secretArn(of, "moesif") },
    "apis-of-the-same-plan": { application_id_secret_arn: secretArn(of, "moesif") },
    organisation: { permissions_boundary: BOUNDARY.replace("111122223333", of), access_log_bucket: "access-logs" },
  });

  /** What is looked at while everything is there, beside the state. */
  const looks: Record<string, (root: AppliedRoot) => unknown> = {
    minimal: ({ account: of }) =>
      account.moto.call("secretsmanager", "secretsmanager.GetSecretValue", of, "eu-west-1", {
        SecretId: "moesif/application-id",
      }),
    complete: async (root) => {
      const { bucket, key } = root.state().one("aws_s3_object");
      return (await account.moto.s3("GET", `${bucket}/${key}`)).json();
    },
    "existing-stages": () => account.logs(listed, taken, tagged),
  };

  beforeAll(async () => {
    account = await Account.start({ managedPolicies: true });
    const { RECORD_URL: _, CALLS_PER_SECOND: __, ...environment } = account.environment();
    const module = join(ROOT, "dist", "lambda", "stage-enrollment", "index.mjs");
    lambda = await LambdaProxy.start({ moto: account.moto.url, module, environment });
    listed = await account.stage();
    taken = await account.stage({ name: "catalogue", accessLog: owners });
    tagged = await account.stage({ type: "HTTP", name: "site", stageTags: { moesif: "yes" } });
    const copy = copyOfModule();
    NAMES.forEach((name, index) => {
      const own = name === "existing-stages" ? OWN_ACCOUNT : String(index + 1).padStart(12, "2");
      const started = AppliedRoot.on(account.moto, join(copy, EXAMPLES, name), own, { lambda: lambda.url });
      lives[name] = started.then(async (root) => {
        root.set(variables(own)[name] ?? {});
        if (name === "organisation") await makeAccessLogBucket(account.moto, own);
        if (name === "complete") root.set(await makeSecrets(account.moto, own));
        return live(root, looks[name]);
      });
      // The tests say what failed.
      lives[name].catch(() => undefined);
    });
  });

  afterAll(async () => {
    lambda?.stop();
    await account?.stop();
    await Promise.allSettled(Object.values(lives));
  });

  it.each(NAMES)("%s needs no change once it is applied, and leaves nothing when it is destroyed", async (name) => {
    const { again, left } = await lives[name]!;
    expect(again).toContain("No changes.");
    expect(left).toEqual([]);
  });

  it("needs the permissions that docs/permissions.md shows", async () => {
    const recorded = await Promise.all(RECORDED.map((name) => lives[name]!));
    const commands: readonly Command[] = ["plan", "apply", "destroy"];
    const needed = commands.map((command): [Command, string[]] => [
      command,
      [...new Set(recorded.flatMap(({ actions }) => actions[command]))].sort(),
    ]);
    const text = `${JSON.stringify(Object.fromEntries(needed), null, 2)}\n`;
    const file = join(__dirname, "deploy-actions.json");
    if (process.env.UPDATE) writeFileSync(file, text);
    expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(file, "utf8")));
  });

  it.each(NAMES)("%s keeps no value of a secret in its state", async (name) => {
    const { state } = await lives[name]!;
    expect(state.text).toContain(":secret:");
    expect(state.text).not.toContain(APPLICATION_ID);
    expect(state.text).not.toContain(HASH_KEY);
  });

  it("minimal keeps the application id in the secret, and out of plan and state", async () => {
    const { root, state, seen } = await lives.minimal!;
    expect(JSON.parse(seen.SecretString)).toEqual({ api_key: APPLICATION_ID });
    const parts = unzipSync(readFileSync(join(root.directory, "plan.tfplan")));
    const plan = Object.values(parts).map((part) => Buffer.from(part).toString("latin1"));
    for (const text of [plan.join("\n"), state.text]) {
      expect(text).toContain("moesif/application-id");
      expect(text).not.toContain(APPLICATION_ID);
    }
  });

  it("complete has its settings in the bucket, in the words of the function", async () => {
    const { root, seen } = await lives.complete!;
    expect(withoutNulls(seen)).toEqual({
      version: 1,
      accountId: root.account,
      region: "eu-west-1",
      environment: "production",
      metadata: { platform: "api-gateway", cell: 3 },
      tags: ["public"],
      apis: {
        a1b2c3d4e5: { name: "orders", version: "v2", tags: ["checkout"], metadata: { team: "checkout" } },
        f6g7h8i9j0: { name: "catalogue", tags: ["search"], metadata: { team: "search" } },
      },
      output: "event",
      baseUrl: "https://api.moesif.net",
      enrichment: "full",
      passThrough: false,
      identity: {
        user: [{ from: "principalId" }, { from: "apiKeyId" }],
        company: [{ from: "apiKeyId", map: { k1a2b3: "acme", k4c5d6: "globex" } }],
      },
      redaction: {
        fields: { remove: ["userArn"] },
        mask: [{ pattern: "[0-9]{16}", replacement: "[card]" }],
        ip: "truncate",
        path: { segmentsAfter: ["customers"], queryParameters: ["token"] },
        hash: ["user"],
      },
      filter: [
        { drop: { resourcePath: { pattern: "^/prod/health" } } },
        { keep: { status: ["500", "502", "503", "504"] } },
      ],
      sampling: { rate: 25, by: "user", keepErrors: "server" },
    });
  });

  it("several-regions has a stream in each", async () => {
    const { state, root } = await lives["several-regions"]!;
    const arn = (region: string) =>
      `arn:aws:firehose:${region}:${root.account}:deliverystream/amazon-apigateway-moesif`;
    expect(state.output("stream_arns")).toEqual({ eu: arn("eu-west-1"), us: arn("us-east-1") });
  });

  it("http-and-websocket has each stage write to its destination, in the format of its type", async () => {
    const { state, root } = await lives["http-and-websocket"]!;
    const { arn: stream } = state.one("aws_kinesis_firehose_delivery_stream");
    const group = `arn:aws:logs:eu-west-1:${root.account}:log-group:/aws/vendedlogs/apigateway/moesif`;
    expect(state.all("aws_api_gateway_stage").map((stage) => stage.access_log_settings)).toEqual([
      [{ destination_arn: stream, format: restAccessLogFormat() }],
    ]);
    expect(state.all("aws_apigatewayv2_stage").map(({ access_log_settings: [settings] }) => settings)).toEqual([
      { destination_arn: group, format: httpAccessLogFormat({ user: identityFrom.jwtClaim("sub") }) },
      { destination_arn: group, format: websocketAccessLogFormat() },
    ]);
  });

  it("existing-stages has the listed and the tagged log, and gives back what they had", async () => {
    const { state, seen } = await lives["existing-stages"]!;
    const rest = {
      destinationArn: state.one("aws_kinesis_firehose_delivery_stream").arn,
      format: restAccessLogFormat(),
    };
    const group = `arn:aws:logs:eu-west-1:${OWN_ACCOUNT}:log-group:/aws/vendedlogs/apigateway/moesif`;
    expect(seen).toEqual([rest, rest, { destinationArn: group, format: httpAccessLogFormat() }]);
    expect(state.output("stages")).toEqual({ enrolled: 3 });
    expect(await account.logs(listed, taken, tagged)).toEqual([undefined, owners, undefined]);
  });

  it("organisation has every role within boundary, path and prefix, and lets it use the key", async () => {
    const { state, root } = await lives.organisation!;
    const { arn: key } = state.one("aws_kms_key");
    for (const { path, permissions_boundary, name } of state.all("aws_iam_role")) {
      const boundary = BOUNDARY.replace("111122223333", root.account);
      expect({ path, permissions_boundary }).toEqual({ path: "/platform/", permissions_boundary: boundary });
      expect(name).toMatch(/^platform-(delivery|transform)-moesif-/);
    }
    const onKey = state
      .all("aws_iam_role_policy")
      .map(({ policy }) =>
        JSON.parse(policy).Statement.flatMap(({ Sid, Resource }: any) => (Resource === key ? [Sid] : [])),
      );
    expect(onKey).toEqual([
      ["EncryptBackup", "DecryptApplicationId"],
      ["DecryptSettings", "DecryptApplicationId"],
    ]);
    expect(state.one("aws_s3_bucket_logging")).toMatchObject({
      target_bucket: "access-logs",
      target_prefix: "moesif/",
    });
  });
});

/** The secrets of the example that hashes: as its variables. */
async function makeSecrets(moto: Moto, account: string): Promise<object> {
  const make = async (name: string, value: object) =>
    ((await moto.createSecret(account, "eu-west-1", name, value)) as { ARN: string }).ARN;
  return {
    application_id_secret_arn: await make("moesif/application-id", { api_key: APPLICATION_ID }),
    hash_key_secret_arn: await make("moesif/hash-key", { hash_key: HASH_KEY }),
  };
}

/** A bucket of an account to which S3 may write access logs. */
async function makeAccessLogBucket(moto: Moto, account: string): Promise<void> {
  const where = { account, region: "eu-west-1" };
  const location = "<LocationConstraint>eu-west-1</LocationConstraint>";
  await moto.s3("PUT", "access-logs", `<CreateBucketConfiguration>${location}</CreateBucketConfiguration>`, where);
  const statement = {
    Effect: "Allow",
    Principal: { Service: "logging.s3.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: "arn:aws:s3:::access-logs/*",
  };
  await moto.s3("PUT", "access-logs?policy", JSON.stringify({ Version: "2012-10-17", Statement: [statement] }), where);
}

/** A document as the function reads it: null stands for what is not there. */
function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, one) => one ?? undefined));
}
