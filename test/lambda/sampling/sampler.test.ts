/** Which calls are kept: by chance that is none, and without bias. */
import * as fc from "fast-check";
import type { AccessLog } from "../../../lambda/transformer/access-log";
import { parseConfig } from "../../../lambda/transformer/sampling/config";
import { chanceOf, hashOf } from "../../../lambda/transformer/sampling/sampler";
import { companyRates, limitedWeight } from "../../../lambda/transformer/sampling/sampler";
import { createSampler } from "../../../lambda/transformer/sampling/sampler";
import type { SamplingSettings } from "../../../lambda/transformer/settings";
import { accessLog } from "../support";

const decisionOf = (text: string) => chanceOf(hashOf(text), "decision");

const MANY = 20_000;
const HASHES = Array.from({ length: MANY }, (_, index) => hashOf(`request ${index}`));
const log = (more: Record<string, unknown> = {}) => accessLog(more) as AccessLog;
const ANY_CALL = log();
/** Calls of 2,000 users, ten of each. */
const USERS = 2000;
const user = (index: number) => `user ${index % USERS}`;
const CALLS_OF_USERS = HASHES.map((_, index) => log({ user: user(index), companyId: user(index) }));

/** The total weight of requests. */
function total(settings: SamplingSettings, config: object | undefined, of: (index: number) => AccessLog): number {
  const rules = config && parseConfig(config);
  const { weigh } = createSampler(settings, () => rules);
  return HASHES.reduce((sum, hash, index) => sum + weigh(of(index), () => hash), 0);
}

/**
 * Four standard deviations of the total weight: of one call it is 0, or floor(100/rate), or one more, and its mean is 1.
 */
function fourSigma(rate: number, calls: number): number {
  const [keep, exact] = [rate / 100, 100 / rate];
  const fraction = exact - Math.floor(exact);
  const square = fraction * (Math.floor(exact) + 1) ** 2 + (1 - fraction) * Math.floor(exact) ** 2;
  return 4 * Math.sqrt(calls * (keep * square - 1));
}

const RATES = Array.from({ length: 99 }, (_, index) => index + 1);

describe("sampling by request", () => {
  it.each([...RATES, 0.7, 33.4, 99.9])("at a rate of %d keeps the sum of the weights", (rate) => {
    const sum = total({}, { sample_rate: rate }, () => ANY_CALL);
    expect(Math.abs(sum - MANY)).toBeLessThanOrEqual(fourSigma(rate, MANY));
  });

  it.each([10, 30, 75])("at a rate of %d keeps as many calls as it says", (rate) => {
    const { weigh } = createSampler({ rate }, () => undefined);
    const kept = HASHES.filter((hash) => weigh(ANY_CALL, () => hash) > 0).length;
    const chance = rate / 100;
    expect(Math.abs(kept - MANY * chance)).toBeLessThanOrEqual(4 * Math.sqrt(MANY * chance * (1 - chance)));
  });

  it("decides the same request alike, and keeps at a higher rate what it keeps at a lower one", () => {
    const fixed = HASHES.slice(0, 500);
    const weights = (rate: number) => {
      const { weigh } = createSampler({ rate }, () => undefined);
      return fixed.map((hash) => weigh(log(), () => hash));
    };
    expect(weights(30)).toEqual(weights(30));
    const [few, many] = [weights(20), weights(60)];
    expect(few.every((weight, index) => weight === 0 || many[index]! > 0)).toBe(true);
  });

  it("does not ask for the hash where the rate leaves no choice", () => {
    const never = () => {
      throw new Error("asked");
    };
    expect(createSampler({ rate: 100 }, () => undefined).weigh(log(), never)).toBe(1);
    expect(createSampler({ rate: 0 }, () => undefined).weigh(log(), never)).toBe(0);
  });
});

describe("sampling by user", () => {
  it.each(["user", "company"] as const)("by %s keeps all calls of one or none", (by) => {
    const { weigh } = createSampler({ by, rate: 30 }, () => undefined);
    const decisions = new Map<string, Set<boolean>>();
    HASHES.forEach((hash, index) => {
      const kept = weigh(CALLS_OF_USERS[index]!, () => hash) > 0;
      decisions.set(user(index), (decisions.get(user(index)) ?? new Set()).add(kept));
    });
    expect([...decisions.values()].every((kept) => kept.size === 1)).toBe(true);
    const kept = [...decisions.values()].filter((one) => one.has(true)).length;
    expect(Math.abs(kept - 0.3 * USERS)).toBeLessThanOrEqual(4 * Math.sqrt(USERS * 0.3 * 0.7));
  });

  it.each(RATES.filter((rate) => rate % 7 === 1))(
    "at a rate of %d keeps the sum of the weights, with the error of so many users",
    (rate) => {
      const sum = total({ by: "user", rate }, undefined, (index) => CALLS_OF_USERS[index]!);
      // All ten calls of a user are decided at once, which makes the variance tenfold at most.
      expect(Math.abs(sum - MANY)).toBeLessThanOrEqual(Math.sqrt(10) * fourSigma(rate, MANY));
    },
  );

  it("decides by the request where there is no user", () => {
    const { weigh } = createSampler({ by: "user", rate: 50 }, () => undefined);
    const kept = HASHES.slice(0, 100).map((hash) => weigh(log({ user: "-" }), () => hash) > 0);
    expect(new Set(kept)).toEqual(new Set([true, false]));
  });

  it("rounds by the request, so that the calls of one user keep their sum", () => {
    const { weigh } = createSampler({ by: "user", rate: 40 }, () => undefined);
    const jane = Array.from({ length: 100 }, (_, index) => `jane ${index}`).find((id) => decisionOf(id) < 0.4)!;
    const calls = log({ user: jane });
    const weights = HASHES.map((hash) => weigh(calls, () => hash));
    expect(new Set(weights)).toEqual(new Set([2, 3]));
    const sum = weights.reduce((all, weight) => all + weight, 0);
    expect(Math.abs(sum - 2.5 * MANY)).toBeLessThanOrEqual(4 * Math.sqrt(MANY * 0.25));
  });
});

describe("the rate", () => {
  const weights = (settings: SamplingSettings, config: object | undefined, one: AccessLog) => {
    const rules = config && parseConfig(config);
    return createSampler(settings, () => rules).weigh(one, () => HASHES[0]!);
  };

  it("is that of the settings as long as no rules of Moesif are known", () => {
    expect(weights({ rate: 0 }, undefined, log())).toBe(0);
    expect(weights({ rate: 0 }, {}, log())).toBe(1);
  });

  it("is that of the settings where Moesif's rules shall not count", () => {
    expect(weights({ remote: false }, { sample_rate: 0 }, log())).toBe(1);
    expect(weights({ remote: false, rate: 0 }, { sample_rate: 100 }, log())).toBe(0);
  });

  it("changes with the rules", () => {
    let rules = parseConfig({ sample_rate: 0 });
    const { weigh } = createSampler({}, () => rules);
    expect(weigh(log(), () => HASHES[0]!)).toBe(0);
    rules = parseConfig({ sample_rate: 100 });
    expect(weigh(log(), () => HASHES[0]!)).toBe(1);
  });
});

describe("errors", () => {
  it.each([
    ["none", "503", 0, false],
    ["server", "500", 1, true],
    ["server", "499", 0, false],
    ["server", "-", 0, false],
    ["all", "400", 1, true],
    ["all", "399", 0, false],
    ["all", "", 0, false],
  ] as const)(
    "with keepErrors %s: a status of %j has the weight %d at a rate of 0",
    (keepErrors, status, weight, kept) => {
      const sampler = createSampler({ keepErrors, rate: 0 }, () => undefined);
      expect(sampler.weigh(log({ status }), () => HASHES[0]!)).toBe(weight);
      expect(sampler.protects(log({ status }))).toBe(kept);
      expect(sampler.protects({ response: { status: Number(status) } })).toBe(kept);
    },
  );

  it("have the weight 1 at every rate", () => {
    const { weigh } = createSampler({ keepErrors: "all", rate: 20 }, () => undefined);
    expect(new Set(HASHES.slice(0, 200).map((hash) => weigh(log({ status: "404" }), () => hash)))).toEqual(
      new Set([1]),
    );
  });
});

describe("the limit of a company", () => {
  const call = (company: string | undefined, isProtected = false) => ({ company, isProtected });

  it("gives a rate to those companies alone that have more calls", () => {
    const calls = [...Array(5).fill(call("big")), ...Array(2).fill(call("small")), ...Array(9).fill(call(undefined))];
    expect(companyRates(calls, 2)).toEqual(new Map([["big", 40]]));
    expect(companyRates(calls, 0)).toEqual(
      new Map([
        ["big", 0],
        ["small", 0],
      ]),
    );
  });

  it("does not count errors that are kept", () => {
    expect(companyRates([call("a"), call("a"), call("a", true)], 2)).toEqual(new Map());
  });

  it("keeps the sum of the weights together with the sampling, which decides by other numbers", () => {
    for (const rate of [10, 30, 77, 100]) {
      const { weigh } = createSampler({ rate }, () => undefined);
      const kept = HASHES.filter((hash) => weigh(ANY_CALL, () => hash) > 0);
      const limit = Math.ceil(kept.length / 3);
      const rates = companyRates(
        kept.map(() => call("big")),
        limit,
      );
      const weights = kept.map((hash) => weigh(ANY_CALL, () => hash) * limitedWeight(rates.get("big"), hash));
      const sum = weights.reduce((all, weight) => all + weight, 0);
      // Of the second stage, whose calls weigh up to one more than 100/rate, and of the first.
      const second = Math.ceil(100 / rate) * fourSigma(rates.get("big")!, kept.length);
      expect(Math.abs(sum - MANY)).toBeLessThanOrEqual(Math.hypot(second, fourSigma(rate, MANY)));
      const left = weights.filter((weight) => weight > 0).length;
      expect(Math.abs(left - limit)).toBeLessThanOrEqual(4 * Math.sqrt(limit));
    }
  });

  it("is nothing to a call without a rate", () => {
    expect(limitedWeight(undefined, HASHES[0]!)).toBe(1);
  });
});

/** How far a spread over equal cells is from an even one: chi-square. */
function unevenness(cells: readonly number[]): number {
  const even = cells.reduce((sum, count) => sum + count, 0) / cells.length;
  return cells.reduce((sum, count) => sum + (count - even) ** 2 / even, 0);
}

/** 15 degrees of freedom: one even spread in a million exceeds it. */
const MOST_OF_16 = 56;

/** How often each sixteenth of [0, 1) came up. */
function sixteenths(numbers: readonly number[]): number[] {
  const cells = new Array<number>(16).fill(0);
  for (const number of numbers) cells[Math.floor(number * 16)]!++;
  return cells;
}

describe("the numbers that decide", () => {
  const count = Array.from({ length: 16_000 }, (_, n) => n);

  it.each<readonly [string, (n: number) => string]>([
    ["counted up", (n) => `${n}`],
    ["counted up behind a word", (n) => `user-${n}`],
    ["of other scripts", (n) => `用户${String.fromCharCode(0x4e00 + n)}`],
    ["that differ at the end of a record", (n) => `${"x".repeat(600)}${n}`],
    ["that differ at the beginning of one", (n) => `${n}${"x".repeat(600)}`],
  ])("are spread evenly over texts %s", (_, textOf) => {
    expect(unevenness(sixteenths(count.map((n) => decisionOf(textOf(n)))))).toBeLessThan(MOST_OF_16);
  });

  it("are independent of each other", () => {
    const purposes = ["decision", "rounding", "limitDecision", "limitRounding"] as const;
    for (const one of purposes) {
      for (const other of purposes.slice(purposes.indexOf(one) + 1)) {
        const pairs = HASHES.map(
          (hash) => (Math.floor(chanceOf(hash, one) * 4) + Math.floor(chanceOf(hash, other) * 4) / 4) / 4,
        );
        expect(unevenness(sixteenths(pairs))).toBeLessThan(MOST_OF_16);
      }
    }
  });

  it("follow from all characters of a text", () => {
    for (const length of [1, 2, 7, 200, 4096, 4097, 9001]) {
      const text = "a".repeat(length);
      const others = [0, length >> 1, length - 1].map((at) => `${text.slice(0, at)}ā${text.slice(at + 1)}`);
      const hashes = [text, `${text}a`, ...new Set(others)].map((one) => hashOf(one));
      expect(new Set(hashes).size).toBe(hashes.length);
      // What was hashed before has no part in it.
      expect(hashOf(text)).toBe(hashes[0]);
    }
  });

  it("are left to chance for who chooses a text, but neither the seed nor what else stands in it", () => {
    const chosen = `"${"\u{9e37}".repeat(40)}","/"`;
    const bySeed = count.map((n) => chanceOf(hashOf(chosen, hashOf(`${n}/us-east-1`)), "decision"));
    expect(unevenness(sixteenths(bySeed))).toBeLessThan(MOST_OF_16);
    const byDuration = count.map((n) => decisionOf(`${chosen},"${n}"`));
    expect(unevenness(sixteenths(byDuration))).toBeLessThan(MOST_OF_16);
  });

  it("are in [0, 1) for any id", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (id) => {
        expect(decisionOf(id) >= 0 && decisionOf(id) < 1).toBe(true);
      }),
    );
  });
});
