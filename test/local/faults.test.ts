/** Faults of AWS and Moesif, as a user asks for them on the command line: no call is lost in any of them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { directory, reportOf } from "./command";
import { logEvent, writeLog } from "./support";

const CALLS = 300;
const input = writeLog(Array.from({ length: CALLS }, (_, index) => logEvent(index)));

test("a slow Moesif is awaited", async () => {
  const report = await reportOf("--input", input, "--moesif-delay", "1500");
  expect(report).toMatchObject({ delivered: CALLS, failed: 0, lost: 0, requests: 1 });
  // The transformer waits for the sampling rules first, then the stream for its delivery.
  expect(report["seconds"]).toBeGreaterThan(3);
});

test("what a malformed answer does not acknowledge is in the backup bucket", async () => {
  expect(await reportOf("--input", input, "--moesif-malformed", "--time-scale", "1000")).toMatchObject({
    delivered: 0,
    failed: CALLS,
    lost: 0,
    failures: { "HttpEndpoint.InvalidResponseFromDestination": CALLS },
  });
});

test("while the config endpoint answers 500, every call is delivered", async () => {
  expect(await reportOf("--input", input, "--moesif-config-status", "500")).toMatchObject({
    delivered: CALLS,
    dropped: 0,
    failed: 0,
    lost: 0,
  });
  const log = readFileSync(join(directory, "local.out", "transformer.log"), "utf8");
  expect(log).toMatch(/"config":\{"state":"none","ageSeconds":[0-9]+,"failures":\{"http-500":[1-9]/);
});

test("deliveries work as asked while the config endpoint fails otherwise", async () => {
  expect(
    await reportOf("--input", input, "--moesif-status", "503", "--moesif-config-status", "200", "--time-scale", "1000"),
  ).toMatchObject({ delivered: 0, failed: CALLS, lost: 0 });
  const log = readFileSync(join(directory, "local.out", "transformer.log"), "utf8");
  expect(log).toContain('"config":{"state":"fresh"');
});

test.each([
  ["1", 3],
  ["100", CALLS],
])("%s %% of the records are delivered twice, and Moesif counts each call once", async (percent, again) => {
  expect(await reportOf("--input", input, "--duplicate-deliveries", percent)).toMatchObject({
    delivered: CALLS,
    deliveredAgain: { records: again, events: again },
    distinctEvents: CALLS,
    repeatedEvents: 0,
    lost: 0,
    requests: 2,
  });
});

test("records that the stream refuses when they are put back are put again, and none is lost", async () => {
  const report = await reportOf("--through", "log-group", "--put-back-failures", "50");
  expect(report).toMatchObject({ failed: 0, lost: 0, events: { in: 5000, delivered: 5000, lost: 0 } });
  expect(report["putBackRefused"]).toBeGreaterThan(0);
});

test("records that the stream never takes back are in the backup bucket, and none is lost", async () => {
  const report = await reportOf("--through", "log-group", "--put-back-failures", "100");
  expect(report).toMatchObject({ putBack: 0, lost: 0, failedByReason: { "answer-too-large": expect.any(Number) } });
  const { in: all, delivered, failed } = report["events"] as Record<string, number>;
  expect(failed).toBeGreaterThan(0);
  expect(delivered! + failed!).toBe(all);
});
