/** A server that a test starts, and that ends with the test's process, however that ends. */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** The shell reads until the process that started it ends, and then kills its own group. */
const UNTIL_PARENT_ENDS = '"$@" & exec >&-; read -r _; kill -KILL 0';

export class ServerProcess {
  readonly stdout: Readable;
  readonly stop: () => void;

  /** @param environment in addition to that of the test */
  constructor(
    command: string,
    args: readonly string[],
    { environment, directory }: { environment: Readonly<Record<string, string>>; directory?: string },
  ) {
    const child = spawn("sh", ["-c", UNTIL_PARENT_ENDS, "sh", command, ...args], {
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
      cwd: directory,
      env: { ...process.env, ...environment },
    });
    this.stdout = child.stdout;
    this.stop = () => child.stdin.end();
    child.stdin.on("error", () => undefined);
  }
}
