/** The transformer's log: its counts are summed, and whatever else is in it is passed over. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { droppedByReason } from "../../local/function-log";
import { temporaryDirectory } from "./support";

test("what was dropped is summed by reason over all invocations", () => {
  const lines = [
    '{"message":"transformed","dropped":{"empty":1,"sampled":10},"failed":{"not-json":3}}',
    '{"message":"transformed","dropped":{}}',
    '{"message":"transformed","dropped":{"sampled":5,"why":"text"}}',
    '{"dropped":null}',
    '{"level":"warn"}',
    "Error: dropped",
    '{"dropped":{"empty":1}',
    "",
  ];
  const log = join(temporaryDirectory(), "log");
  writeFileSync(log, lines.join("\n"));
  expect(droppedByReason(log)).toEqual({ empty: 1, sampled: 15 });
});
