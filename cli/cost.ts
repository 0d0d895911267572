/** `cost`: what a pipeline costs in a month by AWS's list prices, and whether the quotas carry its peak. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { EXIT, type ExitCode } from "../common/exit-codes";
import { printWarning } from "../common/print";
import { UsageError } from "../common/usage-error";
import { RolloutError, rolloutSettings, rolloutStages } from "../modules";
import type { CommandSpec } from "./command";
import { capacityOf, isExceeded } from "./cost/capacity";
import { costsOf } from "./cost/components";
import { LIST_REGION, loadPrices } from "./cost/prices";
import { costReport, type Estimate } from "./cost/report";
import { deploymentOf, listedShare, type Workload } from "./cost/workload";
import { printReport, type ReportOptions } from "./report";
import { chosenStacks, plannedStacks } from "./stacks";

interface Options extends ReportOptions {
  readonly requestsPerDay: number;
  readonly recordBytes: number;
  readonly throughLogGroup?: number;
  readonly callsPerEnvelope: number;
  readonly sampleRate?: number;
  readonly peakFactor: number;
  readonly usPerCall: number;
  readonly msPerInvocation: number;
  readonly prices?: string;
  readonly rollout?: string;
  readonly stack?: string;
  readonly region?: string;
}

/** Where an option is left out. The measured times are those of docs/internals/performance.md. */
export const COST_DEFAULTS = {
  recordBytes: 1000,
  callsPerEnvelope: 10,
  peakFactor: 3,
  usPerCall: 10,
  msPerInvocation: 20,
} as const;

export const cost: CommandSpec<Options> = {
  name: "cost",
  summary: "Calculates what a pipeline costs in a month by AWS's list prices, and its share of the quotas.",
  arguments: [],
  options: [
    new Option("--requests-per-day <number>", "calls a day of all stages of the pipeline")
      .argParser(above(0))
      .makeOptionMandatory(),
    new Option("--record-bytes <number>", "bytes of an access log")
      .argParser(above(0))
      .default(COST_DEFAULTS.recordBytes),
    new Option(
      "--through-log-group <percent>",
      "calls of HTTP and WebSocket stages, in percent; by default their share of the stages that the rollout lists",
    ).argParser(percentage),
    new Option("--calls-per-envelope <number>", "calls that CloudWatch Logs puts into one record")
      .argParser(above(1))
      .default(COST_DEFAULTS.callsPerEnvelope),
    new Option(
      "--sample-rate <percent>",
      "calls that sampling keeps, in percent; by default sampling.rate of the rollout",
    ).argParser(percentage),
    new Option("--peak-factor <number>", "traffic at its peak, as a multiple of the average")
      .argParser(above(1))
      .default(COST_DEFAULTS.peakFactor),
    new Option("--us-per-call <number>", "processor time that the transformer takes for a call, in microseconds")
      .argParser(above(0))
      .default(COST_DEFAULTS.usPerCall),
    new Option("--ms-per-invocation <number>", "time of an invocation that no call takes, in milliseconds")
      .argParser(above(0))
      .default(COST_DEFAULTS.msPerInvocation),
    new Option("--prices <file>", "your prices, in the form of docs/prices.json"),
    new Option("--rollout <file>", "rollout file with the settings; without it, each has its default").conflicts(
      "region",
    ),
    new Option("--stack <name>", "stack of the rollout, if it has several"),
    new Option("--region <region>", "region of the pipeline without a rollout").default(LIST_REGION),
  ],
  details: `It runs offline. Memory, buffers, backup, alarms and dashboards are those that the rollout file deploys. Prices are
AWS's list prices of us-east-1; give those of another region or of your contract with --prices. What it leaves out is
said below the result. docs/cost.md says how to lower each component.`,
  examples: [
    ["five million calls a day", "cost --requests-per-day 5000000"],
    [
      "a stack of a rollout",
      "cost --requests-per-day 5000000 --rollout rollout.yaml --stack moesif-production-us-east-1",
    ],
    ["what sampling saves", "cost --requests-per-day 5000000 --sample-rate 10"],
    ["HTTP stages", "cost --requests-per-day 5000000 --through-log-group 100"],
    ["your prices", "cost --requests-per-day 5000000 --prices prices.json"],
    ["the total, for a script", "cost --requests-per-day 5000000 --json | jq .total.usd"],
  ],
  found: "the peak exceeds a quota",
  run,
};

/** Reads a number from a least one. */
function above(least: number): (text: string) => number {
  return (text) => {
    const number = text.trim() === "" ? NaN : Number(text);
    if (Number.isFinite(number) && number >= least && number > 0) return number;
    throw new InvalidArgumentError(`Give a number ${least > 0 ? `from ${least}` : "above 0"}.`);
  };
}

function percentage(text: string): number {
  const number = text.trim() === "" ? NaN : Number(text);
  if (number >= 0 && number <= 100) return number;
  throw new InvalidArgumentError("Give a number from 0 to 100.");
}

async function run(options: Options): Promise<ExitCode> {
  const estimate = estimateOf(options);
  await printReport(costReport(estimate), options);
  return estimate.capacity.some(isExceeded) ? EXIT.found : EXIT.done;
}

/** @throws UsageError if no stack is named where there are several, or prices are wrong */
export function estimateOf(options: Omit<Options, "reporter">): Estimate {
  const { rollout, stack, region = LIST_REGION } = options;
  const prices = loadPrices(options.prices);
  const found = rollout === undefined ? withoutRollout(region) : ofRollout(rollout, stack);
  const load: Workload = {
    ...found.deployment,
    requestsPerDay: options.requestsPerDay,
    recordBytes: options.recordBytes,
    logGroupShare: options.throughLogGroup === undefined ? found.logGroupShare : options.throughLogGroup / 100,
    callsPerEnvelope: options.callsPerEnvelope,
    keptShare: (options.sampleRate ?? found.sampleRate) / 100,
    peakFactor: options.peakFactor,
    microsecondsPerCall: options.usPerCall,
    millisecondsPerInvocation: options.msPerInvocation,
  };
  return {
    ...(rollout !== undefined && { stack: found.stack }),
    region: found.region,
    load,
    prices,
    costs: costsOf(load, prices),
    capacity: capacityOf(load, found.region),
  };
}

function ofRollout(file: string, name?: string) {
  const targets = rolloutStages(file, printWarning);
  const chosen = chosenStacks(targets, name === undefined ? undefined : [name], ({ stackName }) => stackName);
  if (chosen.length > 1) {
    const names = chosen.map(({ stackName }) => stackName).join(", ");
    throw new UsageError(`--stack: ${file} has several stacks. Name the one that has these calls: ${names}.`);
  }
  const [target] = chosen;
  const stack = plannedStacks(file).find(({ name }) => name === target!.stackName);
  return {
    stack: target!.stackName,
    region: target!.region,
    deployment: deploymentOf(stack!),
    logGroupShare: listedShare(target!),
    sampleRate: rolloutSettings(file).get(target!.stackName)?.sampling?.rate ?? 100,
  };
}

/** The least that a rollout file says. Its pipeline is the default of every setting. */
const MINIMAL = (region: string) => `version: 1
defaults: { applicationId: { secretName: moesif } }
accounts: [{ id: "111111111111", name: account, regions: [{ name: ${JSON.stringify(region)} }] }]
`;

function withoutRollout(region: string): ReturnType<typeof ofRollout> {
  const folder = mkdtempSync(join(tmpdir(), "moesif-cost-"));
  const file = join(folder, "rollout.yaml");
  try {
    writeFileSync(file, MINIMAL(region));
    return ofRollout(file);
  } catch (error) {
    if (error instanceof RolloutError) throw new UsageError(`--region: ${error.issues[0]!.message}`);
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
