/** docs/privacy.md shows a redaction to whoever writes a rollout file, and the same one to whoever calls the plain module. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { redactionSchema } from "../../modules/pipeline/redaction-schema";
import { describeWithTerraform, Terraform } from "../support/terraform";
import { writeVariables } from "../terraform-module/bad-inputs";
import { blocksOf } from "./page";

const shown = (language: string) =>
  blocksOf("docs/privacy.md").filter((one) => one.heading === "Choosing more" && one.language === language);

const [yaml] = shown("yaml").map(({ text }) => parse(text).redaction);

describe("the redaction of the page", () => {
  it("is one that the constructs take", () => expect(redactionSchema.parse(yaml)).toEqual(yaml));

  it("is shown once in each language", () => expect([shown("yaml").length, shown("hcl").length]).toEqual([1, 1]));
});

describeWithTerraform("the redaction of the page, given to the plain module", () => {
  it("is what the function is told of that in a rollout file", async () => {
    const directory = mkdtempSync(join(tmpdir(), "privacy-"));
    writeVariables(".", ["redaction"], join(directory, "module"), ["redaction"]);
    const call = `module "moesif" {\n  source = "./module"\n${shown("hcl")[0]!.text}\n}\n`;
    writeFileSync(join(directory, "main.tf"), `${call}output "told" {\n  value = module.moesif.redaction\n}\n`);
    const terraform = new Terraform(directory);
    await terraform.init();
    await terraform.apply();
    expect(JSON.parse(await terraform.must(["output", "-json", "told"]))).toEqual(yaml);
  });
});
