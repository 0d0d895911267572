/**
 * The envelope in which CloudWatch Logs hands log events to a subscription: many access logs in one record.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
import type { AccessLog } from "./access-log";
import { dropped, type Dropped, failed, type Failed } from "./outcome";

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
