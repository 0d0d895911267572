/** Where in what is delivered the value of each key of an access log stands, if not under its own name. */
import { isAbsent, REQUIRED_KEYS } from "./access-log";
import type { JsonValue } from "./settings";

/** A place in metadata; `undefined` stands for no place there. */
export interface InMetadata {
  readonly name: string;
  /** Latencies and statuses are shown as numbers, so that they can be summed and compared. */
  readonly asNumber: boolean;
}

const text = (name: string) => [name, { name, asNumber: false }] as const;
const number = (key: string, name = key) => [key, { name, asNumber: true }] as const;

/** How a call went, and what else of it Moesif has no field for: metadata in both outputs. */
const METADATA: readonly (readonly [string, InMetadata])[] = [
  number("integrationLatency", "integrationLatencyMs"),
  number("authorizerLatency", "authorizerLatencyMs"),
  number("integrationStatus"),
  number("wafStatus"),
  text("errorType"),
  text("errorMessage"),
  text("wafResponseCode"),
  text("eventType"),
  text("routeKey"),
  text("connectionId"),
];

/** Moesif's access-log keys have no place for header fields other than Host and User-Agent. */
const HEADERS = [text("forwardedFor"), text("contentType")] as const;

/** Of an access log, the keys that are shown as metadata. */
export const METADATA_OF_ACCESS_LOG: ReadonlyMap<string, InMetadata> = new Map([...METADATA, ...HEADERS]);

/** Keys with a place of their own in an event; any other is shown as metadata. */
const PLACED_IN_EVENT = [
  ...REQUIRED_KEYS.filter((key) => key !== "apiId" && key !== "protocol"),
  ...HEADERS.map(([key]) => key),
  "requestTimeEpoch",
  "ip",
  "user",
  "companyId",
  "sessionToken",
  "weight",
  "metadata",
  // What is added to metadata under these names is not of the log's own keys.
  "late",
  ...METADATA.map(([, { name }]) => name),
];

/** Of an event, the keys that are shown as metadata under another name or as a number; `null` for those that are not. */
export const METADATA_OF_EVENT: ReadonlyMap<string, InMetadata | null> = new Map([
  ...PLACED_IN_EVENT.map((key) => [key, null] as const),
  ...METADATA,
]);

/** The value as it is shown; `undefined` if there is none. */
export function valueIn({ asNumber }: InMetadata, value: JsonValue): JsonValue | undefined {
  if (isAbsent(value)) {
    return undefined;
  }
  return asNumber && typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
}
