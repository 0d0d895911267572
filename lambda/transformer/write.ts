/** Writes a call that is sent, in the output of the settings. */
import { writeBare, writeEnriched } from "./access-log-output";
import type { Call } from "./call";
import { createEnrich } from "./enrich";
import { writeEvent, writeGivenEvent } from "./event-output";
import type { Quote } from "./json-writer";
import type { Redaction } from "./redact";
import { multiplied } from "./sampling/weight";
import { isEnriched, type TransformerSettings } from "./settings";

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
