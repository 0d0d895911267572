/** Data transformation: invocations, retries, and the verdict on what the function answers. */
import fc from "fast-check";
import { processBatch, type ProcessingOptions } from "../../local/processing";
import { readTransformation } from "../../local/transformation-reply";
import type { Invocation } from "../../local/transformer-function";
import { InstantClock, record } from "./support";

const BATCH = [record("1", "one"), record("2", "two")];
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const ok = (recordId: string, text = recordId): object => ({ recordId, result: "Ok", data: base64(text) });

interface Event {
  readonly invocationId: string;
  readonly records: readonly { readonly recordId: string }[];
}

function options(answers: readonly Invocation[], events: Event[] = []): ProcessingOptions {
  return {
    invoke: (payload) => {
      events.push(JSON.parse(payload) as Event);
      return Promise.resolve(answers[Math.min(events.length, answers.length) - 1] as Invocation);
    },
    retries: 3,
    streamArn: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/s",
    region: "eu-west-1",
    clock: new InstantClock(),
  };
}

const reply = (...records: object[]): Invocation => ({ payload: JSON.stringify({ records }) });
const codes = (payload: string): unknown[] =>
  readTransformation(payload, ["1", "2"]).map((verdict) =>
    typeof verdict === "object" && "errorCode" in verdict ? verdict.errorCode : verdict,
  );

test("the function gets the event of a direct-put stream", async () => {
  const events: Event[] = [];
  await processBatch(BATCH, options([reply(ok("1"), ok("2"))], events));

  expect(events).toEqual([
    {
      invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      deliveryStreamArn: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/s",
      region: "eu-west-1",
      records: [
        { recordId: "1", approximateArrivalTimestamp: 1000, data: base64("one") },
        { recordId: "2", approximateArrivalTimestamp: 1000, data: base64("two") },
      ],
    },
  ]);
});

test("each record goes where its result says, in any order of the answer", async () => {
  const answer = reply(
    { recordId: "3", result: "ProcessingFailed" },
    { recordId: "2", result: "Dropped" },
    ok("1", "after"),
  );
  const processed = await processBatch([...BATCH, record("3", "three")], options([answer]));

  expect(processed.ok.map(({ after }) => after.data.toString())).toEqual(["after"]);
  expect(processed.dropped.map(({ id }) => id)).toEqual(["2"]);
  expect(processed.failed).toEqual([
    {
      record: record("3", "three"),
      failure: {
        attemptsMade: 1,
        errorCode: "Lambda.ProcessingFailedStatus",
        errorMessage: "ProcessingFailed status set for record",
        endedAt: 0,
      },
    },
  ]);
});

test("a failed invocation is repeated with the same records and another invocation id", async () => {
  const events: Event[] = [];
  const processed = await processBatch(
    BATCH,
    options([{ failure: "error", message: "" }, reply(ok("1"), ok("2"))], events),
  );

  expect(processed.ok).toHaveLength(2);
  expect(events[0]?.records).toEqual(events[1]?.records);
  expect(events[0]?.invocationId).not.toBe(events[1]?.invocationId);
});

test.each([
  ["error", "Lambda.FunctionError"],
  ["timed-out", "Lambda.FunctionTimedOut"],
  ["request-too-large", "Lambda.InvocationFailure"],
] as const)("after the retries the whole batch has failed: %s is %s", async (failure, errorCode) => {
  const events: Event[] = [];
  const processed = await processBatch(BATCH, options([{ failure, message: "" }], events));

  expect(events).toHaveLength(4);
  expect(processed.failed.map(({ failure: { attemptsMade, errorCode: code } }) => [attemptsMade, code])).toEqual([
    [4, errorCode],
    [4, errorCode],
  ]);
});

test("a record that did not come back fails alone", () => {
  expect(codes(JSON.stringify({ records: [ok("2")] }))).toEqual(["Lambda.MissingRecordId", { data: Buffer.from("2") }]);
  expect(codes(JSON.stringify({ records: [ok("2"), ok("stranger")] }))[0]).toBe("Lambda.MissingRecordId");
});

test.each([
  ["an id twice", { records: [ok("1"), ok("1"), ok("2")] }, "Lambda.DuplicatedRecordId"],
  [
    "data that is not base64",
    { records: [ok("1"), { recordId: "2", result: "Ok", data: "ö" }] },
    "Lambda.JsonMappingException",
  ],
  [
    "base64 of a wrong length",
    { records: [ok("1"), { recordId: "2", result: "Ok", data: "abc" }] },
    "Lambda.JsonMappingException",
  ],
  [
    "an unknown result",
    { records: [ok("1"), { recordId: "2", result: "OK", data: "" }] },
    "Lambda.JsonProcessingException",
  ],
  ["Ok without data", { records: [ok("1"), { recordId: "2", result: "Ok" }] }, "Lambda.JsonProcessingException"],
  ["no record id", { records: [ok("1"), { result: "Ok", data: "" }] }, "Lambda.JsonProcessingException"],
  ["no records", {}, "Lambda.JsonProcessingException"],
  ["null", null, "Lambda.JsonProcessingException"],
])("an answer with %s fails the whole batch", (_, answer, code) => {
  expect(codes(JSON.stringify(answer))).toEqual([code, code]);
});

test("an answer that is not JSON fails the whole batch", () => {
  expect(codes("undefined")).toEqual(["Lambda.JsonProcessingException", "Lambda.JsonProcessingException"]);
});

test("whatever comes back, there is one verdict for each record", () => {
  fc.assert(
    fc.property(fc.json(), fc.uniqueArray(fc.string()), (payload, ids) => {
      expect(readTransformation(payload, ids)).toHaveLength(ids.length);
    }),
  );
});

test("nothing is invoked once the run has been called off", async () => {
  const events: Event[] = [];
  const signal = AbortSignal.abort(new Error("called off"));
  await expect(processBatch(BATCH, { ...options([reply()], events), signal })).rejects.toThrow("called off");
  expect(events).toEqual([]);
});
