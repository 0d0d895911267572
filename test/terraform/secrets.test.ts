/** The module knows the same secrets as the function: by them it holds redaction.allow. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { plainName, SECRET_NAMES, WHOLE_NAMES } from "../../lambda/secrets/names";
import { SHAPES } from "../../lambda/secrets/shapes";

const hcl = readFileSync(join(__dirname, "..", "..", "terraform", "secrets.tf"), "utf8");

function listOf(name: string): string[] {
  const [, list = ""] = new RegExp(`${name} = \\[([^\\]]*)\\]`).exec(hcl) ?? [];
  return [...list.matchAll(/"([^"]+)"/g)].map(([, text]) => text!);
}

test("the module has the lists of the function", () => {
  expect(listOf("secret_name_endings")).toEqual(Object.values(SECRET_NAMES).join(" ").split(" ").map(plainName));
  expect(listOf("secret_names")).toEqual(WHOLE_NAMES.split(" ").map(plainName));
  expect(listOf("secret_shapes")).toEqual(SHAPES.map(({ name }) => name));
});
