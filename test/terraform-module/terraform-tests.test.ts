/** The modules' own tests pass, as for whoever runs `terraform test` in a module with nothing but Terraform. */
import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/rollout";
import { describeWithTerraform, Terraform } from "../support/terraform";
import { FOLDERS } from "./bad-inputs";

/** Those of a module, in a copy of all of them. */
async function terraformTest(copy: string, folder: string): Promise<string> {
  const terraform = new Terraform(join(copy, folder));
  await terraform.init();
  const { output } = await terraform.run(["test", "-no-color"], 900);
  return output;
}

describeWithTerraform("terraform test", () => {
  const copy = mkdtempSync(join(tmpdir(), "terraform-tests-"));
  const results = new Map<string, Promise<string>>();

  beforeAll(() => {
    const isOurs = (path: string) => !/\.terraform(\.lock\.hcl)?$/.test(path);
    cpSync(join(ROOT, "terraform"), copy, { recursive: true, filter: isOurs });
    // Beside those of the root module, which take longest, those of the others run one after the other.
    let previous = Promise.resolve("");
    for (const folder of FOLDERS) {
      const begin = folder === "." ? Promise.resolve("") : previous;
      const result = begin.then(() => terraformTest(copy, folder));
      results.set(folder, result);
      if (folder !== ".") previous = result;
    }
  });

  it.each(FOLDERS)(
    "passes in %s",
    async (folder) => {
      expect(await results.get(folder)).toMatch(/^Success! [1-9]\d* passed, 0 failed\.$/m);
    },
    900_000,
  );

  it("is given in the format of Terraform", async () => {
    const { output } = await new Terraform(copy).run(["fmt", "-check", "-recursive", "-no-color"]);
    expect(output).toBe("");
  });
});
