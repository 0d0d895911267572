/** From the texts of objects to the data of a Firehose record. */
import { type AccessLog, isAbsent, textOf } from "./access-log";
import { type Call, isDedupeId } from "./call";
import { recordData } from "./decode";
import type { Documents } from "./documents";
import { appendJson, appendMember, type Quote, quoteAny, quotePlain } from "./json";
import type { LogFormat } from "./log-formats";
import {
  createEnrich,
  type Enrich,
  markedMetadata,
  METADATA_OF_ACCESS_LOG,
  METADATA_OF_EVENT,
  type MetadataJson,
  valueIn,
} from "./metadata";
import { hostOf, pathOf, verbOf } from "./moesif-event";
import { toIso, WEBSOCKET } from "./normalise";
import type { Redaction } from "./redact";
import { multiplied } from "./sampling/sampler";
import { isEnriched, type TransformerSettings } from "./settings";

/**
 * Encodes in the framing that the record came in; objects that were run together are separated by newlines.
 *
 * @param texts the JSON of each object that is delivered
 */
export function encode({ framing }: Pick<Documents, "framing">, texts: readonly string[]): string {
  return recordData(framing === "array" ? `[${texts.join()}]` : texts.join("\n"));
}

// Writes a call that is sent, in the output of the settings.

/** Moesif calls an event late that is older: alerts and billing may not see it. */
const LATE_MS = 5 * 60 * 1000;

/**
 * The JSON of a call; `undefined` if nothing changed.
 *
 * @param now milliseconds since the epoch
 * @param quote how texts of this record are written
 */
export type Write = (call: Call, now: number, quote: Quote) => string | undefined;

/** Prepares the writing for these settings. */
export function createWrite(settings: TransformerSettings, redaction: Redaction): Write {
  const enriched = isEnriched(settings);
  const enrich = createEnrich(settings, redaction);
  return (call, now, quote) => {
    if (call.weight !== 1) {
      call.log.weight = multiplied(call.before.weight, call.weight);
      // A text becomes a number.
      call.changedBeyondIdentity ||= call.before.weight !== undefined;
    }
    if (call.isEvent) {
      return writeGivenEvent(call);
    }
    const late = now - call.time > LATE_MS;
    if (settings.output === "event") {
      return writeEvent(call, late, quote, enrich);
    }
    return enriched && !call.marked ? writeEnriched(call, late, quote, enrich) : writeBare(call, quote);
  };
}

// Writes calls in Moesif's access-log keys, as its address for API Gateway access logs takes them.

/** Writes an access log with what enrichment adds. */
function writeEnriched(call: Call, late: boolean, quote: Quote, enrich: Enrich): string {
  const { log, before } = call;
  const metadata = enrich.metadataOf(log, quote);
  // Moesif gets an id that no caller may choose, and the caller's own as metadata, unless it was redacted.
  if (log.requestId === before.requestId && !isAbsent(before.requestId)) {
    metadata.add("requestId", before.requestId!);
  }
  log.requestId = call.dedupeId;
  if (late) {
    metadata.add("late", true);
  }
  addDerived(log, metadata);
  return `${appendJson(writeKeys(call, quote), "metadata", metadata.close(), quote)}}`;
}

/** Writes an access log to which nothing is added; `undefined` if nothing changed. */
function writeBare(call: Call, quote: Quote): string | undefined {
  const { log, changed, byChance } = call;
  if (!changed && !byChance) {
    return undefined;
  }
  const metadata = byChance ? markedMetadata(log.metadata) : log.metadata;
  const json = writeKeys(call, quote);
  return `${metadata === undefined ? json : appendJson(json, "metadata", JSON.stringify(metadata), quote)}}`;
}

const QUOTE = '"';

/** Whether a key may change in a log of which the other steps have changed nothing. */
function mayChange(key: string): key is keyof Call["before"] {
  return key === "requestId" || key === "user" || key === "companyId" || key === "weight";
}

/** Adds to metadata what the log says of how the call went. */
function addDerived(log: AccessLog, metadata: MetadataJson): void {
  for (const key in log) {
    const place = METADATA_OF_ACCESS_LOG.get(key);
    const value = log[key];
    const shown = place === undefined || value === undefined ? undefined : valueIn(place, value);
    if (shown !== undefined) {
      metadata.add(place!.name, shown);
    }
  }
}

/** Every key but those that are written elsewhere; not closed. */
function writeKeys(call: Call, quote: Quote): string {
  const { source, changedBeyondIdentity } = call;
  const isEdited = source.format !== undefined && !changedBeyondIdentity && quote === quotePlain;
  return isEdited ? edit(call, source.text, source.format) : writeAnew(call, quote);
}

/**
 * The text that a log was parsed from, with the few values that changed. Most logs are written like this: it is several
 * times quicker than to write all of them again. In a text of a known format, a key with its quotes stands once.
 */
function edit({ log, before }: Call, text: string, { colon, close }: LogFormat): string {
  let added = "{";
  let json = "";
  let from = 0;
  // The keys of an object come in the order of its text, and so do the edits.
  for (const key in log) {
    const was = mayChange(key) ? before[key] : log[key];
    const is = log[key];
    if (is === was || is === undefined) {
      continue;
    }
    if (typeof was === "string" && typeof is === "string") {
      const start = startOfValue(text, key, colon);
      json += text.slice(from, start) + is;
      from = start + was.length;
    } else {
      added = appendMember(added, key, is, quotePlain);
    }
  }
  return `${json}${text.slice(from, -close.length)}${added === "{" ? "" : `,${added.slice(1)}`}`;
}

/** A short text is found several times quicker than one of eight characters or more: so the quotes are checked later. */
function startOfValue(text: string, key: string, colon: string): number {
  const between = QUOTE + colon + QUOTE;
  let at = text.indexOf(key);
  while (text[at - 1] !== QUOTE || !text.startsWith(between, at + key.length)) {
    at = text.indexOf(key, at + 1);
  }
  return at + key.length + between.length;
}

function writeAnew({ log }: Call, quote: Quote): string {
  let json = "{";
  for (const key in log) {
    const value = log[key];
    if (value !== undefined && key !== "metadata") {
      json = appendMember(json, key, value, quote);
    }
  }
  return json;
}

// Writes calls as objects in Moesif's event model.
// https://www.moesif.com/docs/api#log-an-event

const DIGITS = /^\s*\d{1,15}(?:\.\d+)?\s*$/;
const STATUS = /^\s*[1-9]\d\d(?:\.0+)?\s*$/;
/** A day: what is longer is no duration of a call. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/** Writes an object that came as an event; `undefined` if nothing changed. */
function writeGivenEvent({ log, changed, byChance }: Call): string | undefined {
  if (byChance) {
    return JSON.stringify({ ...log, metadata: markedMetadata(log.metadata) });
  }
  return changed ? JSON.stringify(log) : undefined;
}

/** Writes an access log as an event. */
function writeEvent(call: Call, late: boolean, quote: Quote, enrich: Enrich): string {
  const { log } = call;
  const json =
    `{"request":${requestOf(call, quote, enrich)}${responseOf(call)}` +
    optional(',"user_id":"', textOf(log.user), quote) +
    optional(',"company_id":"', textOf(log.companyId), quote) +
    optional(',"subscription_id":"', textOf(log.subscriptionId), quote) +
    optional(',"session_token":"', textOf(log.sessionToken), quote) +
    optional(',"trace_id":"', textOf(log.xrayTraceId), quote) +
    `,"transaction_id":"${transactionId(call)}","direction":"Incoming"`;
  // Anything but a positive whole number is a user's own key of this name.
  const own = multiplied(log.weight, 1);
  const weight = own === 1 ? "" : `,"weight":${own}`;
  return `${json}${weight},"metadata":${metadataOf(call, late, quote, enrich)}}`;
}

function requestOf({ log, time }: Call, quote: Quote, enrich: Enrich): string {
  const host = textOf(log.requestHostHeader);
  // API Gateway speaks nothing but TLS.
  const scheme = log.protocol === WEBSOCKET ? "wss://" : "https://";
  const uri = scheme + hostOf(host) + pathOf(textOf(log.resourcePath) ?? "/");
  const headers =
    optional(',"Host":"', host, quote) +
    optional(',"User-Agent":"', textOf(log.requestUserAgentHeader), quote) +
    optional(',"X-Forwarded-For":"', textOf(log.forwardedFor), quote) +
    optional(',"Content-Type":"', textOf(log.contentType), quote);
  return (
    optional(`{"time":"${toIso(time)}","uri":"`, uri, quote) +
    optional(',"verb":"', verbOf(log.httpMethod), quote) +
    `,"headers":{${headers.slice(1)}}` +
    optional(',"ip_address":"', textOf(log.ip), quote) +
    optional(',"api_version":"', enrich.versionOf(log), quoteAny) +
    "}"
  );
}

/** Moesif takes an event without a response, as one that timed out: so without a status there is none. */
function responseOf({ log, time }: Call): string {
  const { status, durationMs, responseLength } = log;
  if (typeof status !== "string" || !STATUS.test(status)) {
    return "";
  }
  const end = isNumber(durationMs) ? time + Math.min(Number(durationMs), LONGEST_MS) : time;
  const headers = isNumber(responseLength) ? `{"Content-Length":"${Math.floor(Number(responseLength))}"}` : "{}";
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

/** As API Gateway writes it, or with white space or a fraction. */
function isNumber(value: unknown): value is string {
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
