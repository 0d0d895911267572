/** The transformer as Lambda runs it: the built bundle in a thread of its own, with the synthesized environment. */
import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { unzipSync } from "fflate";
import { environmentOf, type Surroundings } from "./function-environment";
import { WORKER_SOURCE, type WorkerReply, type WorkerRequest, type WorkerSetup } from "./function-worker";
import type { FunctionDescription } from "./synthesized-stack";
import { cannotWrite } from "./workspace";
import { messageOf, UsageError } from "../common/usage-error";

/** A synchronous invocation carries at most this much each way (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
const PAYLOAD_LIMIT = 6 * 1024 * 1024;

/** How an invocation ended. */
export type Invocation =
  | { readonly payload: string }
  | { readonly failure: "error" | "timed-out" | "request-too-large" | "throttled"; readonly message: string };

/** The function to run and what it is given. */
export interface TransformerFunctionOptions {
  readonly function: FunctionDescription;
  readonly region: string;
  /** What stands in for AWS and for Moesif. */
  readonly surroundings: Surroundings;
  /** Where what the function prints is kept, as Lambda keeps it in a log group. */
  readonly logFile: string;
  /** Called when that cannot be written. */
  readonly onError: (error: unknown) => void;
}

/**
 * One execution environment: one invocation at a time, killed at the function's time-out (in real time, since it is
 * this machine that works) and started afresh by the next invocation.
 */
export class TransformerFunction {
  readonly #function: FunctionDescription;
  readonly #logFile: string;
  readonly #onError: (error: unknown) => void;
  readonly #directory: string;
  readonly #environment: Record<string, string>;
  readonly #setup: WorkerSetup;
  #worker: Worker | undefined;
  #answer: ((outcome: Invocation) => void) | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor({ function: description, region, surroundings, logFile, onError }: TransformerFunctionOptions) {
    this.#function = description;
    this.#logFile = logFile;
    this.#onError = onError;
    const code = readZip(description.zip);
    this.#directory = mkdtempSync(join(tmpdir(), "transformer-"));
    try {
      unpack(code, join(this.#directory, "task"));
      this.#setup = locateHandler(description.handler, join(this.#directory, "task"));
      this.#environment = environmentOf(description, region, this.#directory, surroundings);
    } catch (error) {
      this.#removeFiles();
      throw error;
    }
  }

  /** Runs the function on a JSON text; never rejects. */
  invoke(payload: string): Promise<Invocation> {
    const invocation = this.#queue.then(() => this.#invoke(payload));
    this.#queue = invocation;
    return invocation;
  }

  /** Ends the thread and removes the unpacked code. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
    this.#removeFiles();
  }

  async #invoke(payload: string): Promise<Invocation> {
    if (this.#closed) return { failure: "error", message: "The function has been shut down." };
    if (Buffer.byteLength(payload) > PAYLOAD_LIMIT)
      return { failure: "request-too-large", message: `Request must be smaller than ${PAYLOAD_LIMIT} bytes.` };
    const worker = (this.#worker ??= this.#startWorker());
    const { timeoutSeconds } = this.#function;
    return new Promise((resolve) => {
      const onTimeout = (): void => {
        const message = `Task timed out after ${timeoutSeconds} seconds`;
        this.#settle(worker, { failure: "timed-out", message }, true);
      };
      const timer = setTimeout(onTimeout, timeoutSeconds * 1000);
      this.#answer = (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      worker.postMessage(this.#request(payload, Date.now() + timeoutSeconds * 1000));
    });
  }

  /** Ends the invocation that `worker` is at; a worker that is of no more use makes way for a fresh one. */
  #settle(worker: Worker, outcome: Invocation, discard: boolean): void {
    if (this.#worker !== worker) return;
    if (discard) {
      this.#worker = undefined;
      void worker.terminate();
    }
    this.#answer?.(outcome);
    this.#answer = undefined;
  }

  #request(payload: string, deadline: number): WorkerRequest {
    const context = {
      awsRequestId: randomUUID(),
      functionName: this.#function.name,
      functionVersion: "$LATEST",
      invokedFunctionArn: this.#function.arn,
      memoryLimitInMB: String(this.#function.memoryMegabytes),
    };
    return { payload, context, deadline };
  }

  #startWorker(): Worker {
    const worker = new Worker(WORKER_SOURCE, {
      eval: true,
      workerData: this.#setup,
      env: this.#environment,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: this.#function.memoryMegabytes },
    });
    for (const output of [worker.stdout, worker.stderr]) output.on("data", (chunk: Buffer) => this.#log(chunk));
    const fail = (message: string): void => this.#settle(worker, { failure: "error", message }, true);
    worker.on("message", (reply: WorkerReply) =>
      this.#settle(worker, readReply(reply), "error" in reply && reply.fatal),
    );
    worker.on("error", (error) => fail(messageOf(error)));
    worker.on("exit", (code) => fail(`Runtime exited with status ${code}`));
    return worker;
  }

  #log(chunk: Buffer): void {
    try {
      appendFileSync(this.#logFile, chunk);
    } catch (error) {
      this.#onError(cannotWrite(dirname(this.#logFile), error));
    }
  }

  #removeFiles(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function readReply(reply: WorkerReply): Invocation {
  if ("error" in reply) return { failure: "error", message: reply.error };
  const bytes = Buffer.byteLength(reply.payload);
  if (bytes <= PAYLOAD_LIMIT) return { payload: reply.payload };
  return { failure: "error", message: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size.` };
}

function readZip(zip: string): Record<string, Uint8Array> {
  try {
    return unzipSync(readFileSync(zip));
  } catch (error) {
    throw new UsageError(`The function's zip ${zip} cannot be read: ${messageOf(error)}`);
  }
}

function unpack(files: Record<string, Uint8Array>, directory: string): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(directory, name);
    if (relative(directory, file).startsWith("..")) throw new UsageError(`The function's zip holds the path ${name}.`);
    if (name.endsWith("/")) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** `index.handler` is the export `handler` of index.mjs or index.js. */
function locateHandler(handler: string, directory: string): WorkerSetup {
  const dot = handler.lastIndexOf(".");
  const base = join(directory, handler.slice(0, dot));
  const file = [".mjs", ".js", ".cjs"].map((extension) => base + extension).find(existsSync);
  if (dot < 1 || !file) throw new UsageError(`The function's zip has no module for the handler ${handler}.`);
  return { module: pathToFileURL(file).href, handler: handler.slice(dot + 1) };
}
