/**
 * An upgrade on an emulated AWS: the last release of the modules is applied, and then what is here, without a change of
 * the root that calls them. Whether it says so when something would be lost is tried with a bucket of another address.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StageId } from "../../lambda/api-gateway/stage";
import { Account, owners } from "../stage-enrollment/support";
import { LambdaProxy } from "../support/lambda-proxy";
import { OVERRIDE, withoutDenyOnObjects } from "../support/moto";
import { ROOT } from "../support/rollout";
import { describeWithMoto } from "../support/terraform";
import { checkedOut, lastRelease, NO_HISTORY } from "./last-release";
import { copyOfModule, Root } from "./root";

const ACCOUNT = "123456789012";
const REGION = "eu-west-1";
const CALLER = "test/terraform-module/upgrade";
const OLD = "aws_s3_bucket.pipeline_backup_bucket";
const NEW = "aws_s3_bucket.pipeline_store";

const release = lastRelease(ROOT);

/** The new object of settings, and its revision, are in place before the old ones go. */
const REPLACED_WITHOUT_LOSS = ["aws_s3_object", "terraform_data"];

describeWithMoto(`an upgrade from ${release === NO_HISTORY ? `nothing: ${NO_HISTORY}` : release.name}`, () => {
  let account: Account;
  let lambda: LambdaProxy;
  let root: Root;
  let stage: StageId;
  let copy: string;
  let bucket: string;

  /** Puts the modules in the place of those that the root called before, with a change of their text. */
  const install = (from: string, change: (main: string) => string = (main) => main) => {
    const module = join(copy, "terraform");
    if (from !== copy) {
      rmSync(module, { recursive: true });
      cpSync(join(from, "terraform"), module, { recursive: true });
    }
    for (const file of ["main.tf.json", "outputs.tf.json"]) {
      writeFileSync(join(module, file), change(readFileSync(join(module, file), "utf8")));
    }
    writeFileSync(join(module, OVERRIDE), JSON.stringify(withoutDenyOnObjects(join(module, "main.tf.json"))));
  };

  /** What the next apply would destroy, of what somebody may miss. */
  const lost = async (): Promise<string[]> => {
    await root.must(["plan", "-out=plan.tfplan", "-input=false", "-no-color"]);
    const { resource_changes: changes } = JSON.parse(await root.must(["show", "-json", "plan.tfplan"]));
    return changes
      .filter(({ type, change }: any) => change.actions.includes("delete") && !REPLACED_WITHOUT_LOSS.includes(type))
      .map(({ address, change }: any) => `${address}: ${change.actions.join(", then ")}`);
  };

  const applyPlanned = () => root.must(["apply", "-input=false", "-no-color", "plan.tfplan"]);

  /** All that an earlier version has left there. */
  const kept = async () => ({
    bucket: root.state().output("backup_bucket"),
    failed: await (await account.moto.s3("GET", `${bucket}/firehose/moesif/failed/one`)).text(),
    stage: (await account.logs(stage))[0]?.destinationArn,
    record: await (await account.moto.s3("GET", `${bucket}/enrollment/moesif/record.json`)).json(),
  });

  const whatWasThere = () => ({
    bucket,
    failed: "{}",
    stage: `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/amazon-apigateway-moesif`,
    record: expect.objectContaining({ stages: [expect.objectContaining({ before: owners })] }),
  });

  beforeAll(async () => {
    account = await Account.start();
    const { RECORD_URL: _, CALLS_PER_SECOND: __, ...environment } = account.environment();
    const module = join(ROOT, "dist", "lambda", "stage-enrollment", "index.mjs");
    lambda = await LambdaProxy.start({ moto: account.moto.url, module, environment });
    stage = await account.stage({ accessLog: owners });
    copy = release === NO_HISTORY ? copyOfModule(CALLER) : checkedOut(ROOT, release, "terraform", CALLER);
    const { url } = account.proxy;
    const elsewhere = { apigateway: url, apigatewayv2: url, lambda: lambda.url };
    root = await Root.on(account.moto, join(copy, CALLER), ACCOUNT, elsewhere);
    root.set({ api_id: stage.apiId });
    install(copy);
    await root.init();
    await root.apply();
    bucket = root.state().output("backup_bucket");
    await account.moto.s3("PUT", `${bucket}/firehose/moesif/failed/one`, "{}");
  }, 300_000);

  afterAll(async () => {
    lambda?.stop();
    await account?.stop();
  });

  it("destroys nothing, and keeps what is there", async () => {
    install(ROOT);
    await root.init();
    expect(await lost()).toEqual([]);
    await applyPlanned();
    expect(await kept()).toEqual(whatWasThere());
  }, 240_000);

  it("leaves nothing to do", async () => {
    const { code, output } = await root.plan();
    expect(output).toContain("No changes.");
    expect(code).toBe(0);
  }, 120_000);

  it("would be told if it replaced the bucket", async () => {
    install(ROOT, renamed);
    expect(await lost()).toContain(`module.moesif.${OLD}: delete`);
  }, 120_000);

  it("moves what has another address, if the module says so", async () => {
    const moved = [{ from: OLD, to: NEW }];
    install(ROOT, (text) => {
      const main = JSON.parse(renamed(text));
      return JSON.stringify("output" in main ? main : { ...main, moved });
    });
    expect(await lost()).toEqual([]);
    await applyPlanned();
    const addresses = await root.must(["state", "list"]);
    expect(addresses).toContain(`module.moesif.${NEW}\n`);
    expect(addresses).not.toContain(`module.moesif.${OLD}\n`);
    expect(await kept()).toEqual(whatWasThere());
  }, 240_000);

  it("does not stand in the way of leaving", async () => {
    await root.destroy();
    expect(await account.logs(stage)).toEqual([owners]);
    expect(await account.moto.leftOvers(ACCOUNT, REGION)).toEqual(["backup", "orders"]);
  }, 240_000);
});

/** A module whose bucket has another address. */
function renamed(text: string): string {
  return text
    .replaceAll(new RegExp(`\\b${OLD.replace(".", "\\.")}\\b`, "g"), NEW)
    .replace(/"pipeline_backup_bucket"(?=: \{)/, '"pipeline_store"');
}
