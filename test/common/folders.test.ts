/** Folders are made level by level, and locked by one process at a time. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFolder, lockFolder, makeFolder } from "../../common/folders";
import { ROOT } from "../support/rollout";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "folders-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** The id of a process that has ended. */
function endedProcess(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

describe("a folder", () => {
  it("is made with those above it, and may be there already", () => {
    makeFolder(join(folder, "a", "b"));
    makeFolder(join(folder, "a", "b"));
    expect(isFolder(join(folder, "a", "b"))).toBe(true);
  });

  it("is not made below a file, or a link that leads nowhere", () => {
    writeFileSync(join(folder, "file"), "");
    symlinkSync("nowhere", join(folder, "link"));
    expect(() => makeFolder(join(folder, "file", "a"))).toThrow("EEXIST"); // of the file
    expect(() => makeFolder(join(folder, "link", "a"))).toThrow("EEXIST");
  });

  const onLinux = process.platform === "linux" ? it : it.skip;
  onLinux("is not made where the system has none, and that is said at once", () =>
    expect(() => makeFolder("/proc/a/b")).toThrow("ENOENT"),
  );
});

describe("a lock", () => {
  const lock = () => lockFolder(folder, "--out");
  const file = () => join(folder, ".lock");

  it("holds the id of its process, keeps others out, and is removed", () => {
    const unlock = lock();
    expect(readFileSync(file(), "utf8")).toBe(String(process.pid));
    expect(lock).toThrow(
      `--out: ${folder} is in use by process ${process.pid}. Wait until it ends, or name another directory. If no such ` +
        `command is running, delete ${file()}*.`,
    );
    unlock();
    expect(existsSync(file())).toBe(false);
    lock()();
  });

  it("of a running process is respected", () => {
    const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
    writeFileSync(file(), String(other.pid));
    expect(lock).toThrow(`is in use by process ${other.pid}.`);
    other.kill("SIGKILL");
    expect(readFileSync(file(), "utf8")).toBe(String(other.pid));
  });

  it("of a process that has ended is taken over", () => {
    writeFileSync(file(), String(endedProcess()));
    lock();
    expect(readFileSync(file(), "utf8")).toBe(String(process.pid));
  });

  it("of an earlier process with the same id is taken over", () => {
    writeFileSync(file(), String(process.pid));
    lock()();
    expect(existsSync(file())).toBe(false);
  });

  it("that is just being written is respected", () => {
    writeFileSync(file(), "");
    expect(lock).toThrow(`delete ${file()}`);
  });

  it("that has been left behind goes to one of many that come at once", async () => {
    writeFileSync(file(), String(endedProcess()));
    const script = `
      const { lockFolder } = require(${JSON.stringify(join(ROOT, "dist/common/folders.js"))});
      const at = Number(process.argv[1]);
      while (Date.now() < at);
      try { lockFolder(${JSON.stringify(folder)}, "--out"); } catch { process.exit(1); }
      console.log("locked");
      setInterval(() => {});`;
    const at = String(Date.now() + 1_500);
    const children = Array.from({ length: 8 }, () =>
      spawn(process.execPath, ["-e", script, at], { timeout: 5 * 60_000 }),
    );
    const outcomes = children.map(
      (child) =>
        new Promise<string>((resolve) => {
          child.stdout.on("data", () => resolve("locked"));
          child.on("close", (code) => resolve(`exit code ${code}`));
        }),
    );
    // The one that has the lock keeps it until every other has been refused.
    const ended = await Promise.all(outcomes);
    for (const child of children) child.kill();
    expect(ended.sort()).toEqual([...Array.from({ length: 7 }, () => "exit code 1"), "locked"]);
  });
});
