/** Each fixture of `redaction/` is one access log and what of it leaves; its file name says so in a sentence. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { base64, outcomeFor, settings, textOf } from "./support";

interface Fixture {
  /** Added to the settings of all fixtures. */
  readonly settings?: object;
  readonly input: object;
  readonly output: object;
}

const folder = join(__dirname, "redaction");
const files = readdirSync(folder);

test.each(files.map((file) => [basename(file, ".json"), file]))("%s", (_, file) => {
  const fixture = JSON.parse(readFileSync(join(folder, file), "utf8")) as Fixture;
  const of = { ...settings, ...fixture.settings };

  const outcome = outcomeFor(base64(JSON.stringify(fixture.input)), of);

  if (outcome.result !== "Ok") throw new Error(outcome.reason);
  expect(JSON.parse(textOf(outcome.data))).toEqual(fixture.output);
  expect(outcomeFor(outcome.data, of)).toEqual(outcome);
});
