/** From the data of a Firehose record to its access-log objects: base64, UTF-8, JSON. */
import { isUtf8 } from "node:buffer";
import type { AccessLog } from "./access-log";
import { parseDocuments } from "./parse-documents";
import { failed, type Failed } from "./outcome";
import { scratch } from "./scratch";

/** How the objects lie in the record; the answer uses the same kind. */
export type Framing = "single" | "lines" | "array";

/** The access-log objects of one record; none if the record is empty. */
export interface Decoded {
  readonly framing: Framing;
  readonly logs: readonly AccessLog[];
}

/**
 * Decodes the data of one Firehose record: one JSON object, several (run together or newline-separated), or an array
 * of objects. API Gateway puts nothing between the records it writes, and each arrives alone; several in one record
 * come from other producers.
 */
export function decode(data: unknown): Decoded | Failed {
  const text = toText(data);
  if (typeof text !== "string") {
    return text;
  }
  try {
    return frame(JSON.parse(text));
  } catch {
    // Not one document. The message of this error quotes the record: it must not go anywhere.
  }
  const logs = parseDocuments(text);
  return logs === undefined ? failed("not-json") : { framing: "lines", logs };
}

function frame(value: unknown): Decoded | Failed {
  if (Array.isArray(value)) {
    return value.every(isObject) ? { framing: "array", logs: value } : failed("not-an-object");
  }
  return isObject(value) ? { framing: "single", logs: [value] } : failed("not-an-object");
}

function isObject(value: unknown): value is AccessLog {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toText(data: unknown): string | Failed {
  if (typeof data !== "string") {
    return failed("not-base64");
  }
  const bytes = scratch(data.length);
  const length = bytes.write(data, "base64");
  if (!isStrictBase64(data, length)) {
    return failed("not-base64");
  }
  // Node.js puts U+FFFD in the place of invalid bytes: only a text that holds one needs a second look.
  const text = bytes.toString("utf8", 0, length);
  if (text.includes("\uFFFD") && !isUtf8(bytes.subarray(0, length))) {
    return failed("not-utf8");
  }
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
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
