/** What a large rollout costs to synthesize, compared with an app that makes the same resources by the bindings. */
import fs, { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "../modules/aws";
import { App, AssetType, TerraformAsset, TerraformOutput, TerraformStack } from "../modules/cdk";
import { synthesizeRollout } from "../modules";
import { packageRoot } from "../common/package-root";
import { peakMebibytes, runNode } from "./child";
import { median } from "./compare";
import { withWorkspace } from "./workspace";

const REGIONS = ["us-east-1", "eu-west-1", "ap-southeast-2"];
const APIS = 20;

/** Stacks of a small, a middling and a large rollout, and how often each is made. */
const FULL = { sizes: [9, 30, 120], times: 3 };
const QUICK = { sizes: [3, 6, 9], times: 1 };

/** What one process came to. */
export interface Synthesis {
  readonly cpuMs: number;
  /** The largest resident set. */
  readonly mebibytes: number;
}

/** Medians for a number of stacks. */
export interface SynthesisOfSize {
  readonly stacks: number;
  readonly times: number;
  readonly rollout: Synthesis;
  readonly bare: Synthesis;
}

/** Synthesizes both, one after the other, for each size. */
export async function measureSynth(script: string, quick: boolean): Promise<SynthesisOfSize[]> {
  const { sizes, times } = quick ? QUICK : FULL;
  const measured: SynthesisOfSize[] = [];
  for (const stacks of sizes) measured.push(await measureSize(script, stacks, times));
  return measured;
}

function measureSize(script: string, stacks: number, times: number): Promise<SynthesisOfSize> {
  return withWorkspace(async ({ write }) => {
    const rollout = write("rollout.yaml", JSON.stringify(rolloutOf(stacks / REGIONS.length)));
    const out = rollout.replace("rollout.yaml", "rollout.out");
    const runs: { readonly rollout: Synthesis; readonly bare: Synthesis }[] = [];
    while (runs.length < times) {
      runs.push({
        rollout: await runNode<Synthesis>([script, "synthesize", "rollout", rollout, out]),
        bare: await runNode<Synthesis>([script, "synthesize", "bare", out, `${out}.bare`]),
      });
    }
    const differing = stacksIn(out).filter((stack) => resourcesIn(out, stack) !== resourcesIn(`${out}.bare`, stack));
    if (differing.length > 0) throw new Error(`The bare app makes other resources in ${differing[0]}.`);
    const medianOf = (which: "rollout" | "bare"): Synthesis => ({
      cpuMs: median(runs.map((run) => run[which].cpuMs)),
      mebibytes: median(runs.map((run) => run[which].mebibytes)),
    });
    return { stacks, times, rollout: medianOf("rollout"), bare: medianOf("bare") };
  });
}

/** Every account has three regions, of 20 APIs and two stages each. */
function rolloutOf(accounts: number): object {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const apis = numbers(APIS).map((n) => ({ id: `api${n}abcdef`, name: `api-${n}`, stages: ["prod", "test"] }));
  return {
    version: 1,
    defaults: { applicationId: { secretName: "moesif/application-id" }, tags: { owner: "platform" } },
    state: { local: { directory: "state" } },
    accounts: numbers(accounts).map((n) => ({
      id: String(100000000000 + n),
      name: `account-${n}`,
      regions: REGIONS.map((name) => ({ name, apis })),
    })),
  };
}

/** In the measured process: the edition's work, and what it cost with all that it loads. */
export function synthesize(edition: string, from: string, out: string): Synthesis {
  if (edition === "rollout") synthesizeRollout(from, out);
  else synthesizeBare(from, out);
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return { cpuMs: (userCPUTime + systemCPUTime) / 1000, mebibytes: peakMebibytes(fs) };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- of any shape
type Json = any;

const stacksIn = (out: string) => readdirSync(join(out, "stacks")).sort();

const readStack = (out: string, stack: string): Json =>
  JSON.parse(readFileSync(join(out, "stacks", stack, "cdk.tf.json"), "utf8"));

/** How many there are of each type. */
function resourcesIn(out: string, stack: string): string {
  const { resource, data } = readStack(out, stack);
  const counts = Object.entries<Json>({ ...resource, ...data }).map(([type, all]) => [type, Object.keys(all).length]);
  return JSON.stringify(counts.sort());
}

/** Makes what another app has made: as if its arguments stood in code. */
function synthesizeBare(from: string, out: string): void {
  const app = new App({ outdir: out });
  for (const name of stacksIn(from)) {
    const stack = new TerraformStack(app, name);
    const { provider, resource, data, output = {} } = readStack(from, name);
    for (const config of provider.aws) new aws.AwsProvider(stack, "aws", asProps(config));
    for (const [type, all] of Object.entries<Json>(data)) makeAll(stack, `data_${type}`, all);
    for (const [type, all] of Object.entries<Json>(resource)) makeAll(stack, type, all);
    for (const [id, { value }] of Object.entries<Json>(output)) new TerraformOutput(stack, `output_${id}`, { value });
  }
  app.synth();
}

function makeAll(stack: TerraformStack, type: string, all: Json): void {
  for (const [name, config] of Object.entries<Json>(all)) {
    const { depends_on: after = [], filename, ...rest } = config;
    const props = { ...asProps(rest), dependsOn: after.map((fqn: string) => ({ fqn })) };
    if (filename !== undefined) props.filename = zipOf(stack, name, filename);
    new (classOf(type))(stack, `${type}_${name}`, props);
  }
}

function zipOf(stack: TerraformStack, name: string, filename: string): string {
  const [bundle] = /[\w-]+\.zip$/.exec(filename)!;
  const path = join(packageRoot(), "dist", "lambda", bundle);
  return new TerraformAsset(stack, `zip_${name}`, { path, type: AssetType.FILE }).path;
}

const classes = new Map(
  Object.entries<Json>(aws).map(([name, one]) => [
    `${name.startsWith("DataAws") ? "data_" : ""}${one.tfResourceType}`,
    one,
  ]),
);

function classOf(type: string): Json {
  const found = classes.get(type);
  if (found === undefined) throw new Error(`no class for ${type}`);
  return found;
}

/** Maps of which the keys are no arguments. */
const MAPS = new Set(["tags", "variables"]);

function asProps(value: Json): Json {
  if (Array.isArray(value)) return value.map(asProps);
  if (typeof value !== "object" || value === null) return value;
  const props = Object.entries<Json>(value).map(([name, one]) => [
    name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    MAPS.has(name) ? one : asProps(one),
  ]);
  return Object.fromEntries(props);
}
