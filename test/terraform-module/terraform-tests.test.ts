/** The modules' own tests pass, as for whoever runs `terraform test` in a module with nothing but Terraform. */
import { cpSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ROOT } from "../support/rollout";
import { describeWithTerraform, Terraform } from "../support/terraform";
import { FOLDERS } from "./bad-inputs";

/** Files that run at one time: a run needs little but a processor. */
const LANES = 2;

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, "terraform", folder, "tests"))
    .filter((file) => file.endsWith(".tftest.hcl"))
    .map((file) => ({ folder, file: `tests/${file}`, name: join(folder, file) })),
);

/** Runs each file, and gives what Terraform says of it. */
async function runAll(copy: string): Promise<Map<string, string>> {
  for (const folder of FOLDERS) await new Terraform(join(copy, folder)).init();
  const said = new Map<string, string>();
  const left = [...files];
  const lane = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const command = ["test", `-filter=${next.file}`, "-no-color"];
      said.set(next.name, (await new Terraform(join(copy, next.folder)).run(command, 600)).output);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return said;
}

describeWithTerraform("terraform test", () => {
  const copy = mkdtempSync(join(tmpdir(), "terraform-tests-"));
  let said: Map<string, string>;

  beforeAll(async () => {
    const isOurs = (path: string) => !basename(path).startsWith(".terraform");
    cpSync(join(ROOT, "terraform"), copy, { recursive: true, filter: isOurs });
    said = await runAll(copy);
  }, 900_000);

  it.each(files)("passes in $name", ({ name }) => {
    expect(said.get(name)).toMatch(/^Success! [1-9]\d* passed, 0 failed\.$/m);
  });

  it("is given files in the format of Terraform", async () => {
    expect(await new Terraform(copy).run(["fmt", "-check", "-recursive", "-no-color"])).toEqual({
      code: 0,
      output: "",
    });
  });
});

describe("the check that the README shows", () => {
  it("is the one of the example that is run", () => {
    const text = (file: string) => readFileSync(join(ROOT, "terraform", file), "utf8");
    const [, shown] = /^```hcl\n(check "redaction" \{\n.*?)^```$/ms.exec(text("README.md"))!;
    expect(text("examples/complete/main.tf")).toContain(shown);
  });
});
