/** AWS Lambda as Firehose calls it: several execution environments at once, their limits, and their failures on purpose. */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../local/clock";
import type { Metrics } from "../../local/metrics";
import type { Invocation } from "../../local/transformer-function";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const PAYLOAD_BYTES = 6 * 1024 * 1024;

/** What an execution environment answers. */
export type Reply = { readonly payload: string } | { readonly error: string; readonly isDead?: boolean };

/** One copy of the function, which handles one invocation at a time. */
export interface ExecutionEnvironment {
  /** @param deadline in milliseconds since the epoch, on the service's clock */
  invoke(payload: string, invocation: { readonly requestId: string; readonly deadline: number }): Promise<Reply>;
  /** Ends it, whatever it is at. */
  kill(): void;
}

/** How an invocation fails on purpose. What happens `after` has all effects of the function, and no answer. */
export type InvocationFault =
  | "throttled"
  | "crash before"
  | "crash after"
  | "time-out before"
  | "time-out after"
  | "out of memory"
  | "answer too large"
  | "record id missing"
  | "record id twice";

/** The function and its service. */
export interface LambdaOptions {
  readonly name: string;
  readonly timeoutSeconds: () => number;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Starts an execution environment, as the function is configured now. */
  readonly start: () => ExecutionEnvironment | Promise<ExecutionEnvironment>;
  /** Asked for each invocation. */
  readonly fault: () => InvocationFault | undefined;
}

/** One function. */
export class LambdaService {
  readonly #options: LambdaOptions;
  readonly #all = new Set<ExecutionEnvironment>();
  #idle: ExecutionEnvironment[] = [];
  #version = 0;

  constructor(options: LambdaOptions) {
    this.#options = options;
  }

  /** The configuration changed: what comes is run by new environments, and what is under way ends in the old ones. */
  configured(): void {
    this.#version++;
    for (const environment of this.#idle) this.#end(environment);
    this.#idle = [];
  }

  close(): void {
    for (const environment of this.#all) this.#end(environment);
  }

  /** Runs the function on a JSON text; never rejects. */
  async invoke(payload: string): Promise<Invocation> {
    const fault = this.#options.fault();
    if (fault === "throttled") {
      this.#count("Throttles", 1);
      return { failure: "throttled", message: "Rate Exceeded." };
    }
    if (Buffer.byteLength(payload) > PAYLOAD_BYTES)
      return { failure: "request-too-large", message: `Request must be smaller than ${PAYLOAD_BYTES} bytes.` };
    const version = this.#version;
    const environment = this.#idle.pop() ?? (await this.#start());
    const startedAt = this.#options.clock.now();
    const outcome = await this.#outcome(environment, payload, fault);
    this.#count("Invocations", 1);
    this.#count("Throttles", 0);
    this.#count("Errors", "failure" in outcome.invocation ? 1 : 0);
    this.#count("Duration", this.#options.clock.now() - startedAt);
    if (outcome.isDead || version !== this.#version) this.#end(environment);
    else this.#idle.push(environment);
    return outcome.invocation;
  }

  async #start(): Promise<ExecutionEnvironment> {
    const environment = await this.#options.start();
    this.#all.add(environment);
    this.#count("ConcurrentExecutions", this.#all.size - this.#idle.length);
    return environment;
  }

  #end(environment: ExecutionEnvironment): void {
    this.#all.delete(environment);
    environment.kill();
  }

  async #outcome(
    environment: ExecutionEnvironment,
    payload: string,
    fault: InvocationFault | undefined,
  ): Promise<{ readonly invocation: Invocation; readonly isDead: boolean }> {
    const { clock } = this.#options;
    const timeoutSeconds = this.#options.timeoutSeconds();
    let cancel = (): void => undefined;
    const timedOut = new Promise<"timed out">((resolve) => {
      cancel = clock.after(timeoutSeconds, () => resolve("timed out"));
    });
    const reply = await Promise.race([timedOut, this.#reply(environment, payload, fault)]);
    cancel();
    if (reply === "timed out") {
      const message = `Task timed out after ${timeoutSeconds} seconds`;
      return { invocation: { failure: "timed-out", message }, isDead: true };
    }
    if ("error" in reply)
      return { invocation: { failure: "error", message: reply.error }, isDead: reply.isDead === true };
    const answer = altered(reply.payload, fault);
    const bytes = fault === "answer too large" ? PAYLOAD_BYTES + 1 : Buffer.byteLength(answer);
    if (bytes <= PAYLOAD_BYTES) return { invocation: { payload: answer }, isDead: false };
    const message = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size.`;
    return { invocation: { failure: "error", message }, isDead: false };
  }

  async #reply(environment: ExecutionEnvironment, payload: string, fault: InvocationFault | undefined): Promise<Reply> {
    const invocation = {
      requestId: randomUUID(),
      deadline: this.#options.clock.now() + this.#options.timeoutSeconds() * 1000,
    };
    if (fault === "crash before") return { error: "Runtime exited with error: signal: killed", isDead: true };
    if (fault === "time-out before") return never();
    const reply = await environment.invoke(payload, invocation);
    if ("error" in reply && reply.isDead) return reply;
    if (fault === "crash after" || fault === "out of memory")
      return { error: "Runtime exited with error: signal: killed", isDead: true };
    return fault === "time-out after" ? never() : reply;
  }

  #count(metric: string, value: number): void {
    const { metrics, clock, name } = this.#options;
    metrics.put({ namespace: "AWS/Lambda", metric, dimensions: { FunctionName: name } }, clock.now(), value);
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

/** The answer as a function with a defect would give it. */
function altered(payload: string, fault: InvocationFault | undefined): string {
  if (fault !== "record id missing" && fault !== "record id twice") return payload;
  const answer = JSON.parse(payload) as { records: object[] };
  const records = fault === "record id missing" ? answer.records.slice(1) : [answer.records[0], ...answer.records];
  return JSON.stringify({ records });
}
