/** JSON that is written member by member is what JSON.stringify writes. */
import * as fc from "fast-check";
import {
  appendJson,
  appendMember,
  holdsPlainTexts,
  isPlain,
  type Quote,
  quoteAny,
  quotePlain,
} from "../../lambda/transformer/json";
import type { JsonValue } from "../../lambda/transformer/settings";

const object = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue() as fc.Arbitrary<JsonValue>);
const plain = fc.stringMatching(/^[^"\\\u0000-\u001f\ud800-\udfff]*$/);

function write(members: object, quote: Quote): string {
  const json = Object.entries(members).reduce(
    (all, [key, value]) => appendMember(all, key, value as JsonValue, quote),
    "{",
  );
  return `${json}}`;
}

describe("an object that is written member by member", () => {
  it("is what JSON.stringify writes", () => {
    fc.assert(fc.property(object, (members) => expect(write(members, quoteAny)).toBe(JSON.stringify(members))));
  });

  it("is so without a look for escapes where there are none", () => {
    // Of what is no text, each is written by JSON.stringify all the same.
    const other = (fc.jsonValue() as fc.Arbitrary<JsonValue>).filter((value) => typeof value !== "string");
    const texts = fc.dictionary(plain, fc.oneof(plain, other));
    fc.assert(fc.property(texts, (members) => expect(write(members, quotePlain)).toBe(JSON.stringify(members))));
  });

  it("takes JSON as a value", () => {
    fc.assert(
      fc.property(object, fc.jsonValue(), (members, value) => {
        const json = appendJson(write(members, quoteAny).slice(0, -1), "metadata", JSON.stringify(value), quoteAny);
        expect(JSON.parse(`${json}}`)).toEqual(JSON.parse(JSON.stringify({ ...members, metadata: value })));
      }),
    );
  });
});

it("a text is plain if JSON writes it as it is", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), plain), (text) => {
      // Pairs of surrogates need no escape, but are not told from lone ones.
      fc.pre(!/[\ud800-\udfff]/.test(text));
      expect(isPlain(text)).toBe(JSON.stringify(text) === `"${text}"`);
    }),
  );
});

it("a JSON text holds plain texts if no text in it needs an escape", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value);
      fc.pre(holdsPlainTexts(json));
      JSON.parse(json, (key, held: unknown) => {
        for (const text of typeof held === "string" ? [key, held] : [key]) {
          expect(JSON.stringify(text)).toBe(quotePlain(text));
        }
      });
    }),
  );
});
