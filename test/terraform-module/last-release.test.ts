/** Which version an upgrade is tried from, in small repositories. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkedOut, lastRelease, NO_HISTORY, type Release } from "./last-release";

const ENVIRONMENT = {
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.com",
};

/** A repository with a commit for each text, each under the tags that are written after it. */
function repository(...commits: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), "repository-"));
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, ...args], { env: ENVIRONMENT, stdio: "ignore", timeout: 60_000 });
  git("init", "--initial-branch=main");
  mkdirSync(join(root, "terraform"));
  for (const commit of commits) {
    const [text, ...tags] = commit.split(" ");
    writeFileSync(join(root, "terraform", "main.tf"), text!);
    git("add", ".");
    git("commit", "--message", text!);
    for (const tag of tags) git("tag", tag);
  }
  return root;
}

describe("an upgrade is tried", () => {
  it.each([
    ["v1.0.0", ["one v0.9.0", "two v1.0.0", "three"]],
    ["v1.10.0", ["one v1.9.0", "two v1.10.0", "three"]],
    ["v1.0.0", ["one v1.0.0-rc.1 v1.0.0", "two v1.1.0"]],
    ["v1.0.0-rc.1", ["one v1.0.0-rc.1", "two latest", "three"]],
    ["what is committed (no release yet)", ["one latest", "two v1.0.0"]],
  ])("from %s where the history is %j", (from, history) => {
    expect(lastRelease(repository(...history))).toHaveProperty("name", from);
  });

  it("from what was released, and not from what is there now", () => {
    const root = repository("old v1.0.0", "new");
    const copy = checkedOut(root, lastRelease(root) as Release, "terraform");
    expect(readFileSync(join(copy, "terraform", "main.tf"), "utf8")).toBe("old");
  });

  it("from what is committed where the clone has no tags, and says so", () => {
    const clone = mkdtempSync(join(tmpdir(), "clone-"));
    const origin = `file://${repository("one v1.0.0", "two")}`;
    execFileSync("git", ["clone", "--quiet", "--depth", "1", origin, clone], { env: ENVIRONMENT, timeout: 60_000 });
    const name = "what is committed (the clone is shallow, so that no release can be seen)";
    expect(lastRelease(clone)).toEqual({ ref: "HEAD", name });
  });

  it("from nothing where there is no history", () => {
    expect(lastRelease(mkdtempSync(join(tmpdir(), "unpacked-")))).toBe(NO_HISTORY);
  });

  it("and fails where a release is there that lacks what is asked of it", () => {
    const root = repository("old v1.0.0", "new");
    expect(() => checkedOut(root, { ref: "v1.0.0", name: "v1.0.0" }, "modules")).toThrow("modules");
  });
});
