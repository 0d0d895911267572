/** One run: calls go in while faults come and go, and every call is accounted for; then what failed is put back, and all is accounted for again. */
import { attemptDelivery } from "../../local/http-endpoint";
import { sleep } from "../../local/clock";
import type { SynthesizedStack } from "../../local/synthesized-stack";
import { Random } from "../fuzz/random";
import { MadeUpAws } from "./aws";
import { Calls, FILTER } from "./calls";
import { FAULT_NAMES, FAULTS, type Fault, type FaultName } from "./catalogue";
import { type Account, accountOf, failedLinesIn, namesInObjects } from "./ledger";
import { VirtualClock } from "./virtual-clock";
import { named, startVirtual } from "./virtual-environment";

const ACCOUNT = "123456789012";
const REGION = "eu-west-1";
const NOON = Date.UTC(2026, 10, 30, 12);

/** The pipeline with the settings that it has by default; test/faults holds it to what Terraform makes. */
export const STACK: SynthesizedStack = {
  region: REGION,
  stream: {
    name: "amazon-apigateway-moesif",
    arn: `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/amazon-apigateway-moesif`,
    url: "https://api.moesif.net/v1/partners/aws/kinesis",
    // Not GZIP, as deployed: to compress takes threads, and their time is real.
    contentEncoding: "NONE",
    buffering: { megabytes: 1, seconds: 60 },
    retrySeconds: 300,
    backupMode: "FailedDataOnly",
    commonAttributes: {},
    backup: {
      prefix: "firehose/moesif/all/!{timestamp:yyyy/MM/dd/HH}/",
      errorPrefix: "firehose/moesif/failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
      compression: "UNCOMPRESSED",
      buffering: { megabytes: 5, seconds: 300 },
    },
  },
  processor: {
    buffering: { megabytes: 1, seconds: 60 },
    retries: 3,
    function: {
      name: "moesif-transformer",
      arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:moesif-transformer`,
      zip: "",
      handler: "index.handler",
      timeoutSeconds: 60,
      memoryMegabytes: 256,
      environment: {},
    },
  },
};

/** When a fault begins and ends, in seconds from the start. */
export interface Period {
  readonly fault: FaultName;
  readonly from: number;
  readonly to: number;
}

/** What happens in a run. */
export interface Plan {
  readonly seed: number;
  /** For so many seconds calls go in. */
  readonly seconds: number;
  readonly records: number;
  readonly periods: readonly Period[];
  /** While a fault lasts, one in so many invocations or deliveries fails. */
  readonly oneIn: number;
}

/** What came of it. */
export interface Outcome {
  readonly plan: Plan;
  /** When all faults are over. */
  readonly account: Account;
  /** When what was in the bucket has been put back on the stream. */
  readonly redriven: Account;
  readonly metrics: MadeUpAws["metrics"];
  /** When it began and when {@link account} was made, in milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Failed records in the bucket by Firehose's code. */
  readonly failures: Readonly<Record<string, number>>;
  /** What broke Moesif's contract. */
  readonly violations: readonly string[];
  /** Lines that the function printed. */
  readonly log: readonly string[];
  readonly putBack: number;
}

/** Of no fault. */
export const HEALTHY: Plan = { seed: 1, seconds: 900, records: 60, periods: [], oneIn: 1 };

/** Of one fault alone, which begins when the first calls are through if it does not say otherwise. */
export function planOf(fault: FaultName): Plan {
  const { isLong, isEarly }: Fault = FAULTS[fault];
  return { ...HEALTHY, periods: [{ fault, from: isEarly ? 0 : 150, to: isLong ? 5400 : 700 }] };
}

/** Of two to five faults at times of their own. */
export function combinationOf(seed: number): Plan {
  const random = new Random(seed);
  const periods = random.times(2 + random.below(4), () => {
    const fault = random.pick(FAULT_NAMES);
    const { isLong }: Fault = FAULTS[fault];
    const from = random.below(900);
    return { fault, from, to: from + 20 + random.below(isLong ? 4 * 3600 : 600) };
  });
  return {
    seed,
    seconds: 600 + random.below(900),
    records: 30 + random.below(50),
    periods,
    oneIn: 1 + random.below(3),
  };
}

/** Says a plan in words, so that it can be read where it fails. */
export function wordsOf({ seed, periods, oneIn }: Plan): string {
  const texts = periods.map(({ fault, from, to }) => `${FAULTS[fault].what} (${fault}) from ${from} to ${to} s`);
  return `seed ${seed}: ${texts.join("; ")}; one in ${oneIn}`;
}

/** What of a run must not be, in words; nothing where all is well. */
export function problemsOf({ account, redriven, violations }: Outcome): string[] {
  const found = (what: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [`${what}: ${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`];
  return [
    ...found("lost", account.lost),
    ...found("double", account.double),
    ...found("delivered although a rule drops it", account.leaked),
    ...found("lost when it was put back", redriven.lost),
    ...found("double when it was put back", redriven.double),
    ...found("not in Moesif when it was put back", redriven.missing),
    ...found("broken contract", violations),
  ];
}

/** Runs a plan. */
export async function run(plan: Plan): Promise<Outcome> {
  const clock = new VirtualClock(NOON);
  const random = new Random(plan.seed);
  const objects = new Map<string, Buffer>();
  const chance = () => random.below(1_000_000) / 1_000_000;
  const aws: MadeUpAws = new MadeUpAws({
    stack: STACK,
    clock,
    random,
    oneIn: plan.oneIn,
    store: { put: async (key, content) => void objects.set(key, content) },
    attempt: (request, moesif) => attemptDelivery(request, { post: (one) => moesif.post(one) }),
    readSecret: async (applicationId) => applicationId,
    start: () =>
      startVirtual(VARIABLES, {
        clock,
        random: chance,
        getObject: async () => settingsOf(aws),
        getSecret: async () => {
          if (aws.isSecretMissing) throw named("ResourceNotFoundException", "Secrets Manager can't find the secret.");
          return JSON.stringify({ api_key: aws.applicationId });
        },
        putRecordBatch: async ({ Records }) => aws.putRecordBatch(Records.map(({ Data }) => Data)),
        fetch: (_, { headers }) => aws.moesif.config(headers),
        print: (line) => aws.print(line),
      }),
  });
  const calls = new Calls(`s${plan.seed}`, random, ACCOUNT);
  const account = () =>
    accountOf({
      expected: calls.expected,
      moesif: aws.moesif,
      inBucket: namesInObjects(objects.values()),
      lostByAws: new Set([...aws.lostByAws, ...aws.moesif.refused]),
    });
  return clock.run(
    (async () => {
      await happen(plan, aws, calls, random);
      await aws.drain();
      const before = account();
      const to = clock.now() + 1;
      await sleep(clock, 60);
      const failures = countBy(objects.values());
      const failed = [...objects.values()].flatMap(failedLinesIn);
      objects.clear();
      for (const { rawData } of failed) await aws.put(rawData);
      await aws.drain();
      const outcome = {
        plan,
        account: before,
        redriven: account(),
        metrics: aws.metrics,
        from: NOON,
        to,
        failures,
        violations: [...aws.moesif.violations],
        log: aws.log,
        putBack: aws.putBack,
      };
      await aws.close();
      return outcome;
    })(),
  );
}

const VARIABLES = {
  SETTINGS_URL: "s3://backup/transformer/moesif/settings.json?versionId=1",
  APPLICATION_ID_SECRET: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:moesif`,
  AWS_REGION: REGION,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
};

/** @throws Error as AWS's client does */
function settingsOf({ settings, version }: MadeUpAws): string {
  if (settings === "missing") throw named("NoSuchKey", "The specified key does not exist.");
  if (settings === "broken") return '{"version":1,';
  return JSON.stringify({ version: 1, accountId: ACCOUNT, region: REGION, filter: FILTER, metadata: { version } });
}

/** Puts the calls on the stream, at times of their own, while faults begin and end. */
async function happen(plan: Plan, aws: MadeUpAws, calls: Calls, random: Random): Promise<void> {
  const { clock } = aws;
  for (const { fault, from, to } of plan.periods) {
    const { begin, end }: Fault = FAULTS[fault];
    clock.after(from, () => begin(aws));
    clock.after(to, () => end?.(aws));
  }
  const times = random.times(plan.records, () => random.below(plan.seconds * 1000) / 1000).sort((a, b) => a - b);
  const start = clock.now();
  for (const time of times) {
    await sleep(clock, time - (clock.now() - start) / 1000);
    await aws.put(calls.next(clock.now()).data);
  }
  const end = Math.max(plan.seconds, ...plan.periods.map(({ to }) => to)) + 1;
  await sleep(clock, end - (clock.now() - start) / 1000);
}

function countBy(objects: Iterable<Buffer>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const content of objects)
    for (const { errorCode } of failedLinesIn(content)) counts[errorCode] = (counts[errorCode] ?? 0) + 1;
  return counts;
}
