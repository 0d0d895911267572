/** Files that are generated and committed: they are written where they are not as they should be, or found out. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A generated file. */
export interface GeneratedFile {
  /** From the root of the package. */
  readonly path: string;
  /** As it should be; null where there should be no such file. */
  readonly content: string | Buffer | null;
}

/** Of files of a package, those that are not as they should be: other, missing, or left over. */
export function outdated(root: string, files: readonly GeneratedFile[]): GeneratedFile[] {
  return files.filter(({ path, content }) => {
    const file = join(root, path);
    if (content === null || !existsSync(file)) return existsSync(file) || content !== null;
    return !readFileSync(file).equals(Buffer.from(content));
  });
}

/** Writes a file as it should be, or removes it, and says which. */
export function bringUpToDate(root: string, { path, content }: GeneratedFile): string {
  const file = join(root, path);
  if (content === null) {
    rmSync(file);
    return `removed ${path}`;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return `wrote ${path}`;
}

/**
 * A script that generates files in the folder that it is called in. With `--check` it writes nothing, and fails where
 * there is something to write.
 *
 * @param filesOf the files of a package, as they should be
 * @param advice what is wrong with an outdated file, and which command mends it
 */
export function generate(filesOf: (root: string) => readonly GeneratedFile[], advice: string): void {
  const root = process.cwd();
  const check = process.argv.includes("--check");
  for (const file of outdated(root, filesOf(root))) {
    if (check) {
      console.error(`${file.path} ${advice}`);
      process.exitCode = 1;
    } else {
      console.log(bringUpToDate(root, file));
    }
  }
}
