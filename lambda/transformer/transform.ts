/** The steps in their order, for the data of one record. */
import { type AccessLog, isAccessLog } from "./access-log";
import { decode, type Decoded } from "./decode";
import { hasDuplicateKeys } from "./duplicate-keys";
import { encode } from "./encode";
import { createEnrich } from "./enrich";
import { createIdentify } from "./identify";
import { normalise } from "./normalise";
import { dropped, failed, type Outcome } from "./outcome";
import { createRedaction } from "./redact";
import type { TransformerSettings } from "./settings";

/** Transforms the data of one record. Never throws. */
export type Transform = (data: unknown) => Outcome;

/**
 * Prepares the steps for these settings. A record is delivered as a whole or not at all: if one of its objects is of
 * unknown shape, Firehose keeps the whole record in the backup bucket.
 */
export function createTransform(settings: TransformerSettings): Transform {
  const redaction = createRedaction(settings.redaction);
  const identify = createIdentify(settings.identity, redaction);
  const enrich = createEnrich(settings, redaction);

  function change(log: AccessLog, mayHoldSecret: boolean): boolean {
    const normalised = normalise(log);
    // First, so that what may not leave is not copied by the steps that follow.
    const redacted = mayHoldSecret && redaction.record(log);
    const identified = identify(log);
    return enrich(log) || identified || redacted || normalised;
  }

  function run(data: unknown): Outcome {
    const decoded = decode(data);
    if ("result" in decoded) {
      return decoded;
    }
    if (decoded.logs.length === 0) {
      return dropped("empty");
    }
    const mayHoldSecret = redaction.concerns(decoded.text);
    const untouched: AccessLog[] = [];
    for (const log of decoded.logs) {
      if (!isAccessLog(log)) {
        return failed("unknown-shape");
      }
      if (!change(log, mayHoldSecret)) {
        untouched.push(log);
      }
    }
    const delivered = isVerbatim(decoded, untouched) ? (data as string) : encode(decoded, untouched);
    return { result: "Ok", data: delivered, ...(decoded.repaired > 0 && { repaired: decoded.repaired }) };
  }

  return (data) => {
    try {
      return run(data);
    } catch (error) {
      // JSON.stringify recurses: on a value that is nested too deeply it runs out of stack.
      return failed(error instanceof RangeError ? "too-deep" : "unexpected");
    }
  };
}

/** Whether a record is delivered byte for byte as it came. */
function isVerbatim({ verbatim, logs, text }: Decoded, untouched: readonly AccessLog[]): boolean {
  return verbatim && untouched.length === logs.length && !hasDuplicateKeys(text, logs);
}
