/** Folders that a command writes to: made where they are missing, and used by one process at a time. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "./usage-error";

const LOCK = ".lock";

export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

/**
 * Makes a folder and those above it. Node 20's own `recursive` tries for ever below `/proc`, where an existing folder
 * answers that it does not exist, and says ENOENT of a full disk (https://github.com/nodejs/node/issues/42808).
 */
export function makeFolder(path: string): void {
  if (isFolder(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isFolder(path)) throw error;
  }
}

/** The locks of this process. A file with its id that is not among them is of an earlier process with the same id. */
const held = new Set<string>();

/**
 * Locks a folder by a file with the id of this process. The lock of a process that has ended is taken over.
 *
 * @param option names the folder on the command line
 * @returns what removes the lock
 * @throws UsageError if another process has the lock
 */
export function lockFolder(folder: string, option: string): () => void {
  const file = join(folder, LOCK);
  if (!created(file) && !takenOver(file)) throw new UsageError(inUse(folder, option, file));
  held.add(file);
  return () => {
    held.delete(file);
    rmSync(file, { force: true });
  };
}

function inUse(folder: string, option: string, file: string): string {
  const owner = ownerOf(file);
  return (
    `${option}: ${folder} is in use by ${owner ? `process ${owner}` : "another process"}. Wait until it ends, or name ` +
    `another directory. If no such command is running, delete ${file}*.`
  );
}

function created(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (syscall === "write") rmSync(file, { force: true }); // the disk is full
    throw error;
  }
}

function ownerOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isRunning(owner: string, file: string): boolean {
  if (owner === String(process.pid)) return held.has(file);
  if (!/^\d+$/.test(owner)) return true; // its owner is just writing it
  try {
    process.kill(Number(owner), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // of another user
  }
}

/**
 * Takes over the lock of a process that has ended. One process at a time may try, or one could remove the lock that
 * another has just taken over.
 */
function takenOver(file: string): boolean {
  const guard = `${file}.takeover`;
  try {
    mkdirSync(guard);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    const owner = ownerOf(file);
    if (owner !== undefined && isRunning(owner, file)) return false;
    rmSync(file, { force: true });
    return created(file);
  } finally {
    rmdirSync(guard);
  }
}
