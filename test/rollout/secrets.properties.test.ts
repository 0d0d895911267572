/** Wherever a secret stands in a rollout file, valid or not, nothing that is said of the file shows it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parseRollout } from "../../modules/rollout/parse-rollout";
import { errorOf } from "./support";

const text = readFileSync(join(__dirname, "settings.yaml"), "utf8");
const places = [...text.matchAll(/[\w/"'-]+/g)].map(({ index, 0: word }) => ({ index, end: index + word.length }));

const word = (characters: string, minLength: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength: minLength + 20 });
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const secret = fc.oneof(
  fc.tuple(word(letters, 20), word(letters, 30), word(letters, 30)).map(([a, b, c]) => `eyJ${a}.eyJ${b}.${c}`),
  word("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 16).map((rest) => `AKIA${rest.slice(0, 15)}7`),
  word(letters, 36).map((rest) => `ghp_${rest}1`),
);

const around = fc.constantFrom(
  (value: string) => value,
  (value: string) => `"${value}"`,
  (value: string) => `'${value}`,
  (value: string) => `[${value}, ${value}]`,
  (value: string) => `{ ${value}: 1 }`,
  (value: string) => `x # ${value}`,
  (value: string) => `!${value} x`,
  (value: string) => `*${value}`,
  (value: string) => `|\n  ${value}\n  ${value}`,
);

test("no message, line or issue shows a secret", () => {
  fc.assert(
    fc.property(secret, around, fc.constantFrom(...places), fc.boolean(), (value, write, { index, end }, isBroken) => {
      const written = text.slice(0, index) + write(value) + text.slice(end) + (isBroken ? "\n  [" : "");
      const error = errorOf(() => parseRollout(written, "rollout.yaml"));
      expect(error).toBeDefined();
      const said = error!.message + JSON.stringify(error!.issues) + String(error!.stack);
      expect(said).not.toContain(value);
    }),
    { numRuns: 1000 },
  );
});
