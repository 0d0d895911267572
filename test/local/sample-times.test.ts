/** The sample's times: whenever it is sent, its calls are of the last minute. */
import fc from "fast-check";
import { inLastMinute } from "../../local/sample-times";
import { logEvent } from "./support";

const NOW = Date.parse("2031-03-01T00:00:20Z");

function movedTimes(times: readonly string[], now = NOW): unknown[] {
  const records = times.map((requestTime, index) => Buffer.from(JSON.stringify(logEvent(index, { requestTime }))));
  return inLastMinute(records, now).map(
    (record) => (JSON.parse(record.toString()) as { requestTime: string }).requestTime,
  );
}

test("the newest call of days is of this moment, the oldest of a minute ago, the others between", () => {
  const times = ["17/Nov/2026:10:05:03 +0000", "19/Nov/2026:10:05:03 +0000", "18/Nov/2026:10:05:03 +0000"];
  expect(movedTimes(times)).toEqual([
    "28/Feb/2031:23:59:20 +0000",
    "01/Mar/2031:00:00:20 +0000",
    "28/Feb/2031:23:59:50 +0000",
  ]);
});

test("calls of less than a minute keep their distances", () => {
  expect(movedTimes(["17/Nov/2026:10:05:03 +0000", "17/Nov/2026:10:05:13 +0000"])).toEqual([
    "01/Mar/2031:00:00:10 +0000",
    "01/Mar/2031:00:00:20 +0000",
  ]);
});

test("one call, or none, is moved as well", () => {
  expect(movedTimes(["17/Nov/2026:10:05:03 +0000"])).toEqual(["01/Mar/2031:00:00:20 +0000"]);
  expect(movedTimes([])).toEqual([]);
});

test("nothing of a record changes but its time", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(text, text, (resourcePath, requestUserAgentHeader) => {
      const event = JSON.parse(JSON.stringify(logEvent(1, { resourcePath, requestUserAgentHeader }))) as object;
      const [moved] = inLastMinute([Buffer.from(JSON.stringify(event))], NOW);
      expect(JSON.parse(moved!.toString())).toEqual({ ...event, requestTime: "01/Mar/2031:00:00:20 +0000" });
    }),
  );
});
