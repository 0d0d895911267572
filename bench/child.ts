/** Processes of the bench's own, each for one measurement. */
import { execFile } from "node:child_process";
import type fs from "node:fs";
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

/**
 * The largest resident set of this process, in MiB. Its source is also run by other processes, so it uses nothing but its
 * argument.
 */
export function peakMebibytes({ existsSync, readFileSync }: typeof fs): number {
  // Not maxRSS where there is better: it counts what the parent held, too. See proc(5) and getrusage(2).
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
  const [, mark = process.resourceUsage().maxRSS] = /^VmHWM:\s+(\d+)/m.exec(status) ?? [];
  return Number(mark) / 1024;
}
