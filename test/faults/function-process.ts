/** An execution environment as AWS Lambda has one: the unpacked zip in a process of its own, with a limit of memory. */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { ExecutionEnvironment, Reply } from "../../bench/faults/lambda-service";

/** What Lambda reports of a process that took more memory than the function has. */
export const OUT_OF_MEMORY = "Runtime exited with error: signal: killed Runtime.ExitError";

/** How often the memory of a process is looked at. */
const LOOK_MS = 20;

/** The runtime: Moesif has another origin here, and everything else is the function's own. */
const RUNTIME = `
const { LOCAL_MOESIF_ORIGIN: origin, LAMBDA_TASK_ROOT: root } = process.env;
delete process.env.LOCAL_MOESIF_ORIGIN;
const { fetch } = globalThis;
globalThis.fetch = (url, options) => fetch(String(url).replace("https://api.moesif.net", origin), options);
const loading = import("file://" + root + "/index.mjs");
process.on("message", async ({ payload, requestId, deadline }) => {
  let reply;
  try {
    const { handler } = await loading;
    const getRemainingTimeInMillis = () => Math.max(0, deadline - Date.now());
    reply = { payload: JSON.stringify(await handler(JSON.parse(payload), { awsRequestId: requestId, getRemainingTimeInMillis })) };
  } catch (error) {
    reply = { error: String(error) };
  }
  process.send(reply);
});
`;

/** A function that was uploaded. */
export class UploadedFunction {
  readonly #root = mkdtempSync(join(tmpdir(), "task-"));
  readonly #runtime = join(mkdtempSync(join(tmpdir(), "runtime-")), "runtime.cjs");

  constructor(zip: Buffer) {
    for (const [name, content] of Object.entries(unzipSync(zip))) writeFileSync(join(this.#root, name), content);
    writeFileSync(this.#runtime, RUNTIME);
  }

  /** @param print takes each line that the function prints */
  start(
    variables: Readonly<Record<string, string>>,
    memoryMb: number,
    print: (line: string) => void,
  ): ExecutionEnvironment {
    const child = fork(this.#runtime, {
      env: { ...variables, LAMBDA_TASK_ROOT: this.#root, PATH: process.env.PATH },
      execArgv: [],
      stdio: ["ignore", "pipe", "ignore", "ipc"],
    });
    child.stdout!.setEncoding("utf8").on("data", (text: string) => text.split("\n").filter(Boolean).forEach(print));
    return new ProcessEnvironment(child, memoryMb, print);
  }
}

class ProcessEnvironment implements ExecutionEnvironment {
  #answer: (reply: Reply) => void = () => undefined;
  #death: string | undefined;
  readonly #looking: NodeJS.Timeout;

  constructor(
    private readonly child: ChildProcess,
    memoryMb: number,
    print: (line: string) => void,
  ) {
    child.on("message", (reply: Reply) => this.#answer(reply));
    child.on("exit", () => this.#die("Runtime exited"));
    child.on("error", () => undefined);
    this.#looking = setInterval(() => {
      if (residentMb(child.pid!) > memoryMb) {
        print(OUT_OF_MEMORY);
        this.#die(OUT_OF_MEMORY);
        child.kill("SIGKILL");
      }
    }, LOOK_MS);
  }

  invoke(payload: string, invocation: { readonly requestId: string; readonly deadline: number }): Promise<Reply> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      if (this.#death !== undefined) resolve({ error: this.#death, isDead: true });
      else this.child.send({ payload, ...invocation });
    });
  }

  kill(): void {
    this.#die("killed");
    this.child.kill("SIGKILL");
  }

  #die(reason: string): void {
    clearInterval(this.#looking);
    this.#death ??= reason;
    this.#answer({ error: this.#death, isDead: true });
  }
}

/** Memory that a process takes, in MiB; 0 where it has ended. */
function residentMb(pid: number): number {
  try {
    const [, kib = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kib) / 1024;
  } catch {
    return 0;
  }
}
