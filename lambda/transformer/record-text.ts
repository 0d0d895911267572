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
  let latin1: string;
  try {
    latin1 = atob(data);
  } catch {
    return failed("not-base64");
  }
  if (!isStrictBase64(data, latin1.length)) {
    return failed("not-base64");
  }
  if (isGzip(latin1)) {
    const inflated = inflate(bytesOf(data));
    return "result" in inflated ? inflated : utf8(inflated, false);
  }
  // Most access logs are ASCII, of which every byte is a character: nothing is left to decode.
  return isAscii(latin1) ? { text: latin1, plain: true } : utf8(bytesOf(data), true);
}

/** The data of a Firehose record that holds a text. */
export function recordData(text: string): string {
  if (isAscii(text)) {
    return btoa(text);
  }
  // UTF-8 needs at most three bytes for each UTF-16 code unit.
  const bytes = scratch(3 * text.length);
  return bytes.toString("base64", 0, bytes.write(text, "utf8"));
}

/** UTF-8 takes one byte for an ASCII character alone. Counting bytes is much quicker than a look at each character. */
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function bytesOf(data: string): Buffer {
  const bytes = scratch(data.length);
  return bytes.subarray(0, bytes.write(data, "base64"));
}

function utf8(bytes: Buffer, plain: boolean): RecordText | Failed {
  // Node.js puts U+FFFD in the place of invalid bytes: only a text that holds one needs a second look.
  const text = bytes.toString("utf8");
  if (text.includes("\uFFFD") && !isUtf8(bytes)) {
    return failed("not-utf8");
  }
  return text.charCodeAt(0) === 0xfeff ? { text: text.slice(1), plain: false } : { text, plain };
}

/** `atob` skips white space, and takes data without padding: here every four characters must count for three bytes. */
function isStrictBase64(data: string, decodedLength: number): boolean {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return decodedLength === (data.length / 4) * 3 - padding;
}
