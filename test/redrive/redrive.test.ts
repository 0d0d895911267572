/** What becomes of failed records: sent, given up or kept for the next time. */
import { gunzipSync, gzipSync } from "node:zlib";
import { attemptsOf, withAttempt } from "../../lambda/redrive/attempts";
import type { RedriveOptions } from "../../lambda/redrive/contract";
import { redrive } from "../../lambda/redrive/redrive";
import type { Control } from "../../lambda/redrive/redrive";
import { NOW } from "../lambda/support";
import { call, FAILED, failedLine, MemoryBucket, MemoryStream, objectOf, PREFIX } from "./support";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let bucket: MemoryBucket;
let stream: MemoryStream;
let time: number;
let pauses: number[];

beforeEach(() => {
  [bucket, stream, time, pauses] = [new MemoryBucket(), new MemoryStream(), NOW, []];
});

function run(options: Partial<RedriveOptions> = {}, control: Control = {}) {
  const sleep = async (ms: number) => void (pauses.push(ms), (time += ms));
  return redrive(
    { bucket, put: stream.put, prefix: PREFIX },
    { send: true, ...options },
    { now: () => time, sleep, ...control },
  );
}

describe("a redrive", () => {
  it("puts every record back and moves the object", async () => {
    bucket.put(FAILED, objectOf([failedLine(call(1)), failedLine(call(2))]));
    expect(await run()).toEqual({
      moved: 1,
      left: 0,
      damaged: 0,
      records: { sent: 2, givenUp: {} },
      byErrorCode: { "HttpEndpoint.DestinationException": 2 },
    });
    expect(stream.texts()).toEqual([`${call(1)}\t`, `${call(2)}\t`]);
    expect(bucket.keys()).toEqual([FAILED.replace("failed/", "redriven/attempt=1/")]);
  });

  it("puts nothing, and changes nothing, unless it is told to send", async () => {
    bucket.put(FAILED, objectOf([failedLine(call(1)), failedLine("?", { rawData: "?" })]));
    expect(await run({ send: false })).toMatchObject({ moved: 1, records: { sent: 1, givenUp: { "not-base64": 1 } } });
    expect(stream.records).toEqual([]);
    expect(bucket.keys()).toEqual([FAILED]);
  });

  it("counts attempts over objects of any name, and gives up after the last", async () => {
    let record: Buffer = Buffer.from(call(1));
    for (const attempt of [1, 2, 3]) {
      bucket.put(FAILED.replace("-1.gz", `-${attempt}.gz`), objectOf([failedLine(record)]));
      await run();
      record = stream.records.at(-1)!;
      expect(attemptsOf(record)).toBe(attempt);
      expect(bucket.keys(`firehose/moesif/redriven/attempt=${attempt}/`)).toHaveLength(1);
    }
    bucket.put(FAILED, objectOf([failedLine(record), failedLine(call(2))]));
    expect((await run()).records).toEqual({ sent: 1, givenUp: { attempts: 1 } });
    expect(bucket.keys(PREFIX)).toEqual([]);
    const given = FAILED.replace("failed/", "given-up/reason=attempts/").replace(".gz", ".0");
    expect(bucket.text(given)).toBe(`${failedLine(record)}\n`);
  });

  it("sends no call that is older than Moesif takes, by its own time and not by its arrival", async () => {
    const old = new Date(NOW - 31 * DAY).toISOString();
    const lines = [call(1, { requestTime: old }), call(2), JSON.stringify({ request: { time: old } })];
    bucket.put(FAILED, objectOf(lines.map((line) => failedLine(line))));
    expect((await run()).records).toEqual({ sent: 1, givenUp: { "too-old": 2 } });
    bucket.put(FAILED, objectOf([failedLine("no time at all", { arrivalTimestamp: NOW - 31 * DAY })]));
    expect((await run()).records).toEqual({ sent: 0, givenUp: { "too-old": 1 } });
  });

  it("puts what is larger than a record back line by line", async () => {
    const calls = [1, 2, 3].map((id) => call(id, { resourcePath: `/${"x".repeat(500_000)}` }));
    bucket.put(FAILED, objectOf([failedLine(withAttempt(Buffer.from(calls.join("\n"))))]));
    expect((await run()).records).toEqual({ sent: 2, givenUp: {} });
    expect(stream.records.map((record) => attemptsOf(record))).toEqual([2, 2]);
    expect(stream.texts().flatMap((text) => text.trim().split("\n"))).toEqual(calls);
    bucket.put(FAILED, objectOf([failedLine(`{"a":"${"x".repeat(1_024_000)}"}`)]));
    expect((await run()).records.givenUp).toEqual({ "too-large": 1 });
  });

  it("leaves an object of which the stream does not take every record, and ends", async () => {
    bucket.put(FAILED, objectOf([failedLine(call(1)), failedLine(call(2))]));
    bucket.put(`${FAILED}-later`, objectOf([failedLine(call(3))]));
    stream.takes = (batch) => batch.map((_, at) => at > 0);
    expect(await run()).toMatchObject({ moved: 0, left: 1, records: { sent: 1 }, stopped: "stream-busy" });
    expect(bucket.keys()).toEqual([FAILED, `${FAILED}-later`]);
  });

  it("goes on with the next object where a record is of a kind that the stream never takes", async () => {
    bucket.put(FAILED, objectOf([failedLine(call(1))])).put(`${FAILED}-later`, objectOf([failedLine(call(2))]));
    stream.failure = "rejected";
    stream.takes = (batch) => batch.map((data) => !data.toString().includes("ext-1"));
    expect(await run()).toMatchObject({ moved: 1, left: 1 });
    expect(bucket.keys(PREFIX)).toEqual([FAILED]);
  });

  it("sends nothing while the endpoint is failing", async () => {
    bucket.put(FAILED, objectOf([failedLine(call(1))]), NOW - 14 * MINUTE);
    expect(await run()).toMatchObject({ moved: 0, stopped: "endpoint-failing" });
    expect(await run({ quietMinutes: 10 })).toMatchObject({ moved: 1 });
  });

  it("ends when the endpoint begins to fail, in the middle of an object", async () => {
    bucket.put(FAILED, objectOf(Array.from({ length: 6_000 }, (_, id) => failedLine(call(id)))));
    const put = stream.put;
    const failing = async (batch: readonly Buffer[]) => {
      if (stream.records.length === 1_500) bucket.put(`${FAILED}-new`, objectOf([failedLine(call(0))]), time);
      return put(batch);
    };
    const place = { bucket, put: failing, prefix: PREFIX };
    const summary = await redrive(
      place,
      { send: true, rate: 100 },
      { now: () => time, sleep: async (ms) => void (time += ms) },
    );
    expect(summary).toMatchObject({ left: 1, moved: 0, stopped: "endpoint-failing" });
    expect(stream.records.length).toBeLessThan(4_600);
    expect(bucket.keys()).toEqual([FAILED, `${FAILED}-new`]);
  });

  it("keeps to the rate, and to what one call takes", async () => {
    bucket.put(FAILED, objectOf(Array.from({ length: 1_750 }, (_, id) => failedLine(call(id)))));
    const sizes: number[] = [];
    stream.takes = (batch) => (sizes.push(batch.length), batch.map(() => true));
    await run({ rate: 100 });
    expect(sizes).toEqual([500, 500, 500, 250]);
    expect(time - NOW).toBe(15_000);
  });

  it("begins no object after its time is up, or once it is interrupted", async () => {
    bucket.put(FAILED, objectOf([failedLine(call(1))]));
    expect(await run({}, { deadline: NOW })).toMatchObject({ moved: 0, stopped: "out-of-time" });
    expect(await run({}, { signal: AbortSignal.abort() })).toMatchObject({ moved: 0, stopped: "interrupted" });
  });

  it("takes the objects of the times and types that are asked for", async () => {
    const processing = `${PREFIX}processing-failed/2026/11/17/one`;
    bucket.put(FAILED, objectOf([failedLine(call(1))]), NOW - 3 * DAY);
    bucket.put(processing, objectOf([failedLine(call(2))]), NOW - 2 * DAY);
    expect(await run({ send: false, since: NOW - 2 * DAY })).toMatchObject({ moved: 1 });
    expect(await run({ send: false, until: NOW - 2 * DAY })).toMatchObject({ moved: 1 });
    expect(await run({ errorTypes: ["processing-failed"] })).toMatchObject({ moved: 1 });
    expect(bucket.keys(PREFIX)).toEqual([FAILED]);
  });

  it("leaves to the next run what fails again meanwhile", async () => {
    bucket.put(FAILED, objectOf([failedLine(call(1))]));
    stream.takes = (batch) => {
      bucket.put(`${PREFIX}processing-failed/2026/11/17/again`, objectOf([failedLine(batch[0]!)]), time);
      return batch.map(() => true);
    };
    expect(await run()).toMatchObject({ moved: 1, records: { sent: 1 } });
  });

  it("gives up the whole of a damaged object, behind what could be read of it", async () => {
    const whole = objectOf(Array.from({ length: 2_000 }, (_, id) => failedLine(call(id, { x: Math.sin(id) }))));
    bucket.put(FAILED, whole.subarray(0, whole.length / 2));
    const summary = await run();
    expect(summary).toMatchObject({ moved: 0, damaged: 1 });
    expect(summary.records.sent).toBeGreaterThan(500);
    expect(bucket.keys()).toEqual([FAILED.replace("failed/", "given-up/reason=damaged/")]);
  });

  it("writes lines of which no record can be made as they are", async () => {
    bucket.put(FAILED, gzipSync(`hello\n${failedLine(call(1))}\n`));
    expect((await run()).records).toEqual({ sent: 1, givenUp: { unreadable: 1 } });
    expect(bucket.text(FAILED.replace("failed/", "given-up/reason=unreadable/").replace(".gz", ".0"))).toBe("hello\n");
  });

  it("gives up much in parts", async () => {
    const lines = Array.from({ length: 12 }, (_, id) => `${id} ${"x".repeat(1_000_000)}`);
    bucket.put(FAILED, gzipSync(lines.join("\n")));
    await run();
    const parts = bucket.keys("firehose/moesif/given-up/");
    expect(parts).toHaveLength(3);
    expect(parts.map((key) => bucket.text(key)).join("")).toBe(`${lines.join("\n")}\n`);
  });

  it("moves the object as it is", async () => {
    const bytes = objectOf([failedLine(call(1))]);
    bucket.put(FAILED, bytes);
    await run();
    const [moved] = bucket.keys();
    expect(gunzipSync(bucket.objects.get(moved!)!.bytes)).toEqual(gunzipSync(bytes));
  });
});
