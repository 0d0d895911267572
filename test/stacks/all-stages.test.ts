/** Stages of all three types applied to an emulated AWS: in one stack by the aspect, and in several by logStages. */
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aspects } from "cdktf";
import { ApiGatewayLogRole, LogStagesAspect, MoesifPipeline } from "../../modules";
import { restStage, v2Stage } from "../stage-logging/app";
import { Moto } from "../support/moto";
import { ROOT } from "../support/rollout";
import { synthesize } from "../support/synth";
import { describeWithMoto, Terraform } from "../support/terraform";

const ACCOUNT = "123456789012";
const STREAM = `arn:aws:firehose:us-east-1:${ACCOUNT}:deliverystream/amazon-apigateway-moesif`;
const GROUP = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/aws/vendedlogs/apigateway/moesif`;

async function startMoto(): Promise<Moto> {
  const moto = await Moto.start({ managedPolicies: true });
  await moto.createSecret(ACCOUNT, "us-east-1", "moesif/application-id", { api_key: "application-id" });
  return moto;
}

/** Where a stage in a state logs, and its format. */
async function settingsIn(terraform: Terraform, type: string, name: string) {
  const state = JSON.parse(await terraform.must(["state", "pull"]));
  const stage = state.resources.find((one: any) => one.mode === "managed" && one.type === type && one.name === name);
  return stage.instances[0].attributes.access_log_settings[0];
}

async function expectNoChanges(terraform: Terraform): Promise<void> {
  const { code, output } = await terraform.plan();
  expect(output).toContain("No changes.");
  expect(code).toBe(0);
}

describeWithMoto("stages of every type in one stack", () => {
  let moto: Moto;
  let terraform: Terraform;

  beforeAll(async () => {
    const { directory } = synthesize((stack) => {
      const pipeline = new MoesifPipeline(stack, "moesif", {
        applicationId: { secretName: "moesif/application-id" },
        delivery: { kmsKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555` },
      });
      const logRole = new ApiGatewayLogRole(stack, "log_role");
      restStage(stack, "orders");
      v2Stage(stack, "items", "HTTP", { autoDeploy: true });
      v2Stage(stack, "chat", "WEBSOCKET");
      Aspects.of(stack).add(new LogStagesAspect(pipeline, { logRole }));
    });
    moto = await startMoto();
    moto.redirect(directory);
    terraform = new Terraform(directory, moto.environment());
    await terraform.must(["init", "-input=false", "-no-color"]);
  });

  afterAll(() => moto?.stop());

  it("are applied, each logging where its type can", async () => {
    await terraform.apply();
    expect(await settingsIn(terraform, "aws_api_gateway_stage", "orders")).toMatchObject({ destination_arn: STREAM });
    expect(await settingsIn(terraform, "aws_apigatewayv2_stage", "items")).toMatchObject({ destination_arn: GROUP });
    expect(await settingsIn(terraform, "aws_apigatewayv2_stage", "chat")).toMatchObject({ destination_arn: GROUP });
  });

  it("log to a group whose events go on the stream", async () => {
    const { subscriptionFilters } = await moto.call(
      "logs",
      "Logs_20140328.DescribeSubscriptionFilters",
      ACCOUNT,
      "us-east-1",
      { logGroupName: "/aws/vendedlogs/apigateway/moesif" },
    );
    expect(subscriptionFilters).toEqual([expect.objectContaining({ destinationArn: STREAM, filterPattern: "" })]);
  });

  it("need no change afterwards", () => expectNoChanges(terraform));

  it("are destroyed without leaving anything", async () => {
    // The plan has just read all that there is.
    await terraform.destroy("-refresh=false");
    expect(await moto.leftOvers(ACCOUNT, "us-east-1")).toEqual([]);
  });
});

describeWithMoto("stages of every type in several stacks", () => {
  const APIS = ["orders", "items", "chat"] as const;
  const stacks = {} as Record<"moesif" | (typeof APIS)[number], Terraform>;
  let moto: Moto;
  let table: string;

  beforeAll(async () => {
    const out = mkdtempSync(join(tmpdir(), "all-stages-"));
    // State lies in the folder that the app is run in.
    table = execFileSync(process.execPath, [join(ROOT, "dist", "examples", "all-stages", "main.js")], {
      env: { ...process.env, CDKTF_OUTDIR: out },
      cwd: out,
      timeout: 5 * 60_000,
      encoding: "utf8",
    });
    moto = await startMoto();
    for (const name of ["moesif", ...APIS] as const) {
      const directory = join(out, "stacks", name);
      moto.redirect(directory);
      stacks[name] = new Terraform(directory, moto.environment());
    }
    await Promise.all(Object.values(stacks).map((stack) => stack.must(["init", "-input=false", "-no-color"])));
  });

  afterAll(() => moto?.stop());

  it("are all told to be logged", () => {
    for (const [path, type] of [
      ["orders/prod", "REST"],
      ["items/prod", "HTTP"],
      ["chat/prod", "WEBSOCKET"],
    ]) {
      expect(table).toMatch(new RegExp(`'${path}' +│ '${type}' +│ 'logged' `));
    }
  });

  it("are applied in order, with references across the stacks", async () => {
    // The others read the state of the pipeline's stack.
    await stacks.moesif.apply();
    await Promise.all(APIS.map((name) => stacks[name].apply()));
    const stage = (name: (typeof APIS)[number], type: string) => settingsIn(stacks[name], type, "prod");
    expect(await stage("orders", "aws_api_gateway_stage")).toMatchObject({ destination_arn: STREAM });
    expect(await stage("items", "aws_apigatewayv2_stage")).toMatchObject({ destination_arn: GROUP });
    expect(await stage("chat", "aws_apigatewayv2_stage")).toMatchObject({ destination_arn: GROUP });
  });

  it("need no change afterwards", async () => {
    await Promise.all(Object.values(stacks).map(expectNoChanges));
  });

  it("are destroyed in the other order, without leaving anything", async () => {
    await Promise.all(APIS.map((name) => stacks[name].destroy("-refresh=false")));
    await stacks.moesif.destroy("-refresh=false");
    expect(await moto.leftOvers(ACCOUNT, "us-east-1")).toEqual([]);
  });
});
