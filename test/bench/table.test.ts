/** The figures of the bench: ratios by their medians, and whether they are within their limits. */
import { median } from "../../bench/compare";
import { COMPARISONS } from "../../bench/comparisons";
import { comparisonRow, importRows, memoryRows, startUpRows, tableOf } from "../../bench/table";

const ROUNDS = [
  { reference: 10, measured: 12 },
  { reference: 20, measured: 50 },
  { reference: 10, measured: 11 },
];

test("the median is the value in the middle, or between the two", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test("a ratio is that of the middle round, and over its limit or not", () => {
  const [limited, information] = [COMPARISONS[0]!, COMPARISONS.at(-1)!];
  expect(comparisonRow(limited, ROUNDS, 1000)).toMatchObject({ value: 1.2, unit: "ratio", limit: 1.6, ok: true });
  expect(comparisonRow(limited, ROUNDS.slice(0, 2), 1000)).toMatchObject({ value: 1.85, ok: false });
  expect(comparisonRow(information, ROUNDS, 1000)).not.toHaveProperty("ok");
});

test("start-up and memory have their limits", () => {
  const both = {
    transformer: { ms: 23, cpuMs: 9, invocationCpuMs: 4 },
    empty: { ms: 3, cpuMs: 3, invocationCpuMs: 0 },
  };
  const startUp = { starts: 3, ...both, cpuRatio: 3.004, moreMs: 20 };
  expect(startUpRows(startUp)).toMatchObject([
    { value: 3, unit: "ratio", limit: 3, ok: true },
    { value: 4 },
    { value: 20 },
  ]);
  const memory = { invocations: 2, transformer: { peak: 130, kept: 0.5 }, empty: { peak: 100, kept: 0.25 } };
  expect(memoryRows(memory)).toMatchObject([{ value: 130, limit: 128, ok: false }, { value: 30 }, { value: 0.25 }]);
});

test("importing the package has its limits, of time and of memory", () => {
  const needed = { cpuMs: 200, mebibytes: 20, modules: 400 };
  const rows = importRows({ imports: 3, package: { cpuMs: 320, mebibytes: 25, modules: 600 }, needed });
  expect(rows).toMatchObject([
    { value: 1.6, unit: "ratio", limit: 1.5, ok: false },
    { value: 1.25, unit: "ratio", limit: 1.3, ok: true },
  ]);
});

test("the table shows each figure in its unit", () => {
  const table = tableOf([
    ...COMPARISONS.slice(0, 1).map((one) => comparisonRow(one, ROUNDS, 1000)),
    ...startUpRows({
      starts: 1,
      transformer: { ms: 9, cpuMs: 9, invocationCpuMs: 4 },
      empty: { ms: 1, cpuMs: 1, invocationCpuMs: 0 },
      cpuRatio: 9,
      moreMs: 8,
    }),
  ]);
  expect(table).toMatch(/sampling only, all kept +│ decode, parse +│ +1.20 │ +1.6 │ ok +│ 12.0 µs a log/);
  expect(table).toMatch(/start-up, processor time +│ an empty handler +│ +9.00 │ +3 │ over │/);
});
