/**
 * Stands before moto, and answers a repeated call as it was answered first. The provider's HTTP client now and then
 * resets a connection on which the whole answer lies, and asks again: moto would make the same thing twice.
 *
 * What repeats a call has its invocation id, which the SDKs send with every attempt.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
import { Agent, createServer, type IncomingMessage, request as send, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A call as it came in. */
export interface Request {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer | string;
}

/** Answers a call in place of moto, or leaves it to moto by `undefined`. */
export type Hook = (request: Request) => Promise<Answer | undefined>;

/** Longer than any client waits before it asks again. */
const REPEATED_WITHIN_MS = 60_000;
const MOTO_TIMEOUT_MS = 5 * 60_000;

/** Of one connection, which are not passed on. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "expect"]);

// Moto closes each connection when it has answered.
const agent = new Agent({ keepAlive: false });

export class Front {
  readonly #server: Server;
  /** By invocation id. */
  readonly #answers = new Map<string, Promise<Answer>>();

  private constructor(
    private readonly moto: string,
    private readonly hook: Hook,
  ) {
    this.#server = createServer((request, response) => {
      this.#answer(request)
        .catch((error: unknown): Answer => ({ status: 502, body: String(error) }))
        .then(({ status, headers, body }) => {
          response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers });
          response.end(body);
        })
        // The client is gone; it asks again.
        .catch(() => response.destroy());
    });
    // A connection that is closed while the client sends its next call would be one more reset.
    this.#server.keepAliveTimeout = 0;
  }

  /** @param hook asked for each call that repeats none */
  static async start(moto: string, hook: Hook = () => Promise.resolve(undefined)): Promise<Front> {
    const front = new Front(moto, hook);
    await new Promise<void>((resolve) => front.#server.listen(0, "127.0.0.1", resolve));
    return front;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Has moto answer. */
  forward({ method, path, headers, body }: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const passed = { ...kept(headers), "content-length": body.length };
      const options = { method, path, headers: passed, agent, timeout: MOTO_TIMEOUT_MS };
      const call = send(this.moto, options, (response) => {
        buffer(response).then(
          (body) => resolve({ status: response.statusCode!, headers: kept(response.headers), body }),
          reject,
        );
      });
      call.on("timeout", () => call.destroy(new Error(`moto did not answer ${method} ${path}`)));
      call.on("error", reject);
      call.end(body);
    });
  }

  async #answer(incoming: IncomingMessage): Promise<Answer> {
    const { method = "GET", url: path = "/", headers } = incoming;
    const request = { method, path, headers, body: await buffer(incoming) };
    const id = headers["amz-sdk-invocation-id"];
    if (typeof id !== "string" || method === "GET" || method === "HEAD") return this.#once(request);
    const first = await this.#answers.get(id)?.catch(() => undefined);
    // An error is no answer that stands: the client asks again because of it.
    if (first && first.status < 400) return first;
    const answer = this.#once(request);
    this.#answers.set(id, answer);
    setTimeout(() => this.#answers.delete(id), REPEATED_WITHIN_MS).unref();
    return answer;
  }

  async #once(request: Request): Promise<Answer> {
    return (await this.hook(request)) ?? this.forward(request);
  }
}

function kept(headers: Request["headers"]): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter((header): header is [string, string | string[]] => !HOP_BY_HOP.has(header[0])),
  );
}
