/** The report: what makes a run a failure, the JSON, the table, the record before and after. */
import { hintsOf, nothingDelivered, problemsOf, reportJson, reportTable, sampleText } from "../../local/report";
import type { RunResult } from "../../local/account";

const RESULT: RunResult = {
  recordsIn: 3000,
  delivered: 2990,
  dropped: 5,
  failed: 5,
  lost: 0,
  requests: 4,
  seconds: 0.5,
  putBack: 0,
  droppedByReason: {},
  failedByReason: {},
  events: { in: 3100, putBack: 0, delivered: 3090, dropped: 5, failed: 5, lost: 0 },
  deliveryPaths: {},
  repeatedEvents: 0,
  deliveredAgain: { records: 0, events: 0 },
  distinctEvents: 3090,
  putBackRefused: 0,
  bytesSent: 12_345,
  streamName: "stream",
  backupDirectory: `${process.cwd()}/local.out/backup/stream`,
  transformerLog: `${process.cwd()}/local.out/transformer.log`,
  refusedAsTooLarge: 0,
  linesTooLong: [],
  failures: { "Lambda.ProcessingFailedStatus": 5 },
  violations: {},
  sample: { before: "{}", after: "{}" },
};

test("a run that accounts for every record has no problems", () => {
  expect(problemsOf(RESULT)).toEqual([]);
});

test.each([
  [{ lost: 1 }, "1 record lost."],
  [
    { refusedAsTooLarge: 2 },
    "The endpoint answered 413 to 2 records: Firehose neither retries nor keeps them. Lower the buffering size.",
  ],
  [{ lost: -2 }, "2 records more came out than went in."],
  [{ events: { ...RESULT.events, lost: 2 } }, "2 events lost, though no record is."],
  [{ events: { ...RESULT.events, lost: -2 } }, "2 events more came out than went in."],
  [{ lost: 1, events: { ...RESULT.events, lost: 100 } }, "1 record lost."],
  [{ repeatedEvents: 3 }, "3 events delivered with the id of another."],
  [
    { deliveredAgain: { records: 5, events: 5 }, distinctEvents: 3092 },
    "2 events delivered again without the same id: Moesif counts them twice.",
  ],
  [{ violations: { "the path is wrong": 1 } }, "Broken contract, 1 request: the path is wrong."],
])("%j is a problem", (change, problem) => {
  expect(problemsOf({ ...RESULT, ...change })).toEqual([problem]);
});

test("the JSON begins with the documented fields, all numbers", () => {
  const report = JSON.parse(reportJson(RESULT)) as Record<string, unknown>;
  const fields = ["recordsIn", "delivered", "dropped", "failed", "lost", "requests", "seconds"];
  expect(Object.keys(report).slice(0, 7)).toEqual(fields);
  for (const field of fields) expect(typeof report[field]).toBe("number");
  expect(report).not.toHaveProperty("sample");
});

test("the table has every figure, and where things lie", () => {
  const text = reportTable(RESULT, `${process.cwd()}/cdktf.out`);
  for (const part of [
    /│ +│ records │ events │/,
    /in +│ +3,000 │ +3,100 │/,
    /delivered +│ +2,990 │ +3,090 │/,
    /Lambda.ProcessingFailedStatus +│ +5/,
    /^bytes sent +12,345$/m,
  ])
    expect(text).toMatch(part);
  expect(text).toMatch(/Terraform JSON +cdktf.out\nbackup bucket +local.out\/backup\/stream\n/);
});

test("records that were delivered again have a line, and one that says how many Moesif counts twice", () => {
  expect(reportTable(RESULT, "")).not.toContain("again");
  const text = reportTable({ ...RESULT, deliveredAgain: { records: 30, events: 31 } }, "");
  expect(text).toMatch(/delivered again by Firehose +│ +30 │ +31 │\n│ {3}counted twice by Moesif +│ +│ +0 │/);
});

test("records that were put back, and reasons for what was dropped, have a line where there are any", () => {
  expect(reportTable(RESULT, "")).not.toContain("put back");
  const droppedByReason = { "put-back": 3, sampled: 2 };
  const text = reportTable({ ...RESULT, putBack: 4, droppedByReason }, "");
  expect(text).toMatch(/in +│ +3,000 │ +3,100 │\n│ put back by the transformer +│ +4 │/);
  expect(text).toMatch(/dropped +│ +5 │ +5 │\n│ {3}put-back +│ +│ +3 │\n│ {3}sampled +│ +│ +2 │/);
});

test("where two delivery paths were taken, each has a line of its own below what is not 0", () => {
  const counts = (records: number, events: number): RunResult["deliveryPaths"]["stream"] => ({
    records: { in: records, putBack: 0, delivered: records, dropped: 0, failed: 0, lost: 0 },
    events: { in: events, putBack: 0, delivered: events, dropped: 0, failed: 0, lost: 0 },
  });
  const deliveryPaths = { stream: counts(2990, 2990), "log-group": counts(10, 110) };
  const text = reportTable({ ...RESULT, deliveryPaths, droppedByReason: { "control-message": 1, filtered: 2 } }, "");
  expect(text).toMatch(
    / in .*\n│ {3}straight to the stream +│ +2,990 │ +2,990 │\n│ {3}through the log group +│ +10 │ +110 │/,
  );
  expect(text).toMatch(/control-message +│ +1 │ +│\n│ {3}filtered +│ +│ +2 │/);
  expect(text).toMatch(/lost +│ +0 │ +0 │\n└/);
  expect(reportTable({ ...RESULT, deliveryPaths: { stream: deliveryPaths.stream } }, "")).not.toContain("straight");
});

test("reasons for what failed have a line, and calls that are too old a hint", () => {
  expect(hintsOf(RESULT)).toEqual([]);
  const result = { ...RESULT, failedByReason: { "not-json": 1, "too-old": 1200 } };
  const text = reportTable(result, "");
  expect(text).toMatch(/Lambda\.\w+ +│ +5 │ +│\n│ {5}not-json +│ +│ +1 │\n│ {5}too-old +│ +│ +1,200 │/);
  expect(hintsOf(result)).toEqual([
    "1,200 events failed as too-old: Moesif refuses calls older than 30 days. Give a log that is newer, or leave " +
      "--input out for the sample, whose calls are given times of today.",
  ]);
});

test("lines that were not sent have a line in the table, and the first are named", () => {
  const result = { ...RESULT, failed: 17, linesTooLong: Array.from({ length: 12 }, (_, index) => index + 1) };
  expect(reportTable(result, "")).toMatch(/ failed +│ +17 │ +5 │\n│ {3}too long for a record, not sent +│ +12 │ +12 │/);
  expect(hintsOf(result)).toEqual([
    "12 lines not sent, longer than the 1,000 KiB that a record of Firehose can hold: " +
      "line 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and more.",
  ]);
});

test.each([
  [{}, undefined],
  [{ in: 0, delivered: 0, dropped: 0, failed: 0 }, "Nothing was delivered: the input has no records."],
  [
    { in: 1000, delivered: 0, dropped: 990, failed: 10 },
    "Nothing was delivered: of 1,000 events, 10 failed and 990 dropped.",
  ],
])("of a run with the events %j is said: %s", (events, sentence) => {
  expect(nothingDelivered({ ...RESULT, events: { ...RESULT.events, ...events } })).toBe(sentence);
});

test("what the transformer took away, added or changed is marked", () => {
  const text = sampleText({ before: '{"a":"-","b":1}', after: '{"a":"x","b":1,"c":2}' });
  expect(text).toBe(
    [
      "One call as API Gateway writes it:",
      "  {",
      '-   "a": "-",',
      '    "b": 1',
      "  }",
      "and as Moesif gets it:",
      "  {",
      '+   "a": "x",',
      '    "b": 1,',
      '+   "c": 2',
      "  }",
    ].join("\n"),
  );
});

test("no control character of a log reaches the terminal", () => {
  expect(sampleText({ before: "\u001b[2J\u009b", after: '{"a":"\\u001b[2J"}' })).not.toMatch(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/,
  );
});
