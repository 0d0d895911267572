/** From the data of a Firehose record to its objects, whatever they are wrapped in. */
import { type AccessLog, isObject, REQUIRED_KEYS } from "./access-log";
import { type Bad, type Documents, documentsOf, type Framing, parse } from "./documents";
import { skipSpace } from "./json";
import { type Dropped, dropped, type Failed, failed } from "./outcome";
import { isUtf8 } from "node:buffer";
import type * as Zlib from "node:zlib";

/** The objects of one record; none if the record is empty. */
export interface Decoded {
  /** How the objects that are delivered lie in their record. */
  readonly framing: Framing;
  /** The objects by the texts that they stand in: that of the record, or those of an envelope's messages. */
  readonly parts: readonly Documents[];
  /** What of the record is not understood: it cannot be delivered with the others. */
  readonly bad: readonly Bad[];
  /** How many of the objects were repaired. */
  readonly repaired: number;
  /** How many of the objects stand in texts with U+FFFD in the place of bytes that are not UTF-8. */
  readonly replaced: number;
  /** Whether the record can be delivered as it came, if no step changes any of its objects. */
  readonly verbatim: boolean;
  /** How many bytes it was inflated to; 0 for what was not compressed. */
  readonly inflated: number;
  /** An envelope with this text as its one message. */
  readonly wrap?: (text: string) => Buffer;
}

/**
 * Decodes the data of one Firehose record.
 *
 * @param limit the most bytes that it may inflate to
 */
export function decode(data: unknown, limit = INFLATED_LIMIT): Decoded | Dropped | Failed {
  const source = recordText(data, limit);
  if ("result" in source) {
    return source;
  }
  const { text, inflated, plain, valid } = source;
  // What did not come compressed is no envelope: a value of an access log can spell one.
  const envelope = inflated > 0 ? envelopeIn(text) : undefined;
  if (envelope !== undefined) {
    return "result" in envelope ? envelope : open(envelope, source);
  }
  const documents = documentsOf(text);
  if ("result" in documents) {
    return documents;
  }
  const { framing, logs, bad, intact, repaired } = documents;
  const replaced = valid ? 0 : logs.length;
  return { framing, parts: [documents], bad, repaired, replaced, verbatim: plain && intact, inflated };
}

/** The objects of an envelope's messages, as lines. */
function open(envelope: Envelope, { valid, inflated }: RecordText): Decoded | Dropped | Failed {
  const { messageType, logEvents } = envelope;
  // CloudWatch Logs checks whether it can reach the stream: the message has no events.
  if (messageType === "CONTROL_MESSAGE") {
    return dropped("control-message");
  }
  if (messageType !== "DATA_MESSAGE") {
    return failed("unknown-envelope");
  }
  const parts: Documents[] = [];
  const bad: Bad[] = [];
  let repaired = 0;
  let replaced = 0;
  for (const { message } of logEvents) {
    const documents = documentsOf(message);
    if ("result" in documents) {
      bad.push({ text: message, reason: documents.reason });
    } else {
      parts.push(documents);
      repaired += documents.repaired;
      replaced += valid || !message.includes(REPLACEMENT) ? 0 : documents.logs.length;
      for (const one of documents.bad) {
        bad.push(one);
      }
    }
  }
  const wrap = (message: string) => {
    const event = logEvents.find((one) => one.message === message);
    return zlib().gzipSync(JSON.stringify({ ...envelope, logEvents: [{ ...(event ?? logEvents[0]), message }] }));
  };
  return { framing: "lines", parts, bad, repaired, replaced, verbatim: false, inflated, wrap };
}

// The envelope in which CloudWatch Logs hands log events to a subscription: many access logs in one record. Who owns the
// log group, and what it is called, is not of interest to Moesif.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html

/** An envelope. */
interface Envelope {
  readonly messageType: string;
  readonly logEvents: readonly { readonly message: string }[];
}

/** The envelope that a text is; a failure if it lacks what CloudWatch Logs writes into each. */
export function envelopeIn(text: string): Envelope | Failed | undefined {
  const value = text.charCodeAt(skipSpace(text, 0)) === 0x7b ? parse(text) : undefined;
  if (!isObject(value) || value.messageType === undefined || !Array.isArray(value.logEvents)) {
    return undefined;
  }
  if (REQUIRED_KEYS.some((key) => value[key] !== undefined)) {
    // An access log that another producer has compressed.
    return undefined;
  }
  return isEnvelope(value) ? (value as unknown as Envelope) : failed("unknown-envelope");
}

function isEnvelope({ messageType, owner, logGroup, logStream, subscriptionFilters, logEvents }: AccessLog): boolean {
  return (
    [messageType, owner, logGroup, logStream].every((text) => typeof text === "string") &&
    Array.isArray(subscriptionFilters) &&
    subscriptionFilters.every((filter) => typeof filter === "string") &&
    (logEvents as readonly unknown[]).every(isLogEvent)
  );
}

function isLogEvent(event: unknown): boolean {
  const { id, timestamp, message } = (event ?? {}) as Readonly<Record<string, unknown>>;
  return typeof id === "string" && typeof timestamp === "number" && typeof message === "string";
}

// The text of a Firehose record: base64, gzip where it is gzip, UTF-8.

/** The text of one record. */
interface RecordText {
  readonly text: string;
  /** Whether the record is this text and nothing else: no gzip, byte order mark or invalid UTF-8. */
  readonly plain: boolean;
  /** Whether the bytes are UTF-8. */
  readonly valid: boolean;
  /** How many bytes it was inflated to; 0 for what was not compressed. */
  readonly inflated: number;
}

/** Stands in the place of bytes that are not UTF-8: a caller can send such bytes in a header, and is to be seen. */
const REPLACEMENT = "\uFFFD";

/** Reads the data of one Firehose record. */
function recordText(data: unknown, limit: number): RecordText | Failed {
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
  if (isGzip(data)) {
    const inflated = inflate(bytesOf(data), limit);
    return "result" in inflated ? inflated : utf8(inflated, true);
  }
  // Most access logs are ASCII, of which every byte is a character: nothing is left to decode.
  return isAscii(latin1) ? { text: latin1, plain: true, valid: true, inflated: 0 } : utf8(bytesOf(data), false);
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

/** Only an ASCII character takes one byte in UTF-8. Counting bytes is much quicker than to read each character. */
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function bytesOf(data: string): Buffer {
  const bytes = scratch(data.length);
  return bytes.subarray(0, bytes.write(data, "base64"));
}

function utf8(bytes: Buffer, compressed: boolean): RecordText {
  // Node.js replaces invalid bytes: only a text that holds a replacement is checked.
  const text = bytes.toString("utf8");
  const valid = !text.includes(REPLACEMENT) || isUtf8(bytes);
  const marked = text.charCodeAt(0) === 0xfeff;
  const inflated = compressed ? bytes.length : 0;
  return { text: marked ? text.slice(1) : text, plain: !compressed && !marked && valid, valid, inflated };
}

/** `atob` skips white space, and takes data without padding: here every four characters must count for three bytes. */
function isStrictBase64(data: string, decodedLength: number): boolean {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return decodedLength === (data.length / 4) * 3 - padding;
}

// Inflates a gzip record, as far as its content could be delivered at all.

/**
 * The most bytes that a record may inflate to: 8 MiB. An answer holds less than 4.5 MiB of JSON; of an envelope that is
 * larger, the parts come one by one.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const INFLATED_LIMIT = 8 * 1024 * 1024;

/** Fewer and larger pieces than Node.js inflates in by default (16 KiB), since access logs shrink to a tenth. */
const PIECE = 128 * 1024;

/** Whether data is gzip, by the first of its base64: the magic number of RFC 1952. No JSON text begins like this. */
export function isGzip(data: unknown): data is string {
  return typeof data === "string" && data.startsWith("H4s");
}

/** Loaded by the first record that needs it: it takes a third of what an empty function takes to start. */
export function zlib(): typeof Zlib {
  return process.getBuiltinModule("node:zlib");
}

/** The content of gzip that is whole: Node.js checks its length and checksum, and that nothing stands behind it. */
function inflate(bytes: Buffer, limit: number): Buffer | Failed {
  try {
    return zlib().gunzipSync(bytes, { maxOutputLength: limit, chunkSize: PIECE });
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
