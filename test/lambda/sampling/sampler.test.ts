/** Which calls are kept: by chance that is none, and without bias. */
import * as fc from "fast-check";
import { createHash } from "node:crypto";
import type { AccessLog } from "../../../lambda/transformer/access-log";
import { parseConfig } from "../../../lambda/transformer/sampling/config";
import { chanceOf, chancesOf, secondChancesOf } from "../../../lambda/transformer/sampling/sampler";
import { companyRates, limitedWeight } from "../../../lambda/transformer/sampling/sampler";
import { createSampler } from "../../../lambda/transformer/sampling/sampler";
import type { SamplingSettings } from "../../../lambda/transformer/settings";
import { accessLog } from "../support";

/** The nth request's UUID, as version 5 makes it of a name. */
function uuid(name: string): string {
  const hex = createHash("sha1").update(name).digest("hex");
  const variant = (8 + (parseInt(hex[16]!, 16) & 3)).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join("-");
}

const MANY = 20_000;
const UUIDS = Array.from({ length: MANY }, (_, index) => uuid(`request ${index}`));
const log = (more: Record<string, unknown> = {}) => accessLog(more) as AccessLog;
const ANY_CALL = log();
/** Calls of 2,000 users, ten of each. */
const USERS = 2000;
const user = (index: number) => `user ${index % USERS}`;
const CALLS_OF_USERS = UUIDS.map((_, index) => log({ user: user(index), companyId: user(index) }));

/** The total weight of requests. */
function total(settings: SamplingSettings, config: object | undefined, of: (index: number) => AccessLog): number {
  const rules = config && parseConfig(config);
  const { weigh } = createSampler(settings, () => rules);
  return UUIDS.reduce((sum, id, index) => sum + weigh(of(index), () => id), 0);
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
    const kept = UUIDS.filter((id) => weigh(ANY_CALL, () => id) > 0).length;
    const chance = rate / 100;
    expect(Math.abs(kept - MANY * chance)).toBeLessThanOrEqual(4 * Math.sqrt(MANY * chance * (1 - chance)));
  });

  it("decides the same request alike, and keeps at a higher rate what it keeps at a lower one", () => {
    const fixed = UUIDS.slice(0, 500);
    const weights = (rate: number) => {
      const { weigh } = createSampler({ rate }, () => undefined);
      return fixed.map((id) => weigh(log(), () => id));
    };
    expect(weights(30)).toEqual(weights(30));
    const [few, many] = [weights(20), weights(60)];
    expect(few.every((weight, index) => weight === 0 || many[index]! > 0)).toBe(true);
  });

  it("does not ask for the UUID where the rate leaves no choice", () => {
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
    UUIDS.forEach((id, index) => {
      const kept = weigh(CALLS_OF_USERS[index]!, () => id) > 0;
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
    const kept = UUIDS.slice(0, 100).map((id) => weigh(log({ user: "-" }), () => id) > 0);
    expect(new Set(kept)).toEqual(new Set([true, false]));
  });

  it("rounds by the request, so that the calls of one user keep their sum", () => {
    const { weigh } = createSampler({ by: "user", rate: 40 }, () => undefined);
    const jane = Array.from({ length: 100 }, (_, index) => `jane ${index}`).find((id) => chanceOf(id) < 0.4)!;
    const calls = log({ user: jane });
    const weights = UUIDS.map((id) => weigh(calls, () => id));
    expect(new Set(weights)).toEqual(new Set([2, 3]));
    const sum = weights.reduce((all, weight) => all + weight, 0);
    expect(Math.abs(sum - 2.5 * MANY)).toBeLessThanOrEqual(4 * Math.sqrt(MANY * 0.25));
  });
});

describe("the rate", () => {
  const weights = (settings: SamplingSettings, config: object | undefined, one: AccessLog) => {
    const rules = config && parseConfig(config);
    return createSampler(settings, () => rules).weigh(one, () => UUIDS[0]!);
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
    expect(weigh(log(), () => UUIDS[0]!)).toBe(0);
    rules = parseConfig({ sample_rate: 100 });
    expect(weigh(log(), () => UUIDS[0]!)).toBe(1);
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
      expect(sampler.weigh(log({ status }), () => UUIDS[0]!)).toBe(weight);
      expect(sampler.protects(log({ status }))).toBe(kept);
      expect(sampler.protects({ response: { status: Number(status) } })).toBe(kept);
    },
  );

  it("have the weight 1 at every rate", () => {
    const { weigh } = createSampler({ keepErrors: "all", rate: 20 }, () => undefined);
    expect(new Set(UUIDS.slice(0, 200).map((id) => weigh(log({ status: "404" }), () => id)))).toEqual(new Set([1]));
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

  it("keeps the sum of the weights together with the sampling, which decides by other bits", () => {
    for (const rate of [10, 30, 77, 100]) {
      const { weigh } = createSampler({ rate }, () => undefined);
      const kept = UUIDS.filter((id) => weigh(ANY_CALL, () => id) > 0);
      const limit = Math.ceil(kept.length / 3);
      const rates = companyRates(
        kept.map(() => call("big")),
        limit,
      );
      const weights = kept.map((id) => weigh(ANY_CALL, () => id) * limitedWeight(rates.get("big"), id));
      const sum = weights.reduce((all, weight) => all + weight, 0);
      // Of the second stage, whose calls weigh up to one more than 100/rate, and of the first.
      const second = Math.ceil(100 / rate) * fourSigma(rates.get("big")!, kept.length);
      expect(Math.abs(sum - MANY)).toBeLessThanOrEqual(Math.hypot(second, fourSigma(rate, MANY)));
      const left = weights.filter((weight) => weight > 0).length;
      expect(Math.abs(left - limit)).toBeLessThanOrEqual(4 * Math.sqrt(limit));
    }
  });

  it("is nothing to a call without a rate", () => {
    expect(limitedWeight(undefined, UUIDS[0]!)).toBe(1);
  });
});

describe("the numbers that decide", () => {
  it("are known parts of a UUID", () => {
    const id = "80000000-4000-5000-8800-0000c0000000";
    expect(chancesOf(id)).toEqual({ decision: 0.5, rounding: 0.75 });
    expect(secondChancesOf(id)).toEqual({ decision: 0.25, rounding: 0.5 });
  });

  it("depend on no digit twice, on the version and the variant not at all", () => {
    const numbers = (id: string) => [...Object.values(chancesOf(id)), ...Object.values(secondChancesOf(id))];
    const id = UUIDS[0]!;
    const before = numbers(id);
    [...id].forEach((digit, at) => {
      if (digit === "-") return;
      const changed = id.slice(0, at) + (digit === "0" ? "1" : "0") + id.slice(at + 1);
      const differing = numbers(changed).filter((number, index) => number !== before[index]).length;
      expect(differing).toBe(at === 14 || at === 19 ? 0 : 1);
    });
  });

  it("are spread evenly over ids that are counted up, or that are long", () => {
    for (const name of [(n: number) => `${n}`, (n: number) => `user-${n}`, (n: number) => `${"x".repeat(60)}${n}`]) {
      const buckets = new Array<number>(16).fill(0);
      for (let n = 0; n < 16_000; n++) buckets[Math.floor(chanceOf(name(n)) * 16)]!++;
      // 15 degrees of freedom: one even spread in a million exceeds 56.
      expect(buckets.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(56);
    }
  });

  it("are in [0, 1) for any id", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (id) => {
        expect(chanceOf(id) >= 0 && chanceOf(id) < 1).toBe(true);
      }),
    );
  });
});
