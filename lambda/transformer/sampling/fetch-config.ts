/** One request for the sampling rules that were made in Moesif: `GET /v1/config`. */
import { parseConfig, type SamplingConfig } from "./config";

/** The largest body that is read, in bytes; a rule for each of ten thousand users has a few hundred thousand. */
export const LARGEST_BODY = 5_000_000;

/** Why there are no rules: a stable code, which holds nothing of the answer nor of the application id. */
export class FetchFailure extends Error {
  /**
   * @param code such as `http-401`, `timeout` or `malformed`
   * @param retry whether it may go better in a moment
   * @param waitMs milliseconds for which Moesif wants to be left alone
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
export interface ConfigRequest {
  /** Address of Moesif's collector. */
  readonly baseUrl: string;
  readonly applicationId: string;
  /** Asks for rules other than these alone. */
  readonly etag?: string;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
}

/** Rules that could be used, and the tag by which Moesif knows them. */
export interface Fetched {
  readonly config: SamplingConfig;
  readonly etag?: string;
}

/**
 * Fetches the rules.
 *
 * @returns `undefined` if they are still those of the tag
 * @throws FetchFailure
 */
export async function fetchConfig(request: ConfigRequest): Promise<Fetched | undefined> {
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
    const config = parsed(await textOf(response));
    return { config, etag: response.headers.get("X-Moesif-Config-ETag") ?? undefined };
  }
  await response.body?.cancel();
  if (response.status === 304 && etag !== undefined) {
    return undefined;
  }
  throw failureOf(response);
}

/** @throws FetchFailure, in the place of the parser's error, which quotes the text */
function parsed(text: string): SamplingConfig {
  try {
    return parseConfig(JSON.parse(text));
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

/** A time of day is taken for one that is too far away: it has no fractions, and a look takes few seconds. */
function waitOf(retryAfter: string | null): number {
  return retryAfter === null ? 0 : /^[0-9]+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Infinity;
}
