/**
 * Each fault on a pipeline that Terraform has deployed on moto: the constructs' and the module's in turn, each with the zip
 * that was uploaded, in processes of its own. The combinations are tried in virtual time.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMBINED_NAMES, FAULTS, type Fault, type FaultName } from "../../bench/faults/catalogue";
import { HEALTHY, type Outcome, pass, type Plan, problemsOf, STACK, type Subject } from "../../bench/faults/run";
import { sleep } from "../../local/clock";
import { Moto } from "../support/moto";
import { ROOT } from "../support/rollout";
import { describeWithMoto, Terraform } from "../support/terraform";
import { AppliedRoot, copyOfModule } from "../terraform/applied-root";
import { DeployedPipeline } from "./deployed-pipeline";
import { OUT_OF_MEMORY } from "./function-process";

const STREAM = "amazon-apigateway-moesif";

const RECORDS = 10;

const FAILED = { crash: ["Lambda.FunctionError"], answer: ["HttpEndpoint.DestinationException"] };

/** Firehose's codes of faults that last for longer than it retries. */
const CODES: Partial<Record<FaultName, readonly string[]>> = {
  "moesif-401": FAILED.answer,
  "moesif-429": FAILED.answer,
  "moesif-500": FAILED.answer,
  "moesif-500-taken": FAILED.answer,
  "moesif-503": FAILED.answer,
  "moesif-202": FAILED.answer,
  "moesif-malformed": ["HttpEndpoint.InvalidResponseFromDestination"],
  "moesif-reset": ["HttpEndpoint.ConnectionReset"],
  "moesif-down": ["HttpEndpoint.ConnectionFailed"],
  "function-crash": FAILED.crash,
  "function-crash-late": FAILED.crash,
  "function-time-out": ["Lambda.FunctionTimedOut"],
  "function-time-out-late": ["Lambda.FunctionTimedOut"],
  "function-out-of-memory": FAILED.crash,
  "function-throttled": ["Lambda.InvokeLimitExceeded"],
  "answer-too-large": FAILED.crash,
  "record-id-missing": ["Lambda.MissingRecordId"],
  "record-id-twice": ["Lambda.DuplicatedRecordId"],
  "settings-missing": FAILED.crash,
  "settings-broken": FAILED.crash,
};

/** Longer than the stream buffers before it invokes the function. */
const BUFFER_SECONDS = 90;

/** While S3 takes nothing, calls do not come to rest: longer than Firehose retries, in its time. */
const WITHOUT_BUCKET_SECONDS = 1800;

/** What only new execution environments find out. */
const NEW_ENVIRONMENTS = /^(config|secret|settings|function-out-of-memory)/;

/** Puts calls on the stream while a fault lasts, which ends when all of them have come to rest. */
async function happensAlone({ periods: [period] }: Plan, { aws, calls, put, random }: Subject): Promise<void> {
  const { fault } = period!;
  const { begin, end }: Fault = FAULTS[fault];
  if (NEW_ENVIRONMENTS.test(fault)) aws.lambda.configured();
  begin(aws);
  const putSome = async () => {
    for (const { data } of random.times(RECORDS / 2, () => calls.next(Date.now()))) await put(data);
  };
  await putSome();
  // The stream invokes the function with these while others come.
  await sleep(aws.clock, BUFFER_SECONDS);
  await putSome();
  if (aws.isBucketRefused) await Promise.race([aws.drain(), sleep(aws.clock, WITHOUT_BUCKET_SECONDS)]);
  else await aws.drain();
  end?.(aws);
  if (NEW_ENVIRONMENTS.test(fault)) aws.lambda.configured();
}

async function constructs(moto: Moto): Promise<DeployedPipeline> {
  const [account, region] = ["123456789012", "us-east-1"];
  const out = mkdtempSync(join(tmpdir(), "faults-"));
  const command = join(ROOT, "dist", "examples", "library", "main.js");
  execFileSync(process.execPath, [command], { env: { ...process.env, CDKTF_OUTDIR: out }, timeout: 5 * 60_000 });
  await moto.createSecret(account, region, "moesif/application-id", { api_key: "application-id-0" });
  const directory = join(out, "stacks", "orders");
  moto.redirect(directory);
  const terraform = new Terraform(directory, moto.environment());
  await terraform.must(["init", "-input=false", "-no-color"]);
  await terraform.apply();
  return DeployedPipeline.find(moto, account, region, STREAM);
}

async function module_(moto: Moto): Promise<DeployedPipeline> {
  const account = "222233334444";
  const root = await AppliedRoot.on(moto, join(copyOfModule(), "terraform", "examples", "minimal"), account);
  root.set({ moesif_application_id: "application-id-0" });
  await root.init();
  await root.apply();
  return DeployedPipeline.find(moto, account, "eu-west-1", STREAM);
}

describeWithMoto("a pipeline that was deployed", () => {
  let moto: Moto;
  let pipelines: readonly DeployedPipeline[];
  const outcomes = new Map<FaultName, Outcome>();

  beforeAll(async () => {
    moto = await Moto.start();
    pipelines = [await constructs(moto), await module_(moto)];
    await Promise.all(pipelines.map(tryOut));
  });

  /** Tries every second fault on a pipeline, one after the other. */
  async function tryOut(pipeline: DeployedPipeline, edition: number): Promise<void> {
    const plane = await pipeline.open();
    try {
      for (const [index, fault] of COMBINED_NAMES.entries()) {
        if (index % 2 !== edition) continue;
        const plan = { ...HEALTHY, periods: [{ fault, from: 0, to: 0 }] };
        outcomes.set(fault, await pass(plan, plane.subjectOf(`f${index}`), happensAlone));
        plane.forget();
      }
    } finally {
      await plane.close();
    }
  }

  afterAll(() => {
    moto?.stop();
    for (const pipeline of pipelines ?? []) pipeline.close();
  });

  it("is in both editions the one that the combinations are tried on", () => {
    for (const { stack } of pipelines) {
      const { stream, processor } = stack;
      const { arn: _, ...expected } = STACK.stream;
      expect(stream).toMatchObject({
        ...expected,
        contentEncoding: "GZIP",
        backup: { ...expected.backup, compression: "GZIP" },
      });
      const { retries, buffering } = STACK.processor!;
      const { timeoutSeconds, memoryMegabytes, handler } = STACK.processor!.function;
      expect(processor).toMatchObject({ retries, buffering, function: { timeoutSeconds, memoryMegabytes, handler } });
    }
  });

  it.each(COMBINED_NAMES.map((fault) => [FAULTS[fault].what, fault] as const))(
    "loses no call and counts none twice when %s",
    (_, fault) => {
      const outcome = outcomes.get(fault)!;
      expect(problemsOf(outcome)).toEqual([]);
      expect(Object.keys(outcome.failures)).toEqual(expect.arrayContaining(CODES[fault] ?? []));
    },
  );

  it("invokes the function several times at once", () => {
    const { metrics } = outcomes.get("function-time-out")!;
    const [name] = metrics.names.filter(({ metric }) => metric === "ConcurrentExecutions");
    expect(metrics.total(name!, "Maximum")).toBeGreaterThan(1);
  });

  it("runs the zip in processes that end where they exceed the memory of the function", () => {
    // Faults are tried in this order, on the same pipeline.
    expect(outcomes.get("function-time-out")!.log).not.toContain(OUT_OF_MEMORY);
    expect(outcomes.get("function-out-of-memory")!.log).toContain(OUT_OF_MEMORY);
  });
});
