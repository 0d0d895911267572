/**
 * Writes calls as objects in Moesif's event model.
 * https://www.moesif.com/docs/api#log-an-event
 */
import { ABSENT, isAbsent, textOf } from "./access-log";
import type { Call } from "./call";
import { isDedupeId } from "./dedupe-id";
import type { Enrich } from "./enrich";
import { type Quote, quoteAny, quotePlain } from "./json-writer";
import { WEBSOCKET } from "./normalise";
import { markedMetadata } from "./own-metadata";
import { METADATA_OF_EVENT, valueIn } from "./places";
import { toIso } from "./request-time";
import { multiplied } from "./sampling/weight";

/** What ends a host in a URI is not in one: a damaged record may have it. */
const HOST = /^[^/?#@\s]+$/;
const DIGITS = /^\d{1,15}$/;
/** A day: what is longer is no duration of a call. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/** Writes an object that came as an event; `undefined` if nothing changed. */
export function writeGivenEvent({ log, changed, byChance }: Call): string | undefined {
  if (byChance) {
    return JSON.stringify({ ...log, metadata: markedMetadata(log.metadata) });
  }
  return changed ? JSON.stringify(log) : undefined;
}

/** Writes an access log as an event. */
export function writeEvent(call: Call, late: boolean, quote: Quote, enrich: Enrich): string {
  const { log } = call;
  const json =
    `{"request":${requestOf(call, quote, enrich)}${responseOf(call)}` +
    optional(',"user_id":"', textOf(log.user), quote) +
    optional(',"company_id":"', textOf(log.companyId), quote) +
    optional(',"session_token":"', textOf(log.sessionToken), quote) +
    `,"transaction_id":"${transactionId(call)}","direction":"Incoming"`;
  // Anything but a positive whole number is a key of somebody's own that is called so.
  const own = multiplied(log.weight, 1);
  const weight = own === 1 ? "" : `,"weight":${own}`;
  return `${json}${weight},"metadata":${metadataOf(call, late, quote, enrich)}}`;
}

function requestOf({ log, time }: Call, quote: Quote, enrich: Enrich): string {
  const host = textOf(log.requestHostHeader);
  const named = host !== undefined && HOST.test(host) ? host : ABSENT;
  const path = textOf(log.resourcePath) ?? "/";
  // API Gateway speaks nothing but TLS.
  const scheme = log.protocol === WEBSOCKET ? "wss://" : "https://";
  const uri = scheme + named + (path.startsWith("/") ? path : `/${path}`);
  const headers =
    optional(',"Host":"', host, quote) +
    optional(',"User-Agent":"', textOf(log.requestUserAgentHeader), quote) +
    optional(',"X-Forwarded-For":"', textOf(log.forwardedFor), quote) +
    optional(',"Content-Type":"', textOf(log.contentType), quote);
  return (
    optional(`{"time":"${toIso(time)}","uri":"`, uri, quote) +
    optional(',"verb":"', textOf(log.httpMethod) ?? ABSENT, quote) +
    `,"headers":{${headers.slice(1)}}` +
    optional(',"ip_address":"', textOf(log.ip), quote) +
    optional(',"api_version":"', enrich.versionOf(log), quoteAny) +
    "}"
  );
}

/** Moesif takes an event without a response, as one that timed out: so without a status there is none. */
function responseOf({ log, time }: Call): string {
  const { status, durationMs, responseLength } = log;
  if (!isWholeNumber(status)) {
    return "";
  }
  const end = isWholeNumber(durationMs) ? time + Math.min(Number(durationMs), LONGEST_MS) : time;
  const headers = isWholeNumber(responseLength) ? `{"Content-Length":"${responseLength}"}` : "{}";
  return `,"response":{"time":"${toIso(end)}","status":${Number(status)},"headers":${headers}}`;
}

/**
 * A member with a text.
 *
 * @param before the JSON up to the text, with its quote: in one piece, since each piece is copied
 */
function optional(before: string, value: string | undefined, quote: Quote): string {
  if (value === undefined) {
    return "";
  }
  return quote === quotePlain ? before + value + '"' : before.slice(0, -1) + quote(value);
}

/** As API Gateway writes it. */
function isWholeNumber(value: unknown): value is string {
  return typeof value === "string" && DIGITS.test(value);
}

/** A log that the transformer has made carries the id already. */
function transactionId(call: Call): string {
  const { requestId } = call.before;
  return call.marked && isDedupeId(requestId) ? requestId : call.dedupeId;
}

/** What a log says that has no place of its own in an event is shown as metadata. */
function metadataOf({ log, before: { requestId } }: Call, late: boolean, quote: Quote, enrich: Enrich): string {
  const metadata = enrich.metadataOf(log, quote);
  if (log.requestId === requestId && !isAbsent(requestId)) {
    metadata.add("requestId", requestId!);
  }
  for (const key in log) {
    const value = log[key];
    if (value === undefined || isAbsent(value)) {
      continue;
    }
    const place = METADATA_OF_EVENT.get(key);
    if (place === undefined) {
      metadata.add(key, value);
    } else if (place !== null) {
      metadata.add(place.name, valueIn(place, value)!);
    }
  }
  if (late) {
    metadata.add("late", true);
  }
  return metadata.close();
}
