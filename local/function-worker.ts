/** The source of the transformer's worker thread: a text in plain JavaScript, which no compiler reads. */

/** What the worker is started with. */
export interface WorkerSetup {
  /** URL of the module that exports the handler. */
  readonly module: string;
  readonly handler: string;
}

/** One invocation, as the worker receives it. */
export interface WorkerRequest {
  readonly payload: string;
  /** The plain fields of Lambda's context object. */
  readonly context: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, in real time. */
  readonly deadline: number;
}

/** What the worker answers. */
export type WorkerReply =
  | { readonly payload: string }
  | { readonly error: string; /** The module did not load, so this worker is of no use. */ readonly fatal: boolean };

/**
 * Payloads pass as JSON text, as they do between Firehose and Lambda. An answer waits until what was printed before it
 * has been taken: a log that is read after the answer is complete.
 */
export const WORKER_SOURCE = `
const { parentPort, workerData } = require("node:worker_threads");

// What the function writes to its standard output is taken with the rest of what it prints.
const fs = require("node:fs");
const { writeSync } = fs;
fs.writeSync = (fd, bytes, ...rest) =>
  fd === 1 ? (process.stdout.write(bytes), bytes.length) : writeSync(fd, bytes, ...rest);

const describe = (error) => (error instanceof Error ? error.name + ": " + error.message : String(error));

const printed = () => new Promise((resolve) => process.stdout.write("", resolve));

const loading = import(workerData.module).then((module) => {
  const handler = module[workerData.handler];
  if (typeof handler !== "function") throw new Error(workerData.handler + " is not a function of " + workerData.module);
  return handler;
});
loading.catch(() => {});

parentPort.on("message", async ({ payload, context, deadline }) => {
  let handler;
  try {
    handler = await loading;
  } catch (error) {
    console.error(error);
    return parentPort.postMessage({ error: describe(error), fatal: true });
  }
  try {
    const getRemainingTimeInMillis = () => Math.max(0, deadline - Date.now());
    const answer = await handler(JSON.parse(payload), { ...context, getRemainingTimeInMillis });
    const reply = { payload: JSON.stringify(answer) ?? "null" };
    await printed();
    parentPort.postMessage(reply);
  } catch (error) {
    console.error(error);
    parentPort.postMessage({ error: describe(error), fatal: false });
  }
});
`;
