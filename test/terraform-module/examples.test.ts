/**
 * Every example of the module, as it stands in its folder, on an emulated AWS: checked, planned, applied, planned again
 * and destroyed. They live at the same time, each in an account of its own, since the provider waits a minute for the
 * lifecycle of a new bucket. It proves neither what IAM allows nor what API Gateway takes.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { StageId } from "../../lambda/api-gateway/stage";
import { httpAccessLogFormat, identityFrom, restAccessLogFormat, websocketAccessLogFormat } from "../../modules";
import { Account, owners } from "../stage-enrollment/support";
import { LambdaProxy } from "../support/lambda-proxy";
import { ROOT } from "../support/rollout";
import { describeWithMoto, describeWithTerraform, Terraform } from "../support/terraform";
import { type Life, live } from "./life";
import { copyOfModule, Root } from "./root";

const EXAMPLES = join("terraform", "examples");
const NAMES = readdirSync(join(ROOT, EXAMPLES));
const REGIONS = ["eu-west-1", "us-east-1"];
const APPLICATION_ID = "the-application-id-itself";
const BOUNDARY = "arn:aws:iam::111122223333:policy/boundary";

/** Of the emulator's own credentials, and of the stages that are there before. */
const OWN_ACCOUNT = "123456789012";

const groupArn = (account: string) => `arn:aws:logs:eu-west-1:${account}:log-group:/aws/vendedlogs/apigateway/moesif`;
const secretArn = (name: string, region = "eu-west-1") =>
  `arn:aws:secretsmanager:${region}:${OWN_ACCOUNT}:secret:${name}-a1B2c3`;

// Whichever test comes first waits for all that its example does.
jest.setTimeout(600_000);

describeWithMoto("the example", () => {
  const lives: Record<string, Promise<Life>> = {};
  let account: Account;
  let lambda: LambdaProxy;
  /** Of other teams. */
  let listed: StageId;
  let taken: StageId;
  let tagged: StageId;

  /** What whoever uses an example has to say. */
  const variables = (): Record<string, object> => ({
    minimal: { moesif_application_id: APPLICATION_ID },
    complete: { application_id_secret_arn: secretArn("moesif"), hash_key_secret_arn: secretArn("hash-key") },
    "several-regions": { secret_arns: { eu: secretArn("moesif"), us: secretArn("moesif", "us-east-1") } },
    "existing-stages": {
      application_id_secret_arn: secretArn("moesif"),
      stages: {
        orders: { api_id: listed.apiId, stage: listed.stage },
        catalogue: { api_id: taken.apiId, stage: taken.stage, overwrite: true },
      },
    },
    "http-and-websocket": { application_id_secret_arn: secretArn("moesif") },
    "boundary-and-customer-key": { moesif_application_id: APPLICATION_ID, permissions_boundary: BOUNDARY },
  });

  /** What is looked at while everything is there, beside the state. */
  const looks: Record<string, (root: Root) => unknown> = {
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
    account = await Account.start();
    const { RECORD_URL: _, CALLS_PER_SECOND: __, ...environment } = account.environment();
    const module = join(ROOT, "dist", "lambda", "stage-enrollment", "index.mjs");
    lambda = await LambdaProxy.start({ moto: account.moto.url, module, environment });
    listed = await account.stage();
    taken = await account.stage({ name: "catalogue", accessLog: owners });
    tagged = await account.stage({ type: "HTTP", name: "site", stageTags: { moesif: "yes" } });

    const copy = copyOfModule();
    NAMES.forEach((name, index) => {
      const own = name === "existing-stages" ? OWN_ACCOUNT : String(index).padStart(12, "2");
      lives[name] = Root.on(account.moto, join(copy, EXAMPLES, name), own, { lambda: lambda.url }).then((root) => {
        root.set(variables()[name] ?? {});
        return live(root, account.moto, REGIONS, looks[name]);
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

  it.each(NAMES)(
    "%s is valid, needs no change once it is applied, and leaves nothing when it is destroyed",
    async (name) => {
      const { validated, again, left } = await lives[name]!;
      expect(validated.output).toContain("Success! The configuration is valid.");
      expect(again.output).toContain("No changes.");
      expect(again.code).toBe(0);
      expect(left).toEqual([]);
    },
  );

  it("minimal keeps the application id in the secret, and out of plan and state", async () => {
    const { root, state, seen } = await lives.minimal!;
    expect(JSON.parse(seen.SecretString)).toEqual({ api_key: APPLICATION_ID });
    const plan = Object.values(unzipSync(root.planFile())).map((part) => Buffer.from(part).toString("latin1"));
    for (const text of [plan.join("\n"), state.text]) {
      expect(text).toContain("moesif/application-id");
      expect(text).not.toContain(APPLICATION_ID);
    }
  });

  it("complete has in the bucket what it says, in the words of the function", async () => {
    const { root, seen } = await lives.complete!;
    expect(seen).toEqual({
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
    const group = groupArn(root.account);
    expect(state.one("aws_api_gateway_stage").access_log_settings).toEqual([
      { destination_arn: stream, format: restAccessLogFormat() },
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
    expect(seen).toEqual([rest, rest, { destinationArn: groupArn(OWN_ACCOUNT), format: httpAccessLogFormat() }]);
    expect(state.output("stages")).toEqual({ enrolled: 3 });
    expect(await account.logs(listed, taken, tagged)).toEqual([undefined, owners, undefined]);
  });

  it("boundary-and-customer-key has every role within boundary and path, and lets it use the key", async () => {
    const { state } = await lives["boundary-and-customer-key"]!;
    const { arn: key } = state.one("aws_kms_key");
    for (const { path, permissions_boundary, arn } of state.all("aws_iam_role")) {
      expect({ path, permissions_boundary }).toEqual({ path: "/platform/", permissions_boundary: BOUNDARY });
      expect(state.output("role_arns")).toContain(arn);
    }
    const onKey = state.all("aws_iam_role_policy").map(({ role, policy }) => ({
      role: role.replace(/-\d+$/, ""),
      may: JSON.parse(policy).Statement.flatMap(({ Sid, Resource }: any) => (Resource === key ? [Sid] : [])),
    }));
    expect(onKey).toEqual([
      { role: "moesif-delivery", may: ["EncryptBackup", "DecryptApplicationId"] },
      { role: "moesif-transform", may: ["DecryptSettings", "DecryptApplicationId"] },
    ]);
    expect(state.one("aws_secretsmanager_secret").kms_key_id).toBe(key);
    const [{ apply_server_side_encryption_by_default: encryption }] = state.one(
      "aws_s3_bucket_server_side_encryption_configuration",
    ).rule;
    expect(encryption).toEqual([{ kms_master_key_id: key, sse_algorithm: "aws:kms" }]);
  });
});

describeWithTerraform("what is written by hand for Terraform", () => {
  it.each(["terraform", "test/terraform-module"])("is formatted as Terraform formats it, in %s", async (folder) => {
    const { code, output } = await new Terraform(ROOT).run(["fmt", "-check", "-diff", "-recursive", folder]);
    expect(output).toBe("");
    expect(code).toBe(0);
  });
});
