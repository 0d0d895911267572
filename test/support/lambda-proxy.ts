/**
 * Lambda on localhost: moto keeps functions and runs none without Docker, so that this stands before it and runs them.
 * What is run is a built bundle, in a thread, with the environment that the function was given by Terraform; and what is
 * asked, and answered, is kept for the test. It proves what Terraform and the function make of each other, and nothing
 * of IAM, which moto does not enforce.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { WORKER_SOURCE, type WorkerReply, type WorkerRequest } from "../../local/function-worker";

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
  /** What the function finds in its environment beside its own variables. */
  readonly environment: Readonly<Record<string, string>>;
}

export class LambdaProxy {
  readonly calls: Call[] = [];
  /** Called before the function is run; where it throws, Lambda refuses the invocation. */
  before: (request: any) => void | Promise<void> = () => undefined;

  private constructor(
    private readonly server: Server,
    private readonly options: LambdaProxyOptions,
  ) {}

  static async start(options: LambdaProxyOptions): Promise<LambdaProxy> {
    const server = createServer((request, response) => {
      proxy.#serve(request, response).catch((error: unknown) => response.writeHead(502).end(String(error)));
    });
    const proxy = new LambdaProxy(server, options);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Invokes a function as its schedule does. */
  invoke(name: string, payload: object, region: string): Promise<Call> {
    return this.#invoke(
      name,
      JSON.stringify(payload),
      `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/lambda/aws4_request, SignedHeaders=host, Signature=0`,
    );
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const name = request.method === "POST" && /\/functions\/([^/]+)\/invocations/.exec(request.url ?? "")?.[1];
    if (!name) return this.#forward(request, body, response);
    try {
      await this.before(JSON.parse(body));
    } catch (error) {
      response.writeHead(400, { "Content-Type": "application/json", "X-Amzn-ErrorType": "InvalidRuntimeException" });
      response.end(JSON.stringify({ Type: "User", message: String(error) }));
      return;
    }
    const { answer, error } = await this.#invoke(decodeURIComponent(name), body, request.headers.authorization ?? "");
    response.writeHead(200, {
      "Content-Type": "application/json",
      "X-Amz-Executed-Version": "$LATEST",
      ...(error !== undefined && { "X-Amz-Function-Error": "Unhandled" }),
    });
    response.end(JSON.stringify(error === undefined ? answer : { errorType: "Error", errorMessage: error }));
  }

  async #forward({ url, method, headers }: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const { host: _, connection: __, "content-length": ___, ...kept } = headers as Record<string, string>;
    const answer = await fetch(this.options.moto + url, {
      method,
      headers: kept,
      body: method === "GET" || method === "HEAD" ? undefined : body,
    });
    const { status } = answer;
    response.writeHead(status, {
      "Content-Type": answer.headers.get("content-type") ?? "application/json",
      ...errorType(answer),
    });
    response.end(Buffer.from(await answer.arrayBuffer()));
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

function errorType(answer: Response): Record<string, string> {
  const type = answer.headers.get("x-amzn-errortype");
  return type === null ? {} : { "X-Amzn-ErrorType": type };
}
