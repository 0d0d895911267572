/** What a record of the stream holds: its own text, or the messages that CloudWatch Logs packed into it. */
import { gunzipSync } from "node:zlib";
import { parseEvents, type LogEvent } from "./events";
import { MIB } from "./stream-record";

/** Beyond this, gzip is no record that anybody made. */
const INFLATED_LIMIT = 64 * MIB;

/** An envelope, as far as it is read (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html). */
interface Envelope {
  readonly messageType: unknown;
  readonly logEvents: readonly unknown[];
}

/** The text of a record, or the messages of its envelope: none of a control message, an empty one where there is none. */
export function textsIn(data: Buffer): string[] {
  const text = inflated(data).toString("utf8");
  const envelope = envelopeIn(text);
  if (!envelope) return [text];
  if (envelope.messageType === "CONTROL_MESSAGE") return [];
  return envelope.logEvents.length === 0 ? [""] : envelope.logEvents.map(messageOf);
}

/** The events of a record. */
export interface RecordEvents {
  /** What is not understood counts as one, and so does a record that holds none, but for a control message. */
  readonly count: number;
  /** Those that are understood. */
  readonly events: readonly LogEvent[];
}

/** Reads the events of a record. */
export function eventsIn(data: Buffer): RecordEvents {
  const read = textsIn(data).map(parseEvents);
  return {
    count: read.reduce((sum, events) => sum + (events?.length ?? 1), 0),
    events: read.flatMap((events) => events ?? []),
  };
}

function inflated(data: Buffer): Buffer {
  if (data[0] !== 0x1f || data[1] !== 0x8b) return data;
  try {
    return gunzipSync(data, { maxOutputLength: INFLATED_LIMIT });
  } catch {
    return data;
  }
}

function envelopeIn(text: string): Envelope | undefined {
  const [event, ...others] = text.includes('"logEvents"') ? (parseEvents(text) ?? []) : [];
  const isEnvelope = others.length === 0 && event?.["messageType"] !== undefined && Array.isArray(event["logEvents"]);
  return isEnvelope ? (event as unknown as Envelope) : undefined;
}

function messageOf(logEvent: unknown): string {
  const { message } = Object(logEvent) as { message?: unknown };
  return typeof message === "string" ? message : "";
}
