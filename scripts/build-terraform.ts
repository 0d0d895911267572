/**
 * Writes the plain Terraform modules into terraform/: their files, the functions' zips beside them, and the tables of
 * their READMEs. With `--check` it writes nothing, and fails where a committed file differs.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { moduleFiles, modules, type PlainModule } from "../modules/terraform-module/module-files";
import { generate, type GeneratedFile } from "./generated-files";
import { moduleReadme } from "./module-readme";
import { withFiles } from "./readme";

/** The folder of the root module, from the root of the package. */
const TERRAFORM = "terraform";

/** The generated files of the modules, as they should be. */
function terraformFiles(root: string): GeneratedFile[] {
  const files = modules.flatMap((module) => filesOf(module, root));
  return [...files, ...leftOver(root, files)];
}

function filesOf(module: PlainModule, root: string): GeneratedFile[] {
  const folder = join(TERRAFORM, module.folder);
  const { files, stack } = moduleFiles(module);
  const readme = join(folder, "README.md");
  const page = withFiles(readFileSync(join(root, readme), "utf8"), join(root, folder));
  return [
    ...Object.entries(files).map(([name, content]) => ({ path: join(folder, name), content })),
    ...module.bundles.map((bundle) => ({
      path: join(folder, `${bundle}.zip`),
      content: readFileSync(join(root, "dist", "lambda", `${bundle}.zip`)),
    })),
    { path: readme, content: moduleReadme(page, stack) },
  ];
}

/** What lies in a module's folder, looks generated, and is not: left over from a module that was. */
function leftOver(root: string, files: readonly GeneratedFile[]): GeneratedFile[] {
  const wanted = new Set(files.map(({ path }) => path));
  const folders = new Set([...wanted].map((path) => dirname(path)).filter((folder) => existsSync(join(root, folder))));
  const there = [...folders].flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)));
  return there
    .filter((path) => /\.(tf\.json|zip)$/.test(path) && !wanted.has(path))
    .map((path) => ({ path, content: null }));
}

if (require.main === module) {
  generate(terraformFiles, "is not what the constructs say: run `npm run build:terraform`");
}
