/** When a call was made, in every form that a record may have it. */
import * as fc from "fast-check";
import { parseTime, toClf, toIso } from "../../lambda/transformer/normalise";

const AT = Date.UTC(2026, 10, 17, 10, 5, 3);

describe("parseTime", () => {
  it.each([
    ["17/Nov/2026:10:05:03 +0000", AT],
    ["17/Nov/2026:12:05:03 +0200", AT],
    ["17/Nov/2026:04:35:03 -0530", AT],
    ["1794909903", AT],
    ["1794909903038", AT + 38],
    ["2026-11-17T10:05:03Z", AT],
    ["2026-11-17T10:05:03.038Z", AT + 38],
    ["2026-11-17T12:05:03.038+02:00", AT + 38],
    ["2026-11-17T10:05:03.038", AT + 38],
    ["2026-11-17T10:05", AT - 3000],
    ["17/Nov/2026:10:05:60 +0000", AT + 57_000],
    [" 17/Nov/2026:10:05:03 +0000\t", AT],
    ["[17/Nov/2026:10:05:03 +0000]", AT],
    [" [ 1794909903038 ]", AT + 38],
    ["1794909903038123", AT + 38],
    ["1794909903038123456", AT + 38],
    ["2026-11-17 10:05:03", AT],
    ["2026-11-17 12:05:03.038 +02:00", AT + 38],
    ["2026-11-17t10:05:03z", AT],
    ["2026-11-17T10:05:03,038Z", AT + 38],
    ["2026-11-17T12:05:03+0200", AT],
    ["2026-11-17T12:05:03+02", AT],
    ["2026-11-17 10:05:03 UTC", AT],
    ["Tue, 17 Nov 2026 10:05:03 GMT", AT],
    ["17/NOV/2026:10:05:03 +0000", AT],
    ["17/nov/2026:12:05:03 +02:00", AT],
    ["17/Nov/2026:10:05:03 Z", AT],
    ["17/Nov/2026:10:05:03 GMT", AT],
    ["7/Nov/2026:10:05:03 +0000", AT - 10 * 24 * 3_600_000],
    ["17 Nov 2026 12:05:03 +0200", AT],
  ])("reads %s", (text, ms) => {
    expect(parseTime(text)).toBe(ms);
  });

  it.each([
    "",
    "-",
    "now",
    "17/Now/2026:10:05:03 +0000",
    "17/Nov/2026:10:05:03",
    "17/Nov/2026:10:05:3x +0000",
    "17/Nov/2026:10:05:70 +0000",
    "17/Nov/2026:24:05:03 +0000",
    "17/Nov/2026:10:60:03 +0000",
    "32/Nov/2026:10:05:03 +0000",
    "17/Nov/2026 10:05:03 +0000",
    "[[17/Nov/2026:10:05:03 +0000]]",
    "17/Nov/2026:10:05:03 +0000]",
    "Tue, 17 Nov 2026",
    "2026-11-17 10:05:03 CET",
    "179490990",
    "17949099030388",
    "-794909903",
    "2026-11-17",
    "2026-13-17T10:05:03Z",
    "[redacted]",
  ])("finds no time in %j", (text) => {
    expect(parseTime("17/Nov/2026:10:05:03 +0000")).toBe(AT);
    expect(parseTime(text)).toBeNaN();
  });

  const second = fc
    .integer({ min: Date.UTC(2000, 0), max: Date.UTC(2099, 11) })
    .map((ms) => Math.floor(ms / 1000) * 1000);
  const zone = fc.record({ sign: fc.constantFrom(1, -1), minutes: fc.constantFrom(0, 30, 60, 330, 345, 840) });

  /** As API Gateway would write it in this zone. */
  function clf(ms: number, { sign, minutes }: { sign: number; minutes: number }): string {
    const digits = (value: number) => String(value).padStart(2, "0");
    const offset = `${sign < 0 ? "-" : "+"}${digits(Math.floor(minutes / 60))}${digits(minutes % 60)}`;
    return toClf(ms + sign * minutes * 60_000).replace("+0000", offset);
  }

  it("reads any times one after the other, in any zones", () => {
    // Near to each other, so that a minute that was kept for the one may serve the other.
    const near = fc.tuple(second, fc.array(fc.tuple(fc.integer({ min: -150, max: 150 }), zone), { minLength: 1 }));
    fc.assert(
      fc.property(near, ([first, others]) => {
        for (const [seconds, of] of others) {
          const ms = first + seconds * 1000;
          expect(parseTime(clf(ms, of))).toBe(ms);
        }
      }),
    );
  });

  it("reads of ISO 8601 what Date.parse does", () => {
    fc.assert(
      fc.property(second, fc.nat(999), (ms, more) => {
        const text = new Date(ms + more).toISOString();
        expect(parseTime(text)).toBe(Date.parse(text));
      }),
    );
  });

  it("tells any text from a time, and never throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^[\s[]*\d{10}/.test(text));
        expect(parseTime(text)).toBeNaN();
      }),
    );
  });
});

it("needs little time for a text of any length", () => {
  const started = process.cpuUsage();
  for (const part of [" ", "[", "[ ", "1", "2026-11-17 ", "17/Nov/2026:"]) {
    expect(parseTime(`${part.repeat(500_000)}x`)).toBeNaN();
    expect(parseTime(`x${part.repeat(500_000)}`)).toBeNaN();
  }
  expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
});

describe("a time that is written", () => {
  const ms = fc.array(fc.integer({ min: 0, max: 4e12 }), { minLength: 1, maxLength: 5 });

  it("is that of Date in ISO 8601", () => {
    fc.assert(
      fc.property(ms, fc.nat(70_000), (all, near) => {
        for (const one of all.flatMap((time) => [time, time + near])) {
          expect(toIso(one)).toBe(new Date(one).toISOString());
        }
      }),
    );
  });

  it("is read again, in API Gateway's form to the second", () => {
    fc.assert(
      fc.property(ms, (all) => {
        for (const one of all) {
          expect(parseTime(toClf(one))).toBe(Math.floor(one / 1000) * 1000);
        }
      }),
    );
  });
});
