/**
 * The example of stages that others own, from the rollout file to API Gateway: synthesized, applied to an emulated AWS
 * with the built enrollment function run for each of Terraform's calls, and destroyed. It proves neither what IAM allows
 * nor what API Gateway takes.
 */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rolloutStages, synthesizeRollout } from "../../modules";
import { deployPolicy } from "../../scripts/permissions";
import type { StageId } from "../../lambda/api-gateway/stage";
import { Account, owners } from "../stage-enrollment/support";
import { LambdaProxy } from "../support/lambda-proxy";
import { ROOT } from "../support/rollout";
import { describeWithMoto, Terraform } from "../support/terraform";

const EXAMPLE = join(ROOT, "examples", "existing-stages", "rollout.yaml");
const MODULE = join(ROOT, "dist", "lambda", "stage-enrollment", "index.mjs");
const REGION = "eu-west-1";

/**
 * The example for the emulator's own account, with the ids that its APIs have there, and with a bucket that exists: the
 * provider waits a minute for the lifecycle of a new one.
 */
function rolloutFor(ids: Readonly<Record<string, string>>): string {
  const text = Object.entries({
    ...ids,
    "111111111111": "123456789012",
    "defaults:": "defaults:\n  backup: { bucket: backup }",
  }).reduce((file, [before, now]) => file.replace(before, now), readFileSync(EXAMPLE, "utf8"));
  const file = join(mkdtempSync(join(tmpdir(), "existing-stages-")), "rollout.yaml");
  writeFileSync(file, text);
  return file;
}

describeWithMoto("the example of stages that others own", () => {
  let account: Account;
  let lambda: LambdaProxy;
  let terraform: Terraform;
  let file: string;
  let out: string;
  let rest: StageId;
  let http: StageId;
  let socket: StageId;
  let taken: StageId;
  /** The IAM actions that Terraform needed. */
  let actions: string[];

  beforeAll(async () => {
    account = await Account.start({ managedPolicies: true });
    const { RECORD_URL: _, CALLS_PER_SECOND: __, ...environment } = account.environment();
    lambda = await LambdaProxy.start({ moto: account.moto.url, module: MODULE, environment });
    rest = await account.stage();
    http = await account.stage({ type: "HTTP", stage: "$default" });
    socket = await account.stage({ type: "WEBSOCKET" });
    taken = await account.stage({ name: "catalogue", accessLog: owners });
    file = rolloutFor({
      a1b2c3d4e5: rest.apiId,
      h6g7h8i9j0: http.apiId,
      w1l2m3n4o5: socket.apiId,
      k1l2m3n4o5: taken.apiId,
    });
    out = mkdtempSync(join(tmpdir(), "synth-"));
    const [directory] = synthesizeRollout(file, out).folders;
    await account.moto.createSecret("123456789012", REGION, "moesif/application-id", { api_key: "application-id" });
    terraform = new Terraform(directory!, account.moto.environment());
    account.moto.redirect(directory!, { region: REGION }, { lambda: lambda.url });
    await terraform.must(["init", "-input=false", "-no-color"]);
  });

  afterAll(async () => {
    lambda?.stop();
    await account?.stop();
  });

  it("has them log to stream and log group, each in the format of its type, as coverage expects it", async () => {
    await terraform.apply();
    const { destinations } = rolloutStages(file)[0]!;
    expect(destinations.HTTP!.format).toContain('"user":"$context.authorizer.claims.sub"');
    expect(await account.logs(rest, http, socket, taken)).toEqual([
      destinations.REST,
      destinations.HTTP,
      destinations.WEBSOCKET,
      destinations.REST,
    ]);
  });

  it("needs no change afterwards", async () => {
    const { code, output } = await terraform.plan();
    expect(output).toContain("No changes.");
    expect(code).toBe(0);
  });

  it("enrolls a new stage with the tag by its schedule, without a deploy", async () => {
    const tagged = await account.stage({ name: "new", stageTags: { moesif: "true" } });
    const { answer } = await lambda.invoke("moesif-enroll-moesif", { reconcile: true }, REGION);
    expect(answer.totals).toEqual({ enrolled: 1, unchanged: 4 });
    expect(await account.logs(tagged)).toEqual([rolloutStages(file)[0]!.destinations.REST]);
    expect((await terraform.plan()).code).toBe(0);
    await account.deleteStage(tagged);
  });

  it("gets a redrive without any other change", async () => {
    const withRedrive = readFileSync(file, "utf8").replace("defaults:", "defaults:\n  redrive: { mode: schedule }");
    writeFileSync(file, withRedrive);
    synthesizeRollout(file, out);
    account.moto.redirect(terraform.directory, { region: REGION }, { lambda: lambda.url });
    const output = await terraform.apply();
    expect(output).toContain("aws_cloudwatch_event_target.pipeline_redrive_schedule_target: Creation complete");
    expect(output).toMatch(/ added, 0 changed, 0 destroyed/);
    expect((await terraform.plan()).output).toContain("No changes.");
  });

  it("gives back what the stages had, and leaves nothing", async () => {
    await terraform.destroy();
    actions = account.moto.deployCalls.take("test");
    expect(await account.logs(rest, http, socket, taken)).toEqual([undefined, undefined, undefined, owners]);
    // The APIs and the bucket are their owners'.
    const [bucket, ...apis] = await account.moto.leftOvers("123456789012", REGION);
    expect([bucket, ...apis.sort()]).toEqual(["backup", "catalogue", "new", "orders", "orders", "orders"]);
    expect(await account.record()).toBeUndefined();
  });

  it("needs no more permissions than docs/permissions.md shows", () => {
    const recorded = readFileSync(join(ROOT, "test", "terraform", "deploy-actions.json"), "utf8");
    const allowed = deployPolicy(JSON.parse(recorded)).Statement.flatMap(({ Action }) => Action);
    expect(actions).toContain("firehose:CreateDeliveryStream");
    expect(allowed).toEqual(expect.arrayContaining(actions));
  });
});
