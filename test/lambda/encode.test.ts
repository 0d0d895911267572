import { encode } from "../../lambda/transformer/encode";
import { textOf } from "./support";

describe("encode", () => {
  it.each([
    ["single", [{ a: 1 }], '{"a":1}'],
    ["lines", [{ a: 1 }, { b: 2 }], '{"a":1}\n{"b":2}'],
    ["array", [{ a: 1 }], '[{"a":1}]'],
  ] as const)("writes the framing %s", (framing, logs, text) => {
    expect(textOf(encode({ framing, logs: [...logs] }))).toBe(text);
  });

  it("leaves out removed keys and keeps text beyond ASCII", () => {
    const log = { a: undefined, path: "/größe/東京/😀", half: "\ud83d" };
    expect(textOf(encode({ framing: "single", logs: [log] }))).toBe('{"path":"/größe/東京/😀","half":"\\ud83d"}');
  });

  it("writes a megabyte of the longest characters", () => {
    const path = "東".repeat(350_000);
    expect(JSON.parse(textOf(encode({ framing: "single", logs: [{ path }] })))).toEqual({ path });
  });
});
