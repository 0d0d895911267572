/**
 * The sampling rules that were made in Moesif, kept up to date. A failure costs nothing but volume: the last good rules
 * stay, or there are none.
 * https://github.com/Moesif/moesif-firehose-transform-lambda
 */
import { loadEngine } from "../../re2/pattern";
import { steadyMs } from "../../re2/time-budget";
import { parseConfig, type SamplingConfig } from "./config";

/** What a {@link RemoteConfig} needs, and what a test may put in the place of the world. */
export interface RemoteConfigOptions {
  /** Reads the application id. It is asked once, and again after Moesif has refused what it read. */
  readonly applicationId: () => Promise<string>;
  /** Address of Moesif's collector, as `https://api.moesif.net`. */
  readonly baseUrl: string;
  /** Seconds from one request for Moesif's rules to the next, however the first ended. Default: 60. */
  readonly refreshSeconds?: number;
  /** Seconds that a refresh may take, with all attempts and the reading of the application id. Default: 3. */
  readonly timeoutSeconds?: number;
  /** Milliseconds before the second attempt; they double with each. Default: 200. */
  readonly backOffMs?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  /** Uniform in [0, 1): the jitter of the back-off. */
  readonly random?: () => number;
  /** Waits so many milliseconds, or until the signal. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** A signal that comes after so many milliseconds. */
  readonly timeout?: (ms: number) => AbortSignal;
  readonly fetch?: typeof fetch;
}

/** How things stand with the rules, in numbers: nothing of what they say. */
export interface RemoteConfigStatus {
  /** There are no rules; or the last refresh found or confirmed them; or they are older. */
  readonly state: "none" | "fresh" | "stale";
  /** Seconds since Moesif gave or confirmed them; without rules, since they were first wanted. */
  readonly ageSeconds: number;
  /** Failed attempts since this was last asked, by a stable code such as `http-401`, `timeout` or `malformed`. */
  readonly failures: Readonly<Record<string, number>>;
  /** Entries of the rules that could not be used. */
  readonly skipped: number;
}

/** The sampling rules of Moesif, for one application id. */
export class RemoteConfig {
  readonly #options: Required<RemoteConfigOptions>;
  #failures: Record<string, number> = {};
  #fetched: Fetched | undefined;
  #confirmedAt: number;
  #refreshedAt = -Infinity;
  #lastFailed = false;
  #applicationId: string | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(options: RemoteConfigOptions) {
    this.#options = withDefaults(options);
    this.#confirmedAt = this.#options.now();
  }

  /** The last good rules; `undefined` as long as there are none. */
  get current(): SamplingConfig | undefined {
    return this.#fetched?.config;
  }

  /** How things stand. */
  status(): RemoteConfigStatus {
    const failures = this.#failures;
    this.#failures = {};
    const ageSeconds = Math.round((this.#options.now() - this.#confirmedAt) / 1000);
    if (this.#fetched === undefined) {
      return { state: "none", ageSeconds, failures, skipped: 0 };
    }
    const { skipped } = this.#fetched.config;
    return { state: this.#lastFailed ? "stale" : "fresh", ageSeconds, failures, skipped };
  }

  /** Fetches the rules if it is time to and they have changed. Never rejects. A call during a refresh waits for that one. */
  refresh(): Promise<void> {
    const { now, refreshSeconds } = this.#options;
    if (this.#refreshing === undefined && now() - this.#refreshedAt >= refreshSeconds * 1000) {
      // Before it, so that an endpoint which fails is asked no more often.
      this.#refreshedAt = now();
      this.#refreshing = this.#attempts().finally(() => (this.#refreshing = undefined));
    }
    return this.#refreshing ?? Promise.resolve();
  }

  /** Attempts until one succeeds, none can, or the time is up. */
  async #attempts(): Promise<void> {
    const { timeoutSeconds, backOffMs, random, now, sleep, timeout } = this.#options;
    const signal = timeout(timeoutSeconds * 1000);
    const end = now() + timeoutSeconds * 1000;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const failure = await this.#attempt(signal);
      this.#lastFailed = failure !== undefined;
      if (failure === undefined) {
        return;
      }
      this.#failures[failure.code] = (this.#failures[failure.code] ?? 0) + 1;
      // Half of it by chance: functions that failed together do not come again together.
      const wait = Math.max(failure.waitMs, backOffMs * 2 ** attempt * (0.5 + random() / 2));
      if (!failure.retry || now() + wait >= end) {
        return;
      }
      await sleep(wait, signal).catch(() => undefined);
    }
  }

  async #attempt(signal: AbortSignal): Promise<FetchFailure | undefined> {
    const { baseUrl, fetch, now } = this.#options;
    try {
      const applicationId = (this.#applicationId ??= await this.#readApplicationId(signal));
      const { etag } = this.#fetched ?? {};
      // Rules that are unchanged stay; a tag is kept only with rules that could be used.
      this.#fetched = (await fetchConfig({ baseUrl, applicationId, etag, signal, fetch })) ?? this.#fetched;
      this.#confirmedAt = now();
      return undefined;
    } catch (error) {
      const failure = error instanceof FetchFailure ? error : new FetchFailure("unexpected");
      if (failure.code === "http-401" || failure.code === "http-403") {
        // The secret may have got another value.
        this.#applicationId = undefined;
      }
      return failure;
    }
  }

  async #readApplicationId(signal: AbortSignal): Promise<string> {
    try {
      return await before(signal, this.#options.applicationId());
    } catch {
      // What reads the secret says in its own error what is wrong with it; here it is but a reason among others.
      throw new FetchFailure(signal.aborted ? "timeout" : "no-application-id");
    }
  }
}

function withDefaults({
  refreshSeconds = 60,
  timeoutSeconds = 3,
  backOffMs = 200,
  now = steadyMs,
  random = Math.random,
  sleep = (ms, signal) => process.getBuiltinModule("node:timers/promises").setTimeout(ms, undefined, { signal }),
  timeout = (ms) => AbortSignal.timeout(ms),
  fetch = globalThis.fetch,
  ...given
}: RemoteConfigOptions): Required<RemoteConfigOptions> {
  return { ...given, refreshSeconds, timeoutSeconds, backOffMs, now, random, sleep, timeout, fetch };
}

/** What a promise resolves to, unless the signal comes before. */
function before<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    promise.then(resolve, reject);
  });
}

// One request for the sampling rules that were made in Moesif: `GET /v1/config`.

/** The largest body that is read, in bytes; a rule for each of ten thousand users has a few hundred thousand. */
export const LARGEST_BODY = 5_000_000;

/** Why there are no rules: a stable code, which holds nothing of the answer nor of the application id. */
class FetchFailure extends Error {
  /**
   * @param code such as `http-401`, `timeout` or `malformed`
   * @param retry whether it may go better in a moment
   * @param waitMs milliseconds for which Moesif asks for no request
   */
  constructor(
    readonly code: string,
    readonly retry = false,
    readonly waitMs = 0,
  ) {
    super(code);
  }
}

/** A request. */
interface ConfigRequest {
  /** Address of Moesif's collector. */
  readonly baseUrl: string;
  readonly applicationId: string;
  /** Asks only for rules other than these. */
  readonly etag?: string;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
}

/** Rules that could be used, and the tag by which Moesif knows them. */
interface Fetched {
  readonly config: SamplingConfig;
  readonly etag?: string;
}

/**
 * Fetches the rules.
 *
 * @returns `undefined` if they are still those of the tag
 * @throws FetchFailure
 */
async function fetchConfig(request: ConfigRequest): Promise<Fetched | undefined> {
  try {
    return await ask(request);
  } catch (error) {
    if (error instanceof FetchFailure) {
      throw error;
    }
    // The message of this error may quote a header: it must not go anywhere.
    throw request.signal.aborted ? new FetchFailure("timeout") : new FetchFailure("network", true);
  }
}

async function ask({ baseUrl, applicationId, etag, signal, fetch }: ConfigRequest): Promise<Fetched | undefined> {
  const headers = { "X-Moesif-Application-Id": applicationId, ...(etag !== undefined && { "If-None-Match": etag }) };
  // A redirect is not followed: the application id would go along.
  const response = await fetch(`${baseUrl.replace(/\/+$/, "")}/v1/config`, { headers, redirect: "manual", signal });
  if (response.status === 200) {
    const config = await parsed(await textOf(response));
    return { config, etag: response.headers.get("X-Moesif-Config-ETag") ?? undefined };
  }
  await response.body?.cancel();
  if (response.status === 304 && etag !== undefined) {
    return undefined;
  }
  throw failureOf(response);
}

/** @throws FetchFailure, in the place of the parser's error, which quotes the text */
async function parsed(text: string): Promise<SamplingConfig> {
  try {
    const body = JSON.parse(text) as { readonly regex_config?: readonly unknown[] } | null;
    if (body?.regex_config?.length) {
      await loadEngine();
    }
    return parseConfig(body);
  } catch {
    throw new FetchFailure("malformed");
  }
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LARGEST_BODY) {
      throw new FetchFailure("too-large");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function failureOf({ status, headers }: Response): FetchFailure {
  const retry = status === 429 || status >= 500;
  return new FetchFailure(`http-${status}`, retry, waitOf(headers.get("Retry-After")));
}

/** A time of day is taken for one that is too far away: it has no fractions, and a refresh takes few seconds. */
function waitOf(retryAfter: string | null): number {
  return retryAfter === null ? 0 : /^[0-9]+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Infinity;
}
