/**
 * Lambda on localhost: moto keeps functions and runs none without Docker, so that this stands before it and runs them.
 * What is run is a built bundle, in a thread, with the environment that the function was given by Terraform; and what is
 * asked, and answered, is kept for the test. It proves what Terraform and the function make of each other, and nothing
 * of IAM, which moto does not enforce.
 */
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { WORKER_SOURCE, type WorkerReply, type WorkerRequest } from "../../local/function-worker";
import { type Answer, Front, type Request } from "./front";

/** One invocation. */
export interface Call {
  readonly request: any;
  /** The answer, or what the function threw. */
  readonly answer?: any;
  readonly error?: string;
}

export interface LambdaProxyOptions {
  /** Where functions are kept. */
  readonly moto: string;
  /** The module that exports `handler`, whichever function is invoked. */
  readonly module: string;
  /** The function's environment, without its own variables. */
  readonly environment: Readonly<Record<string, string>>;
}

export class LambdaProxy {
  readonly calls: Call[] = [];
  /** Called before the function is run; where it throws, Lambda refuses the invocation. */
  before: (request: any) => void | Promise<void> = () => undefined;

  #front!: Front;

  private constructor(private readonly options: LambdaProxyOptions) {}

  static async start(options: LambdaProxyOptions): Promise<LambdaProxy> {
    const proxy = new LambdaProxy(options);
    proxy.#front = await Front.start(options.moto, (request) => proxy.#answer(request));
    return proxy;
  }

  get url(): string {
    return this.#front.url;
  }

  stop(): void {
    this.#front.stop();
  }

  /** Invokes a function as its schedule does. */
  invoke(name: string, payload: object, region: string): Promise<Call> {
    return this.#invoke(
      name,
      JSON.stringify(payload),
      `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/lambda/aws4_request, SignedHeaders=host, Signature=0`,
    );
  }

  async #answer({ method, path, headers, body }: Request): Promise<Answer | undefined> {
    const name = method === "POST" && /\/functions\/([^/]+)\/invocations/.exec(path)?.[1];
    if (!name) return undefined;
    const type = { "content-type": "application/json" };
    try {
      await this.before(JSON.parse(String(body)));
    } catch (error) {
      const refused = JSON.stringify({ Type: "User", message: String(error) });
      return { status: 400, headers: { ...type, "x-amzn-errortype": "InvalidRuntimeException" }, body: refused };
    }
    const { answer, error } = await this.#invoke(decodeURIComponent(name), String(body), String(headers.authorization));
    const failed = error !== undefined && { "x-amz-function-error": "Unhandled" };
    return {
      status: 200,
      headers: { ...type, "x-amz-executed-version": "$LATEST", ...failed },
      body: JSON.stringify(failed ? { errorType: "Error", errorMessage: error } : answer),
    };
  }

  async #invoke(name: string, payload: string, authorization: string): Promise<Call> {
    const configuration: any = await fetch(`${this.options.moto}/2015-03-31/functions/${name}/configuration`, {
      headers: { authorization },
    }).then((answer) => answer.json());
    const env = { ...this.options.environment, ...configuration.Environment?.Variables };
    const reply = await run(this.options.module, env, payload, configuration.Timeout * 1000, name);
    const request = JSON.parse(payload);
    const call: Call =
      "error" in reply ? { request, error: reply.error } : { request, answer: JSON.parse(reply.payload) };
    this.calls.push(call);
    return call;
  }
}

/** One invocation in a thread of its own, as in an execution environment that is new. */
async function run(
  module: string,
  env: object,
  payload: string,
  timeoutMs: number,
  name: string,
): Promise<WorkerReply> {
  const setup = { module: pathToFileURL(module).href, handler: "handler" };
  const worker = new Worker(WORKER_SOURCE, {
    eval: true,
    workerData: setup,
    env: env as NodeJS.ProcessEnv,
    stdout: true,
    stderr: true,
  });
  const deadline = Date.now() + timeoutMs;
  try {
    return await new Promise<WorkerReply>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      const request: WorkerRequest = { payload, context: { functionName: name }, deadline };
      worker.postMessage(request);
    });
  } finally {
    await worker.terminate();
  }
}
