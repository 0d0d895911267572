/** The text of a Firehose record: base64, gzip where it is gzip, UTF-8. */
import { isUtf8 } from "node:buffer";
import { inflate, isGzip } from "./inflate";
import { failed, type Failed } from "./outcome";
import { scratch } from "./scratch";

/** The text of one record. */
export interface RecordText {
  readonly text: string;
  /** Whether the record is this text and nothing else: neither gzip nor a byte order mark. */
  readonly plain: boolean;
}

/** Reads the data of one Firehose record. */
export function recordText(data: unknown): RecordText | Failed {
  if (typeof data !== "string") {
    return failed("not-base64");
  }
  const bytes = scratch(data.length);
  const length = bytes.write(data, "base64");
  if (!isStrictBase64(data, length)) {
    return failed("not-base64");
  }
  if (!isGzip(bytes, length)) {
    return utf8(bytes, length, true);
  }
  const inflated = inflate(bytes.subarray(0, length));
  return "result" in inflated ? inflated : utf8(inflated, inflated.length, false);
}

function utf8(bytes: Buffer, length: number, plain: boolean): RecordText | Failed {
  // Node.js puts U+FFFD in the place of invalid bytes: only a text that holds one needs a second look.
  const text = bytes.toString("utf8", 0, length);
  if (text.includes("\uFFFD") && !isUtf8(bytes.subarray(0, length))) {
    return failed("not-utf8");
  }
  return text.charCodeAt(0) === 0xfeff ? { text: text.slice(1), plain: false } : { text, plain };
}

/**
 * Node.js skips what is not base64 instead of refusing it. So every four characters must have counted for three bytes,
 * and none may be of the URL-safe alphabet, which Node.js reads as well, or beyond ASCII, of which it reads the low
 * byte.
 */
function isStrictBase64(data: string, decodedLength: number): boolean {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return (
    decodedLength === (data.length / 4) * 3 - padding &&
    !data.includes("-") &&
    !data.includes("_") &&
    Buffer.byteLength(data) === data.length
  );
}
