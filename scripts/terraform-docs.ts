/**
 * What of `terraform/` is generated: inputs and outputs in the READMEs, in the format of terraform-docs, and the zips of the
 * functions. It reads files as `terraform fmt` leaves them.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GeneratedFile } from "./generated-files";
import { withFiles } from "./markdown";

const FOLDER = "terraform";
const BEGIN = "<!-- BEGIN_TF_DOCS -->";
const END = "<!-- END_TF_DOCS -->";

/** The zips, and the functions that they are of. */
const ZIPS: Readonly<Record<string, string>> = {
  "transformer.zip": "transformer",
  "redrive.zip": "redrive",
  "modules/stage-enrollment/stage-enrollment.zip": "stage-enrollment",
};

/** The folders that hold a module: the pipeline's, and the nested ones. */
export function moduleFolders(root: string): string[] {
  const modules = readdirSync(join(root, FOLDER, "modules")).sort();
  return [FOLDER, ...modules.map((name) => join(FOLDER, "modules", name))];
}

/** The generated files of `terraform/`, as they should be. */
export function terraformFiles(root: string): GeneratedFile[] {
  return [...moduleFolders(root).map((folder) => readmeOf(root, folder)), ...zips(root)];
}

function zips(root: string): GeneratedFile[] {
  return Object.entries(ZIPS).map(([path, name]) => ({
    path: join(FOLDER, path),
    content: readFileSync(join(root, "dist", "lambda", `${name}.zip`)),
  }));
}

function readmeOf(root: string, folder: string): GeneratedFile {
  const path = join(folder, "README.md");
  const page = withFiles(readFileSync(join(root, path), "utf8"), join(root, folder));
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (after === undefined) throw new Error(`${path} has not both ${BEGIN} and ${END}`);
  return { path, content: `${before}${BEGIN}\n${interfaceOf(join(root, folder))}${END}${after}` };
}

/** A block of a module: its type and name, and what stands in it. */
interface Block {
  readonly type: string;
  readonly name: string;
  readonly body: string;
}

/** Every block of a module that has one label. */
function blocksOf(folder: string): Block[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".tf"));
  return files.sort().flatMap((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    return [...text.matchAll(/^(variable|output) "(\w+)" \{\n(.*?)^\}/gms)].map(([, type, name, body]) => ({
      type: type!,
      name: name!,
      body: body!,
    }));
  });
}

function interfaceOf(folder: string): string {
  const blocks = blocksOf(folder).sort((a, b) => (a.name < b.name ? -1 : 1));
  const of = (type: string) => blocks.filter((block) => block.type === type);
  return [
    "## Requirements\n",
    tableOf(["Name", "Version"], requirements(folder)),
    "## Inputs\n",
    tableOf(["Name", "Description", "Type", "Default", "Required"], of("variable").map(input)),
    "## Outputs\n",
    tableOf(
      ["Name", "Description"],
      of("output").map(({ name, body }) => [named("output", name), description(body)]),
    ),
  ].join("\n");
}

function requirements(folder: string): string[][] {
  const versions = join(folder, "versions.tf");
  if (!existsSync(versions)) return [];
  const text = readFileSync(versions, "utf8");
  const providers = [...text.matchAll(/^ {4}(\w+) = \{\n.*?version = "(.*?)"/gms)];
  const all = [["terraform", /required_version = "(.*?)"/.exec(text)?.[1]], ...providers.map(([, ...one]) => one)];
  return all.map(([name, version]) => [named("requirement", name!), inCell(version ?? "n/a")]);
}

function input({ name, body }: Block): string[] {
  const otherwise = attribute(body, "default");
  return [
    named("input", name),
    description(body),
    `\`${attribute(body, "type")}\``,
    otherwise === undefined ? "n/a" : `\`${otherwise}\``,
    otherwise === undefined ? "yes" : "no",
  ];
}

/** An attribute of one line, or of several that brackets hold together. */
function attribute(body: string, name: string): string | undefined {
  const [, value] =
    new RegExp(`^ {2}${name} +=[ ](.*?(?:[^({[\\n]|\\{\\}|\\[\\])|.*?^ {2}\\S*)$`, "ms").exec(body) ?? [];
  return value?.replaceAll(/\s+/g, " ");
}

function description(body: string): string {
  const [, heredoc] = /^ {2}description = <<-EOT\n(.*?)^ {2}EOT$/ms.exec(body) ?? [];
  if (heredoc === undefined) return inCell(JSON.parse(attribute(body, "description") ?? '""'));
  return inCell(heredoc.replaceAll(/^ {4}/gm, "").trim());
}

/** A name that can be linked to, as terraform-docs writes it. */
function named(kind: string, name: string): string {
  const escaped = name.replaceAll("_", "\\_");
  return `<a name="${kind}_${name}"></a> [${escaped}](#${kind}\\_${escaped})`;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((title) => "-".repeat(title.length)), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |\n`)
    .join("");
}

/** A text within a cell: its lines joined where they are one sentence, and kept where they are items or paragraphs. */
function inCell(text: string): string {
  return text
    .replaceAll(/\n {2,}(?=\S)/g, " ")
    .replaceAll(/([^\n])\n(?=[^\n-])/g, "$1 ")
    .replaceAll("|", "\\|")
    .replaceAll(/(`[^`]*`)|[<>]/g, (sign: string, quoted?: string) => quoted ?? (sign === "<" ? "&lt;" : "&gt;"))
    .replaceAll("\n", "<br/>");
}
