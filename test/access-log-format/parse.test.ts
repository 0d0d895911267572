/** What is read of formats that are JSON, nearly JSON, and none. */
import fc from "fast-check";
import { type FormatValue, readFormat } from "../../modules/access-log-format/parse";

/** As JSON.parse would have it. */
function plain(value: FormatValue): unknown {
  if (value instanceof Map) {
    const held = Object.create(null) as Record<string, unknown>;
    for (const [key, one] of value) Object.defineProperty(held, key, { value: plain(one), enumerable: true });
    return held;
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

const read = (text: string) => {
  const found = readFormat(text);
  return found && { members: JSON.stringify(plain(found.members)), faults: found.faults };
};

describe("reading a format", () => {
  it("takes every JSON object for what it is, without a fault", () => {
    const object = fc.object({ maxDepth: 4, withNullPrototype: true });
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(read(text)).toEqual({ members: JSON.stringify(JSON.parse(text)), faults: [] });
      }),
    );
  });

  it("finds a fault in everything that JSON does not take", () => {
    const piece = fc.constantFrom('"a"', "'b'", "{", "}", "[", "]", ":", ",", " ", "\\", "\n", "1", "x", "“c”", "true");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = `{${pieces.join("")}}`;
        fc.pre(!isJson(text));
        expect(readFormat(text)?.faults).not.toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[string, string, string, object[]]>([
    ["a variable without quotes", '{"a":$context.status}', '{"a":"$context.status"}', [{ kind: "unquoted", key: "a" }]],
    ["two of them, the first without a comma", '{"a":$context.x\n"b":$y}', '{"a":"$context.x","b":"$y"}', [{}, {}, {}]],
    ["a key without quotes", "{a:1}", '{"a":1}', [{ text: "the key a must be in quotes" }]],
    [
      "a key that lacks its first quote",
      '{apiId": "x"}',
      '{"apiId":"x"}',
      [{ text: "the key apiId must be in quotes" }],
    ],
    ["an attribute of Terraform", '{ a = "x" }', '{"a":"x"}', [{}, { text: '"a" must be followed by a colon' }]],
    ["single quotes", "{'a':'x'}", '{"a":"x"}', [{}, {}]],
    ["typographic quotes", "{“a”: “x”}", '{"a":"x"}', [{}, {}]],
    ["a missing comma", '{"a":"x""b":1}', '{"a":"x","b":1}', [{ text: 'a comma is missing before "b"' }]],
    ["a comma at the end", '{"a":1,}', '{"a":1}', [{ text: "there is a comma before the closing }" }]],
    ["lines that a backslash continues", '{"a":1, \\\n "b":2}', '{"a":1,"b":2}', [{ kind: "notJson" }]],
    ["no end", '{"a":{"b":1}', '{"a":{"b":1}}', [{ text: "the closing } is missing" }]],
    ["something behind", '{"a":1}{"b":2}', '{"a":1}', [{ text: "there is text after the object" }]],
    ["a key twice", '{"a":1,"a":2}', '{"a":2}', [{ kind: "duplicateKey", key: "a" }]],
    ["what is not escaped", '{"a":"\\d"}', '{"a":"\\\\d"}', [{ text: '"\\\\d" is not escaped as JSON requires' }]],
    ["quotes around the whole", '"{\\"a\\":1}"', '{"a":1}', [{ kind: "notJson" }]],
    ["quotes of a shell around the whole", "'{\"a\":1}'", '{"a":1}', [{ kind: "notJson" }]],
    ["quotes that are escaped", '{\\"a\\":1}', '{"a":1}', [{ kind: "notJson" }]],
  ])("reads what is meant by %s, and says what is wrong", (_, text, members, faults) => {
    expect(read(text)).toEqual({ members, faults: faults.map((fault) => expect.objectContaining(fault)) });
  });

  it.each([
    ["no object", "$context.requestId"],
    ["a list", "[1]"],
    ["a key without a value", '{"a"}'],
    ["an object within many", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["a value in half a pair of quotes", '{"a": "x}'],
  ])("reads nothing of %s", (_, text) => {
    expect(readFormat(text)).toBeUndefined();
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
