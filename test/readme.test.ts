/** The README shows each way of use; that it shows the files as they are, the test of the generated files says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./support/rollout";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");

describe("the README", () => {
  it("shows an example of each way of use, and of what can be chosen", () => {
    expect([...readme.matchAll(/<!-- file: (examples\/\S+) -->/g)].map(([, file]) => file)).toEqual([
      "examples/cdktf-app/rollout.yaml",
      "examples/cdktf-app/cdktf.json",
      "examples/cdktf-app/main.ts",
      "examples/library/main.ts",
      "examples/terraform-json/rollout.yaml",
      "examples/existing-stages/rollout.yaml",
      "examples/choose-what-is-sent/rollout.yaml",
    ]);
  });
});
