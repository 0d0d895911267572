/** Each fault by itself, in virtual time: what it costs, where the calls are, and what CloudWatch shows; and docs/operate.md, which says so. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FAULT_NAMES, FAULTS, type FaultName } from "../../bench/faults/catalogue";
import { HEALTHY, type Outcome, planOf, problemsOf, run } from "../../bench/faults/run";
import type { Statistic } from "../../local/metrics";
import { ALARM_KEYS } from "../../modules/settings/monitoring";
import { ROOT } from "../support/rollout";
import { Alarms } from "./alarms";

/** Of damaged records, which fail in every run. */
const DAMAGED = "Lambda.ProcessingFailedStatus";

/** AWS does not document by which code Firehose fails where it cannot read the secret. */
const UNDOCUMENTED = "undocumented";

const outcomes = new Map<FaultName, Outcome>();
let healthy: Outcome;
const alarms = new Alarms();

beforeAll(async () => {
  healthy = await run(HEALTHY);
  for (const fault of FAULT_NAMES) outcomes.set(fault, await run(planOf(fault)));
});

/** A statistic of a metric until the account was made, whatever its dimensions. */
function shown({ metrics, from, to }: Outcome, metric: string, statistic: Statistic): number | undefined {
  const name = metrics.names.find((one) => one.metric === metric);
  return name && metrics.periods(name, statistic, { from, to, seconds: (to - from) / 1000 })[0];
}

const codesOf = ({ failures }: Outcome) => Object.keys(failures).filter((code) => code !== DAMAGED);

describe("when nothing fails", () => {
  it("delivers each call once, but for what a rule drops and what is damaged", () => {
    expect(problemsOf(healthy)).toEqual([]);
    const { calls, delivered, dropped, inBucket, duplicates } = healthy.account;
    expect(delivered + dropped + inBucket).toBe(calls);
    expect({ duplicates, codes: codesOf(healthy), lostByAws: healthy.account.lostByAws }).toEqual({
      duplicates: 0,
      codes: [],
      lostByAws: [],
    });
  });

  it("fires no alarm", async () => {
    expect(alarms.fired(await run({ ...HEALTHY, isDamaged: false }))).toEqual([]);
  });

  it("shows in CloudWatch what went in and what came of it", () => {
    const { calls, delivered, dropped, inBucket } = healthy.account;
    const sum = (metric: string) => shown(healthy, metric, "Sum");
    expect(sum("EventsDropped")).toBe(dropped);
    expect(sum("EventsFailed")).toBe(inBucket);
    expect(sum("EventsKept")).toBe(delivered);
    // What was put back came in twice.
    expect(sum("EventsIn")).toBe(calls + healthy.putBack);
    expect(sum("IncomingRecords")).toBe(HEALTHY.records);
    expect(sum("BackupToS3.Records")).toBe(inBucket);
    for (const metric of ["DeliveryToHttpEndpoint.Success", "ExecuteProcessing.Success", "BackupToS3.Success"])
      expect([metric, shown(healthy, metric, "Minimum")]).toEqual([metric, 1]);
    for (const metric of ["ThrottledRecords", "Errors", "Throttles"])
      expect([metric, shown(healthy, metric, "Maximum")]).toEqual([metric, 0]);
  });
});

test.each(FAULT_NAMES.map((fault) => [FAULTS[fault].what, fault] as const))(
  "when %s, no call is lost and none is counted twice",
  (_, fault) => {
    expect(problemsOf(outcomes.get(fault)!)).toEqual([]);
  },
);

test("AWS loses exactly the calls of the requests that Moesif answers with 413", () => {
  const losing = FAULT_NAMES.filter((fault) => outcomes.get(fault)!.account.lostByAws.length > 0);
  expect(losing).toEqual(["moesif-413"]);
  const { calls, delivered, dropped, inBucket, lostByAws } = outcomes.get("moesif-413")!.account;
  expect(delivered + dropped + inBucket + lostByAws.length).toBe(calls);
});

test("one batch of several that AWS loses fires an alarm", async () => {
  const outcome = await run({ ...planOf("moesif-413"), oneIn: 4 });
  expect(outcome.account.lostByAws.length).toBeGreaterThan(0);
  expect(outcome.account.lostByAws.length).toBeLessThan(outcome.account.delivered);
  expect(alarms.fired(outcome)).toEqual(["deliverySuccess"]);
});

test("the stream invokes the function several times at once", () => {
  expect(shown(outcomes.get("function-time-out")!, "ConcurrentExecutions", "Maximum")).toBeGreaterThan(1);
});

test("a stream of which neither the endpoint nor the bucket takes anything pauses, and loses what is a day old", async () => {
  const day = 24 * 3600;
  const outcome = await run({
    ...HEALTHY,
    seconds: 2 * 3600,
    periods: [{ fault: "both-refused", from: 0, to: day + 3600 }],
  });
  expect(problemsOf(outcome)).toEqual([]);
  const { calls, delivered, dropped, inBucket, lostByAws } = outcome.account;
  expect(delivered + dropped + inBucket + lostByAws.length).toBe(calls);
  expect(Math.min(delivered, lostByAws.length)).toBeGreaterThan(0);
  expect(shown(outcome, "DeliveryToHttpEndpoint.DataFreshness", "Maximum")).toBeGreaterThan(day);
});

const codesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

describe("docs/operate.md", () => {
  const [, section = ""] = /## What happens if something fails\n(.*?)(?=\n## |$)/s.exec(
    readFileSync(join(ROOT, "docs", "operate.md"), "utf8"),
  )!;
  const rows = section
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (-|If )/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, faults = "", , where = "", see = "", alarm = ""]) => ({
      faults: faults.split("; ").map((text) => FAULT_NAMES.find((name) => FAULTS[name].what === text) ?? text),
      where,
      see: codesIn(see),
      fires: codesIn(alarm).sort(),
    }));

  it("has each fault in one row", () => {
    expect(rows.flatMap(({ faults }) => faults).sort()).toEqual([...FAULT_NAMES].sort());
  });

  const byFault = rows.flatMap(({ faults, ...row }) => faults.map((fault) => ({ fault: fault as FaultName, ...row })));

  it("has every alarm, but for those of redrive and enrollment: test/faults/alarms.test.ts", () => {
    const fires = new Set(byFault.flatMap((row) => row.fires));
    expect(ALARM_KEYS.filter((key) => !fires.has(key))).toEqual(["stagesNotEnrolled", "givenUp", "redriveFailed"]);
    expect([...alarms.byKey.keys()].sort()).toEqual([...ALARM_KEYS].sort());
  });

  it.each(byFault)("says of $fault which alarms fire, and no other does", ({ fault, fires }) => {
    expect(alarms.fired(outcomes.get(fault)!)).toEqual(fires);
  });

  it.each(byFault)("says of $fault where the calls are and what can be seen", ({ fault, where, see }) => {
    const outcome = outcomes.get(fault)!;
    const codes = see.filter((code) => /^(Lambda|HttpEndpoint)\./.test(code));
    expect(codes.filter((code) => code !== DAMAGED)).toEqual(codesOf(outcome).filter((code) => code !== UNDOCUMENTED));
    expect(where.includes("backup bucket")).toBe(codesOf(outcome).length > 0 || codes.includes(DAMAGED));
    expect(where.includes("lost")).toBe(outcome.account.lostByAws.length > 0);
    for (const code of see.filter((one) => one.startsWith("S3."))) {
      expect(outcome.errorLog.map(({ line }) => JSON.parse(line).errorCode)).toContain(code);
    }
    for (const metric of see.filter((code) => !/^(Lambda|HttpEndpoint|S3)\./.test(code))) {
      const moves = metric.endsWith(".Success")
        ? shown(outcome, metric, "Minimum") === 0
        : shown(outcome, metric, "Maximum")! > 1.05 * (shown(healthy, metric, "Maximum") ?? 0);
      expect([metric, moves]).toEqual([metric, true]);
    }
  });
});
