/**
 * Keeps the answer within what AWS Lambda can return, beyond which the whole batch would be lost to `processing-failed`,
 * and each record of it within what Firehose sends to an HTTP endpoint.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html#requestformat
 */
import type { FirehoseRecord, RecordAnswer } from "./firehose";
import { dropped, failed, type Outcome } from "./outcome";
import { RECORD_LIMIT } from "./put-batches";

/** 6 MB for the answer of a synchronous invocation, less a margin for what the runtime may add around it. */
export const ANSWER_LIMIT = 6_291_456 - 65_536;

/**
 * Characters of a record's base64 in a request to the endpoint. An envelope of CloudWatch Logs can hold more, since it
 * comes compressed.
 */
export const DATA_LIMIT = 4 * Math.ceil(RECORD_LIMIT / 3);

const FRAME = Buffer.byteLength('{"records":[]}');
const ENTRY = Buffer.byteLength(JSON.stringify({ recordId: "", result: "ProcessingFailed" })) + 1;
const DATA = Buffer.byteLength(',"data":""');

/** Puts the data of records back on the stream; says of each whether all of it is there. */
export type PutBack = (datas: readonly string[]) => Promise<readonly boolean[]>;

/**
 * Puts records back on the stream that do not fit, so that a later batch delivers them: to Firehose they are dropped. One
 * that cannot be put back fails, and Firehose keeps its original.
 */
export async function fitAnswer(
  records: readonly FirehoseRecord[],
  outcomes: readonly Outcome[],
  putBack: PutBack,
  limit = ANSWER_LIMIT,
): Promise<readonly Outcome[]> {
  const excess = excessOf(records, outcomes, limit);
  if (excess.length === 0) {
    return outcomes;
  }
  const putBacks = await putBack(excess.map((index) => (outcomes[index] as { data: string }).data));
  const fitted = [...outcomes];
  excess.forEach((index, position) => {
    const { events } = outcomes[index]!;
    fitted[index] = putBacks[position] ? dropped("put-back", events) : failed("answer-too-large", events);
  });
  return fitted;
}

/** Which records do not fit. In order: one that does not may be followed by smaller ones that do. */
function excessOf(records: readonly FirehoseRecord[], outcomes: readonly Outcome[], limit: number): number[] {
  if (!outcomes.some(isOversized) && sizeOf(records, outcomes, (recordId) => 6 * recordId.length) <= limit) {
    return [];
  }
  const excess: number[] = [];
  let bytes = sizeOf(records, [], (recordId) => Buffer.byteLength(JSON.stringify(recordId)) - 2);
  outcomes.forEach((outcome, index) => {
    if (outcome.result !== "Ok") {
      return;
    }
    const size = DATA + outcome.data.length;
    if (isOversized(outcome) || bytes + size > limit) {
      excess.push(index);
    } else {
      bytes += size;
    }
  });
  return excess;
}

function isOversized(outcome: Outcome): boolean {
  return outcome.result === "Ok" && outcome.data.length > DATA_LIMIT;
}

/** The bytes of an answer. JSON writes a character as six bytes at most: a bound that nearly every batch keeps. */
function sizeOf(
  records: readonly FirehoseRecord[],
  outcomes: readonly Outcome[],
  idSize: (recordId: string) => number,
): number {
  let size = FRAME;
  for (const { recordId } of records) {
    size += ENTRY + idSize(recordId);
  }
  for (const outcome of outcomes) {
    size += outcome.result === "Ok" ? DATA + outcome.data.length : 0;
  }
  return size;
}

/** What Firehose is told of one record: the reason stays with us. */
export function answerOf({ recordId }: FirehoseRecord, outcome: Outcome): RecordAnswer {
  return outcome.result === "Ok"
    ? { recordId, result: "Ok", data: outcome.data }
    : { recordId, result: outcome.result };
}
