/** What a record holds, packed by CloudWatch Logs or not. */
import { gzipSync } from "node:zlib";
import { eventsIn, textsIn } from "../../local/packed-events";

const envelope = (messageType: string, ...messages: unknown[]): string =>
  JSON.stringify({ messageType, logGroup: "g", logEvents: messages.map((message) => ({ id: "1", message })) });

test.each([
  ["an access log", '{"a":1}', ['{"a":1}'], 1],
  ["several in a row", '{"a":1}{"a":2}\n{"a":3}', ['{"a":1}{"a":2}\n{"a":3}'], 3],
  ["an array", '[{"a":1},{"a":2}]', ['[{"a":1},{"a":2}]'], 2],
  ["a text that is no JSON", "a b c", ["a b c"], 1],
  ["an empty array", "[]", ["[]"], 1],
  ["an envelope", envelope("DATA_MESSAGE", '{"a":1}', '{"a":2}'), ['{"a":1}', '{"a":2}'], 2],
  ["an envelope of which one message is no JSON", envelope("DATA_MESSAGE", '{"a":1}', "b"), ['{"a":1}', "b"], 2],
  ["an envelope of which one message holds two", envelope("DATA_MESSAGE", '{"a":1}{"a":2}'), ['{"a":1}{"a":2}'], 2],
  ["an envelope of which one event has no message", envelope("DATA_MESSAGE", 7), [""], 1],
  ["an envelope without events", envelope("DATA_MESSAGE"), [""], 1],
  ["a control message", envelope("CONTROL_MESSAGE", "Checking health"), [], 0],
  ["an access log with a key of that name", '{"logEvents":[{"message":"a"}]}', ['{"logEvents":[{"message":"a"}]}'], 1],
])("%s, compressed or not", (_, text, texts, count) => {
  for (const data of [Buffer.from(text), gzipSync(text)]) {
    expect(textsIn(data)).toEqual(texts);
    expect(eventsIn(data).count).toBe(count);
  }
});

test("damaged gzip is one event, which is not understood", () => {
  expect(eventsIn(gzipSync('{"a":1}').subarray(0, -4))).toEqual({ count: 1, events: [] });
});

test("events are those of all messages, in order", () => {
  const data = gzipSync(envelope("DATA_MESSAGE", '{"a":1}{"a":2}', "b", '[{"a":3}]'));
  expect(eventsIn(data)).toEqual({ count: 4, events: [{ a: 1 }, { a: 2 }, { a: 3 }] });
});
