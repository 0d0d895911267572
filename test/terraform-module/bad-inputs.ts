/** The bad inputs of the modules' own tests, and what Terraform says of each: asked of all at once, without a provider. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ROOT } from "../support/rollout";
import { Terraform } from "../support/terraform";

export const FOLDERS = [".", ...readdirSync(join(ROOT, "terraform", "modules")).map((name) => `modules/${name}`)];

/** A run that expects failures. */
export interface BadInput {
  /** Of the module, from the root module's. */
  readonly folder: string;
  readonly name: string;
  /** Arguments of the module by their names, as HCL. */
  readonly variables: Readonly<Record<string, string>>;
  /** How Terraform's messages begin, as the run tells its reader. */
  readonly messages: readonly string[];
}

export interface Validation {
  readonly condition: string;
  readonly error_message: string;
}

/** A message of Terraform. */
export interface Refusal {
  readonly message: string;
  /** Which validation it is of: the variable, and its place among the validations of that. */
  readonly validation: string;
}

/** The bad inputs of a module, of files as `terraform fmt` leaves them. */
export function badInputs(folder: string): BadInput[] {
  const tests = join(ROOT, "terraform", folder, "tests");
  const files = readdirSync(tests).filter((file) => file.endsWith(".tftest.hcl"));
  return files.flatMap((file) => {
    const text = readFileSync(join(tests, file), "utf8");
    const common = attributes(/^variables \{\n(.*?)^\}/ms.exec(text)?.[1]);
    return [...text.matchAll(/^run "(\w+)" \{\n(.*?)^\}/gms)]
      .filter(([, , body]) => body!.includes("expect_failures"))
      .map(([, run, body]) => ({
        folder,
        name: `${join(folder, basename(file, ".tftest.hcl"))}: ${run}`,
        variables: { ...common, ...attributes(/^ {2}variables \{\n(.*?)^ {2}\}/ms.exec(body!)?.[1]) },
        messages: [...body!.matchAll(/^ {2}# Message: (.*)$/gm)].map(([, message]) => message!),
      }));
  });
}

/** The attributes of a block by their names: each begins with as many blanks as the first. */
function attributes(body = ""): Record<string, string> {
  const [indent] = /^ */.exec(body)!;
  const texts = body.split(new RegExp(`^${indent}(?=\\w)`, "m")).filter((text) => text !== "");
  return Object.fromEntries(texts.map((text) => [/^\w+/.exec(text)![0], text]));
}

/** The validations of a module, by the variable and their place among its own. */
export function validationsOf(folder: string): Map<string, Validation> {
  const named = Object.entries(variablesOf(folder)).flatMap(([name, { validation = [] }]) =>
    validation.map((each, index): [string, Validation] => [`${name} ${index}`, each]),
  );
  return new Map(named);
}

interface Variable {
  readonly validation?: readonly Validation[];
}

function variablesOf(folder: string): Record<string, Variable> {
  return read(folder, "variables.tf.json").variable;
}

function read(folder: string, file: string) {
  return JSON.parse(readFileSync(join(ROOT, "terraform", folder, file), "utf8"));
}

/** What Terraform says of each input. */
export async function refusals(inputs: readonly BadInput[]): Promise<Refusal[][]> {
  const said = await diagnostics(inputs, ["validate", "-json"]);
  // What is between variables Terraform does not check before it plans, and it does not plan what is not valid.
  const left = inputs.flatMap((input, index) => (said[index]!.length === 0 ? [{ input, index }] : []));
  const planned = await diagnostics(
    left.map(({ input }) => input),
    ["plan", "-json", "-input=false"],
  );
  left.forEach(({ index }, place) => (said[index] = planned[place]!));
  return said;
}

/** One configuration that calls a module for each input. */
async function diagnostics(inputs: readonly BadInput[], command: readonly string[]): Promise<Refusal[][]> {
  const directory = mkdtempSync(join(tmpdir(), "bad-inputs-"));
  const calls = inputs.map(({ folder, variables }, index) => {
    writeVariables(folder, Object.keys(variables), join(directory, `${index}`));
    return `module "input_${index}" {\n  source = "./${index}"\n${Object.values(variables).join("")}}\n`;
  });
  writeFileSync(join(directory, "main.tf"), calls.join("\n"));
  const terraform = new Terraform(directory);
  await terraform.init();
  const { output } = await terraform.run(command);
  const refusalsOf = inputs.map((): Refusal[] => []);
  for (const { summary, detail, snippet } of told(output)) {
    const [, index] = /^module "input_(\d+)"$/.exec(snippet?.context ?? "") ?? [];
    const [, validation, message] = /^\[(\w+ \d+)\] (.*)\n\nThis was checked/s.exec(detail) ?? [];
    if (index === undefined || validation === undefined) throw new Error(`${summary}: ${detail}`);
    refusalsOf[Number(index)]!.push({ message: message!, validation });
  }
  return refusalsOf;
}

interface Diagnostic {
  readonly summary: string;
  readonly detail: string;
  readonly snippet?: { readonly context?: string };
}

/** `validate` writes one object, `plan` one on each line. */
function told(output: string): Diagnostic[] {
  if (output.startsWith("{\n")) return JSON.parse(output).diagnostics;
  const lines = output.split("\n").filter((line) => line !== "");
  return lines.flatMap((line) => JSON.parse(line).diagnostic ?? []);
}

/**
 * Writes a module of nothing but variables and local values, each message with the name of its validation before it: of the
 * variables those that are given, and whatever is named in them, since much that nobody gives takes Terraform long.
 *
 * @param folder of the whole module
 * @param directory of what is written, which must not be there yet
 * @param shown names of local values that are its outputs
 */
export function writeVariables(
  folder: string,
  given: readonly string[],
  directory: string,
  shown: readonly string[] = [],
): void {
  const all = { var: variablesOf(folder), local: read(folder, "main.tf.json").locals ?? {} };
  const variable: Record<string, unknown> = {};
  const locals: Record<string, unknown> = {};
  const add = (kind: "var" | "local", name: string) => {
    const into = kind === "var" ? variable : locals;
    if (name in into) return;
    into[name] = kind === "var" ? marked(name, all.var[name]!) : all.local[name];
    for (const [, inner, other] of JSON.stringify(into[name]).matchAll(/\b(var|local)\.(\w+)/g)) {
      add(inner as "var" | "local", other!);
    }
  };
  for (const name of given) add("var", name);
  for (const name of shown) add("local", name);
  const output = Object.fromEntries(shown.map((name) => [name, { value: `\${local.${name}}` }]));
  mkdirSync(directory);
  // Terraform refuses an empty block of outputs.
  const module = { variable, locals, ...(shown.length > 0 && { output }) };
  writeFileSync(join(directory, "module.tf.json"), JSON.stringify(module));
}

function marked(name: string, variable: Variable): Variable {
  const validation = variable.validation?.map((each, index) => ({
    ...each,
    error_message: `[${name} ${index}] ${each.error_message}`,
  }));
  return { ...variable, validation };
}
