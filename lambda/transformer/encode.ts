/** From access-log objects to the data of a Firehose record: JSON, UTF-8, base64. */
import type { Decoded } from "./decode";
import { scratch } from "./scratch";

/** Encodes in the framing that the record came in; objects that were run together are separated by newlines. */
export function encode(decoded: Decoded): string {
  const text = toText(decoded);
  // UTF-8 needs at most three bytes for each UTF-16 code unit.
  const bytes = scratch(3 * text.length);
  return bytes.toString("base64", 0, bytes.write(text, "utf8"));
}

function toText({ framing, logs }: Decoded): string {
  switch (framing) {
    case "single":
      return JSON.stringify(logs[0]);
    case "lines":
      return logs.map((log) => JSON.stringify(log)).join("\n");
    case "array":
      return JSON.stringify(logs);
  }
}
