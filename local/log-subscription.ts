/**
 * A stand-in for the subscription by which CloudWatch Logs carries a log group to the delivery stream: many log events
 * in one record, as JSON in gzip (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html).
 */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { SubscriptionDescription } from "./synthesized-stack";

const gzipAsync = promisify(gzip);

/**
 * AWS does not say how much CloudWatch Logs packs into a record. It is taken to be what a caller may put into the log
 * group at once (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html).
 */
export const ENVELOPE_BYTES = 1_048_576;
export const ENVELOPE_EVENTS = 10_000;
const BYTES_BESIDE_MESSAGE = 26;

interface LogEvent {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

/** Where the events come from. */
type Source = Omit<SubscriptionDescription, "filter"> & { readonly filters: readonly string[] };

/** CloudWatch Logs asks whether the stream can be reached, in a message that carries no log. */
const NOWHERE: Source = { owner: "CloudwatchLogs", logGroup: "", filters: [] };
const HEALTH_CHECK = "CWL CONTROL MESSAGE: Checking health of destination Firehose.";

/**
 * The records that a subscription puts on the stream: first a control message, then the messages of the log group, in
 * order, as many to a record as go into it.
 *
 * @param messages - Of the log group.
 * @param now - Milliseconds since the epoch.
 */
export async function* envelopesOf(
  messages: AsyncIterable<Buffer>,
  subscription: SubscriptionDescription,
  now: () => number,
): AsyncGenerator<Buffer> {
  yield pack("CONTROL_MESSAGE", NOWHERE, "", [{ id: "", timestamp: now(), message: HEALTH_CHECK }]);
  const source: Source = { ...subscription, filters: [subscription.filter] };
  const stream = `${subscription.owner}_access-logs`;
  let sequence = 0;
  let events: LogEvent[] = [];
  let bytes = 0;
  for await (const message of messages) {
    const size = message.length + BYTES_BESIDE_MESSAGE;
    if (events.length === ENVELOPE_EVENTS || (events.length > 0 && bytes + size > ENVELOPE_BYTES)) {
      yield pack("DATA_MESSAGE", source, stream, events);
      events = [];
      bytes = 0;
    }
    const id = String(++sequence).padStart(56, "0");
    events.push({ id, timestamp: now(), message: message.toString("utf8") });
    bytes += size;
  }
  if (events.length > 0) yield pack("DATA_MESSAGE", source, stream, events);
}

function pack(
  messageType: "CONTROL_MESSAGE" | "DATA_MESSAGE",
  { owner, logGroup, filters }: Source,
  logStream: string,
  logEvents: readonly LogEvent[],
): Promise<Buffer> {
  const envelope = { messageType, owner, logGroup, logStream, subscriptionFilters: filters, logEvents };
  return gzipAsync(JSON.stringify(envelope));
}
