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
      "examples/cdktf-app/rollout.yaml",
      "examples/cdktf-app/cdktf.json",
      "examples/cdktf-app/main.ts",
      "test/rollout/bad/a-secret-arn-from-the-defaults-serves-its-own-region-alone.txt",
      "examples/library/main.ts",
      "terraform/examples/minimal/main.tf",
      "examples/terraform-json/rollout.yaml",
      "examples/existing-stages/rollout.yaml",
      "examples/choose-what-is-sent/rollout.yaml",
    ]);
  });

  it("shows nothing else but commands, a drawing, a line of code and the recipe of cdktn", () => {
    const files = shown.map(([, , content]) => content!.trimEnd());
    const others = blocks.filter(({ language, text }) => language !== "sh" && !files.includes(text.trimEnd()));
    expect(others.map(({ heading, language }) => [heading, language])).toEqual([
      ["What flows", ""],
      ["2. Constructs in your own stack", "ts"],
      ["The state of cdktf", "json"],
    ]);
  });

  it("names the cdktn and the bindings that the tests install", () => {
    const { dependencies } = JSON.parse(
      blocks.find(({ language, heading }) => language === "json" && heading === "The state of cdktf")!.text,
    );
    expect(dependencies.cdktf).toBe(JSON.parse(read("test/bindings/cdktn/package.json")).dependencies.cdktf);
    const bindings = "@cdktf/provider-aws";
    expect(dependencies[bindings]).toBe(JSON.parse(read("package.json")).devDependencies[bindings]);
  });
});
