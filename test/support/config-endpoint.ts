/** A stand-in for Moesif's `GET /v1/config` on localhost: it gives the answers of the test, one by one. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface ConfigAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, a text as it is. */
  readonly body?: unknown;
  /** Gives no answer at all, and calls this instead. */
  readonly silent?: () => void;
  /** Closes the connection in the middle of the body. */
  readonly broken?: boolean;
}

export interface ConfigRequestSeen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export class ConfigEndpoint {
  readonly requests: ConfigRequestSeen[] = [];
  readonly #server: Server;
  #answers: ConfigAnswer[] = [];
  #last: ConfigAnswer = {};

  private constructor() {
    this.#server = createServer(({ url = "", headers }, response) => {
      this.requests.push({ path: url, headers });
      this.#last = this.#answers.shift() ?? this.#last;
      const { status = 200, headers: more, body, silent, broken } = this.#last;
      if (silent) return silent();
      const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
      response.writeHead(status, { ...more, ...(broken && { "Content-Length": "1000" }) });
      if (broken) response.write(text, () => response.destroy());
      else response.end(text);
    });
  }

  static async start(): Promise<ConfigEndpoint> {
    const endpoint = new ConfigEndpoint();
    await new Promise<void>((resolve) => endpoint.#server.listen(0, "127.0.0.1", resolve));
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Gives these answers to the next requests; the last of them to all that follow. */
  answers(...answers: readonly ConfigAnswer[]): void {
    this.requests.length = 0;
    this.#answers = [...answers];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
