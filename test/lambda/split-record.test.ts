/** Splitting a record at its objects. */
import * as fc from "fast-check";
import { splitRecord } from "../../lambda/transformer/put-back";

const objects = fc
  .array(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 2 })), { minLength: 1 })
  .map((values) => values.map((value) => JSON.stringify(value)));
const framing = fc.constantFrom(
  (texts: readonly string[]) => texts.join("\n"),
  (texts: readonly string[]) => `[${texts.join()}]`,
  (texts: readonly string[]) => `[\n  ${texts.join(" ,\n  ")}\n]`,
);

describe("the pieces of a record", () => {
  it("hold each object once, byte for byte and in order, within the limit and no more than it takes", () => {
    fc.assert(
      fc.property(objects, framing, fc.nat(300), (texts, frame, more) => {
        const limit = Math.max(...texts.map((text) => Buffer.byteLength(text))) + more;
        const pieces = splitRecord(frame(texts), limit)!;
        expect(pieces.join("\n")).toBe(texts.join("\n"));
        const sizes = pieces.map((piece) => Buffer.byteLength(piece));
        expect(Math.max(...sizes)).toBeLessThanOrEqual(limit);
        // No object fits into the piece before its own.
        for (const [index, piece] of pieces.slice(1).entries()) {
          const first = Buffer.byteLength(piece.split("\n")[0]!);
          expect(sizes[index]! + 1 + first).toBeGreaterThan(limit);
        }
      }),
    );
  });

  it.each([
    ["an object is larger than the limit", '{"a":1}\n{"a":"é"}', 9],
    ["there is no object", "[]", 9],
    ["an object does not end", '{"a":1}\n{"a":', 9],
  ])("are none where %s", (_, text, limit) => {
    expect(splitRecord(text, limit)).toBeUndefined();
  });
});
