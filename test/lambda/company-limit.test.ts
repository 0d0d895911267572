/** The limit of the calls of one company in a batch. */
import type { Outcome } from "../../lambda/transformer/outcome";
import type { SamplingSettings } from "../../lambda/transformer/settings";
import { createTransformer } from "../../lambda/transformer/transform";
import { accessLog, base64, NOW, settings, textOf } from "./support";

const call = (nth: number, more: object = {}) => accessLog({ requestId: `request ${nth}`, companyId: "acme", ...more });
const calls = (count: number, more: object = {}) => Array.from({ length: count }, (_, nth) => call(nth, more));

function outcomesOf(logs: readonly object[], sampling: SamplingSettings): Outcome[] {
  const datas = logs.map((log) => base64(JSON.stringify(log)));
  return createTransformer({ ...settings, sampling })(datas, NOW);
}

/** The weights of what is delivered. */
function weightsOf(outcomes: readonly Outcome[]): number[] {
  const delivered = outcomes.flatMap((outcome) => (outcome.result === "Ok" ? textOf(outcome.data).split("\n") : []));
  return delivered.map((line) => (JSON.parse(line) as { weight?: number }).weight ?? 1);
}

const sum = (weights: readonly number[]) => weights.reduce((all, weight) => all + weight, 0);

describe("of a batch, the calls of one company", () => {
  it("are all kept up to the limit", () => {
    expect(weightsOf(outcomesOf(calls(10), { companyLimit: 10 }))).toEqual(Array(10).fill(1));
  });

  it("beyond the limit are sampled, with weights that sum up to all", () => {
    const outcomes = outcomesOf(calls(4000), { companyLimit: 1000 });
    const weights = weightsOf(outcomes);
    expect(new Set(weights)).toEqual(new Set([4]));
    // Four standard deviations of a binomial count.
    const sigma = Math.sqrt(4000 * 0.25 * 0.75);
    expect(Math.abs(weights.length - 1000)).toBeLessThanOrEqual(4 * sigma);
    expect(outcomes.filter(({ result }) => result === "Dropped")).toContainEqual({
      result: "Dropped",
      reason: "company-limit",
    });
  });

  it("are counted over all records", () => {
    const lines = base64(
      calls(100)
        .map((log) => JSON.stringify(log))
        .join("\n"),
    );
    const others = calls(200)
      .slice(100)
      .map((log) => base64(JSON.stringify(log)));
    const transform = createTransformer({ ...settings, sampling: { companyLimit: 100 } });
    const weights = weightsOf(transform([lines, ...others], NOW));
    expect(new Set(weights)).toEqual(new Set([2]));
    expect(Math.abs(weights.length - 100)).toBeLessThanOrEqual(4 * Math.sqrt(200 * 0.5 * 0.5));
  });

  it("do not count against another, nor does what has no company", () => {
    const others = [...calls(5, { companyId: "initech" }), ...calls(50, { companyId: "-" })];
    const weights = weightsOf(outcomesOf([...calls(40), ...others], { companyLimit: 5 }));
    expect(weights.filter((weight) => weight === 1)).toHaveLength(55);
  });

  it("are limited after the sampling, and both weights multiply", () => {
    const weights = weightsOf(outcomesOf(calls(4000), { rate: 50, companyLimit: 500 }));
    // About 2,000 are left of the first stage, of which a quarter stays: 2 times 4, give or take the rounding.
    expect(weights.every((weight) => weight % 2 === 0 && weight >= 6 && weight <= 10)).toBe(true);
    expect(Math.abs(sum(weights) - 4000)).toBeLessThanOrEqual(4 * Math.sqrt(4000 * 8));
  });

  it("do not count where an error is kept anyway, and the error keeps its weight", () => {
    const errors = calls(20, { status: "503" }).map((log, nth) => ({ ...log, requestId: `error ${nth}` }));
    const weights = weightsOf(outcomesOf([...calls(5), ...errors], { companyLimit: 5, keepErrors: "server" }));
    expect(weights).toEqual(Array(25).fill(1));
  });

  it("are not limited again when they come again", () => {
    const once = outcomesOf(calls(100), { companyLimit: 10 }).flatMap((one) => (one.result === "Ok" ? [one.data] : []));
    const transform = createTransformer({ ...settings, sampling: { companyLimit: 1 } });
    expect(transform(once, NOW).map((one) => one.result === "Ok" && one.data)).toEqual(once);
  });
});
