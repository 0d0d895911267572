/** What the README shows is what is run: each code block is a file of the repository, or commands. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { blocksOf } from "./docs/page";
import { ROOT } from "./support/rollout";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const shown = [...read("README.md").matchAll(/^<!-- file: (\S+) -->\n```\w*\n([^]*?)^```$/gm)];
const blocks = blocksOf("README.md");

describe("the README", () => {
  it.each(shown.map(([, file, content]) => [file!, content!]))("shows %s as it is", (file, content) => {
    expect(content).toBe(read(file));
  });

  it("shows an example of each way of use, and of what can be chosen", () => {
    expect(shown.map(([, file]) => file)).toEqual([
      "examples/terraform-json/rollout.yaml",
      "test/rollout/bad/a-secret-arn-from-the-defaults-serves-its-own-region-alone.txt",
      "examples/library/main.ts",
      "terraform/examples/minimal/main.tf",
      "examples/cdktf-app/rollout.yaml",
      "examples/cdktf-app/cdktf.json",
      "examples/cdktf-app/main.ts",
      "examples/existing-stages/rollout.yaml",
      "examples/choose-what-is-sent/rollout.yaml",
      "test/package/esm/app.mts",
    ]);
  });

  it("shows nothing else but commands, a drawing, two lines of code, and the recipes of cdktf and cdktn", () => {
    const files = shown.map(([, , content]) => content!.trimEnd());
    const others = blocks.filter(({ language, text }) => language !== "sh" && !files.includes(text.trimEnd()));
    expect(others.map(({ heading, language }) => [heading, language])).toEqual([
      ["What flows", ""],
      ["2. Constructs in your own stack", "ts"],
      ["2. Constructs in your own stack", "ts"],
      ["Recipe: cdktf", "json"],
      ["Recipe: cdktn by npm aliases", "json"],
    ]);
  });

  it("names in its recipes what the project is developed on, and the types are checked against", () => {
    const recipe = (name: string) => JSON.parse(blocks.find(({ heading }) => heading === `Recipe: ${name}`)!.text);
    const dependenciesOf = (folder: string) => JSON.parse(read(`test/bindings/${folder}/package.json`)).dependencies;
    const { devDependencies } = JSON.parse(read("package.json"));
    const { cdktf, "@cdktf/provider-aws": bindings, constructs } = devDependencies;
    expect(recipe("cdktf").dependencies).toMatchObject({
      cdktf,
      "@cdktf/provider-aws": bindings,
      constructs: `~${constructs}`,
    });
    expect(recipe("cdktn by npm aliases").dependencies).toMatchObject({
      ...dependenciesOf("cdktn"),
      ...dependenciesOf("provider-aws-25"),
    });
  });
});
