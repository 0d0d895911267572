/** Moesif's management API, as far as it reads events: https://www.moesif.com/docs/api#management-api */
import { setTimeout as sleep } from "node:timers/promises";
import { isObject } from "../../common/json";
import { messageOf, UsageError } from "../../common/usage-error";

/** Why Moesif's management API is of no use: `refused` for want of a right, `busy` for now, else it does not work. */
export class MoesifError extends Error {
  constructor(
    message: string,
    readonly kind: "refused" | "busy" | "broken",
    readonly fix: string,
  ) {
    super(message);
  }
}

/** An event as Moesif keeps it. */
export type MoesifEvent = Readonly<Record<string, unknown>>;

/** A span of time, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const TIMEOUT_MS = 30_000;
/** Moesif takes 500 queries a minute. */
const MOST_TRIES = 4;
const MOST_WAIT_S = 60;

/** Reads events with a token of the scope `read:events`. No message holds the token. */
export class MoesifApi {
  constructor(
    private readonly baseUrl: string,
    private readonly token: string,
    private readonly wait: (ms: number) => Promise<unknown> = sleep,
  ) {}

  /** Events that a query finds. */
  async search(query: object, span: Span): Promise<MoesifEvent[]> {
    const { hits } = await this.#post("search/~/search/events", span, { size: 50, query });
    const found = isObject(hits) ? hits["hits"] : undefined;
    if (!Array.isArray(found)) throw this.#malformed("no hits.hits");
    return found.map((hit) => (isObject(hit) ? hit["_source"] : undefined)).filter(isObject);
  }

  /** How many events a query finds. */
  async count(query: object, span: Span): Promise<number> {
    const answer = await this.#post("search/~/count/events", span, { query }, { track_total_hits: "true" });
    const { total } = isObject(answer["hits"]) ? answer["hits"] : {};
    const number = [answer["count"], total, isObject(total) ? total["value"] : undefined].find(Number.isInteger);
    if (typeof number !== "number") throw this.#malformed("no count");
    return number;
  }

  async #post(path: string, { from, to }: Span, body: object, more: Record<string, string> = {}): Promise<MoesifEvent> {
    const time = (ms: number) => new Date(ms).toISOString();
    const url = `${this.baseUrl.replace(/\/$/, "")}/${path}?${new URLSearchParams({ from: time(from), to: time(to), ...more })}`;
    for (let tries = 1; ; tries++) {
      const response = await this.#send(url, body);
      if (response.status === 429 && tries < MOST_TRIES) {
        const seconds = Number(response.headers.get("retry-after") ?? 5);
        await response.body?.cancel();
        await this.wait(Math.min(Number.isFinite(seconds) ? seconds : 5, MOST_WAIT_S) * 1000);
        continue;
      }
      if (!response.ok) throw this.#refused(response.status);
      const text = await response.text();
      let answer: unknown;
      try {
        answer = JSON.parse(text);
      } catch {
        throw this.#malformed("no JSON");
      }
      if (!isObject(answer)) throw this.#malformed("no object");
      return answer;
    }
  }

  async #send(url: string, body: object): Promise<Response> {
    try {
      return await fetch(url, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${this.token}`,
          "Content-Type": "application/json",
          Accept: "application/json",
        },
        body: JSON.stringify(body),
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      const { cause } = Object(error) as { readonly cause?: unknown };
      throw new MoesifError(
        `${this.baseUrl} cannot be reached: ${messageOf(cause ?? error)}`,
        "broken",
        "check the network and --moesif-api",
      );
    }
  }

  #refused(status: number): MoesifError {
    if (status === 401)
      return new MoesifError(
        "Moesif does not accept the management token (401)",
        "refused",
        "make a management token in Moesif, and name it with --moesif-token",
      );
    if (status === 403)
      return new MoesifError(
        "the management token may not read events (403)",
        "refused",
        "give the token the scope read:events in Moesif",
      );
    if (status === 429)
      return new MoesifError("Moesif takes no more queries for now (429)", "busy", "run the command again later");
    return new MoesifError(
      `${this.baseUrl} answered ${status}`,
      "broken",
      "check --moesif-api, or run the command again later",
    );
  }

  #malformed(what: string): MoesifError {
    const message = `${this.baseUrl} did not answer as Moesif's management API does: there is ${what} in the answer`;
    return new MoesifError(message, "broken", "check --moesif-api");
  }
}

/** The address of an API to which a token may be sent. */
export function apiUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLocal)) return text;
  throw new UsageError(`--moesif-api: ${text} is not an https:// address: the token would be sent in the clear.`);
}
