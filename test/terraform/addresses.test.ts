/** The addresses of the modules' resources are a promise: another address replaces a resource wherever it is deployed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/rollout";

const MODULES = join(ROOT, "terraform", "modules");

/** Of files as `terraform fmt` leaves them. */
function addresses(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".tf"));
  return files
    .flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(/^resource "(\w+)" "(\w+)"/gm)])
    .map(([, type, name]) => `${type}.${name}`)
    .sort();
}

it("the modules have the resource addresses that were promised", () => {
  const nested = readdirSync(MODULES).flatMap((name) =>
    addresses(join(MODULES, name)).map((address) => `modules/${name} ${address}`),
  );
  const found = [...addresses(join(ROOT, "terraform")), ...nested];
  expect(found.join("\n")).toBe(readFileSync(join(__dirname, "addresses.txt"), "utf8").trim());
});
