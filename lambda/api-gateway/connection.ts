/** How both versions of API Gateway are called: one request at a time, at the pace of all. */
import type { APIGatewayClientConfig } from "@aws-sdk/client-api-gateway";
import type { Pace } from "./pace";

/** One request has an answer within this; then it is tried again. */
export const CALL_TIMEOUT_MS = 10_000;

/** What a client of the AWS SDK is made with, and the pace that all share. */
export interface Connection {
  /** Default: what the SDK finds. */
  readonly region?: string;
  /** Default: what the SDK finds. */
  readonly credentials?: APIGatewayClientConfig["credentials"];
  readonly pace: Pace;
}

/** What one request is sent with. */
interface SendOptions {
  readonly abortSignal: AbortSignal;
}

type ClientSettings = Pick<APIGatewayClientConfig, "maxAttempts" | "region" | "credentials">;

/** Settings of a client that makes no calls but those that are paced. */
export function clientSettings({ region, credentials }: Connection): ClientSettings {
  return { maxAttempts: 1, ...(region && { region }), ...(credentials && { credentials }) };
}

/** Makes one request when its turn comes. */
export function paced<T>({ pace }: Connection, request: (options: SendOptions) => Promise<T>): Promise<T> {
  return pace.run(() => request({ abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS) }));
}
