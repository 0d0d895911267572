/**
 * docs/lifecycle.md with the plain module: runs each command for the module on an emulated AWS. lifecycle.test.ts runs
 * what holds for everybody.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AccessLogSettings, StageId } from "../../lambda/api-gateway/stage";
import { Account } from "../stage-enrollment/support";
import { LambdaProxy } from "../support/lambda-proxy";
import { ROOT } from "../support/rollout";
import { describeWithCommands } from "../support/terraform";
import { blocksOf, OF_THE_MODULE } from "./page";
import { Reader } from "./reader";

const ACCOUNT = "123456789012";
const REGION = "eu-west-1";
const PAGE = "docs/lifecycle.md";

const streamArn = (name: string) => `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/amazon-apigateway-${name}`;

const old: AccessLogSettings = { destinationArn: streamArn("moesif"), format: '{"requestId":"$context.requestId"}' };

/** A stage in the reader's own root, with this access log. */
const stageWith = (accessLog: string, { apiId, deployment }: { apiId: string; deployment: string }) => `
resource "aws_api_gateway_stage" "live" {
  rest_api_id   = "${apiId}"
  deployment_id = "${deployment}"
  stage_name    = "live"
  ${accessLog}
}
`;

const OLD_LOG = `access_log_settings {
    destination_arn = "${old.destinationArn}"
    format          = ${JSON.stringify(old.format)}
  }`;

describeWithCommands("coming to the plain module, and leaving it", () => {
  let account: Account;
  let lambda: LambdaProxy;
  let reader: Reader;
  let orders: StageId;
  let catalogue: StageId;
  let shop: StageId;
  let deployment: string;
  let before: string[];

  const ours = { destinationArn: streamArn("moesif-calls"), format: expect.stringContaining('"apiKeyId"') };
  const logs = () => account.logs(orders, catalogue, shop);
  const leftOvers = async () => (await account.moto.leftOvers(ACCOUNT, REGION)).sort();
  const writeShop = (accessLog: string) =>
    writeFileSync(join(reader.folder, "moesif", "shop.tf"), stageWith(accessLog, { apiId: shop.apiId, deployment }));

  /** The operations of each call that changed the logging of a stage since the last look. */
  const changes = () => {
    const made = account.proxy.changes.filter(({ method }) => method === "PATCH");
    account.proxy.reset();
    return made.map(({ body }) =>
      JSON.parse(body).patchOperations.map(({ op, path }: Record<string, string>) => `${op} ${path}`),
    );
  };
  const inOneCall = expect.arrayContaining([
    "replace /accessLogSettings/destinationArn",
    "replace /accessLogSettings/format",
  ]);

  beforeAll(async () => {
    account = await Account.start({ managedPolicies: true });
    const { RECORD_URL: _, CALLS_PER_SECOND: __, ...environment } = account.environment();
    const module = join(ROOT, "dist", "lambda", "stage-enrollment", "index.mjs");
    lambda = await LambdaProxy.start({ moto: account.moto.url, module, environment });
    orders = await account.stage({ accessLog: old });
    catalogue = await account.stage({ name: "catalogue", accessLog: old });
    const { url } = account.proxy;
    const names = {
      a1b2c3d4e5: orders.apiId,
      k1l2m3n4o5: catalogue.apiId,
      // The provider waits a minute for the lifecycle of a new bucket: this one is there already.
      'moesif-firehose/aws"\n': 'moesif-firehose/aws"\n  backup = { bucket = "backup" }\n',
    };
    const elsewhere = { apigateway: url, apigatewayv2: url, lambda: lambda.url };
    reader = new Reader({ aws: { moto: account.moto, elsewhere }, region: REGION, names });
    await account.moto.createSecret(ACCOUNT, REGION, "moesif/application-id", { api_key: "application-id" });

    const { apiId } = await account.stage({ name: "shop" });
    const { output } = await reader.shell(
      `aws apigateway get-deployments --rest-api-id ${apiId} --query 'items[0].id' --output text`,
    );
    deployment = output.trim();
    await account.deleteStage({ type: "REST", apiId, stage: "prod" });
    shop = { type: "REST", apiId, stage: "live" };
    before = await leftOvers();
  });

  afterAll(async () => {
    lambda?.stop();
    await account?.stop();
  });

  it("deploys beside the old stream, and touches no stage", async () => {
    const [root] = blocksOf(PAGE).filter(({ heading }) => heading === "Deploy the module");
    reader.write(root!);
    writeShop(OLD_LOG);
    await reader.read(PAGE, "Deploy the module");
    expect(await logs()).toEqual([old, old, old]);
    changes();
  });

  it("shows what an upgrade would destroy, such as a stream that gets another name, and nothing where all stays", async () => {
    const look = "Check the plan";
    expect(await reader.read(PAGE, look)).not.toMatch(/: .*delete/);
    const rename = { heading: look, language: "sh", text: "sed -i 's/moesif-calls/moesif-again/' moesif/main.tf" };
    await reader.run(rename);
    const shown = await reader.read(PAGE, look);
    expect(shown.match(/^\S+firehose_delivery_stream\S+: .*delete.*$/gm)).toEqual([
      "module.moesif.aws_kinesis_firehose_delivery_stream.this: create, then delete",
    ]);
    await reader.run({ ...rename, text: rename.text.replace("calls/moesif-again", "again/moesif-calls") });
  });

  it("switches one's own stages and those of others, by one call each", async () => {
    const [ownStage] = blocksOf(PAGE).filter(({ heading }) => heading === "Switch the stages by modules");
    writeShop(ownStage!.text);
    await reader.read(PAGE, "Switch the stages by modules");
    expect(await logs()).toEqual([ours, ours, ours]);
    expect(changes()).toEqual([inOneCall, inOneCall, inOneCall]);
  });

  it("gives everything back, by one call each", async () => {
    writeShop(OLD_LOG);
    const [back] = commandsOfLeaving();
    await reader.run(back!);
    expect(await logs()).toEqual([old, old, old]);
    expect(changes()).toEqual([inOneCall, inOneCall, inOneCall]);
  });

  it("leaves nothing of its own", async () => {
    const [, rest] = commandsOfLeaving();
    await reader.run(rest!);
    expect(await account.logs(orders, catalogue)).toEqual([old, old]);
    expect(await leftOvers()).toEqual(before);
  });

  it("ran every command for those who use the plain module", () => {
    const all = blocksOf(PAGE).filter(({ heading, language }) => OF_THE_MODULE.includes(heading) && language === "sh");
    expect(all.map(({ text }) => text).filter((text) => !reader.done.has(text))).toEqual([]);
    expect(new Set(all.map(({ heading }) => heading))).toEqual(new Set(OF_THE_MODULE));
  });
});

function commandsOfLeaving() {
  return blocksOf(PAGE).filter(
    ({ heading, language }) => heading === "Uninstall the Terraform module" && language === "sh",
  );
}
