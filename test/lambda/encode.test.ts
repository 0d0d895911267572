/** Texts of objects as the data of a record. */
import { encode } from "../../lambda/transformer/encode";
import { textOf } from "./support";

describe("encode", () => {
  it.each([
    ["single", ['{"a":1}'], '{"a":1}'],
    ["lines", ['{"a":1}', '{"b":2}'], '{"a":1}\n{"b":2}'],
    ["array", ['{"a":1}', '{"b":2}'], '[{"a":1},{"b":2}]'],
  ] as const)("writes the framing %s", (framing, texts, text) => {
    expect(textOf(encode({ framing }, texts))).toBe(text);
  });

  it.each(["/größe/東京/😀", "\u0080", "\u00ff", "\u007f"])("writes %j as UTF-8", (text) => {
    expect(textOf(encode({ framing: "single" }, [text]))).toBe(text);
  });

  it("writes a megabyte of the longest characters", () => {
    const path = "東".repeat(350_000);
    expect(textOf(encode({ framing: "single" }, [path]))).toBe(path);
  });
});
