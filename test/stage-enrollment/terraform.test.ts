/**
 * Stages that others own, enrolled by real Terraform: moto keeps everything, and the built function is run for each of
 * Terraform's calls. It proves neither what IAM allows, which moto does not enforce, nor what API Gateway takes.
 */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { EnrollmentPipeline, ListedStage, StageEnrollmentProps } from "../../modules";
import type { StageId } from "../../lambda/api-gateway/stage";
import { LambdaProxy } from "../support/lambda-proxy";
import { ROOT } from "../support/rollout";
import { synthesize } from "../support/synth";
import { describeWithMoto, Terraform } from "../support/terraform";
import { destinations, enroll } from "./enrollment-stack";
import { Account, owners } from "./support";

const REGION = "eu-west-1";
const MODULE = join(ROOT, "dist", "lambda", "stage-enrollment", "index.mjs");

describeWithMoto("stages that others own", () => {
  let account: Account;
  let lambda: LambdaProxy;
  let terraform: Terraform;
  let rest: StageId;
  let http: StageId;
  let socket: StageId;
  let taken: StageId;

  /** Makes the stack such that these stages are listed. */
  const list = (...stages: ListedStage[]) => write({ stages });

  const write = (props: Partial<StageEnrollmentProps>, pipeline: Partial<EnrollmentPipeline> = {}) => {
    const { directory } = synthesize((stack) => {
      enroll(stack, { schedule: "rate(15 minutes)", ...props }, pipeline);
    });
    if (terraform === undefined) terraform = new Terraform(directory, account.moto.environment());
    else copyFileSync(join(directory, "cdk.tf.json"), join(terraform.directory, "cdk.tf.json"));
    account.moto.redirect(terraform.directory, { region: REGION }, { lambda: lambda.url });
  };

  /** Terraform's calls of the function since the last look. */
  const calls = () =>
    lambda.calls
      .splice(0)
      .map(({ request: { tf, ...request } }) => [Object.keys(request)[0], ...(tf ? [tf.action] : [])].join(": "));

  beforeAll(async () => {
    account = await Account.start();
    const { RECORD_URL: _, CALLS_PER_SECOND: __, ...environment } = account.environment();
    lambda = await LambdaProxy.start({ moto: account.moto.url, module: MODULE, environment });
    rest = await account.stage();
    http = await account.stage({ type: "HTTP", stage: "$default" });
    socket = await account.stage({ type: "WEBSOCKET", accessLog: owners });
    taken = await account.stage({ name: "taken", accessLog: owners });
    list(rest, http, { ...socket, overwrite: true });
    await terraform.must(["init", "-input=false", "-no-color"]);
  });

  afterAll(async () => {
    lambda?.stop();
    await account?.stop();
  });

  it("get back what they had even where the first call broke off, of which Terraform keeps nothing", async () => {
    lambda.before = async (request) => {
      if (!request.enroll) return;
      await lambda.invoke("moesif-enroll-moesif", request, REGION);
      throw new Error("the connection broke off");
    };
    expect((await terraform.run(APPLY)).output).toContain("the connection broke off");
    lambda.before = () => undefined;
    expect(await account.logs(rest, http, socket)).toEqual([
      destinations.REST,
      destinations.HTTP,
      destinations.WEBSOCKET,
    ]);
    await terraform.destroy();
    expect(await account.logs(rest, http, socket)).toEqual([undefined, undefined, owners]);
    // Of the call that set them, Terraform makes none to undo it.
    const made = calls();
    expect(made).toContain("restore: delete");
    expect(made).not.toContain("enroll: delete");
  });

  it("log to the pipeline after the first apply, and the second plan is empty", async () => {
    expect(await terraform.apply()).toContain('"enrolled" = 3');
    expect(await account.logs(rest, http, socket, taken)).toEqual([
      destinations.REST,
      destinations.HTTP,
      destinations.WEBSOCKET,
      owners,
    ]);
    const { code, output } = await terraform.plan();
    expect(output).toContain("No changes.");
    expect(code).toBe(0);
    expect(calls()).toEqual(["check", "restore: create", "enroll: create", "check"]);
  });

  it("get it again at an apply where a redeployment took it, which the plan shows and nothing else", async () => {
    await account.deleteStage(rest);
    await account.createStage(rest);
    const { code, output } = await terraform.plan();
    expect(output).toContain("Plan: 0 to add, 1 to change, 0 to destroy.");
    expect(output).not.toContain("Warning");
    expect(code).toBe(2);
    await terraform.apply();
    expect(await account.logs(rest)).toEqual([destinations.REST]);
    expect(calls()).toEqual(["check", "check", "enroll: update"]);
  });

  it("get it again by the schedule, and Terraform sees nothing to do", async () => {
    await account.deleteStage(http);
    await account.createStage(http);
    const { answer } = await lambda.invoke("moesif-enroll-moesif", { reconcile: true }, REGION);
    expect(answer.totals).toEqual({ enrolled: 1, unchanged: 2 });
    expect(await account.logs(http)).toEqual([destinations.HTTP]);
    expect((await terraform.plan()).code).toBe(0);
    calls();
  });

  it("get it by the next apply where Terraform's call failed, though Terraform holds its input for done", async () => {
    await account.api.removeAccessLog(rest);
    lambda.before = ({ enroll }) => {
      if (enroll) throw new Error("not now");
    };
    expect((await terraform.run(APPLY)).output).toContain("not now");
    lambda.before = () => undefined;
    await terraform.apply();
    expect(await account.logs(rest)).toEqual([destinations.REST]);
    expect(calls()).toEqual(["check", "check", "enroll: update"]);
  });

  it("are left alone where they log somewhere else: the apply stops before any stage is touched", async () => {
    await account.api.removeAccessLog(rest);
    list(rest, http, { ...socket, overwrite: true }, taken);
    const { code, output } = await terraform.run(APPLY);
    expect(code).toBe(1);
    expect(output.replace(/\s+/g, " ")).toContain(
      `Stage "prod" of the REST API ${taken.apiId} logs to ${owners.destinationArn}: write "overwrite: true" in the entry of the stage`,
    );
    expect(calls()).toEqual(["check"]);
    expect(await account.logs(rest, taken)).toEqual([undefined, owners]);
    // Nothing of the function changes any more: now the plan itself says it.
    expect((await terraform.plan()).output).toContain('write "overwrite: true"');
    calls();
  });

  it("are taken over where that is allowed", async () => {
    list(rest, http, { ...socket, overwrite: true }, { ...taken, overwrite: true });
    await terraform.apply();
    expect(await account.logs(rest, taken)).toEqual([destinations.REST, destinations.REST]);
    calls();
  });

  it("get back what they had when they leave the list, while the role may still set them", async () => {
    const policies: number[] = [];
    lambda.before = async ({ enroll }) => {
      if (enroll) policies.push(await stagePolicies());
    };
    list(rest, http, { ...socket, overwrite: true });
    await terraform.apply();
    lambda.before = () => undefined;
    expect(await account.logs(taken)).toEqual([owners]);
    expect(policies).toEqual([2 * (await stagePolicies())]);
    expect((await terraform.plan()).code).toBe(0);
    calls();
  });

  it("get back what they had before the function of another name takes them", async () => {
    const found: unknown[] = [];
    lambda.before = async ({ check }) => {
      if (check) found.push(await account.logs(rest, socket));
    };
    const REST = { ...destinations.REST, destinationArn: `${destinations.REST.destinationArn}-renamed` };
    const stages = [rest, http, { ...socket, overwrite: true }];
    write({ destinations: { ...destinations, REST }, stages }, { name: "renamed" });
    await terraform.apply();
    lambda.before = () => undefined;
    expect(calls()).toEqual(["enroll: delete", "restore: delete", "check", "restore: create", "enroll: create"]);
    expect(found).toEqual([[undefined, owners]]);
    expect(await account.logs(rest, socket)).toEqual([REST, destinations.WEBSOCKET]);
    list(...stages);
    await terraform.apply();
    calls();
  });

  it("are an error of the apply that could not set them, and no other's", async () => {
    await account.api.removeAccessLog(rest);
    account.proxy.rule = ({ method }) =>
      method === "PATCH" ? { status: 400, type: "BadRequestException", message: "not this one" } : undefined;
    const { code, output } = await terraform.run(APPLY);
    account.proxy.rule = () => undefined;
    expect(code).toBe(1);
    expect(output.replace(/\s+/g, " ")).toContain(`Stage "prod" of the REST API ${rest.apiId} could not be enrolled`);
    // Healed by the schedule, it is none any more, though the state still holds the answer that was one.
    await lambda.invoke("moesif-enroll-moesif", { reconcile: true }, REGION);
    calls();
    await terraform.apply();
    expect(calls()).toEqual(["check"]);
  });

  it("are a warning in the plan where they vanished or were pointed elsewhere since", async () => {
    await account.deleteStage(http);
    await account.api.setAccessLog(rest, owners);
    const { code, output } = await terraform.plan();
    const said = output.replace(/\s+/g, " ");
    expect(said).toContain(`Stage "$default" of the HTTP API ${http.apiId} does not exist`);
    expect(said).toContain(`Stage "prod" of the REST API ${rest.apiId} logs to ${owners.destinationArn}`);
    expect(code).toBe(0);
    await account.createStage(http);
    await account.api.removeAccessLog(rest);
    calls();
  });

  it("get everything back at destroy, without a refresh where the check fails, and nothing is left", async () => {
    await terraform.apply();
    expect(await account.logs(rest, http, socket)).toEqual([
      destinations.REST,
      destinations.HTTP,
      destinations.WEBSOCKET,
    ]);
    lambda.before = ({ check }) => {
      if (check) throw new Error("no check");
    };
    const destroy = ["destroy", "-auto-approve", "-input=false", "-no-color"];
    expect((await terraform.run(destroy)).output).toContain("no check");
    calls();
    const output = await terraform.must([...destroy, "-refresh=false"]);
    lambda.before = () => undefined;
    expect(calls()).toEqual(["enroll: delete", "restore: delete"]);
    expect(await account.logs(rest, socket, taken)).toEqual([undefined, owners, owners]);
    // The schedule ends first; function and permissions, in any order, after the call.
    const place = (what: string) => {
      expect(output).toContain(what);
      return output.indexOf(what);
    };
    const called = place("enroll: Destruction complete");
    expect(place("schedule: Destruction complete")).toBeLessThan(place("enroll: Destroying"));
    expect(place("attachment: Destroying")).toBeGreaterThan(called);
    expect(place("aws_lambda_function.enrollment: Destroying")).toBeGreaterThan(called);
    // The APIs are their owners', and the bucket the test's own.
    const left = await account.moto.leftOvers("123456789012", REGION);
    expect(left.sort()).toEqual(["backup", "orders", "orders", "orders", "taken"]);
    expect(await terraform.stateList()).toEqual([]);
  });

  /** How many policies on stages the role has. */
  async function stagePolicies(): Promise<number> {
    const query = new URLSearchParams({
      Action: "ListPolicies",
      Version: "2010-05-08",
      Scope: "Local",
      OnlyAttached: "true",
    });
    const response = await fetch(`${account.moto.url}/?${query}`, {
      headers: {
        Authorization:
          "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
      },
    });
    return (await response.text()).match(/<PolicyName>moesif-enroll-/g)?.length ?? 0;
  }
});

const APPLY = ["apply", "-auto-approve", "-input=false", "-no-color"];
