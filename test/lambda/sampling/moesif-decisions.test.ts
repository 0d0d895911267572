/**
 * The decisions of Moesif's own function, where chance has no part in them: at rates of 0 and 100. They were derived by
 * reading it: https://github.com/Moesif/moesif-firehose-transform-lambda
 */
import { parseConfig } from "../../../lambda/transformer/sampling/config";
import { createSampler } from "../../../lambda/transformer/sampling/sampler";
import type { TransformerSettings } from "../../../lambda/transformer/settings";
import { createTransformer } from "../../../lambda/transformer/transform";
import { accessLog, base64, NOW, settings } from "../support";

const where = (sample_rate: number, ...conditions: readonly (readonly [string, string])[]) => ({
  sample_rate,
  conditions: conditions.map(([path, value]) => ({ path, value })),
});
const event = (more: object = {}) => ({
  request: { verb: "GET", uri: "https://api.example.com/orders/42?page=2", time: "2026-11-23T10:05:03Z" },
  response: { status: 200, time: "2026-11-23T10:05:03.038Z" },
  ...more,
});

const DECISIONS: readonly (readonly [sentence: string, config: object, record: object, kept: boolean])[] = [
  ["no rules at all keep a call", {}, accessLog(), true],
  ["the rate of all drops a call", { sample_rate: 0 }, accessLog(), false],
  [
    "a user's rate wins over that of all",
    { sample_rate: 0, user_sample_rate: { jane: 100 } },
    accessLog({ user: "jane" }),
    true,
  ],
  [
    "another user's rate does not count",
    { sample_rate: 0, user_sample_rate: { jane: 100 } },
    accessLog({ user: "joe" }),
    false,
  ],
  [
    "a user is known in any case of the key, not of the id",
    { user_sample_rate: { jane: 0 } },
    accessLog({ USER: "Jane" }),
    true,
  ],
  ["the API key's id is a user", { user_sample_rate: { k1: 0 } }, accessLog({ apiKeyId: "k1", caller: "c" }), false],
  ["the first user alone counts", { user_sample_rate: { c: 0 } }, accessLog({ apiKeyId: "k1", caller: "c" }), true],
  ["an ARN is no user", { user_sample_rate: { arn: 0 } }, accessLog({ userArn: "arn" }), true],
  ["a user that is no text has no rate", { user_sample_rate: { "42": 0 } }, accessLog({ user: 42 }), true],
  [
    "a company's rate wins over that of all",
    { sample_rate: 100, company_sample_rate: { acme: 0 } },
    accessLog({ companyId: "acme" }),
    false,
  ],
  [
    "a user's rate wins over a company's",
    { user_sample_rate: { jane: 100 }, company_sample_rate: { acme: 0 } },
    accessLog({ user: "jane", companyId: "acme" }),
    true,
  ],
  [
    "a rule wins over user and company",
    {
      user_sample_rate: { jane: 0 },
      company_sample_rate: { acme: 0 },
      regex_config: [where(100, ["response.status", "^5"])],
    },
    accessLog({ user: "jane", companyId: "acme", status: "503" }),
    true,
  ],
  [
    "a rule that does not hold leaves the others",
    { user_sample_rate: { jane: 0 }, regex_config: [where(100, ["response.status", "^5"])] },
    accessLog({ user: "jane" }),
    false,
  ],
  [
    "the first rule that holds decides",
    { regex_config: [where(0, ["request.verb", "GET"]), where(100, ["request.route", "orders"])] },
    accessLog(),
    false,
  ],
  [
    "a rule holds if all of its conditions do",
    { regex_config: [where(0, ["request.verb", "GET"], ["response.status", "404"])] },
    accessLog(),
    true,
  ],
  ["a pattern is found anywhere", { regex_config: [where(0, ["request.route", "rder"])] }, accessLog(), false],
  [
    "a pattern may be one that could run away",
    { regex_config: [where(0, ["request.route", "^.*orders.*$"])] },
    accessLog(),
    false,
  ],
  ["a pattern knows capital letters", { regex_config: [where(0, ["request.verb", "get"])] }, accessLog(), true],
  [
    "a pattern of nothing is found in any value",
    { regex_config: [where(0, ["request.verb", ""])] },
    accessLog(),
    false,
  ],
  [
    "a field that is not there satisfies nothing",
    { regex_config: [where(0, ["request.headers.host", ""])] },
    accessLog(),
    true,
  ],
  [
    "a field without a value is not there",
    { regex_config: [where(0, ["request.ip_address", ".*"])] },
    accessLog({ ip: "-" }),
    true,
  ],
  [
    "a key of the record is a path, with any value",
    { regex_config: [where(0, ["ip", "-"])] },
    accessLog({ ip: "-" }),
    false,
  ],
  [
    "metadata is looked into",
    { regex_config: [where(0, ["metadata.stage", "^test$"])] },
    accessLog({ metadata: { stage: "test" } }),
    false,
  ],
  [
    "a rule that cannot be used leaves the next",
    { regex_config: [where(0, ["request.verb", "("]), where(0, ["request.verb", "GET"])] },
    accessLog(),
    false,
  ],
  ["a rule without conditions does not count", { regex_config: [where(0)] }, accessLog(), true],
  [
    "null and truth are known by their spelling in JSON",
    { regex_config: [where(0, ["a", "^null$"], ["b", "^true$"])] },
    event({ a: null, b: true }),
    false,
  ],
  ["an event has a verb", { regex_config: [where(0, ["request.verb", "^GET$"])] }, event(), false],
  [
    "an event's status is a number, and found",
    { regex_config: [where(0, ["response.status", "^2\\d\\d$"])] },
    event(),
    false,
  ],
  ["an event's route has no query", { regex_config: [where(0, ["request.route", "^/orders/42$"])] }, event(), false],
  ["an event's URI has it", { regex_config: [where(0, ["request.uri", "page=2$"])] }, event(), false],
  ["an event has a user", { user_sample_rate: { jane: 0 } }, event({ user_id: "jane" }), false],
  ["an event has a company", { company_sample_rate: { acme: 0 } }, event({ company_id: "acme" }), false],
  [
    "the keys of an access log say nothing in an event",
    { user_sample_rate: { jane: 0 } },
    event({ user: "jane" }),
    true,
  ],
];

it.each(DECISIONS)("%s", (_, body, record, kept) => {
  const config = parseConfig(body);
  const { weigh } = createSampler({}, () => config);
  const never = () => {
    throw new Error("chance has no part in this");
  };
  expect(weigh(record as never, never, "request" in record)).toBe(kept ? 1 : 0);
});

/** What becomes of a record that has passed all steps. */
function fateOf(record: object, body: object, of: Partial<TransformerSettings>): string {
  const config = parseConfig(body);
  const transform = createTransformer({ ...settings, ...of }, { config: () => config });
  const [outcome] = transform([base64(JSON.stringify(record))], NOW);
  return outcome!.result === "Ok" ? "kept" : outcome!.reason;
}

describe("through all steps", () => {
  it.each(DECISIONS)("%s", (_, body, record, kept) => {
    const of = "apiId" in record ? { enrichment: "none" as const } : { output: "event" as const };
    expect(fateOf(record, body, of)).toBe(kept ? "kept" : "sampled");
  });

  const byKey = {
    user: [{ template: "{stage}:{principalId}" }],
    company: [{ from: "apiKeyId", map: { k1: "acme" } }],
  };
  const call = accessLog({ apiKeyId: "k1", principalId: "jane", stage: "prod" });

  it.each<readonly [string, object, Partial<TransformerSettings>, boolean]>([
    ["the user is the identified one", { user_sample_rate: { "prod:jane": 0 } }, { identity: byKey }, false],
    [
      "a user that another was identified for counts no more",
      { user_sample_rate: { k1: 0 } },
      { identity: byKey },
      true,
    ],
    ["without identity rules the user is Moesif's own", { user_sample_rate: { k1: 0 } }, {}, false],
    ["the company is the identified one", { company_sample_rate: { acme: 0 } }, { identity: byKey }, false],
    [
      "a rule finds the identified user",
      { regex_config: [where(0, ["user_id", "^prod:"], ["company_id", "^acme$"])] },
      { identity: byKey },
      false,
    ],
    [
      "the company of a key that does not leave is known",
      { company_sample_rate: { acme: 0 } },
      { identity: byKey, redaction: { fields: { remove: ["apiKeyId"] } } },
      false,
    ],
    [
      "a user that does not leave has no rate",
      { sample_rate: 100, user_sample_rate: { k1: 0 } },
      { redaction: { fields: { remove: ["apiKeyId"] } } },
      true,
    ],
    ["with the kill switch nothing is dropped", { sample_rate: 0 }, { passThrough: true }, true],
    ["rules that shall not count do not", { sample_rate: 0 }, { sampling: { remote: false } }, true],
  ])("%s", (_, body, of, kept) => {
    for (const output of ["accessLog", "event"] as const) {
      expect(fateOf(call, body, { ...of, output })).toBe(kept ? "kept" : "sampled");
    }
  });
});
