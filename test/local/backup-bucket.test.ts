/** Objects in the backup bucket: their keys, their contents, and what is counted when they are read back. */
import { join } from "node:path";
import { BackupBucket, Folder, type ObjectStore, PutRefused } from "../../local/backup-bucket";
import { countFailures, deliveryFailureLine, processingFailureLine } from "../../local/firehose-failures";
import { checkPrefixes, evaluatePrefix, formatTimestamp, objectKey, prefixFor } from "../../local/object-key";
import type { BackupDescription } from "../../local/synthesized-stack";
import { InstantClock, ManualClock, objectsIn, record, temporaryDirectory } from "./support";

const ARRIVAL = Date.UTC(2026, 6, 4, 9, 5, 7);
const FAILURE = { attemptsMade: 4, errorCode: "Some.Code", errorMessage: 'with "quotes"', endedAt: 2000 };

function backup(change: Partial<BackupDescription> = {}): BackupDescription {
  return { prefix: "", compression: "UNCOMPRESSED", buffering: { megabytes: 5, seconds: 300 }, ...change };
}

test.each([
  ["yyyy/MM/dd/HH/mm/ss", "2026/07/04/09/05/07"],
  ["yy-M-d H:m:s", "26-7-4 9:5:7"],
  ["'year='yyyy'/month='MM", "year=2026/month=07"],
  ["yyyy''MM", "2026'07"],
  ["'o''clock'", "o'clock"],
])("the pattern %s reads %s", (pattern, text) => {
  expect(formatTimestamp(pattern, new Date(ARRIVAL))).toBe(text);
});

test("a pattern letter that is not known is named", () => {
  expect(() => formatTimestamp("yyyy/EEE", new Date(ARRIVAL))).toThrow(/does not know "EEE"/);
  expect(() => formatTimestamp("MMM", new Date(ARRIVAL))).toThrow(/does not know "MMM"/);
});

test("a prefix is evaluated: time of the oldest record, kind of failure, random string", () => {
  const prefix = "p/!{firehose:random-string}/!{firehose:error-output-type}/!{timestamp:yyyy}/!{timestamp:MM}/";
  expect(evaluatePrefix(prefix, ARRIVAL, "processing-failed")).toMatch(
    /^p\/[0-9a-f-]{11}\/processing-failed\/2026\/07\/$/,
  );
  const twice = evaluatePrefix("!{firehose:random-string}/!{firehose:random-string}", ARRIVAL).split("/");
  expect(twice[0]).not.toBe(twice[1]);
});

test("an expression that is not known is named", () => {
  expect(() => evaluatePrefix("!{partitionKeyFromLambda:x}/", ARRIVAL)).toThrow(
    /does not know !\{partitionKeyFromLambda:x\}/,
  );
});

test("a prefix without a time gets the default one; without an error prefix failures go below the prefix", () => {
  expect(prefixFor(backup({ prefix: "a/" }))).toBe("a/!{timestamp:yyyy/MM/dd/HH/}");
  expect(prefixFor(backup({ prefix: "a/!{timestamp:yyyy}/" }))).toBe("a/!{timestamp:yyyy}/");
  expect(objectKey(backup({ prefix: "a/" }), "s", ARRIVAL, "http-endpoint-failed")).toMatch(
    /^a\/http-endpoint-failed\/2026\/07\/04\/09\/s-1-/,
  );
});

test.each([
  [{ prefix: "!{firehose:error-output-type}/", errorPrefix: "x" }, /refuses the prefix/],
  [{ prefix: "!{timestamp:yyyy}/" }, /without an error prefix/],
  [{ errorPrefix: "!{timestamp:yyyy}/" }, /must hold !\{firehose:error-output-type\}/],
])("what CreateDeliveryStream refuses is refused: %j", (change, message) => {
  expect(() => checkPrefixes(backup(change))).toThrow(message);
});

test("an object is named after the stream, its version, the time and a UUID", () => {
  const key = objectKey(backup({ prefix: "a/!{timestamp:yyyy}/", compression: "GZIP" }), "my-stream", ARRIVAL);
  expect(key).toMatch(/^a\/2026\/my-stream-1-2026-07-04-09-05-07-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.gz$/);
});

test("a failed record has the documented fields", () => {
  const lambdaArn = "arn:aws:lambda:x";
  expect(JSON.parse(processingFailureLine(record("1", "data", 5), FAILURE, lambdaArn).text)).toEqual({
    attemptsMade: 4,
    arrivalTimestamp: 5,
    errorCode: "Some.Code",
    errorMessage: 'with "quotes"',
    attemptEndingTimestamp: 2000,
    rawData: Buffer.from("data").toString("base64"),
    lambdaArn,
  });
  expect(JSON.parse(deliveryFailureLine(record("1", "data", 5), FAILURE).text)).toMatchObject({
    rawData: Buffer.from("data").toString("base64"),
    subsequenceNumber: 0,
    dataId: "1.0",
  });
});

describe("the bucket", () => {
  function bucketWith(change: Partial<BackupDescription>): {
    bucket: BackupBucket;
    clock: ManualClock;
    errors: unknown[];
    directory: string;
  } {
    const clock = new ManualClock();
    const errors: unknown[] = [];
    const stream = { name: "s", backup: backup(change) };
    const directory = join(temporaryDirectory(), "bucket");
    return {
      clock,
      errors,
      directory,
      bucket: new BackupBucket({ store: new Folder(directory), stream, clock, onError: (error) => errors.push(error) }),
    };
  }

  test("writes one object for each kind of failure, named after its oldest record, and reads them back", async () => {
    const { bucket, directory } = bucketWith({ prefix: "p/", compression: "GZIP" });
    bucket.addFailure("http-endpoint-failed", deliveryFailureLine(record("1", "a", ARRIVAL + 60_000), FAILURE));
    bucket.addFailure("http-endpoint-failed", deliveryFailureLine(record("2", "b", ARRIVAL), FAILURE));
    bucket.addFailure(
      "processing-failed",
      processingFailureLine(record("3", "c", ARRIVAL), { ...FAILURE, errorCode: "Other" }, "arn"),
    );
    bucket.addRecord(record("4", '{"rawData":"not a failure"}', ARRIVAL));
    await bucket.flush();

    const objects = objectsIn(directory);
    expect(objects.map(({ key }) => key.replace(/-[^-]*-[^-]*-[^-]*-[^-]*-[^-]*$/, "")).sort()).toEqual([
      "p/2026/07/04/09/s-1-2026-07-04-09-05-07",
      "p/http-endpoint-failed/2026/07/04/09/s-1-2026-07-04-09-05-07",
      "p/processing-failed/2026/07/04/09/s-1-2026-07-04-09-05-07",
    ]);
    expect(countFailures(directory)).toEqual({
      records: 3,
      events: 3,
      byCode: new Map([
        ["Some.Code", 2],
        ["Other", 1],
      ]),
    });
  });

  test("writes by size and by interval", async () => {
    const { bucket, clock, directory } = bucketWith({ buffering: { megabytes: 1 / 1024, seconds: 60 } });
    bucket.addFailure("processing-failed", processingFailureLine(record("1", "x".repeat(1000)), FAILURE, "arn"));
    bucket.addRecord(record("2"));
    clock.advance(60);
    await bucket.close();
    expect(objectsIn(directory)).toHaveLength(2);
  });

  test("forgets what is buffered when it is closed", async () => {
    const { bucket, directory } = bucketWith({});
    bucket.addRecord(record("1"));
    await bucket.close();
    expect(objectsIn(directory)).toEqual([]);
  });

  test("never writes outside its directory, and says what it cannot write", async () => {
    const { bucket, errors } = bucketWith({
      prefix: "../!{timestamp:yyyy}/",
      errorPrefix: "!{firehose:error-output-type}",
    });
    bucket.addRecord(record("1"));
    await bucket.flush();
    expect(String(errors[0])).toMatch(/cannot be a file inside/);
  });

  describe("that S3 refuses", () => {
    /** Refuses so many puts. */
    function refusing(times: number): ObjectStore & { readonly kept: string[] } {
      const kept: string[] = [];
      return {
        kept,
        put: async (_, content) => {
          if (times-- > 0) throw new PutRefused();
          kept.push(content.toString());
        },
      };
    }
    const stream = { name: "s", backup: backup() };
    const onError = (error: unknown) => {
      throw error;
    };

    test("is written to again until it takes the object", async () => {
      const clock = new InstantClock();
      const store = refusing(3);
      const bucket = new BackupBucket({ store, stream, clock, onError });
      bucket.addRecord(record("1"));
      await bucket.flush();
      expect(store.kept).toEqual(["1"]);
      expect(clock.waits.filter((seconds) => seconds === 60)).toHaveLength(3);
      expect(bucket.isRefused).toBe(false);
    });

    test("loses what is a day old", async () => {
      const expired: string[] = [];
      const store = refusing(Infinity);
      const onExpired = (content: Buffer) => void expired.push(content.toString());
      const bucket = new BackupBucket({ store, stream, clock: new InstantClock(), onError, onExpired });
      bucket.addRecord(record("1"));
      await bucket.flush();
      expect([store.kept, expired]).toEqual([[], ["1"]]);
    });
  });
});
