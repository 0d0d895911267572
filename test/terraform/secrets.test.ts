/** The module knows the same secrets as the function: by them it holds redaction.allow. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  plainName,
  PLURAL_NAMES,
  RANDOM_NAMES,
  SECRET_NAMES,
  SIGNATURE_NAMES,
  WHOLE_NAMES,
} from "../../lambda/secrets/names";
import { SHAPES } from "../../lambda/secrets/shapes";

const hcl = readFileSync(join(__dirname, "..", "..", "terraform", "secrets.tf"), "utf8");

function listOf(name: string): string[] {
  const [, list = ""] = new RegExp(`${name} = \\[([^\\]]*)\\]`).exec(hcl) ?? [];
  return [...list.matchAll(/"([^"]+)"/g)].map(([, text]) => text!);
}

const namesIn = (text: string) => text.split(" ").map(plainName);

test("the module has the lists of the function", () => {
  expect(listOf("secret_name_endings")).toEqual(namesIn(Object.values(SECRET_NAMES).join(" ")));
  expect(listOf("secret_plural_endings")).toEqual(namesIn(PLURAL_NAMES));
  expect(listOf("secret_names")).toEqual(namesIn(WHOLE_NAMES));
  expect(listOf("secret_signature_endings")).toEqual(namesIn(SIGNATURE_NAMES));
  expect(listOf("secret_random_names")).toEqual(namesIn(RANDOM_NAMES));
  expect(listOf("secret_shapes")).toEqual(SHAPES.map(({ name }) => name));
});
