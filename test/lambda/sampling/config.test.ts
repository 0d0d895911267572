/** What of a body of Moesif's sampling rules counts. */
import * as fc from "fast-check";
import {
  MOST_CONDITIONS,
  MOST_CONDITIONS_IN_ALL,
  MOST_RULES,
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
    ["a condition that is no object", rule({ conditions: [condition, "GET"] })],
    ["a condition without a path", rule({ conditions: [{ value: "GET" }] })],
    ["a condition with an empty path", rule({ conditions: [{ path: "", value: "GET" }] })],
    ["a path that is too long", rule({ conditions: [{ path: "a".repeat(257), value: "GET" }] })],
    ["a condition without a value", rule({ conditions: [{ path: "request.verb" }] })],
    ["a value that is no text", rule({ conditions: [{ path: "request.verb", value: { a: 1 } }] })],
    ["a pattern that is none", rule({ conditions: [{ path: "request.verb", value: "(" }] })],
    ["a pattern that looks ahead", rule({ conditions: [{ path: "request.verb", value: "(?=GET)" }] })],
    ["too many conditions", rule({ conditions: Array(MOST_CONDITIONS + 1).fill(condition) })],
  ])("is read without a rule that has %s, and the rest counts", (_, bad) => {
    const config = parseConfig({ sample_rate: 50, regex_config: [bad, rule()] });
    expect(config).toMatchObject({ rate: 50, rules: [{ rate: 10 }], skipped: 1 });
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

  it("is read up to a number of rules, and of conditions in all", () => {
    const many = parseConfig({ regex_config: Array(MOST_RULES + 5).fill(rule()) });
    expect([many.rules.length, many.skipped]).toEqual([MOST_RULES, 5]);
    const full = rule({ conditions: Array(MOST_CONDITIONS).fill(condition) });
    const heavy = parseConfig({ regex_config: Array(MOST_RULES).fill(full) });
    expect(heavy.rules).toHaveLength(MOST_CONDITIONS_IN_ALL / MOST_CONDITIONS);
    expect(heavy.rules.length + heavy.skipped).toBe(MOST_RULES);
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
