/**
 * What is chosen beside the pipeline, on an emulated AWS: moto keeps everything, and the built function is run for each of
 * Terraform's calls. It proves neither what IAM allows, which moto does not enforce, nor what API Gateway takes.
 */
import { join } from "node:path";
import type { StageId } from "../../lambda/api-gateway/stage";
import { httpAccessLogFormat, identityFrom, restAccessLogFormat, websocketAccessLogFormat } from "../../modules";
import { Account, owners } from "../stage-enrollment/support";
import { LambdaProxy } from "../support/lambda-proxy";
import { ROOT } from "../support/rollout";
import { describeWithMoto } from "../support/terraform";
import { AppliedRoot, copyOfModule } from "./applied-root";

const ACCOUNT = "123456789012";
const REGION = "eu-west-1";
const APPLICATION_ID = "the-application-id-itself";

const HTTP_FORMAT = httpAccessLogFormat({
  user: identityFrom.jwtClaim("custom:tenant&co"),
  company: identityFrom.authorizerProperty("tenant"),
  path: "route",
  request: {
    query: identityFrom.authorizerProperty("query_string"),
    forwardedFor: identityFrom.authorizerProperty("forwarded"),
    contentType: identityFrom.authorizerProperty("content"),
  },
});
const WEBSOCKET_FORMAT = websocketAccessLogFormat({
  user: identityFrom.apiKeyId(),
  company: identityFrom.authorizerPrincipal(),
});

describeWithMoto("the nested modules", () => {
  let account: Account;
  let lambda: LambdaProxy;
  let root: AppliedRoot;
  let listed: StageId;
  let taken: StageId;
  let tagged: StageId;

  /** What stages log as long as they are enrolled with the pipeline of a name. */
  const ofPipeline = (name: string) => {
    const stream = `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/amazon-apigateway-${name}`;
    const group = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/vendedlogs/apigateway/${name}`;
    return {
      rest: { destinationArn: stream, format: restAccessLogFormat() },
      http: { destinationArn: group, format: HTTP_FORMAT },
      websocket: { destinationArn: group, format: WEBSOCKET_FORMAT },
    };
  };

  /** Terraform's calls of the function since the last look, of which a plan's checks are none. */
  const calls = () =>
    lambda.calls
      .splice(0)
      .flatMap(({ request: { tf, ...request } }) => (tf ? [`${Object.keys(request)[0]}: ${tf.action}`] : []));

  const set = (variables: object) =>
    root.set({
      stages: [
        { api_id: listed.apiId, stage: listed.stage },
        { type: "WEBSOCKET", api_id: taken.apiId, stage: taken.stage, overwrite: true },
      ],
      ...variables,
    });

  beforeAll(async () => {
    account = await Account.start({ managedPolicies: true });
    const { RECORD_URL: _, CALLS_PER_SECOND: __, ...environment } = account.environment();
    const module = join(ROOT, "dist", "lambda", "stage-enrollment", "index.mjs");
    lambda = await LambdaProxy.start({ moto: account.moto.url, module, environment });
    listed = await account.stage();
    taken = await account.stage({ type: "WEBSOCKET", name: "chat", accessLog: owners });
    tagged = await account.stage({ type: "HTTP", name: "site", stageTags: { moesif: "yes" } });
    const folder = join(copyOfModule(), "test", "terraform", "nested");
    // moto lacks version 2's UpdateStage, which the proxy adds.
    const elsewhere = { apigatewayv2: account.proxy.url, lambda: lambda.url };
    root = await AppliedRoot.on(account.moto, folder, ACCOUNT, elsewhere);
    set({});
    await root.init();
  });

  afterAll(async () => {
    lambda?.stop();
    await account?.stop();
  });

  it("store no application id that is none: the first apply needs the real one", async () => {
    const { code, output } = await root.run(["apply", "-auto-approve", "-input=false", "-no-color"]);
    expect(code).toBe(1);
    expect(output).toContain("You must provide either SecretString or SecretBinary.");
    expect(root.state().all("aws_kinesis_firehose_delivery_stream")).toEqual([]);
  });

  it("are applied at the first try, and need neither a change nor the application id afterwards", async () => {
    const id = `-var=application_id=${APPLICATION_ID}`;
    await root.must(["apply", "-auto-approve", "-input=false", "-no-color", id]);
    expect(root.state().output("enrolled")).toEqual({ enrolled: 3 });
    const { output } = await root.plan();
    expect(output).toContain("No changes.");
    expect(output).not.toContain("Warning");
    expect(root.state().text).not.toContain(APPLICATION_ID);
  });

  it("have stages log in the formats of the constructs, those in Terraform and those that others own", async () => {
    const { rest, http, websocket } = ofPipeline("first");
    expect(await account.logs(listed, taken, tagged)).toEqual([rest, websocket, http]);
    const own = root.state().all("aws_apigatewayv2_stage");
    expect(own.map(({ access_log_settings: [settings] }) => settings.format)).toEqual([HTTP_FORMAT, WEBSOCKET_FORMAT]);
    calls();
  });

  it("refuse a raised version without the application id, and keep what is stored", async () => {
    set({ secret_version: 2 });
    const { output } = await root.run(["apply", "-auto-approve", "-input=false", "-no-color"]);
    expect(output).toContain("You must provide either SecretString or SecretBinary.");
    expect(root.state().one("aws_secretsmanager_secret_version").secret_string_wo_version).toBe(1);
  });

  it("make new roles before the old ones go, and give stages back before they enroll them, with a new path and name", async () => {
    set({ name: "second", iam: { path: "/platform/", name_prefix: "acme-" } });
    const output = await root.apply();
    for (const role of [
      "stage_logs.aws_iam_role.cloudwatch_logs",
      "stage_enrollment.aws_iam_role.function",
      "api_gateway_log_role.aws_iam_role.this",
    ]) {
      const place = (what: string) => output.indexOf(`module.${role}${what}`);
      expect(place(": Creation complete")).toBeGreaterThan(0);
      expect(place(" (deposed object")).toBeGreaterThan(place(": Creation complete"));
    }
    const names = root
      .state()
      .all("aws_iam_role")
      .map(({ name, path }) => `${path}${name.replace(/-\d+$/, "")}`);
    expect(names.sort()).toEqual([
      "/platform/acme-api-gateway-logs",
      "/platform/acme-delivery-second",
      "/platform/acme-enroll-second",
      "/platform/acme-stage-logs-second",
      "/platform/acme-transform-second",
    ]);

    // An enrollment that found its stages with the other one would call each a conflict.
    expect(calls()).toEqual(["enroll: delete", "restore: delete", "restore: create", "enroll: create"]);
    const { rest, http, websocket } = ofPipeline("second");
    expect(await account.logs(listed, taken, tagged)).toEqual([rest, websocket, http]);
    expect((await root.plan()).output).toContain("No changes.");
  });

  it("give everything back when they are destroyed, and leave nothing", async () => {
    await root.destroy();
    expect(await account.logs(listed, taken, tagged)).toEqual([undefined, owners, undefined]);
    // The APIs are their owners', and the bucket the emulator's own.
    expect((await root.inAws([REGION])).sort()).toEqual(["backup", "chat", "orders", "site"]);
    expect(await root.stateList()).toEqual([]);
  });
});
