/** The bad inputs of the modules' own tests, and what Terraform says of each: one root asks for all at once. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ROOT } from "../support/rollout";
import { Terraform } from "../support/terraform";
import { OWN_KEYS } from "./module-inputs";
import { MOCKED } from "./planned-model";

/** A run that expects failures. */
export interface BadInput {
  readonly folder: string;
  readonly name: string;
  /** Arguments of the module by their names, as HCL. */
  readonly variables: Readonly<Record<string, string>>;
  /** What Terraform says, as the run's comments tell it. */
  readonly messages: readonly string[];
  /** How each problem begins that the constructs name; none, if they cannot be given such an input, or accept it. */
  readonly constructs: readonly string[];
  /** Why the constructs refuse nothing. */
  readonly moduleOnly?: string;
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
        messages: commentsOf(body!, "Message"),
        constructs: commentsOf(body!, "Constructs"),
        moduleOnly: commentsOf(body!, "Module only")[0],
      }));
  });
}

/** Each begins with `# <name>:`; a line that goes on is indented. */
function commentsOf(body: string, name: string): string[] {
  const comments = [...body.matchAll(new RegExp(`^ {2}# ${name}: .*\\n(?: {2}# {3}.*\\n)*`, "gm"))];
  return comments.map(([comment]) => onOneLine(comment.replace(new RegExp(`^ {2}# (?:${name}:)?`, "gm"), "")));
}

/** A variable of which every object has a field that is not known. */
export interface Misspelt extends Pick<BadInput, "folder" | "variables"> {
  /** Where the object is, without indices, and the field. */
  readonly fields: readonly { readonly object: string; readonly field: string }[];
}

/**
 * Each variable of a module's calls, misspelt where it has an object that was not there before; in a call of its own,
 * since Terraform does not validate a variable by another that is wrong.
 */
export function misspelt(folder: string, calls: readonly object[]): Misspelt[] {
  const seen = new Set<string>();
  return calls.flatMap((call) =>
    // Of outputs of other modules, every field is required.
    Object.keys(call).flatMap((variable) => {
      const fields: { object: string; field: string }[] = [];
      const misspell = (value: unknown, path: readonly string[]): unknown => {
        if (typeof value !== "object" || value === null || OWN_KEYS.has(path.at(-1)!)) return value;
        if (Array.isArray(value)) return value.map((one) => misspell(one, path));
        const members = Object.entries(value).map(([name, one]) => [name, misspell(one, [...path, name])]);
        const object = path.join(".");
        // Of this map, the keys are ids.
        if (object === "apis") return Object.fromEntries(members);
        const field = `misspelt_${fields.length}`;
        fields.push({ object, field });
        return Object.fromEntries([...members, [field, "x"]]);
      };
      const given = Object.entries(call).map(([name, value]) => [
        name,
        `${name} = ${asMocked(JSON.stringify(name === variable && !OUTPUTS.has(name) ? misspell(value, [name]) : value))}\n`,
      ]);
      if (fields.every(({ object }) => seen.has(object))) return [];
      for (const { object } of fields) seen.add(object);
      return [{ folder, variables: Object.fromEntries(given), fields }];
    }),
  );
}

/** Variables that take outputs of other modules. */
const OUTPUTS: ReadonlySet<string> = new Set(["pipeline", "pipelines", "enrollment"]);

/** In the account and region of the tests' mocks. */
function asMocked(text: string): string {
  return text.replaceAll(MOCKED.region, "eu-west-1").replaceAll(MOCKED.accountId, "111122223333");
}

/** The attributes of a block by their names: each begins with as many blanks as the first. */
function attributes(body = ""): Record<string, string> {
  const [indent] = /^ */.exec(body)!;
  const texts = body.split(new RegExp(`^${indent}(?=\\w)`, "m")).filter((text) => text !== "");
  return Object.fromEntries(texts.map((text) => [/^\w+/.exec(text)![0], text]));
}

/** Calls of modules in one root: what Terraform needs for its graph grows faster than the root. */
const MOST_CALLS = 25;

/** What Terraform says of each input. */
export async function refusals(inputs: readonly Pick<BadInput, "folder" | "variables">[]): Promise<string[][]> {
  const said: string[][] = [];
  for (let start = 0; start < inputs.length; start += MOST_CALLS) {
    said.push(...(await refusalsInOneRoot(inputs.slice(start, start + MOST_CALLS))));
  }
  return said;
}

/**
 * What Terraform says when it plans a root that calls a module for each input. Before it plans, Terraform validates, and
 * goes no further where a literal is wrong by itself: so that it says all at once, each is looked up by a variable.
 */
async function refusalsInOneRoot(inputs: readonly Pick<BadInput, "folder" | "variables">[]): Promise<string[][]> {
  const directory = mkdtempSync(join(tmpdir(), "bad-inputs-"));
  const calls = inputs.map(({ folder, variables }, index) => {
    const source = JSON.stringify(join(ROOT, "terraform", folder));
    const given = Object.values(variables).map((text) => text.replace(/=([^]*)/, "= { given = $1 }[var.which]\n"));
    return `module "input_${index}" {\n  source = ${source}\n${given.join("")}}\n`;
  });
  writeFileSync(join(directory, "main.tf"), [ROOT_BLOCKS, ...calls].join("\n"));
  cpSync(join(ROOT, "terraform", "tests", "mocks"), join(directory, "mocks"), { recursive: true });
  writeFileSync(join(directory, "all.tftest.hcl"), PLAN);
  const terraform = new Terraform(directory);
  await terraform.init();
  const { output } = await terraform.run(["test", "-json"]);
  const said = inputs.map((): string[] => []);
  for (const { summary, detail, range, snippet } of diagnostics(output)) {
    // A validation is told of the root's line, a precondition of the module's.
    const [, index] = /\binput_(\d+)\b/.exec(`${snippet?.context} ${range?.filename}`) ?? [];
    if (index === undefined) throw new Error(`${summary}: ${detail}`);
    // An assertion on what is not known while planning.
    if (detail.startsWith("The condition could not be evaluated at this time")) continue;
    said[Number(index)]!.push(onOneLine(detail.replace(/\n\nThis was checked.*/s, "")));
  }
  return said;
}

const ROOT_BLOCKS = `terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "which" {
  default = "given"
}
`;

/** Nothing is asked of AWS. */
const PLAN = 'mock_provider "aws" {\n  source = "./mocks"\n}\n\nrun "plan" {\n  command = plan\n}\n';

interface Diagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
  readonly range?: { readonly filename: string };
  readonly snippet?: { readonly context?: string };
}

/** The errors of a test, of which Terraform writes one message on each line. */
function diagnostics(output: string): Diagnostic[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .flatMap((line) => (JSON.parse(line) as { diagnostic?: Diagnostic }).diagnostic ?? [])
    .filter(({ severity }) => severity === "error");
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
