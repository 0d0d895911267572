import type { AccessLog } from "../../lambda/transformer/access-log";
import type { Documents, Framing } from "../../lambda/transformer/documents";
import { encode } from "../../lambda/transformer/encode";
import { textOf } from "./support";

function documents(framing: Framing, logs: readonly AccessLog[], text = ""): Documents {
  return { framing, logs, text, sound: true, repaired: 0 };
}

describe("encode", () => {
  it.each([
    ["single", [{ a: 1 }], '{"a":1}'],
    ["lines", [{ a: 1 }, { b: 2 }], '{"a":1}\n{"b":2}'],
    ["array", [{ a: 1 }], '[{"a":1}]'],
  ] as const)("writes the framing %s", (framing, logs, text) => {
    expect(textOf(encode(documents(framing, logs)))).toBe(text);
  });

  it.each([
    ["lines", '{"a" : 1.0}{"b" : 2.0}\r\n{"c" : 3.0}', '{"a" : 1.0}\n{"b":2}\n{"c" : 3.0}'],
    ["array", ' [{"a" : 1.0} , {"b" : 2.0}, {"c" : 3.0}]', '[{"a" : 1.0},{"b":2},{"c" : 3.0}]'],
  ] as const)("keeps the text of untouched objects among %s", (framing, text, expected) => {
    const logs = [{ a: 1 }, { b: 2 }, { c: 3 }];
    expect(textOf(encode(documents(framing, logs, text), [logs[0]!, logs[2]!]))).toBe(expected);
  });

  it("leaves out removed keys and keeps text beyond ASCII", () => {
    const log = { a: undefined, path: "/größe/東京/😀", half: "\ud83d" };
    expect(textOf(encode(documents("single", [log])))).toBe('{"path":"/größe/東京/😀","half":"\\ud83d"}');
  });

  it("writes a megabyte of the longest characters", () => {
    const path = "東".repeat(350_000);
    expect(JSON.parse(textOf(encode(documents("single", [{ path }]))))).toEqual({ path });
  });
});
