import * as fc from "fast-check";
import { hasDuplicateKeys } from "../../lambda/transformer/json";

function isDoubled(text: string): boolean {
  return hasDuplicateKeys(text, JSON.parse(text) as object);
}

describe("hasDuplicateKeys", () => {
  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '{"a":1,"a" :2}',
    '{"a":1,"a"\n:"\\":"}',
    '[{"a":{"b":1,"b":1}}]',
    '{"__proto__":1,"__proto__":2}',
  ])("finds the key that stands twice in %s", (text) => {
    expect(isDoubled(text)).toBe(true);
  });

  it.each(["{}", '{"a":1,"b":1}', '{"a":{"a":[{"a":1}]}}', '{"a" : "\\":\\":"}', '{":":"\\\\","b":":"}', '[":"]'])(
    "finds none in %s",
    (text) => {
      expect(isDoubled(text)).toBe(false);
    },
  );

  it("finds none in what JSON.stringify wrote, and the one that is put in", () => {
    const key = fc.oneof(fc.constantFrom('"', '":', "\\", " :", "a", "__proto__"), fc.string());
    const object = fc.dictionary(key, fc.oneof(key, fc.jsonValue({ maxDepth: 3 })), { minKeys: 1 });
    fc.assert(
      fc.property(object, fc.constantFrom("", " "), fc.nat(), (one, space, index) => {
        const text = JSON.stringify(one, undefined, space).replace(/^\{\s*/, "{");
        const keys = Object.keys(JSON.parse(text) as object);
        expect(isDoubled(text)).toBe(false);
        expect(isDoubled(`{${JSON.stringify(keys[index % keys.length])}${space}:1,${text.slice(1)}`)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("needs no stack, however deep the nesting", () => {
    const deep = `${'{"a":['.repeat(200_000)}${"]}".repeat(200_000)}`;
    expect(isDoubled(deep)).toBe(false);
  });
});
