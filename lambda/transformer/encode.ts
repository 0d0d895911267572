/** From access-log objects to the data of a Firehose record: JSON, UTF-8, base64. */
import type { AccessLog } from "./access-log";
import type { Documents } from "./documents";
import { hasDuplicateKeys } from "./duplicate-keys";
import { objectTexts } from "./json-text";
import { scratch } from "./scratch";

/**
 * Encodes in the framing that the record came in; objects that were run together are separated by newlines.
 *
 * @param untouched those of the objects that no step changed: their texts are kept byte for byte
 */
export function encode(documents: Documents, untouched: readonly AccessLog[] = []): string {
  const text = untouched.length === 0 ? written(documents) : kept(documents, new Set(untouched));
  // UTF-8 needs at most three bytes for each UTF-16 code unit.
  const bytes = scratch(3 * text.length);
  return bytes.toString("base64", 0, bytes.write(text, "utf8"));
}

function written({ framing, logs }: Documents): string {
  switch (framing) {
    case "single":
      return JSON.stringify(logs[0]);
    case "lines":
      return logs.map((log) => JSON.stringify(log)).join("\n");
    case "array":
      return JSON.stringify(logs);
  }
}

/** An object with a key twice is written anew all the same: no rule has seen the value that does not count. */
function kept({ framing, logs, text }: Documents, untouched: ReadonlySet<AccessLog>): string {
  const before = objectTexts(text);
  const texts = logs.map((log, index) => {
    const own = before[index]!;
    return untouched.has(log) && !hasDuplicateKeys(own, log) ? own : JSON.stringify(log);
  });
  return framing === "array" ? `[${texts.join()}]` : texts.join("\n");
}
