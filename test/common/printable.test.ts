/** Text that is safe to print. */
import { printable, printableJson, printableLine } from "../../common/print";

test.each([
  ["control characters of a terminal", "\u001b[31m\u009b\r\u0000", "\\u001b[31m\\u009b\\u000d\\u0000"],
  ["characters that change the direction of text", "\u202ea\u2066", "\\u202ea\\u2066"],
  ["characters without width", "ip\u200b\ufeff", "ip\\u200b\\ufeff"],
  ["line separators", "a\u2028b", "a\\u2028b"],
  ["half a character", "a\ud800b", "a\\ud800b"],
  ["hidden characters beyond the first plane", "a\u{e0041}", "a\\udb40\\udc41"],
])("escapes %s", (_, text, expected) => {
  expect(printable(text)).toBe(expected);
  expect(JSON.parse(printable(JSON.stringify(text)))).toBe(text);
});

test("leaves tabs, line breaks and letters of every script", () => {
  const text = "a\tb\né 漢字 שלום 🙂";
  expect(printable(text)).toBe(text);
});

test("escapes tabs and line breaks where the text has to stay on its line", () =>
  expect(printableLine("a\tb\nc")).toBe("a\\u0009b\\u000ac"));

test("indents a text that holds JSON, and quotes any other", () => {
  expect(printableJson('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(printableJson("a\u001bb")).toBe('"a\\u001bb"');
});
