/** Runs the command of `npm start` as a process of its own, as a user does. */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./stacks";
import { temporaryDirectory } from "./support";

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where the run is started: files of the user's lie here. */
export const directory = temporaryDirectory();

interface Started {
  readonly outcome: Promise<Outcome>;
  readonly child: ChildProcess;
}

export function start(...options: string[]): Started {
  return spawnNode([join(ROOT, "dist", "local", "start.js"), ...options]);
}

export function spawnNode(args: readonly string[]): Started {
  const child = spawn(process.execPath, args, { cwd: directory, timeout: 5 * 60_000 });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (text.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (text.stderr += String(chunk)));
  const outcome = new Promise<Outcome>((resolve) =>
    child.on("close", (code) => {
      // A run that takes long, as on a busy machine, says how far it is.
      resolve({
        code,
        stdout: text.stdout,
        stderr: text.stderr.replace(/^[\d,]+ of [\d,]+ records read so far\n/gm, ""),
      });
    }),
  );
  return { outcome, child };
}

/** The report of a run that ended well. */
export async function reportOf(...options: string[]): Promise<Record<string, unknown>> {
  const report = join(directory, "report.json");
  const { code, stderr } = await start(...options, "--report", report).outcome;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(readFileSync(report, "utf8")) as Record<string, unknown>;
}
