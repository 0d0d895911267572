/** Each fixture is one record and what becomes of it; its file name says why. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createTransform } from "../../lambda/transformer/transform";
import { base64, settings, textOf } from "./support";

interface Fixture {
  /** Added to the settings of all fixtures. */
  readonly settings?: object;
  /** The record: an object, or its text. */
  readonly input: object | string;
  /** What is delivered: an object, or the exact text. */
  readonly output?: object | string;
  readonly drops?: string;
  readonly fails?: string;
}

const folder = join(__dirname, "fixtures");

describe("the transformer", () => {
  for (const file of readdirSync(folder)) {
    const fixture = JSON.parse(readFileSync(join(folder, file), "utf8")) as Fixture;
    it(basename(file, ".json"), () => {
      const input = typeof fixture.input === "string" ? fixture.input : JSON.stringify(fixture.input);

      const outcome = createTransform({ ...settings, ...fixture.settings })(base64(input));

      if (outcome.result === "Ok") {
        const text = textOf(outcome.data);
        expect(typeof fixture.output === "string" ? text : JSON.parse(text)).toEqual(fixture.output);
      } else {
        const reason = outcome.result === "Dropped" ? fixture.drops : fixture.fails;
        expect(outcome.reason).toBe(reason);
      }
    });
  }
});
