/** An answer that would be too large for AWS Lambda: what does not fit is put back, and what cannot be put back fails. */
import * as fc from "fast-check";
import { ANSWER_LIMIT, answerOf, DATA_LIMIT, fitAnswer, type PutBack } from "../../lambda/transformer/handler";
import { dropped, failed, type Outcome } from "../../lambda/transformer/outcome";
import { recordsOf } from "./support";

function ok(length: number, events = 1): Outcome {
  return { result: "Ok", data: "A".repeat(length), events };
}

const taken: PutBack = (datas) => Promise.resolve(datas.map(() => true));
const refused: PutBack = (datas) => Promise.resolve(datas.map(() => false));

describe("fitAnswer", () => {
  it("puts back the records that would not fit, in order, and lets smaller ones behind them through", async () => {
    const full = Array.from({ length: 5 }, () => ok(1_200_000));
    const behind = [dropped("empty"), ok(100)];
    const outcomes = [...full, ok(1_200_001, 7), ...behind];
    const putBack = jest.fn(taken);
    await expect(fitAnswer(recordsOf(outcomes), outcomes, putBack)).resolves.toEqual([
      ...full,
      dropped("put-back", 7),
      ...behind,
    ]);
    expect(putBack.mock.calls).toEqual([[["A".repeat(1_200_001)]]]);
  });

  it("puts back a record that is larger than Firehose sends, though the answer has room", async () => {
    const outcomes = [ok(DATA_LIMIT), ok(DATA_LIMIT + 4, 3)];
    await expect(fitAnswer(recordsOf(outcomes), outcomes, taken)).resolves.toEqual([
      outcomes[0],
      dropped("put-back", 3),
    ]);
    await expect(fitAnswer(recordsOf(outcomes), outcomes, refused)).resolves.toEqual([
      outcomes[0],
      failed("answer-too-large", 3),
    ]);
    expect(DATA_LIMIT).toBe(1_365_336);
  });

  it("fails a record that cannot be put back, so that Firehose keeps it", async () => {
    const fitting = [ok(1_300_000), ok(1_300_000), ok(1_300_000), ok(1_300_000)];
    const outcomes = [...fitting, ok(1_300_000, 3), ok(1_300_000)];
    const one: PutBack = () => Promise.resolve([false, true]);
    await expect(fitAnswer(recordsOf(outcomes), outcomes, one)).resolves.toEqual([
      ...fitting,
      failed("answer-too-large", 3),
      dropped("put-back", 1),
    ]);
  });

  it("lets an answer through whole that just fits, and fails a record where one byte is missing", async () => {
    const outcomes = [ok(400), failed("not-json"), ok(400)];
    const records = recordsOf(outcomes);
    const answer = { records: records.map((record, index) => answerOf(record, outcomes[index]!)) };
    // The guard counts each record as if it had the longest result and a comma: "Ok" is 14 characters shorter.
    const size = JSON.stringify(answer).length + 2 * 14 + 1;
    await expect(fitAnswer(records, outcomes, refused, size)).resolves.toEqual(outcomes);
    expect((await fitAnswer(records, outcomes, refused, size - 1))[2]).toEqual(failed("answer-too-large", 1));
  });

  it("never lets an answer exceed the limit, whatever the record ids", async () => {
    const entry = fc.tuple(fc.string({ unit: "binary", maxLength: 20 }), fc.nat(300), fc.boolean());
    const limits = fc.integer({ min: 3_500, max: 6_000 });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 20 }), limits, fc.boolean(), async (entries, limit, back) => {
        const records = entries.map(([recordId]) => ({ recordId, approximateArrivalTimestamp: 0, data: "" }));
        const outcomes = entries.map(([, length, delivered]) => (delivered ? ok(length) : failed("not-json")));
        const fitted = await fitAnswer(records, outcomes, back ? taken : refused, limit);
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
