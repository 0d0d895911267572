/**
 * Writes calls as objects in Moesif's event model.
 * https://www.moesif.com/docs/api#log-an-event
 */
import { ABSENT, isAbsent, textOf } from "./access-log";
import type { Call } from "./call";
import { isDedupeId } from "./dedupe-id";
import type { Enrich } from "./enrich";
import type { Quote } from "./json-writer";
import { WEBSOCKET } from "./normalise";
import { markedMetadata } from "./own-metadata";
import { metadataOfEventFor, valueIn } from "./places";
import { toIso } from "./request-time";

const DIGITS = /^\d{1,15}$/;

/** Writes an object that came as an event; `undefined` if nothing changed. */
export function writeGivenEvent({ log, changed, weight }: Call): string | undefined {
  if (weight !== 1) {
    return JSON.stringify({ ...log, metadata: markedMetadata(log.metadata) });
  }
  return changed ? JSON.stringify(log) : undefined;
}

/** Writes an access log as an event. */
export function writeEvent(call: Call, late: boolean, quote: Quote, enrich: Enrich): string {
  const { log } = call;
  const json =
    `{"request":${requestOf(call, quote, enrich)}${responseOf(call)}` +
    optional(',"user_id":', textOf(log.user), quote) +
    optional(',"company_id":', textOf(log.companyId), quote) +
    optional(',"session_token":', textOf(log.sessionToken), quote) +
    `,"transaction_id":"${transactionId(call)}","direction":"Incoming"`;
  const weight = log.weight === undefined ? "" : `,"weight":${JSON.stringify(log.weight)}`;
  return `${json}${weight},"metadata":${metadataOf(call, late, quote, enrich)}}`;
}

function requestOf({ log, time }: Call, quote: Quote, enrich: Enrich): string {
  const host = textOf(log.requestHostHeader) ?? "";
  const path = textOf(log.resourcePath) ?? "/";
  // API Gateway speaks nothing but TLS.
  const scheme = log.protocol === WEBSOCKET ? "wss://" : "https://";
  const uri = scheme + host + (path.startsWith("/") ? path : `/${path}`);
  const headers =
    optional(',"Host":', host || undefined, quote) +
    optional(',"User-Agent":', textOf(log.requestUserAgentHeader), quote) +
    optional(',"X-Forwarded-For":', textOf(log.forwardedFor), quote) +
    optional(',"Content-Type":', textOf(log.contentType), quote);
  return (
    `{"time":"${toIso(time)}","uri":${quote(uri)},"verb":${quote(textOf(log.httpMethod) ?? ABSENT)}` +
    `,"headers":{${headers.slice(1)}}` +
    optional(',"ip_address":', textOf(log.ip), quote) +
    `${optional(',"api_version":', enrich.versionOf(log), JSON.stringify)}}`
  );
}

/** Moesif takes an event without a response, as one that timed out: so without a status there is none. */
function responseOf({ log, time }: Call): string {
  const { status, durationMs, responseLength } = log;
  if (!isWholeNumber(status)) {
    return "";
  }
  const end = isWholeNumber(durationMs) ? time + Number(durationMs) : time;
  const headers = isWholeNumber(responseLength) ? `{"Content-Length":"${responseLength}"}` : "{}";
  return `,"response":{"time":"${toIso(end)}","status":${Number(status)},"headers":${headers}}`;
}

function optional(key: string, value: string | undefined, quote: Quote): string {
  return value === undefined ? "" : key + quote(value);
}

/** As API Gateway writes it. */
function isWholeNumber(value: unknown): value is string {
  return typeof value === "string" && DIGITS.test(value);
}

/** A log that the transformer has made carries the id already. */
function transactionId(call: Call): string {
  const { marked, requestId } = call;
  return marked && isDedupeId(requestId) ? requestId : call.dedupeId;
}

/** What a log says that has no place of its own in an event is shown as metadata. */
function metadataOf({ log, requestId }: Call, late: boolean, quote: Quote, enrich: Enrich): string {
  const metadata = enrich.metadataOf(log, quote);
  if (log.requestId === requestId && !isAbsent(requestId)) {
    metadata.add("requestId", requestId!);
  }
  for (const key in log) {
    const place = metadataOfEventFor(key);
    const value = place && log[key] !== undefined ? valueIn(place, log[key]) : undefined;
    if (value !== undefined) {
      metadata.add(place!.name, value);
    }
  }
  if (late) {
    metadata.add("late", true);
  }
  return metadata.close();
}
