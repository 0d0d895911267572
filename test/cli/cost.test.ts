/** `cost`: the bill by component, the prices that it takes, and the quotas. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { capacityOf, isExceeded } from "../../cli/cost/capacity";
import { costsOf, totalOf } from "../../cli/cost/components";
import { costOf, loadPrices, PRICE_NAMES } from "../../cli/cost/prices";
import { METRICS, RULE_METRICS, type Workload } from "../../cli/cost/workload";
import { reportOf as enrollmentReport } from "../../lambda/stage-enrollment/report";
import { reportOf as transformerReport } from "../../lambda/transformer/report";
import { eventOf, NOW } from "../lambda/support";
import { file, run } from "./support";

const prices = loadPrices();

const LOAD: Workload = {
  requestsPerDay: 5_000_000,
  recordBytes: 1000,
  logGroupShare: 0,
  callsPerEnvelope: 10,
  keptShare: 1,
  peakFactor: 3,
  microsecondsPerCall: 10,
  millisecondsPerInvocation: 20,
  transforms: true,
  architecture: "arm64",
  memoryMb: 256,
  bufferSizeMb: 1,
  bufferIntervalSeconds: 60,
  stageLogDays: 1,
  allDataDays: 0,
  secrets: 1,
  metrics: 16,
  alarmMetrics: 0,
  dashboards: 0,
};

const workloads: fc.Arbitrary<Workload> = fc
  .record({
    requestsPerDay: fc.double({ min: 1, max: 1e11, noNaN: true }),
    recordBytes: fc.integer({ min: 1, max: 1_000_000 }),
    logGroupShare: fc.double({ min: 0, max: 1, noNaN: true }),
    callsPerEnvelope: fc.integer({ min: 1, max: 10_000 }),
    keptShare: fc.double({ min: 0, max: 1, noNaN: true }),
    memoryMb: fc.integer({ min: 128, max: 10_240 }),
    architecture: fc.constantFrom("arm64", "x86_64"),
    transforms: fc.boolean(),
    bufferSizeMb: fc.double({ min: 0.2, max: 3, noNaN: true }),
    bufferIntervalSeconds: fc.integer({ min: 0, max: 300 }),
    allDataDays: fc.constantFrom(0, 1, 90),
    alarmMetrics: fc.nat(100),
    dashboards: fc.nat(3),
  })
  .map((some) => ({ ...LOAD, ...some }));

const bill = (load: Workload) => Object.fromEntries(costsOf(load, prices).map(({ id, cents }) => [id, cents / 100]));

describe("the bill", () => {
  it("of five million calls of REST stages a day is 715 GB of Firehose, of 5 KB a call", () => {
    const gb = (5e6 * 30 * 5 * 1024) / 2 ** 30;
    expect(bill(LOAD)).toMatchObject({ firehose: Math.round(gb * 0.029 * 100) / 100, secrets: 0.4, metrics: 4.8 });
    expect(bill(LOAD)).not.toHaveProperty("stage-logs");
  });

  it("of HTTP stages has the ingestion of CloudWatch Logs, and a tenth of Firehose's records", () => {
    const found = bill({ ...LOAD, logGroupShare: 1 });
    expect(found).toMatchObject({ "stage-logs": Math.round(((5e6 * 30 * 1000) / 2 ** 30) * 0.5 * 100) / 100 });
    expect(found.firehose).toBeCloseTo(bill(LOAD).firehose! / 10, 2);
  });

  it("has alarms, dashboards and every record in the bucket, where they are deployed", () => {
    const found = bill({ ...LOAD, alarmMetrics: 18, dashboards: 1, allDataDays: 90 });
    expect(found).toMatchObject({ alarms: 1.8, dashboards: 3, "s3-storage": expect.closeTo(1.25, 1) });
    expect(found["s3-requests"]).toBeGreaterThan(0);
  });

  it("is the sum of its components, in whole cents", () => {
    fc.assert(
      fc.property(workloads, (load) => {
        const costs = costsOf(load, prices);
        expect(totalOf(costs).cents).toBe(costs.reduce((sum, { cents }) => sum + cents, 0));
        for (const { cents, sampledCents } of costs) expect([cents, sampledCents].every(Number.isInteger)).toBe(true);
      }),
    );
  });

  it("never falls with more calls", () => {
    fc.assert(
      fc.property(workloads, fc.double({ min: 1, max: 100, noNaN: true }), (load, more) => {
        const [few, many] = [load, { ...load, requestsPerDay: load.requestsPerDay * more }].map((one) =>
          totalOf(costsOf(one, prices)),
        );
        expect(many!.cents).toBeGreaterThanOrEqual(few!.cents);
        expect(many!.sampledCents).toBeGreaterThanOrEqual(few!.sampledCents);
      }),
    );
  });

  it("never rises by sampling, which saves data transfer and nothing else", () => {
    fc.assert(
      fc.property(workloads, (load) => {
        for (const { id, cents, sampledCents } of costsOf(load, prices)) {
          if (id === "transfer") expect(sampledCents).toBeLessThanOrEqual(cents);
          else expect(sampledCents).toBe(cents);
        }
      }),
    );
  });
});

describe("a price", () => {
  it("by tiers counts each unit in its own", () => {
    expect(costOf(prices.of.firehoseGb, 512_000)).toBeCloseTo(14_848, 6);
    expect(costOf(prices.of.firehoseGb, 2_048_001)).toBeCloseTo(14_848 + 1_536_000 * 0.025 + 0.02, 6);
  });

  it("has a source of AWS and a date", () => {
    for (const name of PRICE_NAMES) {
      const { source, asOf } = prices.of[name];
      expect([name, source, asOf]).toEqual([
        name,
        expect.stringMatching(/^https:\/\/aws\.amazon\.com\//),
        expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      ]);
    }
  });

  it("of the user overrides one of the list", () => {
    const own = loadPrices(file('{"region":"eu-west-2","prices":{"firehoseGb":{"usd":0.035}}}'));
    expect(own.of).toMatchObject({ firehoseGb: { usd: 0.035 }, secretMonth: { usd: 0.4 } });
    expect(own.fromList).toHaveLength(PRICE_NAMES.length - 1);
  });

  it.each([
    ["{", "the file: expected object"],
    ["{}", "region: expected string"],
    ['{"region":"r","prices":{"firehoseGbx":{"usd":1}}}', "prices.firehoseGbx: unknown key"],
    ['{"region":"r","prices":{"firehoseGb":{"usd":-1}}}', "prices.firehoseGb.usd: expected USD, a number from 0"],
    ['{"region":"r","prices":{"firehoseGb":{"usd":"1"}}}', "prices.firehoseGb.usd: expected USD, a number from 0"],
    ['{"region":"r","prices":{"firehoseGb":{"usd":[]}}}', "prices.firehoseGb.usd: expected one tier or more"],
    [
      '{"region":"r","prices":{"firehoseGb":{"usd":[{"upTo":2,"usd":1},{"upTo":1,"usd":1},{"usd":1}]}}}',
      "prices.firehoseGb.usd: each upTo is above the one before",
    ],
    [
      '{"region":"r","prices":{"firehoseGb":{"usd":[{"upTo":2,"usd":1}]}}}',
      "prices.firehoseGb.usd: only the last tier has no upTo",
    ],
    [
      '{"region":"r","prices":{"firehoseGb":{"usd":[{"usd":-1}]}}}',
      "prices.firehoseGb.usd.0.usd: expected USD, a number from 0",
    ],
  ])("that is wrong is refused by its field: %s", (text, message) => {
    expect(() => loadPrices(file(text))).toThrow(`: ${message}`);
  });
});

describe("the quotas", () => {
  const exceeded = (load: Workload, region: string) =>
    capacityOf(load, region)
      .filter(isExceeded)
      .map(({ id }) => id);

  it("are those of the region", () => {
    const busy = { ...LOAD, requestsPerDay: 100_000_000 };
    expect(exceeded(busy, "us-east-1")).toEqual([]);
    expect(exceeded(busy, "eu-central-1")).toEqual(["mib"]);
  });

  it("include the concurrency that is reserved for the transformer", () => {
    expect(exceeded({ ...LOAD, requestsPerDay: 1e9, reservedConcurrency: 2 }, "us-east-1")).toContain("concurrency");
  });

  it("are not exceeded by what AWS documents no number of", () => {
    const capacity = capacityOf({ ...LOAD, requestsPerDay: 60_000_000, recordBytes: 100 }, "eu-central-1");
    expect(capacity.find(({ id }) => id === "requests")).toMatchObject({ atMost: true, quota: 1000 });
    expect(capacity.filter(isExceeded)).toEqual([]);
  });
});

it("counts the metrics that the functions write", () => {
  const config = { state: "fresh", ageSeconds: 1, failures: {}, skipped: 0 } as const;
  const transformer = transformerReport(eventOf([]), [], NOW, 1, { config });
  const enrollment = enrollmentReport(
    { run: 1, stages: [], totals: {}, problems: [], warnings: [] },
    "moesif-enroll-moesif",
    NOW,
    1,
  );
  const number = ({ _aws }: typeof transformer | typeof enrollment) => _aws.CloudWatchMetrics[0]!.Metrics.length;
  expect(number(transformer)).toBe(METRICS["moesif-transform-"]! + RULE_METRICS);
  expect(number(enrollment)).toBe(METRICS["moesif-enroll-"]);
});

describe("the command", () => {
  const rollout = file(`version: 1
defaults:
  applicationId: { secretName: moesif }
  output: event
  sampling: { rate: 25 }
accounts:
  - id: "111111111111"
    name: production
    regions:
      - name: eu-west-1
        settings: { transformer: { memoryMb: 512, architecture: x86_64 }, backup: { mode: AllData }, redrive: {} }
        apis:
          - { id: a1b2c3d4e5, name: orders, stages: [prod] }
          - { id: f6g7h8i9j0, name: shop, type: HTTP, stages: [prod, test, dev] }
      - name: us-east-1
`);
  const cost = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(["cost", "--requests-per-day", "1000000", ...args]);
    return { code, stdout, stderr, json: () => JSON.parse(stdout) };
  };

  it("takes what the rollout file deploys", async () => {
    const found = await cost("--rollout", rollout, "--stack", "moesif-production-eu-west-1", "--json");
    expect(found).toMatchObject({ code: 0, stderr: "" });
    expect(found.json()).toMatchObject({
      stack: "moesif-production-eu-west-1",
      region: "eu-west-1",
      workload: {
        memoryMb: 512,
        architecture: "x86_64",
        logGroupShare: 0.75,
        keptShare: 0.25,
        allDataDays: 90,
        stageLogDays: 1,
        metrics:
          METRICS["moesif-transform-"]! + RULE_METRICS + METRICS["moesif-enroll-"]! + METRICS["moesif-redrive-"]!,
      },
    });
  });

  it("takes the defaults without a rollout file, and the options before either", async () => {
    const { workload } = (await cost("--json")).json();
    expect(workload).toMatchObject({
      ...LOAD,
      requestsPerDay: 1_000_000,
      metrics: METRICS["moesif-transform-"]! + RULE_METRICS,
    });
    const given = ["--sample-rate", "10", "--through-log-group", "50"];
    const other = await cost("--rollout", rollout, "--stack", "moesif-production-eu-west-1", ...given, "--json");
    expect(other.json().workload).toMatchObject({ keptShare: 0.1, logGroupShare: 0.5 });
  });

  it("counts the alarms and the dashboard of monitoring", async () => {
    const monitored = readFileSync(rollout, "utf8").replace("defaults:", "defaults:\n  monitoring: {}");
    const found = await cost("--rollout", file(monitored), "--stack", "moesif-production-us-east-1", "--json");
    expect(found.json().workload).toMatchObject({ dashboards: 1 });
    expect(found.json().workload.alarmMetrics).toBeGreaterThan(10);
  });

  it("asks for a stack where there are several", async () => {
    const found = await cost("--rollout", rollout);
    expect(found).toMatchObject({ code: 2, stdout: "" });
    expect(found.stderr).toContain(
      "Name the one that has these calls: moesif-production-eu-west-1, moesif-production-us",
    );
  });

  it("shows money with two decimals, what sampling saves, and that the prices are of another region", async () => {
    const { stdout } = await cost("--sample-rate", "10", "--region", "eu-central-1", "--reporter", "markdown");
    expect(stdout).toMatch(/^## A pipeline in eu-central-1: \\\$\d+\.\d\d a month\n/);
    expect(stdout).toMatch(/^\| Total \| {2}\| \d+\.\d\d \| \d+\.\d\d \|$/m);
    expect(stdout).toContain("Sampling saves \\$0.45 a month of AWS: data transfer.");
    expect(stdout).toContain("List prices of us-east-1, without free tiers and taxes; for eu-central-1, give yours");
  });

  it("ends with 1 where the peak exceeds a quota", async () => {
    const found = await cost("--requests-per-day", "100000000", "--region", "eu-central-1");
    expect(found.code).toBe(1);
    expect(found.stdout).toContain("Firehose: MiB a second: ask AWS for a higher quota of the stream, or shorten");
  });

  it.each([
    [["--requests-per-day", "0"], "Give a number above 0."],
    [["--sample-rate", "101"], "Give a number from 0 to 100."],
    [["--peak-factor", "0.5"], "Give a number from 1."],
    [["--region", "us-est-1"], '--region: unknown region "us-est-1"'],
    [["--prices", "none.json"], "--prices: none.json cannot be read"],
    [["--rollout", rollout, "--region", "us-east-1"], "cannot be used with option '--region"],
  ])("refuses %j", async (args, message) => {
    const found = await cost(...args);
    expect(found).toMatchObject({ code: 2, stdout: "" });
    expect(found.stderr).toContain(message);
  });
});
