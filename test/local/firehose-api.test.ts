/** The local Firehose API, called by the real client of AWS. */
import type { Server } from "node:http";
import {
  FirehoseClient,
  ListDeliveryStreamsCommand,
  PutRecordBatchCommand,
  PutRecordCommand,
} from "@aws-sdk/client-firehose";
import { createFirehoseApi } from "../../local/firehose-api";
import { listen, stop } from "../../local/local-server";
import { Producer } from "../../local/producer";

let server: Server;
let client: FirehoseClient;
let origin: string;
let received: Buffer[];
let answers: (() => string[] | undefined)[];

// The client's notice on the age of Node.js is not what is tested here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

beforeEach(async () => {
  received = [];
  answers = [];
  const put = (data: readonly Buffer[]): Promise<string[] | undefined> => {
    const answer = answers.shift();
    if (answer) return Promise.resolve().then(answer);
    received.push(...data);
    return Promise.resolve(data.map((_, index) => `id-${index}`));
  };
  server = createFirehoseApi({ name: "stream", put });
  origin = await listen(server);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  client = new FirehoseClient({ endpoint: origin, region: "eu-west-1", credentials, maxAttempts: 1 });
});

afterEach(async () => {
  client.destroy();
  await stop(server);
});

const putBatch = (Records: { Data: Buffer }[], DeliveryStreamName = "stream"): Promise<unknown> =>
  client.send(new PutRecordBatchCommand({ DeliveryStreamName, Records }));

test("PutRecord takes one record", async () => {
  const answer = await client.send(
    new PutRecordCommand({ DeliveryStreamName: "stream", Record: { Data: Buffer.from("a") } }),
  );
  expect(answer).toMatchObject({ RecordId: "id-0", Encrypted: false });
  expect(received.map(String)).toEqual(["a"]);
});

test("PutRecordBatch takes up to 500 records, a record may have 1,000 KiB, and an empty one is allowed", async () => {
  const full = await putBatch(Array.from({ length: 500 }, () => ({ Data: Buffer.from("a") })));
  expect(full).toMatchObject({ FailedPutCount: 0, RequestResponses: { length: 500 } });
  await putBatch([{ Data: Buffer.alloc(1_024_000) }, { Data: Buffer.alloc(0) }]);
  expect(received.slice(500).map(({ length }) => length)).toEqual([1_024_000, 0]);
});

test.each([
  [
    "501 records",
    () => putBatch(Array.from({ length: 501 }, () => ({ Data: Buffer.from("a") }))),
    "ValidationException",
    /less than or equal to 500/,
  ],
  ["no record", () => putBatch([]), "ValidationException", /greater than or equal to 1/],
  [
    "a record beyond 1,000 KiB",
    () => putBatch([{ Data: Buffer.alloc(1_024_001) }]),
    "ValidationException",
    /'records.1.member.data'.*less than or equal to 1024000/,
  ],
  [
    "more than 4 MiB",
    () => putBatch(Array.from({ length: 5 }, () => ({ Data: Buffer.alloc(900_000) }))),
    "InvalidArgumentException",
    /4 MB limit/,
  ],
  [
    "another stream",
    () => putBatch([{ Data: Buffer.from("a") }], "other"),
    "ResourceNotFoundException",
    /Firehose other not found/,
  ],
  [
    "another operation",
    () => client.send(new ListDeliveryStreamsCommand({})),
    "UnknownOperationException",
    /ListDeliveryStreams/,
  ],
])("%s is refused by the documented name", async (_, call, name, message) => {
  await expect(call()).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message) as string,
    $metadata: { httpStatusCode: 400 },
  });
  expect(received).toEqual([]);
});

test("a stream without room answers ServiceUnavailableException", async () => {
  answers.push(() => undefined);
  await expect(putBatch([{ Data: Buffer.from("a") }])).rejects.toMatchObject({
    name: "ServiceUnavailableException",
    $metadata: { httpStatusCode: 500 },
  });
});

test.each([
  ["no JSON", "{", "SerializationException"],
  ["no data", JSON.stringify({ DeliveryStreamName: "stream", Records: [{}] }), "ValidationException"],
  [
    "data that is not base64",
    JSON.stringify({ DeliveryStreamName: "stream", Records: [{ Data: "ö" }] }),
    "SerializationException",
  ],
  ["no object", "null", "ValidationException"],
])("a body with %s is refused", async (_, body, type) => {
  const response = await fetch(origin, {
    method: "POST",
    body,
    headers: { "X-Amz-Target": "Firehose_20150804.PutRecordBatch" },
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ __type: type });
});

describe("the producer", () => {
  test("makes batches within the limits, and keeps the order", async () => {
    const producer = new Producer(origin, "us-east-1", "stream", new AbortController().signal);
    const sizes = [...Array.from({ length: 600 }, (_, index) => index), ...Array.from({ length: 6 }, () => 1_000_000)];
    for (const size of sizes) await producer.put(Buffer.alloc(size));
    await producer.flush();
    producer.close();
    expect(received.map(({ length }) => length)).toEqual(sizes);
  });

  test("comes back with its records when it is told to slow down", async () => {
    answers.push(() => undefined);
    const producer = new Producer(origin, "us-east-1", "stream", new AbortController().signal);
    await producer.put(Buffer.from("a"));
    await producer.flush();
    producer.close();
    expect(received.map(String)).toEqual(["a"]);
  });

  test("fails with the answer of a stream that fails otherwise", async () => {
    const failure = () => {
      throw new Error("disk full");
    };
    answers.push(failure, failure, failure); // as often as the SDK tries
    const producer = new Producer(origin, "us-east-1", "stream", new AbortController().signal);
    await producer.put(Buffer.from("a"));
    await expect(producer.flush()).rejects.toThrow("disk full");
    producer.close();
  });
});
