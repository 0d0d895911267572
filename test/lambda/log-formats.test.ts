/** Logs that are read by their format are the very objects that `JSON.parse` makes. */
import fc from "fast-check";
import type { AccessLog } from "../../lambda/transformer/access-log";
import { LogFormats } from "../../lambda/transformer/log-formats";

function knowing(...texts: readonly string[]): LogFormats {
  const formats = new LogFormats();
  for (const text of texts) formats.learn(JSON.parse(text) as AccessLog, text);
  return formats;
}

const anyText = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));
const plainText = anyText.filter((text) => JSON.stringify(text) === `"${text}"`);
const anyKey = fc.oneof(plainText, fc.constantFrom("", "__proto__", "constructor", "a.b", "^$", "\u2028", "1"));
const keys = fc.uniqueArray(anyKey, { maxLength: 6 });

interface Spacing {
  readonly open: string;
  readonly colon: string;
  readonly comma: string;
  readonly close: string;
}
const COMPACT: Spacing = { open: "{", colon: ":", comma: ",", close: "}" };
const space = fc.string({ unit: fc.constantFrom(" ", "\n", "\r", "\t"), maxLength: 3 });
const around = (mark: string) => fc.tuple(space, space).map(([before, behind]) => before + mark + behind);
const anySpacing = fc.record({ open: around("{"), colon: around(":"), comma: around(","), close: around("}") });

function written(names: readonly string[], values: readonly string[], spacing = COMPACT): string {
  const { open, colon, comma, close } = spacing;
  return open + names.map((name, index) => `"${name}"${colon}${JSON.stringify(values[index])}`).join(comma) + close;
}

describe("LogFormats", () => {
  it("reads a log of a known format as JSON.parse does, whatever its keys, values and spacing", () => {
    const values = fc.array(plainText, { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(keys, values, values, anySpacing, (names, first, second, spacing) => {
        // Keys that are numbers come first in an object, wherever they stand in the text.
        const isOrdered = Object.keys(JSON.parse(written(names, first)) as object).join() === names.join();
        const read = knowing(written(names, first, spacing)).read(written(names, second, spacing));
        expect(read !== undefined).toBe(names.length > 0 && isOrdered && !names.includes("__proto__"));
        if (read !== undefined) {
          const parsed = JSON.parse(written(names, second)) as object;
          expect(Object.entries(read.log)).toEqual(Object.entries(parsed));
          expect(Object.getPrototypeOf(read.log)).toBe(Object.prototype);
        }
      }),
    );
  });

  it("reads no text of another format, whatever is changed in it", () => {
    const piece = fc.constantFrom(
      '"',
      "\\",
      "\\u0041",
      '","',
      '":"',
      '","b":"',
      "\n",
      "\u0000",
      "}",
      "{",
      ":",
      ",",
      " ",
      "a",
    );
    const formats = knowing('{"a":"1","b":"2"}', '{"a":"1"}', '{"b":"1","a":"2"}');
    fc.assert(
      fc.property(
        fc.constantFrom('{"a":"x","b":"y"}', '{"a":"x"}', "{}"),
        piece,
        fc.nat(17),
        fc.nat(2),
        (text, put, at, cut) => {
          const damaged = text.slice(0, at) + put + text.slice(at + cut);
          const read = formats.read(damaged);
          if (read !== undefined) {
            expect(JSON.stringify(read.log)).toBe(damaged);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["spacing that changes", '{"a":"1", "b":"2","c":"3"}'],
    ["an escape", '{"a":"\\n"}'],
    ["an escaped character that needs none", '{"a":"\\u0041"}'],
    ["a key twice", '{"a":"1","a":"2"}'],
    ["a number", '{"a":1}'],
    ["an object", '{"a":{}}'],
    ["nothing", '{"a":null}'],
  ])("learns nothing from a text with %s", (_, text) => {
    const formats = knowing(text);
    expect(formats.read(text)).toBeUndefined();
    expect(formats.read('{"a":"1"}')).toBeUndefined();
  });

  it("tells apart formats of which one has the keys of the other, and more", () => {
    const [few, more] = ['{"a":"1"}', '{"a":"1","b":"2"}'];
    const formats = knowing(few, more);
    for (const text of [few, more, more, few]) {
      expect(formats.read(text)?.log).toEqual(JSON.parse(text));
    }
  });

  it("makes a new object of each text, and keeps none", () => {
    const text = '{"a":"1"}';
    const log = JSON.parse(text) as AccessLog;
    const formats = new LogFormats();
    formats.learn(log, text);
    log.b = "changed later";
    formats.read(text)!.log.a = "changed as well";
    expect(formats.read(text)?.log).toEqual({ a: "1" });
  });

  it("learns a bounded number of formats, of a bounded number of keys", () => {
    const texts = Array.from({ length: 17 }, (_, number) => `{"key${number}":""}`);
    const formats = knowing(...texts);
    expect(texts.map((text) => formats.read(text) !== undefined)).toEqual([...Array<boolean>(16).fill(true), false]);
    const long = (length: number) =>
      written(
        Array.from({ length }, (_, number) => `key${number}`),
        Array<string>(length).fill(""),
      );
    expect(knowing(long(100)).read(long(100))).toBeDefined();
    expect(knowing(long(101)).read(long(101))).toBeUndefined();
  });
});
