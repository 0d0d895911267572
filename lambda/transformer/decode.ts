/** From the data of a Firehose record to its objects, whatever they are wrapped in. */
import type { AccessLog } from "./access-log";
import { type Documents, documentsOf, type Framing } from "./documents";
import { type Dropped, dropped, type Failed, failed } from "./outcome";
import { isUtf8 } from "node:buffer";
import { gunzipSync } from "node:zlib";

/** The objects of one record; none if the record is empty. */
export interface Decoded {
  /** How the objects that are delivered lie in their record. */
  readonly framing: Framing;
  readonly logs: readonly AccessLog[];
  /** The same, by the texts that they stand in: that of the record, or those of an envelope's messages. */
  readonly parts: readonly Documents[];
  /** How many of the objects were repaired. */
  readonly repaired: number;
  /** How many of the objects stand in texts with U+FFFD in the place of bytes that are not UTF-8. */
  readonly replaced: number;
  /** Whether the record can be delivered as it came, if no step changes any of its objects. */
  readonly verbatim: boolean;
}

/** Decodes the data of one Firehose record. */
export function decode(data: unknown): Decoded | Dropped | Failed {
  const source = recordText(data);
  if ("result" in source) {
    return source;
  }
  const documents = documentsOf(source.text);
  if ("result" in documents) {
    return documents;
  }
  const { framing, logs, sound, repaired } = documents;
  if (framing === "single" && isEnvelope(logs[0]!)) {
    return open(logs[0]!, source.valid);
  }
  const replaced = source.valid ? 0 : logs.length;
  return { framing, logs, parts: [documents], repaired, replaced, verbatim: source.plain && sound };
}

/**
 * The objects of an envelope's messages, as lines. If one message is not understood, the whole record is not: Firehose
 * keeps records, not parts of them.
 */
function open(envelope: AccessLog, valid: boolean): Decoded | Dropped | Failed {
  const messages = messagesOf(envelope);
  if ("result" in messages) {
    return messages;
  }
  const logs: AccessLog[] = [];
  const parts: Documents[] = [];
  let repaired = 0;
  let replaced = 0;
  for (const message of messages) {
    const documents = documentsOf(message);
    if ("result" in documents) {
      return documents;
    }
    for (const log of documents.logs) {
      logs.push(log);
    }
    parts.push(documents);
    repaired += documents.repaired;
    replaced += valid || !message.includes(REPLACEMENT) ? 0 : documents.logs.length;
  }
  return { framing: "lines", logs, parts, repaired, replaced, verbatim: false };
}

// The envelope in which CloudWatch Logs hands log events to a subscription: many access logs in one record.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html

/** Whether an object is an envelope: no access log holds a list of log events. */
export function isEnvelope(value: AccessLog): boolean {
  return value.messageType !== undefined && Array.isArray(value.logEvents);
}

/**
 * The messages of an envelope, in order. CloudWatch Logs sends a `CONTROL_MESSAGE` to see whether it can reach the
 * stream: there is nothing in it. Who owns the log group, and what it is called, is not of interest to Moesif.
 */
export function messagesOf(envelope: AccessLog): readonly string[] | Dropped | Failed {
  if (envelope.messageType === "CONTROL_MESSAGE") {
    return dropped("control-message");
  }
  if (envelope.messageType !== "DATA_MESSAGE") {
    return failed("unknown-envelope");
  }
  const messages: string[] = [];
  for (const event of envelope.logEvents as readonly unknown[]) {
    const message = (event as { readonly message?: unknown } | null)?.message;
    if (typeof message !== "string") {
      return failed("unknown-envelope");
    }
    messages.push(message);
  }
  return messages;
}

// The text of a Firehose record: base64, gzip where it is gzip, UTF-8.

/** The text of one record. */
interface RecordText {
  readonly text: string;
  /** Whether the record is this text and nothing else: no gzip, byte order mark or invalid UTF-8. */
  readonly plain: boolean;
  /** Whether the bytes are UTF-8. */
  readonly valid: boolean;
}

/** Stands in the place of bytes that are not UTF-8: a caller can send such bytes in a header, and is to be seen. */
const REPLACEMENT = "\uFFFD";

/** Reads the data of one Firehose record. */
function recordText(data: unknown): RecordText | Failed {
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
  return isAscii(latin1) ? { text: latin1, plain: true, valid: true } : utf8(bytesOf(data), true);
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

function utf8(bytes: Buffer, plain: boolean): RecordText {
  // Node.js replaces invalid bytes: only a text that holds a replacement needs a second look.
  const text = bytes.toString("utf8");
  const valid = !text.includes(REPLACEMENT) || isUtf8(bytes);
  return text.charCodeAt(0) === 0xfeff
    ? { text: text.slice(1), plain: false, valid }
    : { text, plain: plain && valid, valid };
}

/** `atob` skips white space, and takes data without padding: here every four characters must count for three bytes. */
function isStrictBase64(data: string, decodedLength: number): boolean {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return decodedLength === (data.length / 4) * 3 - padding;
}

// Inflates a gzip record, as far as its content could be delivered at all.

/**
 * The most bytes that a record may inflate to: 8 MiB. An answer holds 6 MB of base64, which is 4.5 MiB of JSON; the
 * rest is room for what an envelope adds to its messages. So nothing is refused that could be delivered, and a record
 * that was made to inflate without end costs no more than this.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const INFLATED_LIMIT = 8 * 1024 * 1024;

/** Fewer and larger pieces than Node.js inflates in by default (16 KiB), since access logs shrink to a tenth. */
const PIECE = 128 * 1024;

/** Whether bytes, each as a character, are gzip, by its magic number (RFC 1952): no JSON text begins like this. */
function isGzip(latin1: string): boolean {
  return latin1.startsWith("\x1f\x8b");
}

/** The content of gzip that is whole: Node.js checks its length and checksum, and that nothing stands behind it. */
function inflate(bytes: Buffer): Buffer | Failed {
  try {
    return gunzipSync(bytes, { maxOutputLength: INFLATED_LIMIT, chunkSize: PIECE });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    return failed(tooLarge ? "gzip-too-large" : "bad-gzip");
  }
}

// One buffer that every record is decoded and encoded through, instead of two new buffers for each record.

let buffer = Buffer.allocUnsafeSlow(64 * 1024);

/** A buffer of at least `size` bytes. Its content is valid until the next call: use it up at once. */
function scratch(size: number): Buffer {
  if (buffer.length < size) {
    buffer = Buffer.allocUnsafeSlow(2 * size);
  }
  return buffer;
}
