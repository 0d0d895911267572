/** The modules' files are for people to read, and for OpenTofu 1.11 as well as for Terraform. */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../support/rollout";
import { describeWithTerraform, Terraform } from "../support/terraform";
import { blocks, localsOf } from "./module-inputs";

const FOLDER = join(ROOT, "terraform");
const LONGEST_LINE = 160;
const LONGEST_FILE = 350;

interface Hcl {
  readonly path: string;
  readonly text: string;
}

const files: Hcl[] = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.(tf|hcl|json)$/.test(path) && !path.includes(".terraform"))
  .map((path) => ({ path, text: readFileSync(join(FOLDER, path), "utf8") }));
const isOfModule = /^(modules\/[\w-]+\/)?\w+\.tf$/;
const folders = [...new Set(files.filter(({ path }) => isOfModule.test(path)).map(({ path }) => dirname(path)))];
const modules = folders.map((folder): [string, Hcl[]] => [
  folder,
  files.filter(({ path }) => isOfModule.test(path) && dirname(path) === folder),
]);

/**
 * The variables of which the value passes on to an expression, by way of locals. What follows from a resource is none of
 * them: a validation that needed one would be a cycle in Terraform as well.
 */
function variablesBehind(expression: string, locals: ReadonlyMap<string, string>, seen = new Set<string>()): string[] {
  const direct = [...expression.matchAll(/\bvar\.(\w+)/g)].map(([, name]) => name!);
  const behind = [...expression.matchAll(/\blocal\.(\w+)/g)].flatMap(([, name]) => {
    if (seen.has(name!)) return [];
    seen.add(name!);
    return variablesBehind(locals.get(name!) ?? "", locals, seen);
  });
  return [...direct, ...behind];
}

/** Rounds of variables whose validations need one another. */
function rounds(module: readonly Hcl[]): string[] {
  const text = module.map((file) => file.text).join("\n");
  const locals = localsOf(text);
  const needs = new Map(
    [...blocks("variable", text)].map(([name, body]) => {
      const validations = [...body.matchAll(/^ {2}validation \{\n(.*?)^ {2}\}/gms)].map(
        ([, validation]) => validation!,
      );
      const own = new RegExp(`\\bvar\\.${name}\\b`, "g");
      const needed = validations.flatMap((validation) => variablesBehind(validation.replace(own, ""), locals));
      return [name, new Set(needed)];
    }),
  );
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...(needs.get(from) ?? [])].some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))));
  return [...needs.keys()].filter((name) => reaches(name, name));
}

describe("the modules", () => {
  it("are written in HCL", () => {
    expect(files.filter(({ path }) => path.endsWith(".tf.json"))).toEqual([]);
    expect(modules.length).toBeGreaterThanOrEqual(1);
  });

  it("have lines that a browser shows, and files of a concern", () => {
    const long = files.flatMap(({ path, text }) =>
      text
        .split("\n")
        .map((line, index) => ({ place: `${path}:${index + 1}`, line }))
        .filter(({ line }) => line.length > LONGEST_LINE),
    );
    expect(long.map(({ place }) => place)).toEqual([]);
    const large = files.filter(({ path, text }) => path.endsWith(".tf") && text.split("\n").length > LONGEST_FILE);
    expect(large.map(({ path }) => path)).toEqual([]);
  });

  it("use no block that OpenTofu 1.11 does not know", () => {
    const unknown = files.filter(
      ({ text }) => /^(action|list|ephemeral|store) "/m.test(text) || /^\s*action_trigger /m.test(text),
    );
    expect(unknown.map(({ path }) => path)).toEqual([]);
  });

  // OpenTofu validates a variable before anything reads it: https://github.com/opentofu/opentofu/issues/4050
  it.each(modules)("%s validates no variable by what depends on it", (_, module) => {
    expect(rounds(module)).toEqual([]);
  });

  it("would be found to have validations that need one another", () => {
    const text = (condition: string) => `  validation {\n    condition = ${condition}\n  }\n`;
    const variable = (name: string, condition: string) => `variable "${name}" {\n${text(condition)}}\n`;
    const module = (...parts: string[]) => [{ path: "main.tf", text: parts.join("\n") }];
    expect(rounds(module(variable("a", "var.a > var.b"), variable("b", "var.b < var.a")))).toEqual(["a", "b"]);
    const local = "locals {\n  known = var.a\n  other = 1\n}\n";
    expect(rounds(module(variable("a", "local.known"), local))).toEqual(["a"]);
    expect(rounds(module(variable("a", "var.a > var.b + local.other"), variable("b", "var.b > 0"), local))).toEqual([]);
  });

  // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/region
  it("use no attribute that version 6 of the provider deprecates", () => {
    expect(files.filter(({ text }) => /data\.aws_region\.\w+\.(id|name)\b/.test(text)).map(({ path }) => path)).toEqual(
      [],
    );
  });
});

describeWithTerraform("what is written for Terraform", () => {
  it.each(["terraform", "test/terraform"])("is formatted as Terraform formats it, in %s", async (folder) => {
    const { code, output } = await new Terraform(ROOT).run(["fmt", "-check", "-diff", "-recursive", folder]);
    expect({ code, output }).toEqual({ code: 0, output: "" });
  });
});
