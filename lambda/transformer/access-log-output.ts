/** Writes calls in Moesif's access-log keys, as its address for API Gateway access logs takes them. */
import { type AccessLog, isAbsent, REQUIRED_KEYS } from "./access-log";
import type { Call } from "./call";
import type { Enrich } from "./enrich";
import { appendJson, appendMember, type Quote } from "./json-writer";
import type { MetadataJson } from "./metadata-json";
import { markedMetadata } from "./own-metadata";
import { METADATA_OF_ACCESS_LOG, valueIn } from "./places";

const required: ReadonlySet<string> = new Set(REQUIRED_KEYS);

/** Writes an access log with what enrichment adds. */
export function writeEnriched(call: Call, late: boolean, quote: Quote, enrich: Enrich): string {
  const { log, requestId } = call;
  const metadata = enrich.metadataOf(log, quote);
  // Moesif gets an id that no caller may choose, and the caller's own as metadata, unless it was redacted.
  if (log.requestId === requestId && !isAbsent(requestId)) {
    metadata.add("requestId", requestId!);
  }
  log.requestId = call.dedupeId;
  if (late) {
    metadata.add("late", true);
  }
  const json = writeKeys(log, quote, metadata);
  return `${appendJson(json, "metadata", metadata.close(), quote)}}`;
}

/** Writes an access log to which nothing is added; `undefined` if nothing changed. */
export function writeBare(call: Call, quote: Quote): string | undefined {
  const { log, changed, weight } = call;
  if (!changed && weight === 1) {
    return undefined;
  }
  const metadata = weight === 1 ? log.metadata : markedMetadata(log.metadata);
  const json = writeKeys(log, quote);
  return `${metadata === undefined ? json : appendJson(json, "metadata", JSON.stringify(metadata), quote)}}`;
}

/**
 * Optional keys without a value are left out: Moesif takes `-` for no value as well.
 *
 * @param metadata gets what has its place there
 * @returns an object that is not closed
 */
function writeKeys(log: AccessLog, quote: Quote, metadata?: MetadataJson): string {
  let json = "{";
  for (const key in log) {
    const value = log[key];
    if (
      value === undefined ||
      key === "metadata" ||
      key === "sessionToken" ||
      (isAbsent(value) && !required.has(key))
    ) {
      continue;
    }
    const place = metadata && METADATA_OF_ACCESS_LOG.get(key);
    if (place === undefined) {
      json = appendMember(json, key, value, quote);
    } else {
      metadata!.add(place.name, valueIn(place, value)!);
    }
  }
  return json;
}
