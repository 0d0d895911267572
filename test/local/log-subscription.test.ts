/** The subscription of a log group: what it puts on the stream. */
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { ENVELOPE_BYTES, ENVELOPE_EVENTS, envelopesOf } from "../../local/log-subscription";

const SUBSCRIPTION = { logGroup: "/aws/vendedlogs/apigateway/moesif", filter: "moesif", owner: "123456789012" };

interface Envelope {
  readonly messageType: string;
  readonly logEvents: readonly { readonly id: string; readonly timestamp: number; readonly message: string }[];
}

async function pack(messages: readonly string[]): Promise<Buffer[]> {
  async function* source(): AsyncGenerator<Buffer> {
    for (const message of messages) yield Buffer.from(message);
  }
  const records: Buffer[] = [];
  for await (const record of envelopesOf(source(), SUBSCRIPTION, () => 1_794_909_903_123)) records.push(record);
  return records;
}

const open = (record: Buffer): Envelope => JSON.parse(gunzipSync(record).toString("utf8")) as Envelope;

test("the stream is asked first whether it is there, then gets the messages as CloudWatch Logs packs them", async () => {
  const [control, ...data] = (await pack(['{"a":1}', '{"a":2}'])).map(open);

  expect(control).toEqual({
    messageType: "CONTROL_MESSAGE",
    owner: "CloudwatchLogs",
    logGroup: "",
    logStream: "",
    subscriptionFilters: [],
    logEvents: [
      {
        id: "",
        timestamp: 1_794_909_903_123,
        message: "CWL CONTROL MESSAGE: Checking health of destination Firehose.",
      },
    ],
  });
  expect(data).toEqual([
    {
      messageType: "DATA_MESSAGE",
      owner: "123456789012",
      logGroup: "/aws/vendedlogs/apigateway/moesif",
      logStream: "123456789012_access-logs",
      subscriptionFilters: ["moesif"],
      logEvents: ['{"a":1}', '{"a":2}'].map((message, index) => ({
        id: String(index + 1).padStart(56, "0"),
        timestamp: 1_794_909_903_123,
        message,
      })),
    },
  ]);
});

test("every message is there once and in order, whatever it holds, and no envelope is larger than may be", async () => {
  const text = fc.string({ unit: "binary", maxLength: 200 }).map((one) => Buffer.from(one).toString("utf8"));
  const message = fc.tuple(text, fc.integer({ min: 0, max: 2000 })).map(([one, times]) => one.repeat(times));
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 20 }), async (messages) => {
      const [, ...data] = (await pack(messages)).map(open);
      expect(data.flatMap(({ logEvents }) => logEvents.map((event) => event.message))).toEqual(messages);
      for (const { logEvents } of data) {
        const bytes = logEvents.reduce((sum, event) => sum + Buffer.byteLength(event.message) + 26, 0);
        expect(logEvents.length === 1 || bytes <= ENVELOPE_BYTES).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

test("an envelope has no more events than a caller may put at once", async () => {
  const [, ...data] = (await pack(Array.from({ length: ENVELOPE_EVENTS + 1 }, () => "a"))).map(open);
  expect(data.map(({ logEvents }) => logEvents.length)).toEqual([ENVELOPE_EVENTS, 1]);
});

test("a log group without messages puts the control message alone on the stream", async () => {
  expect((await pack([])).map((record) => open(record).messageType)).toEqual(["CONTROL_MESSAGE"]);
});
