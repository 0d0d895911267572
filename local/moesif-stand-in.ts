/** A stand-in for Moesif's collector on localhost: strict about what it takes, and able to fail on purpose. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { EventIds, type LogEvent } from "./events";
import { listen, readBody, stop } from "./local-server";
import { answerConfig, configPathOf, NO_RULES } from "./moesif-config";
import { type AcceptedRequest, checkRequest, ContractViolation, tooLarge } from "./moesif-contract";
import { MIB } from "./stream-record";

/** What the stand-in expects and how it behaves. */
export interface StandInOptions {
  /** The application id that requests must carry. */
  readonly accessKey: string;
  /** The path that deliveries must have: that of the stream's URL. */
  readonly path: string;
  /** What it answers at `/v1/config`; by default, no rules. */
  readonly config?: unknown;
  /** Answers every request with this status. */
  readonly status?: number;
  /** Answers requests for the config with this status; default: `status`. */
  readonly configStatus?: number;
  /** Waits so long before it answers. */
  readonly delayMs?: number;
  /** Answers deliveries with 200 and a body that is no acknowledgement. */
  readonly malformed?: boolean;
  /** Takes each event that is acknowledged, once. */
  readonly onEvent?: (event: LogEvent) => void;
  /** Largest body that it takes, before and after decompression; 413 beyond. */
  readonly bodyLimit?: number;
}

/** What the stand-in counted. */
export interface Received {
  /** Deliveries, each retry included. */
  requests: number;
  /** Requests for the config. */
  configRequests: number;
  /** Bytes of their bodies, as sent. */
  bytes: number;
  /** Records that were acknowledged. */
  records: number;
  /** Acknowledged requests that came again, known by their request ids; their records are counted once. */
  duplicates: number;
  /** Requests that broke the contract, each rule once. */
  readonly violations: Map<string, number>;
}

/** Any body that Firehose may send: 64 MiB of records, in base64, and what goes around them. */
const DEFAULT_BODY_LIMIT = 100 * MIB;

/** The stand-in as a server. */
export class MoesifStandIn {
  readonly received: Received = {
    requests: 0,
    configRequests: 0,
    bytes: 0,
    records: 0,
    duplicates: 0,
    violations: new Map(),
  };
  /** The events of the acknowledged records. */
  readonly events = new EventIds();
  readonly #options: StandInOptions;
  readonly #bodyLimit: number;
  readonly #server: Server;
  readonly #acknowledged = new Set<string>();

  constructor(options: StandInOptions) {
    this.#options = options;
    this.#bodyLimit = options.bodyLimit ?? DEFAULT_BODY_LIMIT;
    // Fifty attributes of a thousand characters are more than the 16 KiB that Node.js allows for headers.
    this.#server = createServer({ maxHeaderSize: 256 * 1024 }, (request, response) => {
      // A client that gives up in the middle of its request needs no answer.
      const handled = request.method === "GET" ? this.#config(request, response) : this.#delivery(request, response);
      handled.catch(() => response.destroy());
    });
  }

  /** Starts to listen and returns the origin. */
  start(): Promise<string> {
    return listen(this.#server);
  }

  stop(): Promise<void> {
    return stop(this.#server);
  }

  async #config(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { configStatus, accessKey, path, config = NO_RULES } = this.#options;
    const status = configStatus ?? this.#options.status ?? 200;
    this.received.configRequests++;
    const answer = await this.#checked(() => {
      const expected = configPathOf(path);
      if (request.url !== expected)
        throw new ContractViolation(`the path is ${request.url}; Moesif's config is at ${expected}`, 404);
      return answerConfig(request.headers, accessKey, config);
    });
    await this.#delay();
    if (answer instanceof ContractViolation) return send(response, answer.status, {});
    if (status !== 200) return send(response, status, {});
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }

  async #delivery(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status = 200, malformed } = this.#options;
    this.received.requests++;
    const accepted = await this.#checked(() => this.#accept(request));
    await this.#delay();
    const requestId = String(request.headers["x-amz-firehose-request-id"] ?? "");
    if (accepted instanceof ContractViolation)
      return this.#answer(response, accepted.status, requestId, accepted.message);
    if (status !== 200) return this.#answer(response, status, requestId, `asked to answer ${status}`);
    if (malformed) return send(response, 200, { status: "ok" });
    // Only an answer that got through acknowledges anything.
    response.once("finish", () => this.#count(accepted));
    this.#answer(response, 200, requestId);
  }

  async #accept(request: IncomingMessage): Promise<AcceptedRequest> {
    const body = await readBody(request, this.#bodyLimit);
    if (!body) throw tooLarge(this.#bodyLimit);
    this.received.bytes += body.length;
    const { method = "", url: path = "", headers } = request;
    return checkRequest({ method, path, headers, body }, { ...this.#options, bodyLimit: this.#bodyLimit });
  }

  /** What a check gives, or the rule that is broken, which is remembered. */
  async #checked<T>(check: () => T | Promise<T>): Promise<T | ContractViolation> {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof ContractViolation)) throw error;
      const { violations } = this.received;
      violations.set(error.message, (violations.get(error.message) ?? 0) + 1);
      return error;
    }
  }

  async #delay(): Promise<void> {
    const { delayMs = 0 } = this.#options;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  }

  #count({ requestId, records }: AcceptedRequest): void {
    if (this.#acknowledged.has(requestId)) {
      this.received.duplicates++;
      return;
    }
    this.#acknowledged.add(requestId);
    this.received.records += records.length;
    for (const event of records.flat()) if (this.events.add(event)) this.#options.onEvent?.(event);
  }

  /** https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html#responseformat */
  #answer(response: ServerResponse, status: number, requestId: string, errorMessage?: string): void {
    send(response, status, { requestId, timestamp: Date.now(), errorMessage });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  response.end(text);
}
