/** Keyed hashes, by the test cases of RFC 4231 and where their key is missing. */
import { createKeyedHash, isHash } from "../../lambda/transformer/redact-value";
import { createRedaction } from "../../lambda/transformer/redact";
import { HASH_KEY } from "./support";

/** 132 bits of a digest in hex, in base64url. */
function shortened(digest: string): string {
  return Buffer.from(digest, "hex").toString("base64url").slice(0, 22);
}

describe("a keyed hash", () => {
  it.each([
    ["Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
    ["\v".repeat(20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  ])("with the key %j is HMAC-SHA-256 of %j", (key, text, digest) => {
    expect(createKeyedHash(key)(text)).toBe(`hmac:${shortened(digest)}`);
  });

  it("is the same however many others were made in between", () => {
    const hash = createKeyedHash(HASH_KEY);
    const first = hash("jane");
    const others = new Set(Array.from({ length: 10_001 }, (_, index) => hash(`other ${index}`)));
    expect(others.size).toBe(10_001);
    expect(hash("jane")).toBe(first);
    expect(isHash(first)).toBe(true);
  });

  it.each([
    "jane",
    "hmac:",
    "hmac:abcdefghijklmnopqrstu",
    "hmac:abcdefghijklmnopqrstuvw",
    "hmac:abcdefghijklmnopqrst+/",
  ])("does not look like %s", (text) => {
    expect(isHash(text)).toBe(false);
  });
});

describe("hashing", () => {
  it.each([undefined, ""])("is refused with the key %j", (hashKey) => {
    expect(() => createRedaction({ hash: ["user"] }, { hashKey })).toThrow(/redaction.hash .* HASH_KEY_SECRET/);
  });

  it("needs no key where nothing is to be hashed", () => {
    expect(() => createRedaction({ hash: [] })).not.toThrow();
  });
});
