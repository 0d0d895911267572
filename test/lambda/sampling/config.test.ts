/** What of a body of Moesif's sampling rules counts. */
import * as fc from "fast-check";
import { TimeBudget } from "../../../lambda/re2/time-budget";
import {
  LONGEST_PATH,
  MOST_PATTERNS,
  MOST_PREPARING_MS,
  parseConfig,
} from "../../../lambda/transformer/sampling/config";
import { rateOf } from "../../../lambda/transformer/sampling/sampler";
import { accessLog } from "../support";

const condition = { path: "request.verb", value: "GET" };
const rule = (more: object = {}) => ({ conditions: [condition], sample_rate: 10, ...more });

describe("a body of sampling rules", () => {
  it("is read with all that it may hold, and what else is in it", () => {
    const config = parseConfig({
      org_id: "1:2",
      sample_rate: 80,
      user_sample_rate: { jane: 0, joe: 99.5 },
      company_sample_rate: { acme: 5 },
      user_rules: { jane: [{ rules: "r1" }] },
      regex_config: [
        rule(),
        rule({ sample_rate: 20, conditions: [condition, { path: "metadata.tier", value: "^a" }] }),
      ],
    });
    expect(config).toMatchObject({
      rate: 80,
      users: new Map([
        ["jane", 0],
        ["joe", 99.5],
      ]),
      companies: new Map([["acme", 5]]),
      rules: [{ rate: 10 }, { rate: 20 }],
      skipped: 0,
    });
    expect(config.rules.map(({ conditions }) => conditions.length)).toEqual([1, 2]);
  });

  it.each([{}, { user_sample_rate: null, company_sample_rate: null, regex_config: null }])(
    "keeps all calls if it is %j",
    (body) => {
      expect(parseConfig(body)).toEqual({ rate: 100, users: new Map(), companies: new Map(), rules: [], skipped: 0 });
    },
  );

  it.each([undefined, null, 1, "text", true, [], [{}]])("is refused if it is %j", (body) => {
    expect(() => parseConfig(body)).toThrow("no JSON object");
  });

  it.each([-1, 100.1, NaN, Infinity, "50", true, null, [50], {}])(
    "is read without the rate %j, and the rest counts",
    (bad) => {
      const config = parseConfig({
        sample_rate: bad,
        user_sample_rate: { jane: bad, joe: 1 },
        company_sample_rate: { acme: bad, umbrella: 2 },
        regex_config: [rule({ sample_rate: bad }), rule()],
      });
      expect(config).toMatchObject({ rate: 100, users: new Map([["joe", 1]]), companies: new Map([["umbrella", 2]]) });
      expect(config.rules).toHaveLength(1);
      expect(config.skipped).toBe(4);
    },
  );

  it.each<readonly [string, unknown]>([
    ["no object", "GET"],
    ["null", null],
    ["no conditions", rule({ conditions: [] })],
    ["conditions that are no list", rule({ conditions: {} })],
  ])("is read without a rule that has %s, and the rest counts", (_, bad) => {
    const config = parseConfig({ sample_rate: 50, regex_config: [bad, rule()] });
    expect(config).toMatchObject({ rate: 50, rules: [{ rate: 10 }], skipped: 1 });
  });

  const UNUSABLE: readonly (readonly [string, unknown])[] = [
    ["is no object", "GET"],
    ["has no path", { value: "GET" }],
    ["has an empty path", { path: "", value: "GET" }],
    ["has a path that is too long", { path: "a".repeat(LONGEST_PATH + 1), value: "GET" }],
    ["has no value", { path: "request.verb" }],
    ["has a value that is no text", { path: "request.verb", value: { a: 1 } }],
    ["has a pattern that is none", { path: "request.verb", value: "(" }],
    ["has a pattern that looks ahead", { path: "request.verb", value: "(?=GET)" }],
    ["has a pattern that is too long", { path: "request.verb", value: `${"a".repeat(1000)}.` }],
    ["has a pattern that repeats too much", { path: "request.verb", value: "(?:G{100}){10}ET{9}" }],
  ];

  it.each(UNUSABLE)("counts a condition that %s, which may hold: its calls are kept by the higher rate", (_, bad) => {
    const rateWith = (rate: number, others: number, ...more: object[]) => {
      const unusable = rule({ sample_rate: rate, conditions: [bad, ...more] });
      const config = parseConfig({ sample_rate: others, regex_config: [unusable] });
      expect(config.skipped).toBe(1);
      return rateOf(accessLog() as never, config);
    };
    expect(rateWith(70, 0)).toBe(70);
    expect(rateWith(30, 60)).toBe(60);
    expect(rateWith(70, 0, condition)).toBe(70);
    expect(rateWith(70, 0, { path: "request.verb", value: "POST" })).toBe(0);
  });

  it("lets a later rule that holds decide beside one that may", () => {
    const may = (rate: number) => rule({ sample_rate: rate, conditions: [{ path: "request.verb", value: "(" }] });
    const rateBeside = (rate: number) => {
      const regex_config = [may(rate), rule({ sample_rate: 20 }), rule({ sample_rate: 90 })];
      return rateOf(accessLog() as never, parseConfig({ sample_rate: 95, regex_config }));
    };
    expect([rateBeside(5), rateBeside(40)]).toEqual([20, 40]);
  });

  it.each(["user_sample_rate", "company_sample_rate", "regex_config"])(
    "is read without a %s of another type",
    (name) => {
      expect(parseConfig({ sample_rate: 50, [name]: "text" })).toMatchObject({ rate: 50, skipped: 1 });
    },
  );

  it("takes a number for a pattern", () => {
    const config = parseConfig({ regex_config: [rule({ conditions: [{ path: "response.status", value: 404 }] })] });
    expect(rateOf(accessLog({ status: "404" }) as never, config)).toBe(10);
  });

  it("takes lists of literals of any length, and any number of them", () => {
    const ids = Array.from({ length: 5000 }, (_, index) => `user-${index}`);
    const listed = (user: string, sample_rate: number) => {
      const value = `^(?:${ids.join("|")})$`;
      const more = { sample_rate, conditions: [{ path: "user_id", value }] };
      return rateOf(accessLog({ user }) as never, parseConfig({ sample_rate: 0, regex_config: [rule(more)] }));
    };
    expect([listed("user-4999", 70), listed("user-5000", 70), listed("xuser-1", 70)]).toEqual([70, 0, 0]);
    const rules = ids.map((id) => rule({ sample_rate: 70, conditions: [{ path: "user_id", value: `^${id}$` }] }));
    const many = parseConfig({ sample_rate: 0, regex_config: rules });
    expect(many.skipped).toBe(0);
    expect(rateOf(accessLog({ user: "user-4999" }) as never, many)).toBe(70);
  });

  it("prepares a number of other patterns, and as many as there is time for; the rest may hold", () => {
    const rules = Array.from({ length: MOST_PATTERNS + 5 }, (_, index) =>
      rule({ sample_rate: 70, conditions: [{ path: "user_id", value: `^u.?${index}$` }] }),
    );
    const body = { sample_rate: 0, regex_config: rules };
    const config = parseConfig(body, () => 0);
    expect(config.skipped).toBe(5);
    expect(rateOf(accessLog({ user: "jane" }) as never, config)).toBe(70);
    let now = 0;
    const slow = parseConfig(body, () => (now += MOST_PREPARING_MS / 10));
    expect(slow.rules).toHaveLength(MOST_PATTERNS + 5);
    expect(slow.skipped).toBe(MOST_PATTERNS + 5 - 9);
  });

  describe("when the rules have had their time", () => {
    /** A clock that goes on by one millisecond with each look. */
    const ticking = (ms: number) => {
      let now = 0;
      const budget = new TimeBudget(() => now++);
      budget.start(ms);
      return { budget, looks: () => now };
    };

    it("keeps a call by the highest rate of those that nobody asked any more, and asks no further", () => {
      const rules = Array.from({ length: 800 }, (_, index) =>
        rule({ sample_rate: index === 700 ? 60 : 5, conditions: [{ path: "request.route", value: `x.*y${index}` }] }),
      );
      const config = parseConfig({ sample_rate: 30, regex_config: rules });
      const { budget, looks } = ticking(100);
      const call = (path: string) => rateOf(accessLog({ resourcePath: path }) as never, config, budget);
      expect(call("/a")).toBe(60);
      const before = looks();
      expect([call("/b"), call("/c")]).toEqual([60, 60]);
      expect(looks() - before).toBe(2);
      expect(rateOf(accessLog({ resourcePath: "/a" }) as never, config)).toBe(30);
    });

    it("knows what it has found of a value before", () => {
      const regex_config = [rule({ sample_rate: 5, conditions: [{ path: "request.route", value: "x.*y" }] })];
      const config = parseConfig({ sample_rate: 30, regex_config });
      const { budget, looks } = ticking(1000);
      for (const resourcePath of ["/xy", "/x/y", "/z", "/xy", "/z"]) {
        const rate = rateOf(accessLog({ resourcePath }) as never, config, budget);
        expect(rate).toBe(resourcePath === "/z" ? 30 : 5);
      }
      // One look for each call, and one for each value that is new.
      expect(looks()).toBe(1 + 5 + 3);
    });
  });

  it("gives rates from 0 to 100, whatever JSON it is, or is refused in words of ours", () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          sample_rate: fc.jsonValue(),
          user_sample_rate: fc.dictionary(fc.string(), fc.jsonValue()),
          company_sample_rate: fc.jsonValue(),
          regex_config: fc.array(
            fc.record({
              sample_rate: fc.oneof(fc.integer(), fc.jsonValue()),
              conditions: fc.array(fc.record({ path: fc.string(), value: fc.string() })),
            }),
          ),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(anything, (body) => {
        if (typeof body !== "object" || body === null || Array.isArray(body)) {
          expect(() => parseConfig(body)).toThrow(/^Moesif's sampling config is no JSON object\.$/);
          return;
        }
        const rate = rateOf(accessLog({ user: "jane" }) as never, parseConfig(body));
        expect(rate >= 0 && rate <= 100).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
