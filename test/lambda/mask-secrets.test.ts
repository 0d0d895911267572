/** Tokens and credentials in any text. */
import { HIDDEN_MASK as M } from "../../lambda/transformer/placeholders";
import { maskSecrets, mayHoldSecret } from "../../lambda/transformer/secrets";

describe("maskSecrets", () => {
  it.each([
    ["Bearer abc", `Bearer ${M}`],
    ["bearer%20abc%2Fd&x=1", `bearer%20${M}&x=1`],
    ["BEARER+a.b~c", `BEARER+${M}`],
    ["Bearer Bearer abc", `Bearer ${M}`],
    ["Bearer x.Bearer abc", `Bearer ${M}Bearer ${M}`],
    ["Basic .Bearer abc", `Basic .Bearer ${M}`],
    ["Basic .Basic amFuZTpz", `Basic .Basic ${M}`],
    ["a-eyJh.eyJz.c b", `a-${M} b`],
    ["eyJh.eyJz.c.eyJ", M],
  ])("makes of %j %j, and that stays", (text, masked) => {
    expect(mayHoldSecret(text)).toBe(true);
    expect(maskSecrets(text)).toBe(masked);
    expect(maskSecrets(masked)).toBe(masked);
  });

  it.each(["Basic monthly", "a bearer", "standard-bearer.com", "eyJpeg", "overbearer abc"])("leaves %j", (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  it.each(["Basic ", "Basic+", "Basic+.", "Bearer ", "eyJ", "eyJ.", "eyJ ", " "])(
    "comes to the end of a million characters of nothing but %j",
    (unit) => {
      // Were the pattern quadratic, this would take hours.
      expect(maskSecrets(`Basic ${unit.repeat(1_000_000 / unit.length)}!`)).toMatch(/^Basic /);
    },
  );
});
