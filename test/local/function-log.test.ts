/** The transformer's log: its counts are summed, and whatever else is in it is passed over. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventsByReason } from "../../local/account";
import { temporaryDirectory } from "./support";

test("what was dropped and what failed is summed by reason over all invocations", () => {
  const lines = [
    '{"message":"transformed","dropped":{"empty":1,"sampled":10},"failed":{"not-json":3}}',
    '{"message":"transformed","dropped":{},"failed":{"not-json":1,"too-old":2}}',
    '{"message":"transformed","dropped":{"sampled":5,"why":"text"}}',
    '{"dropped":null}',
    '{"dropped":{},"EventsPutBack":7,"failed":{}}',
    '{"dropped":{},"EventsPutBack":0}',
    '{"level":"warn"}',
    "Error: dropped",
    '{"dropped":{"empty":1}',
    "",
  ];
  const log = join(temporaryDirectory(), "log");
  writeFileSync(log, lines.join("\n"));
  expect(eventsByReason(log, "dropped")).toEqual({ empty: 1, sampled: 15, "put-back": 7 });
  expect(eventsByReason(log, "failed")).toEqual({ "not-json": 4, "too-old": 2 });
});
