/**
 * Stands before moto and adds what its API Gateway lacks: version 2's UpdateStage and DeleteAccessLogSettings, made of
 * moto's own GetStage and CreateStage, which replaces a stage of the same name. It answers 429 where a test asks for it, and
 * remembers each call. Every other service passes through.
 *
 * It proves which calls are made, with which bodies, and that our side gets along with their answers. It does not prove
 * what AWS takes: moto checks neither destinations nor formats nor permissions, and the two calls of version 2 do here
 * what their documentation says, and nothing besides.
 */
import { type Answer, Front, type Request } from "./front";

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
  #front!: Front;

  static async start(moto: string): Promise<ApiGatewayProxy> {
    const proxy = new ApiGatewayProxy();
    proxy.#front = await Front.start(moto, (request) => proxy.#answer(request));
    return proxy;
  }

  get url(): string {
    return this.#front.url;
  }

  /** Calls that changed something. */
  get changes(): ApiGatewayCall[] {
    return this.calls.filter(({ method }) => method !== "GET");
  }

  /** Answers the next calls, as many as given, with an error; 429 by default. */
  failNext(count: number, error: ApiGatewayReply = THROTTLED): void {
    let left = count;
    this.rule = () => (left-- > 0 ? error : undefined);
  }

  /** Forgets the calls and the rule. */
  reset(): void {
    this.calls.length = 0;
    this.rule = () => undefined;
  }

  stop(): void {
    this.#front.stop();
  }

  async #answer(request: Request): Promise<Answer | undefined> {
    const { method, path } = request;
    if (!/^\/(restapis|v2)\b/.test(path)) return undefined;
    const call = { method, path, body: String(request.body) };
    this.calls.push(call);
    const reply = await this.rule(call);
    if (reply) {
      const { status, type, message = type, body = { message } } = reply;
      const headers = { "content-type": "application/json", ...(type && { "x-amzn-errortype": type }) };
      return { status, headers, body: JSON.stringify(body) };
    }
    if (method === "PATCH" && V2_STAGE.test(path)) {
      return this.#change(request, path, (stage) => ({ ...stage, ...JSON.parse(call.body) }));
    }
    const [, stagePath] = (method === "DELETE" && V2_ACCESS_LOG.exec(path)) || [];
    return stagePath === undefined
      ? undefined
      : this.#change(request, stagePath, ({ accessLogSettings: _, ...stage }) => stage);
  }

  /** A stage of version 2, replaced by one that differs from it. */
  async #change({ headers }: Request, path: string, change: (stage: any) => object): Promise<Answer> {
    const found = await this.#front.forward({ method: "GET", path, headers, body: Buffer.alloc(0) });
    if (found.status !== 200) return found;
    const body = Buffer.from(JSON.stringify(change(JSON.parse(String(found.body)))));
    return this.#front.forward({ method: "POST", path: path.replace(/\/[^/]+$/, ""), headers, body });
  }
}
