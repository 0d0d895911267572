import * as fc from "fast-check";
import { decode } from "../../lambda/transformer/decode";
import { failed } from "../../lambda/transformer/outcome";
import { parseDocuments } from "../../lambda/transformer/parse-documents";
import { base64 } from "./support";

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
    ["a stray continuation byte", [0x22, 0x80, 0x22]],
    ["an overlong form", [0x22, 0xc0, 0xaf, 0x22]],
    ["a surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["a truncated character", [0x7b, 0x7d, 0xe2, 0x82]],
    ["gzip", [0x1f, 0x8b, 0x08, 0x00]],
  ])("refuses bytes that are not UTF-8: %s", (_, bytes) => {
    expect(decode(Buffer.from(bytes).toString("base64"))).toEqual(failed("not-utf8"));
  });

  it("remembers whether the record was one object, several or an array", () => {
    expect(decode(base64("{}"))).toEqual({ framing: "single", logs: [{}] });
    expect(decode(base64(" {}\n"))).toEqual({ framing: "single", logs: [{}] });
    expect(decode(base64("{}{}"))).toEqual({ framing: "lines", logs: [{}, {}] });
    expect(decode(base64("{}\n\n{}\n"))).toEqual({ framing: "lines", logs: [{}, {}] });
    expect(decode(base64("[{}]"))).toEqual({ framing: "array", logs: [{}] });
    expect(decode(base64(""))).toEqual({ framing: "lines", logs: [] });
  });

  it("decodes a record of Firehose's largest size, and a longer one after a shorter one", () => {
    const path = "/".repeat(1_024_000 - 20);
    expect(decode(base64("{}"))).toMatchObject({ logs: [{}] });
    expect(decode(base64(JSON.stringify({ path })))).toEqual({ framing: "single", logs: [{ path }] });
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
        expect(JSON.stringify(found)).toBe(JSON.stringify(JSON.parse(`[${texts.join()}]`)));
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
  ])("needs one pass and no stack for a megabyte of %s", (_, text) => {
    const started = performance.now();
    parseDocuments(text);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
