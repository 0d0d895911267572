import { gunzipSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { decode, type Decoded } from "../../lambda/transformer/decode";
import { INFLATED_LIMIT } from "../../lambda/transformer/decode";
import { failed } from "../../lambda/transformer/outcome";
import { parseDocuments } from "../../lambda/transformer/documents";
import { base64, envelope, gzip } from "./support";

const STRICT_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

describe("decode", () => {
  it.each([
    ["nothing", undefined],
    ["a number", 42],
    ["an array", ["e30="]],
    ["missing padding", "e30"],
    ["white space inside", "e3\n0="],
    ["a character of the URL-safe alphabet", "e30-"],
    ["padding in the middle", "e30=e30="],
    ["padding alone", "===="],
    ["a character beyond ASCII", "e30\u0130"],
    ["a character whose low byte is base64", "e30\u0141"],
  ])("refuses data that is not base64: %s", (_, data) => {
    expect(decode(data)).toEqual(failed("not-base64"));
  });

  it("takes as base64 what is base64, and nothing else", () => {
    const character = fc.constantFrom(..."AZaz09+/=-_ \n\u00e9\u0141");
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 12 }), (data) => {
        const refused = JSON.stringify(decode(data)) === JSON.stringify(failed("not-base64"));
        expect(refused).toBe(!STRICT_BASE64.test(data));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["a stray continuation byte", [0x80], "\ufffd"],
    ["an overlong form", [0xc0, 0xaf], "\ufffd\ufffd"],
    ["a surrogate", [0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
    ["a truncated character", [0xe2, 0x82], "\ufffd"],
  ])("replaces bytes that are not UTF-8, and counts the events: %s", (_, bytes, text) => {
    const record = Buffer.from([...Buffer.from('{"a":"'), ...bytes, ...Buffer.from('"}')]);
    const replaced = { parts: [{ logs: [{ a: text }] }], replaced: 1, verbatim: false };
    expect(decode(record.toString("base64"))).toMatchObject(replaced);
    expect(decode(gzipSync(record).toString("base64"))).toMatchObject(replaced);
  });

  it("takes a replacement character that was written for what it is", () => {
    expect(decode(base64('{"a":"\ufffd"}'))).toMatchObject({
      parts: [{ logs: [{ a: "\ufffd" }] }],
      replaced: 0,
      verbatim: true,
    });
  });

  it.each([
    ["{}", "single", [{}], true],
    [" {}\n", "single", [{}], true],
    ["{}{}", "lines", [{}, {}], false],
    ["{}\n\n{}\n", "lines", [{}, {}], true],
    ["{}\n{}{}", "lines", [{}, {}, {}], false],
    ["[{}]", "array", [{}], true],
    ["", "lines", [], true],
    ["\ufeff{}", "single", [{}], false],
  ])(
    "remembers how the objects of %j lie in it, and whether it can be delivered so",
    (text, framing, logs, verbatim) => {
      const parts = [{ logs }];
      expect(decode(base64(text))).toMatchObject({ framing, parts, verbatim, repaired: 0, inflated: 0 });
      const inflated = Buffer.byteLength(text);
      expect(decode(gzipSync(text).toString("base64"))).toMatchObject({ framing, parts, verbatim: false, inflated });
    },
  );

  it("decodes a record of Firehose's largest size, and a longer one after a shorter one", () => {
    const path = "/".repeat(1_024_000 - 20);
    expect(decode(base64("{}"))).toMatchObject({ parts: [{ logs: [{}] }] });
    expect(decode(base64(JSON.stringify({ path })))).toMatchObject({
      framing: "single",
      parts: [{ logs: [{ path }] }],
    });
  });

  it("inflates up to its bound, and no byte more", () => {
    const largest = " ".repeat(INFLATED_LIMIT);
    expect(decode(gzipSync(largest).toString("base64"))).toMatchObject({ parts: [{ logs: [] }] });
    expect(decode(gzipSync(`${largest} `).toString("base64"))).toEqual(failed("gzip-too-large"));
  });

  it("uses nothing of gzip that is cut anywhere", () => {
    const whole = Buffer.from(envelope(["{}"]), "base64");
    expect(decode(whole.toString("base64"))).toMatchObject({ framing: "lines", parts: [{ logs: [{}] }] });
    for (let length = 2; length < whole.length; length++) {
      expect(decode(whole.subarray(0, length).toString("base64"))).toEqual(failed("bad-gzip"));
    }
  });

  it("opens an envelope of many messages", () => {
    const messages = Array.from({ length: 50_000 }, (_, number) => `{"number":${number}}`);
    expect((decode(envelope(messages)) as Decoded).parts).toHaveLength(messages.length);
  });

  it.each(["\ufeff", " \r\n\t", "\ufeff\n"])("opens an envelope behind %j", (before) => {
    const text = gunzipSync(Buffer.from(envelope(["{}", "{}"]), "base64")).toString();
    expect((decode(gzip(`${before}${text}\n`)) as Decoded).bad).toHaveLength(0);
    expect((decode(gzip(`${before}${text}\n`)) as Decoded).parts).toHaveLength(2);
    expect((decode(gzip(before + JSON.stringify(JSON.parse(text), null, 2))) as Decoded).parts).toHaveLength(2);
  });

  it("keeps what is bad of an envelope with many messages", () => {
    const messages = Array.from({ length: 50_000 }, (_, number) => `{"number":${number}`);
    expect((decode(envelope([...messages, "{}"])) as Decoded).bad).toHaveLength(messages.length);
  });

  const event = { id: "0", timestamp: 1_795_000_000_000, message: "{}" };
  const whole = { messageType: "DATA_MESSAGE", owner: "1", logGroup: "g", logStream: "s", subscriptionFilters: ["f"] };
  it.each([
    ["the owner is missing", { ...whole, owner: undefined, logEvents: [event] }],
    ["the log group is a number", { ...whole, logGroup: 1, logEvents: [event] }],
    ["the log stream is missing", { ...whole, logStream: undefined, logEvents: [event] }],
    ["the filters are a text", { ...whole, subscriptionFilters: "f", logEvents: [event] }],
    ["a filter is a number", { ...whole, subscriptionFilters: [1], logEvents: [event] }],
    ["an event has no id", { ...whole, logEvents: [event, { ...event, id: undefined }] }],
    ["an event has a text as its time", { ...whole, logEvents: [{ ...event, timestamp: "1" }] }],
    ["an event is null", { ...whole, logEvents: [null] }],
  ])("opens no envelope that CloudWatch Logs would not write: %s", (_, value) => {
    expect(decode(gzip(JSON.stringify(value)))).toEqual(failed("unknown-envelope"));
    expect(decode(gzip(JSON.stringify({ ...whole, logEvents: [event] })))).toMatchObject({ parts: [{ text: "{}" }] });
  });
});

describe("parseDocuments", () => {
  it("finds again what was run together, whatever the objects hold", () => {
    const documents = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), { minLength: 1 });
    const space = fc.constantFrom("", "\n", "\r\n", " \t");
    fc.assert(
      fc.property(documents, space, (objects, between) => {
        const texts = objects.map((object) => JSON.stringify(object));
        const found = parseDocuments(texts.join(between));
        expect(JSON.stringify(found?.logs)).toBe(JSON.stringify(JSON.parse(`[${texts.join()}]`)));
      }),
    );
  });

  it.each(["{}}", "{}[]", "[]{}", "{},{}", '{"a":"}', '{"a":"\\"}', "{]}", "{}\u00a0{}", "1 2", "}{"])(
    "refuses %s",
    (text) => {
      expect(parseDocuments(text)).toBeUndefined();
    },
  );

  it.each([
    ["braces that open", "{".repeat(1_000_000)],
    ["objects in objects", '{"a":'.repeat(200_000)],
    ["strings that never end", '{"'.repeat(500_000)],
    ["backslashes", `{"${"\\".repeat(1_000_000)}`],
    ["empty objects", "{}".repeat(500_000)],
  ])("comes to the end of a megabyte of %s, without a stack", (_, text) => {
    // In more than one pass this would take hours.
    expect(() => parseDocuments(text)).not.toThrow();
  });
});
