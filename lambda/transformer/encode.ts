/** From the texts of objects to the data of a Firehose record. */
import type { Documents } from "./documents";
import { objectTexts } from "./json-text";
import { recordData } from "./record-text";

/**
 * Encodes in the framing that the record came in; objects that were run together are separated by newlines.
 *
 * @param texts the JSON of each object that is delivered
 */
export function encode({ framing }: Pick<Documents, "framing">, texts: readonly string[]): string {
  return recordData(framing === "array" ? `[${texts.join()}]` : texts.join("\n"));
}

/** The text of each object as it came. */
export function textsOf({ logs, text }: Documents): readonly string[] {
  return logs.length === 1 && text.charCodeAt(0) === 0x7b && text.endsWith("}") ? [text] : objectTexts(text);
}
