/** Moesif as a stream and its function see it, which fails on purpose; and what it holds in the end. */
import { ConnectionError, type EndpointRequest, type Reply } from "../../local/http-endpoint";
import { answerConfig, NO_RULES } from "../../local/moesif-config";
import { checkRequest, ContractViolation } from "../../local/moesif-contract";
import { type Clock, sleep } from "../../local/clock";
import { namesIn } from "./calls";

/** How it answers deliveries. */
export interface Behaviour {
  readonly status?: number;
  /** Breaks the connection in place of an answer. */
  readonly resets?: boolean;
  /** No connection comes about. */
  readonly isDown?: boolean;
  /** Answers 200 with a body that is no acknowledgement. */
  readonly isMalformed?: boolean;
  readonly delaySeconds?: number;
  /** Whether it takes what it got in spite of its answer. */
  readonly takes?: boolean;
  /** The sampling rules that its config endpoint answers. Default: none. */
  readonly rules?: object;
}

/** Firehose waits so long for a reply (https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html). */
const REPLY_SECONDS = 180;

const BODY_LIMIT = 100 * 1024 * 1024;

/** A collector with its own application. */
export class Moesif {
  /** The dedupe ids of each call, by its name. */
  readonly idsOf = new Map<string, Set<string>>();
  /** The calls of each dedupe id: Moesif keeps one of each. */
  readonly namesOf = new Map<string, Set<string>>();
  /** Calls of requests that were answered with 413. */
  readonly refused = new Set<string>();
  /** Events, each retry included. */
  events = 0;
  /** What broke the contract, each once. */
  readonly violations = new Set<string>();
  behaviour: () => Behaviour = () => ({});
  configBehaviour: () => Behaviour = () => ({});

  /** @param applicationId that is valid now */
  constructor(
    private readonly clock: Clock,
    private readonly path: string,
    private readonly applicationId: () => string,
  ) {}

  /** Takes a delivery. */
  async post({ url, headers, body, requestId }: EndpointRequest): Promise<Reply> {
    const { status = 200, resets, isDown, isMalformed, delaySeconds = 0, takes = status === 200 } = this.behaviour();
    if (isDown) throw new ConnectionError("failed");
    let code = status;
    try {
      const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      const request = { method: "POST", path: url.pathname, body };
      const { records } = checkRequest(
        { ...request, headers: { ...named, "content-length": String(body.length) } },
        { accessKey: this.applicationId(), path: this.path, bodyLimit: BODY_LIMIT },
      );
      const events = records.flat();
      if (takes) events.forEach((event) => this.#take(event));
      if (status === 413) events.forEach((event) => namesOf(event).forEach((name) => this.refused.add(name)));
    } catch (error) {
      if (!(error instanceof ContractViolation)) throw error;
      if (error.status !== 401) this.violations.add(error.message);
      code = error.status;
    }
    await sleep(this.clock, Math.min(delaySeconds, REPLY_SECONDS));
    if (delaySeconds > REPLY_SECONDS) throw new ConnectionError("timeout");
    if (resets) throw new ConnectionError("reset");
    const text = JSON.stringify(isMalformed ? { status: "ok" } : { requestId, timestamp: this.clock.now() });
    const type = { "content-type": "application/json", "content-length": String(text.length) };
    return { status: code, headers: type, body: text };
  }

  /** Answers a request for the sampling rules; one that never gets an answer ends by the caller's own time-out. */
  async config(headers: Readonly<Record<string, string>>): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }> {
    const { status = 200, resets, isDown, isMalformed, delaySeconds = 0, rules = NO_RULES } = this.configBehaviour();
    await sleep(this.clock, delaySeconds);
    if (isDown || resets) throw new TypeError("fetch failed");
    if (status !== 200) return { status, headers: {}, body: "" };
    if (isMalformed) return { status, headers: {}, body: "{" };
    try {
      return answerConfig(lowerCase(headers), this.applicationId(), rules);
    } catch (error) {
      if (!(error instanceof ContractViolation)) throw error;
      return { status: error.status, headers: {}, body: "" };
    }
  }

  #take(event: object): void {
    this.events++;
    const { requestId, transaction_id = requestId } = event as { requestId?: unknown; transaction_id?: unknown };
    for (const name of namesOf(event)) {
      add(this.idsOf, name, String(transaction_id));
      add(this.namesOf, String(transaction_id), name);
    }
  }
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function namesOf(event: object): string[] {
  return namesIn(Buffer.from(JSON.stringify(event)));
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const values = map.get(key) ?? new Set();
  map.set(key, values.add(value));
}
