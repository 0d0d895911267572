/** One run: calls go in while faults come and go, and every call is accounted for; then what failed is redriven, and all is accounted for again. */
import { attemptDelivery } from "../../local/http-endpoint";
import { sleep } from "../../local/clock";
import type { SynthesizedStack } from "../../local/synthesized-stack";
import { Random } from "../fuzz/random";
import { MadeUpAws } from "./aws";
import { Calls, FILTER, namesIn } from "./calls";
import { COMBINED_NAMES, FAULTS, type Fault, type FaultName } from "./catalogue";
import { type Account, accountOf, type FailedLine } from "./ledger";
import { MemoryBucket, redriveKilled } from "./redrive";
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
      name: "moesif-transform-moesif",
      arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:moesif-transform-moesif`,
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
  /** What is delivered: see the setting of this name. */
  readonly output: "accessLog" | "event";
  /** Some records are damaged. */
  readonly isDamaged: boolean;
  /** Settings of the transformer in addition to those of every run. */
  readonly settings?: object;
}

/** What came of it. */
export interface Outcome {
  readonly plan: Plan;
  /** When all faults are over. */
  readonly account: Account;
  /** When what was in the bucket has been redriven. */
  readonly redriven: Account;
  readonly metrics: MadeUpAws["metrics"];
  /** Lines of Firehose's error log. */
  readonly errorLog: MadeUpAws["errorLog"];
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
export const HEALTHY: Plan = {
  seed: 1,
  seconds: 900,
  records: 60,
  periods: [],
  oneIn: 1,
  output: "accessLog",
  isDamaged: true,
};

/**
 * Of one fault, which begins when the first calls are through if it does not say otherwise. Calls come until it is over:
 * four in a minute, or one while it lasts for hours.
 */
export function planOf(fault: FaultName): Plan {
  const { isLong, hours = isLong ? 1.5 : undefined, isEarly, isDamaging = false }: Fault = FAULTS[fault];
  const to = hours === undefined ? 700 : hours * 3600;
  const seconds = to + 200;
  const records = hours === undefined || hours <= 2 ? seconds / 15 : seconds / 60;
  const periods = [{ fault, from: isEarly ? 0 : 150, to }];
  return { ...HEALTHY, seconds, records: Math.round(records), periods, isDamaged: isDamaging };
}

/** Of two to five faults at times of their own. */
export function combinationOf(seed: number): Plan {
  const random = new Random(seed);
  const periods = random.times(2 + random.below(4), () => {
    const fault = random.pick(COMBINED_NAMES);
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
    output: random.oneIn(3) ? "event" : "accessLog",
    isDamaged: true,
  };
}

/** Says a plan in words, so that it can be read where it fails. */
export function wordsOf({ seed, periods, oneIn, output }: Plan): string {
  const texts = periods.map(({ fault, from, to }) => `${FAULTS[fault].what} (${fault}) from ${from} to ${to} s`);
  return `seed ${seed}: ${texts.join("; ")}; one in ${oneIn}; output ${output}`;
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

/** Runs a plan in virtual time. */
export async function run(plan: Plan): Promise<Outcome> {
  const clock = new VirtualClock(NOON);
  const random = new Random(plan.seed);
  const bucket = new MemoryBucket(clock);
  const chance = () => random.below(1_000_000) / 1_000_000;
  const aws: MadeUpAws = new MadeUpAws({
    stack: stackFor(plan.output),
    clock,
    random,
    oneIn: plan.oneIn,
    store: bucket,
    attempt: (request, moesif) => attemptDelivery(request, { post: (one) => moesif.post(one) }),
    readSecret: async (applicationId) => applicationId,
    start: () =>
      startVirtual(VARIABLES, {
        clock,
        random: chance,
        getObject: async () => settingsOf(aws, plan),
        getSecret: async () => {
          if (aws.isSecretMissing) throw named("ResourceNotFoundException", "Secrets Manager can't find the secret.");
          return JSON.stringify({ api_key: aws.applicationId });
        },
        putRecordBatch: async ({ Records }) => aws.putRecordBatch(Records.map(({ Data }) => Data)),
        fetch: (_, { headers }) => aws.moesif.config(headers),
        print: (line) => aws.print(line),
      }),
  });
  const calls = new Calls(`s${plan.seed}`, random, ACCOUNT, { hasDamaged: plan.isDamaged });
  const put = (data: Buffer) => aws.put(data);
  const outcome = pass(plan, {
    aws,
    calls,
    random,
    put,
    failed: async () => bucket.failed(),
    redrive: () => redriveKilled(bucket, put, clock, random),
  });
  try {
    return await clock.run(outcome);
  } finally {
    await aws.close();
  }
}

/** What a plan is run on. */
export interface Subject {
  readonly aws: MadeUpAws;
  readonly calls: Calls;
  readonly random: Random;
  /** Puts a record on the stream. */
  readonly put: (data: Buffer) => Promise<void>;
  /** What the bucket holds that failed, and was not put back. */
  readonly failed: () => Promise<readonly FailedLine[]>;
  /** Puts it back on the stream. */
  readonly redrive: () => Promise<void>;
}

/** Has something happen, accounts for every call, redrives what failed and accounts again. */
export async function pass(plan: Plan, subject: Subject, happens = happen): Promise<Outcome> {
  const { aws } = subject;
  const from = aws.clock.now();
  await happens(plan, subject);
  await aws.drain();
  const failed = await subject.failed();
  const account = accountFor(subject, failed);
  const to = aws.clock.now() + 1;
  await subject.redrive();
  await aws.drain();
  return {
    plan,
    account,
    redriven: accountFor(subject, await subject.failed()),
    metrics: aws.metrics,
    errorLog: [...aws.errorLog],
    from,
    to,
    failures: countBy(failed),
    violations: [...aws.moesif.violations],
    log: [...aws.log],
    putBack: aws.putBack,
  };
}

function accountFor({ aws, calls }: Subject, failed: readonly FailedLine[]): Account {
  return accountOf({
    expected: calls.expected,
    moesif: aws.moesif,
    inBucket: new Set(failed.flatMap(({ rawData }) => namesIn(rawData))),
    lostByAws: new Set([...aws.lostByAws, ...aws.moesif.refused]),
  });
}

const VARIABLES = {
  SETTINGS_URL: "s3://backup/transformer/moesif/settings.json?versionId=1",
  APPLICATION_ID_SECRET: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:moesif`,
  AWS_REGION: REGION,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
};

/** @throws Error as AWS's client does */
function settingsOf({ settings, version }: MadeUpAws, { output, settings: more }: Plan): string {
  if (settings === "missing") throw named("NoSuchKey", "The specified key does not exist.");
  if (settings === "broken") return '{"version":1,';
  return JSON.stringify({
    version: 1,
    accountId: ACCOUNT,
    region: REGION,
    filter: FILTER,
    output,
    metadata: { version },
    ...more,
  });
}

function stackFor(output: Plan["output"]): SynthesizedStack {
  const { stream } = STACK;
  return output === "accessLog" ? STACK : { ...STACK, stream: { ...stream, url: `${stream.url}/events` } };
}

/** Puts the calls on the stream, at times of their own, while faults begin and end. */
async function happen(plan: Plan, { aws, calls, random, put }: Subject): Promise<void> {
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
    if (!aws.isQuiet) await put(calls.next(clock.now()).data);
  }
  const end = Math.max(plan.seconds, ...plan.periods.map(({ to }) => to)) + 1;
  await sleep(clock, end - (clock.now() - start) / 1000);
}

function countBy(failed: readonly FailedLine[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { errorCode } of failed) counts[errorCode] = (counts[errorCode] ?? 0) + 1;
  return counts;
}
