/** Each file of `bad/` with the whole of what its reader is told. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseRollout } from "../../modules/rollout/parse-rollout";
import { messageOf } from "./support";

const folder = join(__dirname, "bad");
const sentences = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.replace(".yaml", ""));

test.each(sentences.map((sentence) => [sentence.replaceAll("-", " "), sentence]))("%s", (_, sentence) => {
  const text = readFileSync(join(folder, `${sentence}.yaml`), "utf8");
  const expected = readFileSync(join(folder, `${sentence}.txt`), "utf8");
  expect(`${messageOf(() => parseRollout(text, "rollout.yaml"))}\n`).toBe(expected);
});

test("every text of what is told belongs to a file", () => {
  const texts = readdirSync(folder).filter((file) => file.endsWith(".txt"));
  expect(texts).toEqual(sentences.map((sentence) => `${sentence}.txt`));
});
