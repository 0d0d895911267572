/** The modules' own tests pass, as for whoever runs `terraform test` in a module with nothing but Terraform. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/rollout";
import { describeWithTerraform, Terraform } from "../support/terraform";
import { copyOfModule } from "./applied-root";
import { FOLDERS } from "./module-inputs";

/** Files that run at one time: a run needs little but a processor. */
const LANES = 2;

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, "terraform", folder, "tests"))
    .filter((file) => file.endsWith(".tftest.hcl"))
    .map((file) => ({ folder, file: `tests/${file}`, name: join(folder, file) })),
);

describeWithTerraform("terraform test", () => {
  /** What Terraform says of each file. */
  const said = new Map<string, string>();

  beforeAll(async () => {
    const copy = join(copyOfModule(), "terraform");
    for (const folder of FOLDERS) await new Terraform(join(copy, folder)).init();
    const left = [...files];
    const lane = async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const command = ["test", `-filter=${next.file}`, "-no-color"];
        said.set(next.name, (await new Terraform(join(copy, next.folder)).run(command)).output);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  });

  it.each(files)("passes in $name", ({ name }) => {
    expect(said.get(name)).toMatch(/^Success! [1-9]\d* passed, 0 failed\.$/m);
  });
});
