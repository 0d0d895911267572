/**
 * Writes the plain Terraform modules into terraform/: their files, the functions' zips beside them, and the tables of
 * their READMEs. With `--check` it writes nothing, and fails where a committed file differs.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { moduleFiles, modules, type PlainModule } from "../modules/terraform-module/module-files";
import { moduleReadme } from "./module-readme";
import { withFiles } from "./readme";

/** The folder of the root module, from the root of the package. */
const TERRAFORM = "terraform";

/** The generated files of the modules, by their paths from the root of the package, as they should be. */
function terraformFiles(root: string): Map<string, Buffer> {
  return new Map(modules.flatMap((module) => filesOf(module, root)));
}

function filesOf(module: PlainModule, root: string): [string, Buffer][] {
  const folder = join(TERRAFORM, module.folder);
  const { files, stack } = moduleFiles(module);
  const readme = join(folder, "README.md");
  return [
    ...Object.entries(files).map(([name, text]): [string, Buffer] => [join(folder, name), Buffer.from(text)]),
    ...module.bundles.map((bundle): [string, Buffer] => [
      join(folder, `${bundle}.zip`),
      readFileSync(join(root, "dist", "lambda", `${bundle}.zip`)),
    ]),
    [readme, Buffer.from(moduleReadme(withFiles(readFileSync(join(root, readme), "utf8"), join(root, folder)), stack))],
  ];
}

/** The paths of the files that are not as they should be: other, missing, or left over from a module that was. */
function outdated(root: string, files: ReadonlyMap<string, Buffer>): string[] {
  const differing = [...files].filter(([path, content]) => {
    const file = join(root, path);
    return !existsSync(file) || !readFileSync(file).equals(content);
  });
  return [...differing.map(([path]) => path), ...leftOver(root, files)];
}

/** What lies in a module's folder and looks generated. */
function leftOver(root: string, files: ReadonlyMap<string, Buffer>): string[] {
  const folders = new Set([...files.keys()].map((path) => dirname(path)));
  const there = [...folders].flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)));
  return there.filter((path) => /\.(tf\.json|zip)$/.test(path) && !files.has(path));
}

function main(root: string, check: boolean): void {
  const files = terraformFiles(root);
  for (const path of outdated(root, files)) {
    const content = files.get(path);
    if (check) {
      console.error(`${path} is not what the constructs say: run \`npm run build:terraform\``);
      process.exitCode = 1;
    } else if (content === undefined) {
      rmSync(join(root, path));
      console.log(`removed ${path}`);
    } else {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
      console.log(`wrote ${path}`);
    }
  }
}

if (require.main === module) main(process.cwd(), process.argv.includes("--check"));
