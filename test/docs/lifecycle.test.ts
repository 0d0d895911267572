/**
 * docs/lifecycle.md with a rollout file, on an emulated AWS: runs each command, and checks after each section where every
 * stage logs. What the emulator does not do, the test does in its place: CloudFormation makes
 * no delivery stream there, and Firehose and CloudWatch move no record. Moesif's template is not published as text that
 * could be had here: moesif-stack.json has the parameter that its guide names, and the resources that such a stream needs.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
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
const WHOLE = "An account and region";
const STACK = "moesif-aws-api-gateway";

const streamArn = (name: string) => `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/amazon-apigateway-${name}`;

/** Ten of the eleven keys that Moesif demands: `responseLength` is missing. */
const OLD_FORMAT = JSON.stringify({
  apiId: "$context.apiId",
  requestId: "$context.requestId",
  requestTime: "$context.requestTime",
  protocol: "$context.protocol",
  httpMethod: "$context.httpMethod",
  resourcePath: "$context.resourcePath",
  requestHostHeader: "$context.domainName",
  requestUserAgentHeader: "$context.identity.userAgent",
  status: "$context.status",
  durationMs: "$context.responseLatency",
});

const byStack: AccessLogSettings = { destinationArn: streamArn("moesif"), format: OLD_FORMAT };
const byHand: AccessLogSettings = { destinationArn: streamArn("by-hand"), format: OLD_FORMAT };

/** A stage in Terraform of one's own, with this access log. */
const shopWith = (accessLog: string) => `
provider "aws" {}

variable "api_id" {}
variable "deployment_id" {}
variable "moesif_stream_arn" {
  default = null
}
variable "moesif_access_log_format" {
  default = null
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id   = var.api_id
  deployment_id = var.deployment_id
  stage_name    = "live"
  ${accessLog}
}
`;

const commandsOf = (page: string, heading: string) =>
  blocksOf(page).filter((block) => block.language === "sh" && block.heading === heading);

const OLD_SHOP = shopWith(`access_log_settings {
    destination_arn = "${byStack.destinationArn}"
    format          = ${JSON.stringify(OLD_FORMAT)}
  }`);

describeWithCommands("coming from another stream, and leaving", () => {
  let account: Account;
  let lambda: LambdaProxy;
  let reader: Reader;
  let orders: StageId;
  let catalogue: StageId;
  let shop: StageId;
  let http: StageId;
  let bucket: string;
  let before: string[];

  const ours = { destinationArn: streamArn("moesif-calls"), format: expect.stringContaining('"apiKeyId"') };
  const logs = () => account.logs(orders, catalogue, shop);
  const firehose = (target: string, body: object) =>
    account.moto.call("firehose", `Firehose_20150804.${target}`, ACCOUNT, REGION, body);
  const streams = async () => (await firehose("ListDeliveryStreams", {})).DeliveryStreamNames.sort();
  const leftOvers = async () => (await account.moto.leftOvers(ACCOUNT, REGION)).sort();

  const createStream = (name: string) => {
    const role = `arn:aws:iam::${ACCOUNT}:role/firehose`;
    return firehose("CreateDeliveryStream", {
      DeliveryStreamName: name,
      HttpEndpointDestinationConfiguration: {
        EndpointConfiguration: { Url: "https://api.moesif.net/v1/partners/aws/kinesis", AccessKey: "application-id" },
        BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 1 },
        RetryOptions: { DurationInSeconds: 300 },
        RoleARN: role,
        S3Configuration: { BucketARN: `arn:aws:s3:::${bucket}`, RoleARN: role },
      },
    });
  };

  /** The changes of stages' logging since the last look, each as the operations of one call. */
  const changes = () => {
    const made = account.proxy.changes.map(({ method, path, body }) => {
      const operations = method === "PATCH" ? JSON.parse(body).patchOperations : [];
      return { path, operations: operations.map(({ op, path: of }: Record<string, string>) => `${op} ${of}`).sort() };
    });
    account.proxy.reset();
    return made;
  };

  /** So many stages, each by one call that replaces both values: no stage is without an access log in between. */
  const switches = (count: number) =>
    Array.from({ length: count }, () => ({
      path: expect.stringMatching(/^\/restapis\/\w+\/stages\/\w+$/),
      operations: ["replace /accessLogSettings/destinationArn", "replace /accessLogSettings/format"],
    }));

  const writeShop = (text: string) => writeFileSync(join(reader.folder, "shop", "main.tf"), text);
  const must = async (script: string) => {
    const { code, output } = await reader.shell(script);
    if (code !== 0) throw new Error(`${script}\n${output}`);
    return output.trim();
  };

  beforeAll(async () => {
    account = await Account.start({ managedPolicies: true });
    const { RECORD_URL: _, CALLS_PER_SECOND: __, ...environment } = account.environment();
    const module = join(ROOT, "dist", "lambda", "stage-enrollment", "index.mjs");
    lambda = await LambdaProxy.start({ moto: account.moto.url, module, environment });
    orders = await account.stage({ accessLog: byStack });
    catalogue = await account.stage({ name: "catalogue", accessLog: byHand });
    http = await account.stage({ type: "HTTP", name: "site", stage: "$default" });
    const { url } = account.proxy;
    const elsewhere = { apigateway: url, apigatewayv2: url, lambda: lambda.url };
    const names: Record<string, string> = {
      "111111111111": ACCOUNT,
      a1b2c3d4e5: orders.apiId,
      k1l2m3n4o5: catalogue.apiId,
      h6g7h8i9j0: http.apiId,
      "<application id>": "application-id",
      "moesif-backup-bucket": "backup",
      // The provider waits a minute for the lifecycle of a new bucket: this one is there already.
      "defaults:\n": "defaults:\n  backup: { bucket: backup }\n",
    };
    reader = new Reader({ aws: { moto: account.moto, elsewhere }, region: REGION, names });

    const template = join(__dirname, "moesif-stack.json");
    await must(
      `aws cloudformation create-stack --stack-name ${STACK} --template-body file://${template} --capabilities CAPABILITY_IAM --parameters ParameterKey=MoesifApplicationId,ParameterValue=application-id`,
    );
    bucket = await must(
      `aws cloudformation describe-stack-resource --stack-name ${STACK} --logical-resource-id Backup --query StackResourceDetail.PhysicalResourceId --output text`,
    );
    names["old-stack-bucket"] = bucket;
    await account.moto.s3("PUT", `${bucket}/http-endpoint-failed/2026/11/23/one`, '{"rawData":"e30="}\n');
    await createStream("amazon-apigateway-moesif");
    await createStream("amazon-apigateway-by-hand");

    const { apiId } = await account.stage({ name: "shop" });
    const deployment = await must(
      `aws apigateway get-deployments --rest-api-id ${apiId} --query 'items[0].id' --output text`,
    );
    await account.deleteStage({ type: "REST", apiId, stage: "prod" });
    shop = { type: "REST", apiId, stage: "live" };
    mkdirSync(join(reader.folder, "shop"));
    writeShop(OLD_SHOP);
    writeFileSync(
      join(reader.folder, "shop", "terraform.tfvars.json"),
      JSON.stringify({ api_id: apiId, deployment_id: deployment }),
    );
    await must("cp moto_override.tf.json shop && terraform -chdir=shop init && terraform -chdir=shop apply");
    before = await leftOvers();
    account.proxy.reset();
  });

  afterAll(async () => {
    lambda?.stop();
    await account?.stop();
  });

  it("begins with a look, which shows what there is and what is wrong with it", async () => {
    const shown = await reader.read(PAGE, "1. Inspect the old stream", [0, 0, 1, 1]);
    expect(shown).toContain("AWS::S3::Bucket");
    expect(shown).toContain(`"BucketARN": "arn:aws:s3:::${bucket}"`);
    expect(shown).toContain("stream amazon-apigateway-by-hand");
    expect(shown).toContain('"IntervalInSeconds": 60');
    expect(shown).toContain("required key is missing: responseLength");
    const kept = JSON.parse(readFileSync(join(reader.folder, "old-stack.json"), "utf8"));
    expect(kept).toEqual(JSON.parse(readFileSync(join(__dirname, "moesif-stack.json"), "utf8")));
    expect(changes()).toEqual([]);
  });

  it("deploys beside the old streams, and touches no stage", async () => {
    await reader.read(PAGE, "2. Deploy the new pipeline");
    expect(await streams()).toEqual([
      "amazon-apigateway-by-hand",
      "amazon-apigateway-moesif",
      "amazon-apigateway-moesif-calls",
    ]);
    expect(await logs()).toEqual([byStack, byHand, byStack]);
    expect(changes()).toEqual([]);
  });

  it("switches others' stages by one call each", async () => {
    await reader.read(PAGE, "Stages of other teams");
    expect(await logs()).toEqual([ours, ours, byStack]);
    expect(changes()).toEqual(switches(2));
  });

  it("has the function give everything back where it is asked, as where Terraform has lost its state", async () => {
    const { request } = lambda.calls.findLast(({ request }) => request.enroll)!;
    const shown = await reader.read(PAGE, "Restore stages without the function");
    expect(shown).toContain(`"destinationArn": "${byHand.destinationArn}"`);
    expect(await logs()).toEqual([byStack, byHand, byStack]);
    expect(changes()).toEqual(switches(2));
    // What Terraform's next apply would ask of it.
    await lambda.invoke("moesif-enroll-moesif-calls", request, REGION);
    expect(await logs()).toEqual([ours, ours, byStack]);
    account.proxy.reset();
  });

  it("switches one's own stages by one call each, and then has all", async () => {
    const [block] = blocksOf(PAGE).filter(({ language }) => language === "hcl");
    writeShop(shopWith(block!.text));
    await reader.read(PAGE, "Stages in your own Terraform");
    expect(await logs()).toEqual([ours, ours, ours]);
    expect(changes()).toEqual(switches(1));
    // The HTTP API has never logged anywhere.
    const shown = await reader.read(PAGE, "Check that all are switched", [1]);
    expect(shown).toContain("of which 3 in Moesif and 1 not");
  });

  it("deletes the old streams, and keeps what the bucket of the stack holds", async () => {
    await reader.read(PAGE, "4. Wait until the old stream is empty");
    await reader.read(PAGE, "A CloudFormation stack");
    await firehose("DeleteDeliveryStream", { DeliveryStreamName: "amazon-apigateway-moesif" });
    await reader.read(PAGE, "A stream made by hand");
    const { Resources: kept } = JSON.parse(readFileSync(join(reader.folder, "old-stack-without-bucket.json"), "utf8"));
    expect(Object.keys(kept).filter((name) => kept[name].DeletionPolicy === "Retain")).toEqual([
      "Backup",
      "BackupPolicy",
    ]);
    expect(await streams()).toEqual(["amazon-apigateway-moesif-calls"]);
    const shown = await reader.read(PAGE, "What the bucket holds");
    expect(shown).toContain("http-endpoint-failed/2026/11/23/one");
    expect(await logs()).toEqual([ours, ours, ours]);
    expect(changes()).toEqual([]);
  });

  it("goes back: the old stack is made again from its template, and every stage gets by one call what it had", async () => {
    const [ownStages, stackAgain] = commandsOf(PAGE, "Go back");
    await reader.run(stackAgain!);
    await createStream("amazon-apigateway-moesif");
    const [rollout] = blocksOf(PAGE).filter(({ language }) => language === "yaml");
    reader.write(rollout!);
    writeShop(OLD_SHOP);
    const [othersStages] = commandsOf(PAGE, WHOLE);
    await reader.run(othersStages!);
    await reader.run(ownStages!);
    expect(await logs()).toEqual([byStack, byHand, byStack]);
    expect(changes()).toEqual(switches(3));
  });

  it("takes settings off by hand, of every type of API", async () => {
    await account.api.setAccessLog(http, {
      destinationArn: "arn:aws:logs:eu-west-1:123456789012:log-group:site",
      format: "$context.requestId",
    });
    await reader.read(PAGE, "One stage");
    expect(await account.logs(catalogue, http)).toEqual([undefined, undefined]);
    await account.api.setAccessLog(catalogue, byHand);
  });

  it("leaves nothing of its own, and all that was there before", async () => {
    await account.moto.s3("PUT", "backup/firehose/moesif-calls/failed/one", "{}");
    const [, look, ...rest] = commandsOf(PAGE, WHOLE);
    await reader.run(look!, 1);
    for (const commands of rest) await reader.run(commands);
    expect(readFileSync(join(reader.folder, "moesif-kept", "moesif-calls", "failed", "one"), "utf8")).toBe("{}");
    expect(await logs()).toEqual([byStack, byHand, byStack]);
    const after = await leftOvers();
    // Its stream by hand is gone, as was meant, and the bucket of the first stack is kept beside that of the second.
    const unnumbered = (names: string[]) =>
      names.map((name) => name.replace(/^(moesif-aws-api-gateway-\w+)-\w+$/, "$1"));
    const kept = [...before.filter((name) => name !== "amazon-apigateway-by-hand"), bucket];
    expect(unnumbered(after)).toEqual(unnumbered(kept).sort());
    expect(after).toContain(bucket);
  });

  it("ran every command of the page, but for those of the plain module", () => {
    const all = blocksOf(PAGE).filter(({ language, heading }) => language === "sh" && !OF_THE_MODULE.includes(heading));
    expect(all.map(({ text }) => text).filter((text) => !reader.done.has(text))).toEqual([]);
  });
});
