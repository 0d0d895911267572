/** From the data of a Firehose record to its objects, whatever they are wrapped in. */
import type { AccessLog } from "./access-log";
import { type Documents, documentsOf, type Framing } from "./documents";
import { isEnvelope, messagesOf } from "./envelope";
import type { Dropped, Failed } from "./outcome";
import { recordText } from "./record-text";

/** The objects of one record; none if the record is empty. */
export interface Decoded {
  /** How the objects that are delivered lie in their record. */
  readonly framing: Framing;
  readonly logs: readonly AccessLog[];
  /** The same, by the texts that they stand in: that of the record, or those of an envelope's messages. */
  readonly parts: readonly Documents[];
  /** How many of the objects were repaired. */
  readonly repaired: number;
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
    return open(logs[0]!);
  }
  return { framing, logs, parts: [documents], repaired, verbatim: source.plain && sound };
}

/**
 * The objects of an envelope's messages, as lines. If one message is not understood, the whole record is not: Firehose
 * keeps records, not parts of them.
 */
function open(envelope: AccessLog): Decoded | Dropped | Failed {
  const messages = messagesOf(envelope);
  if ("result" in messages) {
    return messages;
  }
  const logs: AccessLog[] = [];
  const parts: Documents[] = [];
  let repaired = 0;
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
  }
  return { framing: "lines", logs, parts, repaired, verbatim: false };
}
