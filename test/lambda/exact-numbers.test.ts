/** Numbers keep their digits, however many these are. */
import * as fc from "fast-check";
import { withExactNumbers } from "../../lambda/transformer/json";
import type { TransformerSettings } from "../../lambda/transformer/settings";
import { accessLog, base64, outcomeFor, settings, textOf } from "./support";

/** What the transformer delivers of an access log with this JSON behind its own keys. */
function delivered(more: string, of: Partial<TransformerSettings> = {}): Record<string, never> {
  const outcome = outcomeFor(base64(`${JSON.stringify(accessLog()).slice(0, -1)},${more}}`), { ...settings, ...of });
  return JSON.parse(textOf((outcome as { data: string }).data)) as Record<string, never>;
}

describe("a number", () => {
  it.each([
    ["175928847299117063", '"175928847299117063"'],
    ["-9007199254740993", '"-9007199254740993"'],
    ["1000000000000000000000", '"1000000000000000000000"'],
    ["0.1234567890123456789", '"0.1234567890123456789"'],
    ["12345678.123456789012", '"12345678.123456789012"'],
    ["1e999", '"1e999"'],
    ["1E-400", '"1E-400"'],
    ["9007199254740992", "9007199254740992"],
    ["1794909903123", "1794909903123"],
    ["0.30000000000000004", "0.30000000000000004"],
    ["1.5000000000000000", "1.5000000000000000"],
    ["1e5", "1e5"],
    ["-0", "-0"],
    ["0.0000000000000000000", "0.0000000000000000000"],
  ])("%s is read as %s", (number, read) => {
    expect(withExactNumbers(number)).toBe(number);
    expect(withExactNumbers(`[${number}]`)).toBe(`[${read}]`);
    expect(withExactNumbers(`{"a":[1, ${number}\n],"b":${number}}`)).toBe(`{"a":[1, ${read}\n],"b":${read}}`);
    expect(withExactNumbers(`{"${number}":",${number},\\":${number}"}`)).toBe(
      `{"${number}":",${number},\\":${number}"}`,
    );
  });

  it("of any digits has the same value after a reading and a writing", () => {
    const digits = fc.stringMatching(/^(0|[1-9]\d{0,24})(\.\d{1,24})?([eE][+-]?\d{1,3})?$/);
    const value = fc.oneof(
      digits,
      fc.string().map((text) => JSON.stringify(text)),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.constantFrom("", " ", "\n"), (values, space) => {
        const read = JSON.parse(withExactNumbers(`[${space}${values.join(`,${space}`)}]`)) as (string | number)[];
        expect(read.map((one) => sameAs(one))).toEqual(values.map((one) => sameAs(JSON.parse(quoted(one)) as string)));
      }),
      { numRuns: 2000 },
    );
  });
});

/** A number as a whole number and a power of ten; a text as it is. */
function sameAs(value: string | number): string {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(String(value)) ?? [];
  if (whole === "") return String(value);
  let digits = BigInt(whole + fraction);
  let power = Number(exponent) - fraction.length;
  for (; digits !== 0n && digits % 10n === 0n; power++) digits /= 10n;
  return digits === 0n ? "0" : `${sign}${digits}e${power}`;
}

function quoted(value: string): string {
  return value.startsWith('"') ? value : `"${value}"`;
}

describe("an unquoted id of 64 bits", () => {
  const id = "175928847299117063";

  it("is the user in both outputs, and no other than its neighbour's", () => {
    expect(delivered(`"user":${id}`).user).toBe(id);
    expect(delivered(`"user": ${id}`, { output: "event" }).user_id).toBe(id);
    expect(delivered('"user":175928847299117064').user).toBe("175928847299117064");
  });

  it("is found by identity rules, in metadata, by maps and in templates", () => {
    const identity = {
      user: [{ template: "{tenant}:{metadata.org.id}" }],
      company: [{ from: "metadata.org.id", map: { [id]: "acme" } }],
    };
    const log = delivered(`"tenant":${id},"metadata":{"org":{"id":${id}}}`, { identity });
    expect(log).toMatchObject({ user: `${id}:${id}`, companyId: "acme", metadata: { org: { id } } });
  });

  it("is what a filter compares", () => {
    const filter = [{ drop: { "metadata.org": id } }];
    const drop = (org: string) =>
      outcomeFor(base64(`${JSON.stringify(accessLog()).slice(0, -1)},"metadata":{"org":${org}}}`), {
        ...settings,
        filter,
      });
    expect(drop(id).result).toBe("Dropped");
    expect(drop("175928847299117064").result).toBe("Ok");
  });

  it("keeps its digits in lists, in what came as an event, and where nothing is enriched", () => {
    expect(delivered(`"metadata":{"ids":[${id},0.1234567890123456789]}`).metadata).toMatchObject({
      ids: [id, "0.1234567890123456789"],
    });
    expect(delivered(`"orgId":${id}`, { enrichment: "none" }).orgId).toBe(id);
    const event = `{"request":{"time":"2026-11-17T10:05:03Z","uri":"https://a.example/","verb":"GET","headers":{},"body":{"id":${id}}}}`;
    const outcome = outcomeFor(base64(`${event}\n${event}`), { ...settings, output: "event" });
    expect(textOf((outcome as { data: string }).data).match(new RegExp(`"id":"${id}"`, "g"))).toHaveLength(2);
  });
});
