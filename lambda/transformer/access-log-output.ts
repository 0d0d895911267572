/** Writes calls in Moesif's access-log keys, as its address for API Gateway access logs takes them. */
import { type AccessLog, isAbsent } from "./access-log";
import type { Call } from "./call";
import type { Enrich } from "./enrich";
import { appendJson, appendMember, type Quote, quotePlain } from "./json-writer";
import type { MetadataJson } from "./metadata-json";
import { markedMetadata } from "./own-metadata";
import { METADATA_OF_ACCESS_LOG, valueIn } from "./places";

/** Writes an access log with what enrichment adds. */
export function writeEnriched(call: Call, late: boolean, quote: Quote, enrich: Enrich): string {
  const { log, before, source, changedBeyondIdentity } = call;
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
  const isEdited = source.compact && !changedBeyondIdentity && quote === quotePlain;
  const json = isEdited ? edit(call) : writeKeys(call, quote);
  return `${appendJson(json, "metadata", metadata.close(), quote)}}`;
}

/** Writes an access log to which nothing is added; `undefined` if nothing changed. */
export function writeBare(call: Call, quote: Quote): string | undefined {
  const { log, changed, byChance } = call;
  if (!changed && !byChance) {
    return undefined;
  }
  const metadata = byChance ? markedMetadata(log.metadata) : log.metadata;
  const json = writeKeys(call, quote);
  return `${metadata === undefined ? json : appendJson(json, "metadata", JSON.stringify(metadata), quote)}}`;
}

const QUOTE = '"';
/** What stands between a key and its text. */
const VALUE_OF = '":"';

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

/**
 * The text that a log was parsed from, with the few values that changed, and not closed. Most logs are written like this:
 * it is several times quicker than to write all of them anew. In a compact text, a key with its quotes stands once.
 */
function edit({ log, before, source: { text } }: Call): string {
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
      const start = startOfValue(text, key);
      json += text.slice(from, start) + is;
      from = start + was.length;
    } else {
      added = appendMember(added, key, is, quotePlain);
    }
  }
  return `${json}${text.slice(from, -1)}${added === "{" ? "" : `,${added.slice(1)}`}`;
}

/** A short text is found several times quicker than one of eight characters or more: so the quotes are looked at later. */
function startOfValue(text: string, key: string): number {
  let at = text.indexOf(key);
  while (text[at - 1] !== QUOTE || !text.startsWith(VALUE_OF, at + key.length)) {
    at = text.indexOf(key, at + 1);
  }
  return at + key.length + VALUE_OF.length;
}

/** Every key but those that are written elsewhere; not closed. */
function writeKeys({ log }: Call, quote: Quote): string {
  let json = "{";
  for (const key in log) {
    const value = log[key];
    if (value !== undefined && key !== "metadata") {
      json = appendMember(json, key, value, quote);
    }
  }
  return json;
}
