/**
 * The README is short, and its quick starts work: Terraform and the rollout file on an emulated AWS. The quick start for
 * constructs is run with the packed package by test/package/installed.test.ts.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { StageId } from "../../lambda/api-gateway/stage";
import { Account } from "../stage-enrollment/support";
import { LambdaProxy } from "../support/lambda-proxy";
import { ROOT } from "../support/rollout";
import { describeWithCommands } from "../support/terraform";
import { Reader } from "./reader";

const ACCOUNT = "123456789012";
const REGION = "eu-west-1";
const STREAM = `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/amazon-apigateway-moesif`;

test("the README has at most 150 lines", () => {
  expect(readFileSync(join(ROOT, "README.md"), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(150);
});

describeWithCommands("the quick starts of the README", () => {
  let account: Account;
  let lambda: LambdaProxy;
  let reader: Reader;
  let orders: StageId;
  let before: string[];

  const streams = async () =>
    (await account.moto.call("firehose", "Firehose_20150804.ListDeliveryStreams", ACCOUNT, REGION, {}))
      .DeliveryStreamNames;
  const leftOvers = async () => (await account.moto.leftOvers(ACCOUNT, REGION)).sort();

  beforeAll(async () => {
    account = await Account.start({ managedPolicies: true });
    const { RECORD_URL: _, CALLS_PER_SECOND: __, ...environment } = account.environment();
    const module = join(ROOT, "dist", "lambda", "stage-enrollment", "index.mjs");
    lambda = await LambdaProxy.start({ moto: account.moto.url, module, environment });
    orders = await account.stage();
    const { url } = account.proxy;
    const names = {
      "<application id>": "application-id",
      "111111111111": ACCOUNT,
      a1b2c3d4e5: orders.apiId,
      // The provider waits a minute for the lifecycle of a new bucket: this one exists.
      'firehose/terraform"\n': 'firehose/terraform"\n  backup = { bucket = "backup" }\n',
      "defaults:\n": "defaults:\n  backup: { bucket: backup }\n",
      "./cdktf-moesif-firehose/terraform": "./terraform",
      // Secrets Manager keeps the name of a deleted secret for its recovery window.
      "createSecret: { name: moesif/application-id }": "createSecret: { name: moesif/of-the-rollout }",
    };
    const elsewhere = { apigateway: url, apigatewayv2: url, lambda: lambda.url };
    reader = new Reader({ aws: { moto: account.moto, elsewhere }, region: REGION, names });
    before = await leftOvers();
  });

  afterAll(async () => {
    lambda?.stop();
    await account?.stop();
  });

  it("Terraform: makes a pipeline", async () => {
    await reader.read("README.md", "Terraform");
    expect(await streams()).toEqual(["amazon-apigateway-moesif"]);
    const { code, output } = await reader.shell("terraform plan -detailed-exitcode && terraform destroy");
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("No changes.") });
    expect(await leftOvers()).toEqual(before);
  });

  it("rollout file: makes a pipeline, and sets the logging of the stage", async () => {
    await reader.read("README.md", "Rollout file");
    expect(await account.logs(orders)).toEqual([{ destinationArn: STREAM, format: expect.any(String) }]);
  });
});
