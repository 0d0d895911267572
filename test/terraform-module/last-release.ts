/** The version that users of the module come from: that of the newest tag before what is here. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Release {
  /** What git knows it by. */
  readonly ref: string;
  /** What a test says of it. */
  readonly name: string;
}

/** Of a folder without a history, such as one unpacked from an archive. */
export const NO_HISTORY = "this folder has no history";

/**
 * The last release, or what is committed here where nothing was released before.
 *
 * @returns what prevents it where there is no history
 * @throws Error where there is one that cannot be read
 */
export function lastRelease(root: string): Release | typeof NO_HISTORY {
  if (!existsSync(join(root, ".git"))) return NO_HISTORY;
  // A release is tried before it is tagged, and once more with its tag: neither is an upgrade from itself.
  const newest = ["--merged", "HEAD", "--no-contains", "HEAD", "--sort=-version:refname"];
  // Version 1.0.0 comes after 1.0.0-rc.1.
  const tags = git(root, "-c", "versionsort.suffix=-", "tag", "--list", "v[0-9]*", ...newest);
  const [tag] = tags.split("\n");
  if (tag) return { ref: tag, name: tag };
  const shallow = git(root, "rev-parse", "--is-shallow-repository").trim() === "true";
  const why = shallow ? "the clone is shallow, so that no release can be seen" : "no release yet";
  return { ref: "HEAD", name: `what is committed (${why})` };
}

/** Folders of a release, in a folder of their own. */
export function checkedOut(root: string, { ref }: Release, ...folders: readonly string[]): string {
  const copy = mkdtempSync(join(tmpdir(), "release-"));
  const archive = join(copy, "release.tar");
  git(root, "archive", "--format=tar", "--output", archive, ref, ...folders);
  execFileSync("tar", ["-xf", archive, "-C", copy], { timeout: 60_000 });
  return copy;
}

function git(root: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", root, ...args], { encoding: "utf8", timeout: 60_000 });
}
