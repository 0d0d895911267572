/** Processes of the bench's own, each for one measurement. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const TIMEOUT_MS = 5 * 60_000;
const MOST_OUTPUT = 16 * 1024 * 1024;

/** Runs Node.js, and returns what it printed as JSON on its last line. */
export async function runNode<T>(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
    maxBuffer: MOST_OUTPUT,
  });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as T;
}

/** Arguments that run the source of an ES module. */
export function moduleArgs(source: string, ...args: readonly string[]): string[] {
  return ["--input-type=module", "--eval", source, ...args];
}
