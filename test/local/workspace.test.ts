/** The directory of a run: only what a run wrote is ever removed. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openWorkspace } from "../../local/workspace";
import { temporaryDirectory } from "./support";

test("a run gets a secret of its own, readable by its owner alone", () => {
  const out = join(temporaryDirectory(), "a", "b");
  const first = openWorkspace(out);
  expect(JSON.parse(readFileSync(first.secretFile, "utf8"))).toEqual({ api_key: first.applicationId });
  expect(first.applicationId.length).toBeGreaterThanOrEqual(50);
  expect(statSync(first.secretFile).mode & 0o777).toBe(0o600);
  expect(openWorkspace(out).applicationId).not.toBe(first.applicationId);
});

test("a run gets a key for hashes in the same way", () => {
  const out = join(temporaryDirectory(), "out");
  const read = (): string => readFileSync(openWorkspace(out).hashKeyFile, "utf8");
  const first = read();
  expect(JSON.parse(first)).toEqual({ hash_key: expect.stringMatching(/^.{32,}$/) as string });
  expect(statSync(join(out, "hash-key.json")).mode & 0o777).toBe(0o600);
  expect(read()).not.toBe(first);
});

test("what an earlier run wrote is cleared, and other files in the directory stay", () => {
  const out = temporaryDirectory();
  const { backup, logFile } = openWorkspace(out);
  mkdirSync(join(backup, "stream"));
  writeFileSync(logFile, "old");
  writeFileSync(join(out, "notes.txt"), "mine");
  openWorkspace(out);
  expect(readdirSync(backup)).toEqual([]);
  expect(readFileSync(logFile, "utf8")).toBe("");
  expect(readFileSync(join(out, "notes.txt"), "utf8")).toBe("mine");
});

test("a directory with files that no run wrote is refused and left alone", () => {
  const out = temporaryDirectory();
  mkdirSync(join(out, "backup"));
  expect(() => openWorkspace(out)).toThrow(
    `--out: ${out} holds files that no local run wrote. Name a new or an empty directory.`,
  );
  expect(readdirSync(out)).toEqual(["backup"]);
});

test("a link in the place of the backup directory is removed, not followed", () => {
  const out = temporaryDirectory();
  const elsewhere = temporaryDirectory();
  writeFileSync(join(elsewhere, "kept"), "");
  const { backup } = openWorkspace(out);
  rmdirSync(backup);
  symlinkSync(elsewhere, backup);
  openWorkspace(out);
  expect(existsSync(join(elsewhere, "kept"))).toBe(true);
});

test("a path that cannot be a directory is refused", () => {
  const file = join(temporaryDirectory(), "file");
  writeFileSync(file, "");
  expect(() => openWorkspace(file)).toThrow(/^--out: .*file cannot be written to/);
});
