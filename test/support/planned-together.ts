/**
 * Several stacks planned by one Terraform, each as a module of one configuration: loading the provider takes most of the
 * time of a plan, whatever it plans.
 */
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Synthesized } from "./synth";
import { Terraform } from "./terraform";

/** A stack, and what its variables are given; the others have their defaults. */
export interface Case {
  readonly stack: Synthesized;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** What is said against each case. */
export type Refusals = Readonly<Record<string, string>>;

/** Writes the configuration: each case is the module of its name, and `provider` further arguments of the one provider. */
export function together(
  cases: Readonly<Record<string, Case>>,
  provider: object,
  environment?: Record<string, string>,
): Terraform {
  const root = mkdtempSync(join(tmpdir(), "together-"));
  const { terraform, provider: first } = Object.values(cases)[0]!.stack.json;
  const { required_version, required_providers } = terraform;
  for (const [name, { stack }] of Object.entries(cases)) {
    const { terraform: _, provider: __, ...rest } = stack.json;
    const module = { ...rest, terraform: { required_version, required_providers } };
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, "main.tf.json"), JSON.stringify(module));
    // A stack names its assets from the folder that Terraform works in.
    cpSync(join(stack.directory, "assets"), join(root, "assets"), { recursive: true });
  }
  const modules = Object.entries(cases).map(([name, { variables }]) => [name, { source: `./${name}`, ...variables }]);
  writeFileSync(
    join(root, "main.tf.json"),
    JSON.stringify({
      terraform: { required_version, required_providers },
      provider: { aws: [{ ...first.aws[0], ...provider }] },
      module: literal(Object.fromEntries(modules)),
    }),
  );
  return new Terraform(root, environment);
}

/** A value as the arguments of a block say it, where texts are templates. */
function literal(value: object): object {
  return JSON.parse(JSON.stringify(value).replaceAll(/[$%](?=\{)/g, "$&$&"));
}

/** What a plan of the configuration refuses; it throws where an error is none of a case. */
export async function refusals(terraform: Terraform): Promise<Refusals> {
  const { code, output } = await terraform.run(["plan", "-refresh=false", "-input=false", "-json"]);
  if (code !== 1) throw new Error(`the plan was to be refused, and its exit code is ${code}\n${output}`);
  const said: Record<string, string> = {};
  for (const line of output.split("\n")) {
    const { diagnostic } = line.startsWith("{") ? JSON.parse(line) : {};
    if (diagnostic?.severity !== "error") continue;
    const { range, summary, detail } = diagnostic;
    // Of a condition that fails, Terraform says where it is written, and not of which module.
    const [, name] = /^(\w+)\//.exec(range?.filename ?? "") ?? [];
    if (name === undefined) throw new Error(`${summary}: ${detail}`);
    said[name] = `${said[name] ?? ""}${detail}\n`;
  }
  return said;
}
