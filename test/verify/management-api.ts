/** A stand-in for Moesif's management API over HTTP: searches and counts the events that a test gives it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export const TOKEN = "a-management-token";

/** One call as it came in. */
export interface Asked {
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: any;
}

export class ManagementApi {
  readonly asked: Asked[] = [];
  /** What a search finds. */
  events: () => readonly object[] = () => [];
  /** What a count says. */
  count = 0;
  /** Answers in place of a result. */
  answers: { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<ManagementApi> {
    const api = new ManagementApi();
    await new Promise<void>((resolve) => api.#server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, this.url);
    const { authorization } = request.headers;
    const body = JSON.parse(await text(request));
    this.asked.push({ path: `${request.method} ${pathname}`, parameters: searchParams, authorization, body });
    const { status, headers = {}, body: given } = this.answers.shift() ?? this.#result(pathname, authorization);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(given);
  }

  /** As Moesif's own description of its API says: 201 for a search, 200 for a count. */
  #result(path: string, authorization: string | undefined): ManagementApi["answers"][number] {
    if (authorization !== `Bearer ${TOKEN}`) return { status: 401, body: "{}" };
    if (path === "/v1/search/~/count/events") {
      return { status: 200, body: JSON.stringify({ hits: { total: this.count, hits: [] } }) };
    }
    const hits = this.events().map((_source, index) => ({ _id: String(index), _source }));
    return { status: 201, body: JSON.stringify({ took: 1, hits: { total: hits.length, hits } }) };
  }
}
