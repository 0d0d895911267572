/** The plain Terraform module as one zip, for `source = "https://…/<this>.zip"` and `…zip//modules/<name>`. */
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { reproducibleZip } from "../reproducible-zip.mjs";
import { git } from "./repository.mjs";

const FOLDER = "terraform";
/** What the Apache licence asks to be given along, https://www.apache.org/licenses/LICENSE-2.0, section 4. */
const LEGAL = ["LICENSE", "NOTICE"];
const PLAIN_FILE = /^100(644|755)$/;

/**
 * What is committed in a repository's `terraform/`, at the root of the zip, byte for byte the same of the same commit.
 *
 * @returns {{zip: Uint8Array, paths: string[]}}
 * @throws Error where nothing is committed, where a file is not as it was committed, and where one is a link
 */
export function moduleZip(root = ".") {
  const inRepository = (...args) => git("-C", root, ...args);
  const changed = inRepository("status", "--porcelain", "--", FOLDER);
  if (changed !== "") throw new Error(`${FOLDER}/ is not as it was committed:\n${changed.trimEnd()}`);

  const entries = inRepository("ls-files", "--stage", "-z", "--", FOLDER).split("\0").filter(Boolean).map(parsed);
  if (entries.length === 0) throw new Error(`nothing is committed in ${FOLDER}/`);
  const odd = entries.find(({ mode }) => !PLAIN_FILE.test(mode));
  if (odd) throw new Error(`${odd.path} is no plain file (mode ${odd.mode}), which not every system can unpack`);

  const files = new Map(entries.map(({ path }) => [posix.relative(FOLDER, path), path]));
  for (const name of LEGAL.filter((one) => existsSync(join(root, one)) && !files.has(one))) files.set(name, name);
  const paths = [...files.keys()].sort();
  return { zip: reproducibleZip(paths.map((path) => [path, readFileSync(join(root, files.get(path)))])), paths };
}

/** A line of `git ls-files --stage`: mode, object and stage, a tab, the path. */
function parsed(line) {
  const [head, path] = line.split("\t");
  return { mode: head.split(" ")[0], path };
}
