/**
 * Stands before moto and adds what its API Gateway lacks: version 2's UpdateStage and DeleteAccessLogSettings, made of
 * moto's own GetStage and CreateStage, which replaces a stage of the same name. It answers 429 when it is told to, and
 * remembers each call. Every other service passes through.
 *
 * It proves which calls are made, with which bodies, and that our side gets along with their answers. It does not prove
 * what AWS takes: moto checks neither destinations nor formats nor permissions, and the two calls of version 2 do here
 * what their documentation says, and nothing besides.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A call of API Gateway's control plane. */
export interface ApiGatewayCall {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: string;
}

/** An error as API Gateway answers it, or another answer. */
export interface ApiGatewayReply {
  readonly status: number;
  /** Of an error. */
  readonly type?: string;
  readonly message?: string;
  /** Of an answer. */
  readonly body?: object;
}

export const THROTTLED: ApiGatewayReply = {
  status: 429,
  type: "TooManyRequestsException",
  message: "Too Many Requests",
};

/** Decides on a call before moto sees it: what it returns is answered instead. */
export type Rule = (call: ApiGatewayCall) => ApiGatewayReply | undefined | Promise<ApiGatewayReply | undefined>;

const V2_STAGE = /^\/v2\/apis\/[^/]+\/stages\/[^/]+$/;
const V2_ACCESS_LOG = /^(\/v2\/apis\/[^/]+\/stages\/[^/]+)\/accesslogsettings$/;

export class ApiGatewayProxy {
  /** Calls of API Gateway, in order; those that were answered with an error as well. */
  readonly calls: ApiGatewayCall[] = [];
  /** Asked for each call of API Gateway. */
  rule: Rule = () => undefined;
  readonly #server: Server;

  private constructor(readonly moto: string) {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.writeHead(502);
        response.end(String(error));
      });
    });
  }

  static async start(moto: string): Promise<ApiGatewayProxy> {
    const proxy = new ApiGatewayProxy(moto);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Calls that changed something. */
  get changes(): ApiGatewayCall[] {
    return this.calls.filter(({ method }) => method !== "GET");
  }

  /** Answers the next so many calls with an error, 429 unless told otherwise. */
  failNext(count: number, error: ApiGatewayReply = THROTTLED): void {
    let left = count;
    this.rule = () => (left-- > 0 ? error : undefined);
  }

  /** Forgets the calls and the rule. */
  reset(): void {
    this.calls.length = 0;
    this.rule = () => undefined;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/" } = request;
    const body = await text(request);
    if (/^\/(restapis|v2)\b/.test(path)) {
      const call = { method, path, body };
      this.calls.push(call);
      const reply = await this.rule(call);
      if (reply) {
        const { status, type, message = type, body: answered = { message } } = reply;
        response.writeHead(status, { "Content-Type": "application/json", ...(type && { "x-amzn-ErrorType": type }) });
        response.end(JSON.stringify(answered));
        return;
      }
    }
    const headers = headersOf(request);
    const answer = await (method === "PATCH" && V2_STAGE.test(path)
      ? this.#change(path, headers, (stage) => ({ ...stage, ...JSON.parse(body) }))
      : method === "DELETE" && V2_ACCESS_LOG.test(path)
        ? this.#change(V2_ACCESS_LOG.exec(path)![1]!, headers, ({ accessLogSettings: _, ...stage }) => stage)
        : this.#send(method, path, headers, body));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  #send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Response> {
    return fetch(this.moto + path, { method, headers, ...(body && { body }), signal: AbortSignal.timeout(20_000) });
  }

  /** A stage of version 2, replaced by one that differs from it. */
  async #change(path: string, headers: Record<string, string>, change: (stage: any) => object): Promise<Response> {
    const found = await this.#send("GET", path, headers);
    if (!found.ok) return found;
    return this.#send("POST", path.replace(/\/[^/]+$/, ""), headers, JSON.stringify(change(await found.json())));
  }
}

/** What is passed on: the signature names account, region and service, and moto does not check it. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const own = new Set(["host", "connection", "content-length", "transfer-encoding", "expect", "accept-encoding"]);
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !own.has(name))
      .map(([name, value]) => [name, String(value)]),
  );
}
