/** Runs each fixture: what is delivered, and why nothing is. */
import { exactText, fixtures, outcomeOf, returnsOf } from "./fixture";
import { textOf } from "./support";

const delivered = [...fixtures].filter(([, { output }]) => output !== undefined);

describe("the transformer", () => {
  it.each([...fixtures])("%s", (_, fixture) => {
    const outcome = outcomeOf(fixture);

    if (outcome.result === "Ok") {
      const text = textOf(outcome.data);
      const expected = exactText(fixture.output);
      expect(expected === undefined ? JSON.parse(text) : text).toEqual(expected ?? fixture.output);
      expect(outcome.repaired).toBe(fixture.repairs);
      expect(outcome.replaced).toBe(fixture.replaces);
    } else {
      const reason = outcome.result === "Dropped" ? fixture.drops : fixture.fails;
      expect(outcome.reason).toBe(reason);
    }
    expect(returnsOf(outcome)).toEqual(fixture.returns);
  });

  it.each(delivered)("makes the same bytes again, where %s", (_, fixture) => {
    const once = outcomeOf(fixture) as { data: string };
    const twice = outcomeOf(fixture, once.data);
    expect(twice).toMatchObject({ result: "Ok", data: once.data });
  });
});
