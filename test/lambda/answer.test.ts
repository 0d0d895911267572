import * as fc from "fast-check";
import { ANSWER_LIMIT, answerOf, fitAnswer } from "../../lambda/transformer/answer";
import { failed, type Outcome } from "../../lambda/transformer/outcome";
import { recordsOf } from "./support";

function ok(length: number): Outcome {
  return { result: "Ok", data: "A".repeat(length) };
}

describe("fitAnswer", () => {
  it("fails the records that would not fit, in order, and lets smaller ones behind them through", () => {
    const dropped: Outcome = { result: "Dropped", reason: "empty" };
    const outcomes = [ok(2_000_000), ok(4_000_000), ok(4_000_000), dropped, ok(100)];
    expect(fitAnswer(recordsOf(outcomes), outcomes)).toEqual([
      outcomes[0],
      outcomes[1],
      failed("answer-too-large"),
      outcomes[3],
      outcomes[4],
    ]);
  });

  it("lets an answer through whole that just fits, and fails a record where one byte is missing", () => {
    const outcomes = [ok(400), failed("not-json"), ok(400)];
    const records = recordsOf(outcomes);
    const answer = { records: records.map((record, index) => answerOf(record, outcomes[index]!)) };
    // The guard counts each record as if it had the longest result and a comma: "Ok" is 14 characters shorter.
    const size = JSON.stringify(answer).length + 2 * 14 + 1;
    expect(fitAnswer(records, outcomes, size)).toEqual(outcomes);
    expect(fitAnswer(records, outcomes, size - 1)[2]).toEqual(failed("answer-too-large"));
  });

  it("never lets an answer exceed the limit, whatever the record ids", () => {
    const entry = fc.tuple(fc.string({ unit: "binary", maxLength: 20 }), fc.nat(300));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), fc.integer({ min: 3_500, max: 6_000 }), (entries, limit) => {
        const records = entries.map(([recordId]) => ({ recordId, approximateArrivalTimestamp: 0, data: "" }));
        const fitted = fitAnswer(
          records,
          entries.map(([, length]) => ok(length)),
          limit,
        );
        const answer = { records: records.map((record, index) => answerOf(record, fitted[index]!)) };
        expect(fitted).toHaveLength(records.length);
        expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it("keeps a margin below the 6 MB of AWS Lambda", () => {
    expect(ANSWER_LIMIT).toBeLessThan(6 * 1024 * 1024);
    expect(ANSWER_LIMIT).toBeGreaterThan(6_000_000);
  });
});
