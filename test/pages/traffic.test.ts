/** The figures of delivered calls: exact where they can be, bounded in memory always. */
import fc from "fast-check";
import type { DeliveredCall } from "../../lambda/transformer/delivered";
import { Latencies, TimeScale, TopTallies } from "../../pages/tallies";
import { type Ranking, type Series, Traffic, type TrafficSummary } from "../../pages/traffic";

const TIME = Date.parse("2026-11-30T12:00:00Z");

function summaryOf(calls: Iterable<Partial<DeliveredCall>>): TrafficSummary {
  const traffic = new Traffic();
  for (const call of calls) traffic.add({ time: TIME, verb: "GET", path: "/", weight: 1, redacted: [], ...call });
  return traffic.summary();
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const callsIn = ({ rows, rest, none }: Ranking) =>
  sum(rows.map(({ calls }) => calls)) + (rest?.calls ?? 0) + (none?.calls ?? 0);
const callsOf = (series: readonly Series[]) => sum(series.flatMap(({ calls }) => calls));

it("counts a call as often as its weight says", () => {
  const summary = summaryOf([
    { weight: 4, status: 503, user: "ann", responseBytes: 10, durationMs: 30 },
    { status: 404, company: "acme", responseBytes: 5, durationMs: 10 },
    { status: undefined, time: undefined },
  ]);
  expect(summary).toMatchObject({
    delivered: 3,
    calls: 6,
    withUser: 4,
    withCompany: 1,
    serverErrors: 4,
    clientErrors: 1,
    bytes: 45,
    p50Ms: 30,
    overTime: { columnSeconds: 1, begins: ["2026-11-30T12:00:00.000Z"] },
    users: { rows: [{ name: "ann", calls: 4 }], none: { calls: 2 } },
  });
  expect(summary.overTime.byStatus).toEqual([
    { name: "4xx", calls: [1] },
    { name: "5xx", calls: [4] },
    { name: "no status", calls: [0] },
  ]);
});

it("loses no call, whatever the calls are", () => {
  const name = fc.option(fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz"), { nil: undefined });
  const call = fc.record({
    time: fc.integer({ min: 0, max: TIME }),
    status: fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }),
    weight: fc.integer({ min: 1, max: 9 }),
    user: name,
    company: name,
    path: fc.string(),
  });
  fc.assert(
    fc.property(fc.array(call), (calls) => {
      const summary = summaryOf(calls);
      const total = sum(calls.map(({ weight }) => weight));
      expect(summary.calls).toBe(total);
      const { companies, users, apis, routes, companiesByBytes, overTime } = summary;
      expect([companies, users, apis, routes].map(callsIn)).toEqual([total, total, total, total]);
      expect(callsIn(companiesByBytes)).toBeLessThanOrEqual(total);
      const { byStatus, byCompany, byUser, begins } = overTime;
      expect([byStatus, byCompany, byUser].map(callsOf)).toEqual([total, total, total]);
      expect(begins.length).toBeLessThanOrEqual(TimeScale.MAX_COLUMNS);
    }),
  );
});

it("knows a percentile to 1 %, and small ones exactly", () => {
  const exact = (values: readonly number[], percent: number) =>
    [...values].sort((a, b) => a - b)[Math.ceil((percent / 100) * values.length) - 1]!;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1 }), (values) => {
      const latencies = new Latencies();
      for (const ms of values) latencies.add(ms, 1);
      for (const percent of [50, 90, 99]) {
        const truth = exact(values, percent);
        const error = Math.abs(latencies.percentile(percent)! - truth);
        expect(error).toBeLessThanOrEqual(truth < 50 ? 0 : truth / 100 + 0.5);
      }
    }),
  );
});

describe("of more names than it counts one by one", () => {
  const NAMES = 5 * TopTallies.LIMIT;
  const calls = Array.from({ length: NAMES }, (_, index): Partial<DeliveredCall> => ({
    company: `one-${index}`,
    responseBytes: 1,
  }));

  it("finds one that begins late, and the one that downloads most in a single call", () => {
    const late = Array.from({ length: 500 }, () => ({ company: "late" }));
    const summary = summaryOf([{ company: "copier", responseBytes: 1e9 }, ...calls, ...late]);
    expect(summary.companies.rows[0]).toMatchObject({ name: "late", calls: 500 });
    expect(summary.companiesByBytes.rows[0]).toMatchObject({ name: "copier", bytes: 1e9 });
    expect(summary.companies.mayLack).toBeGreaterThan(0);
    expect(callsIn(summary.companies)).toBe(summary.calls);
  });

  it("says by how much a count may be too low", () => {
    const spread = calls.flatMap((call, index) => (index % 10 === 0 ? [call, { company: "often" }] : [call]));
    const { rows, mayLack } = summaryOf(spread).companies;
    const [often] = rows;
    expect(often!.name).toBe("often");
    expect(often!.calls).toBeLessThanOrEqual(NAMES / 10);
    expect(often!.calls + mayLack).toBeGreaterThanOrEqual(NAMES / 10);
  });
});
