/** Each file of `bad/` with the whole of what its reader is told. `UPDATE=1` writes what is told. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseRollout } from "../../modules/rollout/parse-rollout";
import { RolloutError } from "../../modules/rollout/rollout-error";

const folder = join(__dirname, "bad");
const sentences = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.replace(".yaml", ""));

test.each(sentences.map((sentence) => [sentence.replaceAll("-", " "), sentence]))("%s", (_, sentence) => {
  const content = readFileSync(join(folder, `${sentence}.yaml`));
  const message = `${saidOf(content)}\n`;
  const texts = join(folder, `${sentence}.txt`);
  if (process.env.UPDATE) writeFileSync(texts, message);
  expect(message).toBe(readFileSync(texts, "utf8"));
});

/** The message of the error, or the warnings as they are printed. */
function saidOf(content: Buffer): string {
  try {
    return parseRollout(content, "rollout.yaml")
      .warnings.map((warning) => `Warning: ${warning}`)
      .join("\n");
  } catch (error) {
    if (error instanceof RolloutError) return error.message;
    throw error;
  }
}

test("every text of what is told belongs to a file", () => {
  const texts = readdirSync(folder).filter((file) => file.endsWith(".txt"));
  expect(texts).toEqual(sentences.map((sentence) => `${sentence}.txt`));
});
