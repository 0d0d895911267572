/** Whatever is accepted, an invocation ends in time: patterns are asked as long as there is some, and no mask is skipped. */
import * as fc from "fast-check";
import { RE2JS } from "re2js";
import { TimeBudget } from "../../lambda/re2/time-budget";
import type { Ok, Outcome } from "../../lambda/transformer/outcome";
import { parseConfig } from "../../lambda/transformer/sampling/config";
import type { TransformerSettings } from "../../lambda/transformer/settings";
import { createTransformer } from "../../lambda/transformer/transform";
import { data as anyRecord } from "./any-record";
import { anySettings } from "./any-settings";
import { accessLog, base64, envelope, HASH_KEY, NOW, settings, textOf } from "./support";

/** Milliseconds of an invocation. Each look at the clock takes one. */
const INVOCATION_MS = 100;

/** Moesif's rules, of which each has a pattern that no other has. */
const RULES = Array.from({ length: 800 }, (_, index) => ({
  sample_rate: 0,
  conditions: [{ path: "request.route", value: `^/.*${index}.+x$` }],
}));

interface Run {
  readonly outcomes: readonly Outcome[];
  readonly looks: number;
  readonly undecided: number;
  readonly hasRunOut: boolean;
}

function run(
  of: TransformerSettings,
  records: readonly unknown[],
  ms: number,
  rules: readonly object[] = [],
  onStart?: () => void,
): Run {
  let looks = 0;
  const budget = new TimeBudget(() => looks++);
  const config = parseConfig({ sample_rate: 100, regex_config: rules }, () => 0);
  const transform = createTransformer(of, { hashKey: HASH_KEY, config: () => config, budget });
  looks = 0;
  budget.start(ms);
  onStart?.();
  const outcomes = transform(records, NOW);
  return { outcomes, looks, undecided: budget.undecided, hasRunOut: budget.hasRunOut };
}

/** The calls that an outcome delivers, whatever stands between them. */
function callsOf(outcome: Outcome): unknown[] {
  const text = outcome.result === "Ok" ? textOf(outcome.data) : "[]";
  return text.startsWith("[") ? (JSON.parse(text) as unknown[]) : text.split("\n").map((line) => JSON.parse(line));
}

const path = (index: number) => base64(JSON.stringify(accessLog({ resourcePath: `/${index}/${"a".repeat(1900)}` })));

describe("an invocation", () => {
  it("with 800 rules for 150 long paths asks for as long as they may take, and keeps what is undecided", () => {
    const records = Array.from({ length: 150 }, (_, index) => path(index));
    const { outcomes, looks, undecided } = run(settings, records, INVOCATION_MS, RULES);
    expect(outcomes.map(({ result }) => result)).toEqual(Array(150).fill("Ok"));
    expect(looks).toBeLessThan(INVOCATION_MS + 2 * records.length);
    expect(undecided).toBe(150);
    expect(run(settings, records, Infinity, RULES).undecided).toBe(0);
  });

  it("puts back records whose masks are out of time, and delivers none unmasked", () => {
    const mask = Array.from({ length: 20 }, (_, index) => ({ pattern: `[a-z]{3}${index}` }));
    const of = { ...settings, redaction: { mask } };
    const records = Array.from({ length: 50 }, (_, index) => {
      return base64(JSON.stringify(accessLog({ resourcePath: `/${index}/abc7`, note: `${index} abc11` })));
    });
    const { outcomes, looks } = run(of, records, 2000);
    expect(looks).toBeLessThan(2000 + 2 * records.length);
    const delivered = outcomes.filter((outcome) => outcome.result === "Ok");
    expect(delivered.length).toBeGreaterThan(0);
    for (const { data } of delivered) expect(textOf(data)).not.toMatch(/abc/);
    const others = outcomes.slice(delivered.length);
    expect(others.length).toBeGreaterThan(0);
    for (const [index, outcome] of others.entries()) {
      const datas = [Buffer.from(records[delivered.length + index]!, "base64")];
      expect(outcome).toMatchObject({ reason: "put-back", returned: { datas, reason: "too-slow" } });
    }
  });

  it("fails a record that takes all of the time by itself", () => {
    const of = { ...settings, redaction: { mask: [{ pattern: "[a-z]{3}7" }] } };
    expect(run(of, [path(1), path(2)], 5).outcomes).toMatchObject([
      { result: "ProcessingFailed", reason: "too-slow" },
      { result: "Dropped", reason: "put-back" },
    ]);
  });

  it("delivers the calls of an envelope for which there was time, and puts back the others", () => {
    const of = { ...settings, redaction: { mask: [{ pattern: "[a-z]{3}7" }] } };
    const calls = Array.from({ length: 20 }, (_, index) =>
      JSON.stringify(
        accessLog({ note: `${index} abc7`, caller: `c${index}`, userArn: `u${index}`, ip: `1.1.1.${index}` }),
      ),
    );
    const [outcome] = run(of, [envelope(calls)], 110).outcomes as [Ok];
    expect(outcome.result).toBe("Ok");
    expect(textOf(outcome.data)).not.toContain("abc7");
    const { datas = [] } = outcome.returned!;
    expect(datas.length).toBeGreaterThan(0);
    expect(textOf(outcome.data).split("\n").length + datas.length).toBe(20);
    expect(datas.map(String)).toEqual(calls.slice(-datas.length));
  });

  it("of any settings and records is as without a bound, or says that there was no time", () => {
    const ms = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(anySettings, fc.array(anyRecord, { maxLength: 5 }), ms, (of, records, time) => {
        const unsampled = { ...of, sampling: { remote: false } };
        const bounded = run(unsampled, records, time);
        const unbounded = run(unsampled, records, Infinity);
        for (const [index, outcome] of bounded.outcomes.entries()) {
          const whole = unbounded.outcomes[index]!;
          if (!bounded.hasRunOut) {
            expect(outcome).toEqual(whole);
          } else if (outcome.result === "Ok") {
            expect(callsOf(whole)).toEqual(expect.arrayContaining(callsOf(outcome)));
          }
        }
        // After the end, each call of a record looks once more before it fails.
        expect(bounded.looks).toBeLessThan(time + 1 + 20 * records.length);
      }),
      { numRuns: 1000 },
    );
  });

  it("looks at the clock before each pattern that it asks", () => {
    const asked = jest.spyOn(RE2JS.prototype, "test");
    const mask = [{ pattern: "a[0-9]" }, { pattern: "b[0-9]" }];
    const filter = [{ drop: { user: { pattern: "x.y" } } }];
    const { looks } = run(
      { ...settings, redaction: { mask }, filter },
      [path(1), path(2)],
      Infinity,
      RULES.slice(0, 5),
      () => asked.mockClear(),
    );
    expect(asked.mock.calls.length).toBeGreaterThan(30);
    expect(looks).toBeGreaterThanOrEqual(asked.mock.calls.length);
    asked.mockRestore();
  });
});
