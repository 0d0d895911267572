/** Putting records back, by the real client of AWS, on a stand-in for Firehose. */
import type { FirehoseClient } from "@aws-sdk/client-firehose";
import { putBack, type PutBackOptions } from "../../lambda/transformer/put-back";
import { BATCH_BYTES } from "../../lambda/transformer/put-back";
import { putFailure } from "../../lambda/transformer/put-back";
import { FirehoseStandIn } from "../support/firehose-stand-in";

const STREAM = { name: "amazon-apigateway-moesif", region: "us-east-1" };
const BUSY = "ServiceUnavailableException";

let firehose: FirehoseStandIn;
let client: FirehoseClient;
let failures: string[];
let pauses: number[];
let time: number;

beforeEach(async () => {
  firehose = await FirehoseStandIn.start();
  client = firehose.client();
  [failures, pauses, time] = [[], [], 1_000];
});

afterEach(async () => {
  client.destroy();
  await firehose.stop();
});

/** Pauses take no time but that of the test's own clock. */
function put(texts: readonly string[], options: PutBackOptions = {}): Promise<boolean[]> {
  return putRecords(
    texts.map((text) => [text]),
    options,
  );
}

/** @param parts of each record, the texts to be put */
function putRecords(parts: readonly (readonly string[])[], options: PutBackOptions = {}): Promise<boolean[]> {
  const datas = parts.map((texts) => texts.map((text) => Buffer.from(text)));
  return putBack(STREAM, datas, {
    client,
    now: () => time,
    random: () => 0.5,
    sleep: (ms) => {
      pauses.push(ms);
      time += ms;
      return Promise.resolve();
    },
    onFailure: (failure) => failures.push(failure),
    ...options,
  });
}

/** An object of exactly so many bytes. */
function object(bytes: number, name = "a"): string {
  return `{"${name}":"${"é".repeat((bytes - 8) >> 1)}${"e".repeat(bytes % 2)}"}`;
}

describe("putting records back", () => {
  it("puts each as it is, in order and in one call", async () => {
    const texts = ['{"a":1}', '{"b":"é"}\n{"c":3}', '[{"d":4}]'];
    expect(await put(texts)).toEqual([true, true, true]);
    expect(firehose.calls).toEqual([{ stream: STREAM.name, records: texts, bytes: 34 }]);
    expect(failures).toEqual([]);
  });

  it("makes no call for no record", async () => {
    expect(await put([])).toEqual([]);
    expect(firehose.calls).toEqual([]);
  });

  it("tries again what was not taken, alone, and pauses longer each time", async () => {
    firehose.answers.push([undefined, BUSY, "InternalFailure"], [BUSY, undefined]);
    expect(await put(['{"a":1}', '{"a":2}', '{"a":3}'])).toEqual([true, true, true]);
    expect(firehose.calls.map(({ records }) => records)).toEqual([
      ['{"a":1}', '{"a":2}', '{"a":3}'],
      ['{"a":2}', '{"a":3}'],
      ['{"a":2}'],
    ]);
    expect(pauses).toEqual([100, 200]);
  });

  it.each([
    ["is told to slow down", { error: BUSY, status: 503 }],
    ["is throttled", { error: "ThrottlingException", status: 400 }],
    ["meets a failure of the service", { error: "InternalFailure", status: 500 }],
    ["has no answer", "hang up"],
  ] as const)("tries again a call that %s", async (_, answer) => {
    firehose.answers.push(answer);
    expect(await put(['{"a":1}'])).toEqual([true]);
    expect(firehose.calls).toHaveLength(2);
  });

  it.each([
    ["AccessDeniedException", 400, "denied"],
    ["ResourceNotFoundException", 400, "rejected"],
    ["ValidationException", 400, "rejected"],
    ["InvalidKMSResourceException", 400, "rejected"],
  ])("does not try again after %s", async (error, status, failure) => {
    firehose.answers.push({ error, status });
    expect(await put(['{"a":1}', '{"a":2}'])).toEqual([false, false]);
    expect(firehose.calls).toHaveLength(1);
    expect(failures).toEqual([failure, failure]);
  });

  it("gives up after six attempts", async () => {
    firehose.answers.push(...Array<readonly string[]>(9).fill([BUSY]));
    expect(await put(['{"a":1}'])).toEqual([false]);
    expect(firehose.calls).toHaveLength(6);
    expect(pauses).toEqual([100, 200, 400, 800, 1600]);
    expect(failures).toEqual(["throttled"]);
  });

  it("makes no pause beyond the deadline, and no call from there on", async () => {
    firehose.answers.push(...Array<readonly string[]>(9).fill([BUSY]));
    // Pauses of 20, 40 and 80 seconds.
    expect(await put(['{"a":1}'], { random: () => 100, deadline: 141_000 })).toEqual([false]);
    expect(firehose.calls).toHaveLength(3);
    expect(time).toBe(61_000);
    expect(failures).toEqual(["throttled"]);
    expect(await put(['{"a":1}', '{"a":2}'], { deadline: 61_000 })).toEqual([false, false]);
    expect(firehose.calls).toHaveLength(3);
    expect(failures.slice(1)).toEqual(["no-time", "no-time"]);
  });

  it("gives each call no more time than is left", async () => {
    const signals: AbortSignal[] = [];
    const silent = {
      send: (_: unknown, { abortSignal }: { abortSignal: AbortSignal }) => {
        signals.push(abortSignal);
        return new Promise((_resolve, reject) => abortSignal.addEventListener("abort", () => reject(new Error())));
      },
    };
    const options = { client: silent as unknown as FirehoseClient, deadline: 1_001, sleep: () => Promise.resolve() };
    const now = () => (signals.some(({ aborted }) => aborted) ? 1_001 : 1_000);
    expect(await put(['{"a":1}'], { ...options, now })).toEqual([false]);
    expect(signals).toHaveLength(1);
    expect(failures).toEqual(["unavailable"]);
  });

  it("needs two calls for 501 records", async () => {
    const texts = Array.from({ length: 501 }, (_, index) => `{"a":${index}}`);
    expect(await put(texts)).toEqual(texts.map(() => true));
    expect(firehose.calls.map(({ records }) => records.length)).toEqual([500, 1]);
    expect(firehose.taken).toEqual(texts);
  });

  it("needs several calls for more than 4 MiB", async () => {
    const texts = Array.from({ length: 9 }, (_, index) => object(1_000_000, String(index)));
    expect(await put(texts)).toEqual(texts.map(() => true));
    expect(firehose.calls.map(({ records }) => records.length)).toEqual([4, 4, 1]);
    expect(Math.max(...firehose.calls.map(({ bytes }) => bytes))).toBeLessThan(BATCH_BYTES);
    expect(firehose.taken).toEqual(texts);
  });

  it("goes on with the next batch when one is not taken", async () => {
    const texts = Array.from({ length: 501 }, (_, index) => `{"a":${index}}`);
    firehose.answers.push({ error: "ValidationException", status: 400 });
    const safe = await put(texts);
    expect(safe.filter(Boolean)).toHaveLength(1);
    expect(safe[500]).toBe(true);
  });

  it("fails a record of which one part is not taken, once, and puts none of its further parts", async () => {
    const parts = Array.from({ length: 6 }, () => object(900_000));
    firehose.answers.push([undefined, "AccessDeniedException", "AccessDeniedException", undefined]);
    expect(await putRecords([parts, ['{"a":1}']])).toEqual([false, true]);
    expect(firehose.calls.map(({ records }) => records.length)).toEqual([4, 1]);
    expect(failures).toEqual(["denied"]);
  });

  it("fails all, and does not throw, whatever the client does", async () => {
    const broken = {
      send: () => {
        throw Object.assign(new Error("jane"), { name: "TypeError" });
      },
    };
    expect(await put(['{"a":1}'], { client: broken as unknown as FirehoseClient })).toEqual([false]);
    expect(failures).toEqual(["unavailable"]);
  });

  it("counts what an answer does not speak of as not taken", async () => {
    firehose.answers.push([undefined], []);
    expect(await put(['{"a":1}', '{"a":2}'])).toEqual([true, true]);
    expect(firehose.calls.map(({ records }) => records)).toEqual([['{"a":1}', '{"a":2}'], ['{"a":2}'], ['{"a":2}']]);
  });
});

test.each([
  ["ServiceUnavailableException", 503, "throttled"],
  ["ServiceUnavailableException", undefined, "throttled"],
  ["LimitExceededException", 400, "throttled"],
  ["SomeException", 429, "throttled"],
  ["InternalFailure", undefined, "unavailable"],
  ["TimeoutError", undefined, "unavailable"],
  ["RequestTimeoutException", 400, "unavailable"],
  ["SomeException", 502, "unavailable"],
  ["ExpiredTokenException", 400, "denied"],
  ["CredentialsProviderError", undefined, "denied"],
  ["SomeException", 403, "denied"],
  ["InvalidArgumentException", 400, "rejected"],
] as const)("%s with status %s means %s", (name, status, failure) => {
  expect(putFailure(name, status)).toBe(failure);
});
