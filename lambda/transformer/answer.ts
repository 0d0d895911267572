/**
 * Keeps the answer within what AWS Lambda can return: beyond it, the whole batch would be lost to `processing-failed`.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
import type { FirehoseRecord, RecordAnswer } from "./firehose";
import { failed, type Outcome } from "./outcome";

/** 6 MB for the answer of a synchronous invocation, less a margin for what the runtime may add around it. */
export const ANSWER_LIMIT = 6_291_456 - 65_536;

const FRAME = Buffer.byteLength('{"records":[]}');
const ENTRY = Buffer.byteLength(JSON.stringify({ recordId: "", result: "ProcessingFailed" })) + 1;
const DATA = Buffer.byteLength(',"data":""');

/**
 * Turns records that do not fit into failed ones: Firehose then keeps their originals, and the rest is delivered. In
 * order: a record that does not fit may be followed by smaller ones that do.
 */
export function fitAnswer(
  records: readonly FirehoseRecord[],
  outcomes: readonly Outcome[],
  limit = ANSWER_LIMIT,
): readonly Outcome[] {
  if (sizeOf(records, outcomes, (recordId) => 6 * recordId.length) <= limit) {
    return outcomes;
  }
  let bytes = sizeOf(records, [], (recordId) => Buffer.byteLength(JSON.stringify(recordId)) - 2);
  return outcomes.map((outcome) => {
    if (outcome.result !== "Ok") {
      return outcome;
    }
    const size = DATA + outcome.data.length;
    if (bytes + size > limit) {
      return failed("answer-too-large");
    }
    bytes += size;
    return outcome;
  });
}

/** The bytes of an answer. JSON writes a character as six bytes at most: a bound that nearly every batch keeps. */
function sizeOf(
  records: readonly FirehoseRecord[],
  outcomes: readonly Outcome[],
  idSize: (recordId: string) => number,
): number {
  const ids = records.reduce((sum, { recordId }) => sum + ENTRY + idSize(recordId), FRAME);
  return outcomes.reduce((sum, outcome) => sum + (outcome.result === "Ok" ? DATA + outcome.data.length : 0), ids);
}

/** What Firehose is told of one record: the reason stays with us. */
export function answerOf({ recordId }: FirehoseRecord, outcome: Outcome): RecordAnswer {
  return outcome.result === "Ok"
    ? { recordId, result: "Ok", data: outcome.data }
    : { recordId, result: outcome.result };
}
