/** Weights, at any rate and any chance. */
import * as fc from "fast-check";
import { multiplied, weightOf } from "../../../lambda/transformer/sampling/sampler";

describe("the weight of a call", () => {
  it.each([
    // rate, decision, rounding, weight
    [100, 0.999999, 0.999999, 1],
    [0, 0, 0, 0],
    [50, 0.49, 0, 2],
    [50, 0.5, 0, 0],
    [10, 0.0999, 0, 10],
    [30, 0.2, 0.33, 4],
    [30, 0.2, 0.34, 3],
    [70, 0.69, 0.42, 2],
    [70, 0.69, 0.43, 1],
    [99.5, 0.99, 0.005, 2],
    [99.5, 0.99, 0.006, 1],
    [0.4, 0.0039, 0.5, 250],
    [1e-300, 0, 0, 2 ** 31 - 1],
  ])("at a rate of %d, with the chances %d and %d, is %d", (rate, decision, rounding, weight) => {
    expect(weightOf(rate, decision, rounding)).toBe(weight);
  });

  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it("is 0, or the integer below or above what a call stands for", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), chance, chance, (rate, decision, rounding) => {
        const weight = weightOf(rate, decision, rounding);
        if (weight === 0) expect(decision * 100).toBeGreaterThanOrEqual(rate);
        else expect(Number.isInteger(weight) && Math.abs(weight - Math.min(100 / rate, 2 ** 31 - 1)) < 1).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("is 1 on average at every rate, over all chances", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 100, noNaN: true }), (rate) => {
        // The average over the chances that keep a call, by the place where the rounding changes.
        const [above, below] = [weightOf(rate, 0, 0), weightOf(rate, 0, 1 - Number.EPSILON)];
        const fraction = 100 / rate - Math.floor(100 / rate);
        expect((rate / 100) * (fraction * above + (1 - fraction) * below)).toBeCloseTo(1, 9);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a weight that the record had", () => {
  it.each<readonly [unknown, number, number]>([
    [undefined, 4, 4],
    [1, 4, 4],
    [5, 4, 20],
    ["5", 4, 20],
    ["007", 2, 14],
    [0, 4, 4],
    [-3, 4, 4],
    [2.5, 4, 4],
    [NaN, 4, 4],
    [Infinity, 4, 4],
    [true, 4, 4],
    [null, 4, 4],
    ["many", 4, 4],
    ["-", 4, 4],
    ["1e3", 4, 4],
    [[5], 4, 4],
    [2 ** 31 - 1, 4, 2 ** 31 - 1],
  ])("of %j and a new one of %d are %d", (own, weight, both) => {
    expect(multiplied(own, weight)).toBe(both);
  });
});
