/** The steps in their order, for the data of one record. */
import { decode } from "./decode";
import { encode } from "./encode";
import { createEnrich } from "./enrich";
import { createIdentify } from "./identify";
import { normalise } from "./normalise";
import { failed, type Outcome } from "./outcome";
import type { TransformerSettings } from "./settings";

/** Transforms the data of one record. Never throws. */
export type Transform = (data: unknown) => Outcome;

/**
 * Prepares the steps for these settings. A record is delivered as a whole or not at all: if one of its objects is of
 * unknown shape, Firehose keeps the whole record in the backup bucket.
 */
export function createTransform(settings: TransformerSettings): Transform {
  const identify = createIdentify(settings.identity);
  const enrich = createEnrich(settings);

  function run(data: unknown): Outcome {
    const decoded = decode(data);
    if ("result" in decoded) {
      return decoded;
    }
    if (decoded.logs.length === 0) {
      return { result: "Dropped", reason: "empty" };
    }
    for (const log of decoded.logs) {
      if (!normalise(log)) {
        return failed("unknown-shape");
      }
      identify(log);
      enrich(log);
    }
    return { result: "Ok", data: encode(decoded) };
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
