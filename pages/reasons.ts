/** What each reason of the transformer means, in a sentence. */
import type { DropReason, FailureReason } from "../lambda/transformer/outcome";

const EXPLANATIONS: Readonly<Record<DropReason | FailureReason, string>> = {
  empty: "The record holds nothing.",
  "control-message": "CloudWatch Logs checks that the stream can be reached.",
  filtered: "A rule of the filter drops it.",
  sampled: "Sampling leaves it out; the weights of others stand for it.",
  "company-limit": "Its company has more calls than sampling.companyLimit.",
  "put-back": "It goes back on the stream, and comes again.",
  "not-base64": "The data of the record is not base64.",
  "bad-gzip": "It begins as gzip and cannot be decompressed.",
  "gzip-too-large": "It is too large when decompressed.",
  "not-json": "It is not JSON.",
  "not-an-object": "It is JSON, and no object.",
  "in-doubt": "A caller may have written a part of it.",
  "unknown-envelope": "It is an envelope of CloudWatch Logs of an unknown type.",
  "unknown-shape": "It has no id, time or status of a call.",
  "unwanted-event": "It is an event, and the output is access logs.",
  "bad-time": "The time of the call cannot be read.",
  "bad-uri": "The URI of the event is not complete.",
  "bad-verb": "The method of the event cannot be read.",
  "bad-headers": "The headers of the event are no texts.",
  "bad-response": "The response of the event is no object.",
  "bad-status": "The status of the event is no whole number.",
  "bad-field": "A field of the event has a wrong type.",
  "too-old": "Moesif takes no call that is older than 30 days.",
  "too-large": "Moesif takes no call of more than 1 MB.",
  "too-deep": "Its values are nested too deeply.",
  "too-slow": "There was no time left to work on it.",
  "answer-too-large": "What is delivered of it is too large for an answer of the function.",
  "batch-too-large": "The batch is too large for an answer of the function.",
  unexpected: "A defect of the transformer.",
};

/** The sentence for a reason; empty for one that is not known. */
export function explanationOf(reason: string): string {
  return Object.hasOwn(EXPLANATIONS, reason) ? EXPLANATIONS[reason as keyof typeof EXPLANATIONS] : "";
}
