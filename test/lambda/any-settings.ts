/** Any settings of the transformer, and any sampling rules of Moesif. */
import * as fc from "fast-check";
import { parseConfig } from "../../lambda/transformer/sampling/config";
import type {
  FilterRule,
  IdentityRule,
  RedactionSettings,
  SamplingSettings,
  TransformerSettings,
} from "../../lambda/transformer/settings";
import { IDENTITY_KEYS, key } from "./any-record";
import { settings } from "./support";

const order = fc.option(fc.uniqueArray(fc.constantFrom(...IDENTITY_KEYS)), { nil: undefined });

/** Identities by the keys of the record, and metadata. */
export const enriching: fc.Arbitrary<TransformerSettings> = fc
  .record({ user: order, company: order, metadata: fc.dictionary(key, fc.jsonValue({ maxDepth: 1 })) })
  .map(({ user, company, metadata }) => ({ ...settings, identity: { user, company }, metadata: metadata as never }));

const rule: fc.Arbitrary<IdentityRule> = fc.oneof(
  fc.constantFrom(...IDENTITY_KEYS, "metadata.orgId", "ip"),
  fc.constantFrom<IdentityRule>(
    { template: "{stage}:{user}" },
    { template: "{companyId}/{ip}" },
    { from: "apiKeyId", map: { "key-1": "acme", jane: 'say "acme"' } },
    { from: "user", map: { jane: "joe", joe: "jane" } },
    { from: "requestHostHeader", extract: "^([^.]+)\\." },
    { from: "user", extract: ".", lowerCase: true },
  ),
);
const rules = fc.option(fc.array(rule, { maxLength: 3 }), { nil: undefined });
const identity = fc.record({ user: rules, company: rules, subscription: rules, sessionToken: rules });

const HASHABLE = ["ip", "user", "companyId", "apiKeyId", "caller", "stage", "resourcePath", "requestId"];
const redaction: fc.Arbitrary<RedactionSettings> = fc.record(
  {
    fields: fc.oneof(
      fc.uniqueArray(fc.constantFrom(...HASHABLE, "metadata"), { maxLength: 4 }).map((keep) => ({ keep })),
      fc.uniqueArray(fc.constantFrom(...HASHABLE, "metadata"), { maxLength: 4 }).map((remove) => ({ remove })),
    ),
    mask: fc.array(
      fc.record(
        {
          pattern: fc.constantFrom("jane", "acme", "[a-z]+", ".+", "^.", "[^b]b"),
          fields: fc.uniqueArray(fc.constantFrom(...HASHABLE, "metadata", "requestHostHeader"), {
            minLength: 1,
            maxLength: 3,
          }),
          replacement: fc.constantFrom("[card]", "[redacted]"),
        },
        { requiredKeys: ["pattern"] },
      ),
      { maxLength: 2 },
    ),
    ip: fc.constantFrom("keep" as const, "truncate" as const),
    hash: fc.uniqueArray(fc.constantFrom(...HASHABLE), { maxLength: 3 }),
    path: fc.record(
      { segmentsAfter: fc.constant(["users", "orders"]), queryParameters: fc.constantFrom(["token"], ["*"]) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

const matches = fc.constantFrom<Record<string, string | string[] | { pattern: string }>>(
  { user: "jane" },
  { companyId: ["acme", "initech"] },
  { status: { pattern: "^5" } },
  { resourcePath: { pattern: "/orders/" }, "metadata.stage": "prod" },
);
const filter: fc.Arbitrary<FilterRule[]> = fc.array(
  fc.oneof(
    matches.map((drop) => ({ drop })),
    matches.map((keep) => ({ keep })),
  ),
  { maxLength: 3 },
);

const rate = fc.constantFrom(0, 1, 30, 50, 70, 99.5, 100);
const sampling: fc.Arbitrary<SamplingSettings> = fc.record(
  {
    remote: fc.boolean(),
    rate,
    by: fc.constantFrom("request" as const, "user" as const, "company" as const),
    keepErrors: fc.constantFrom("none" as const, "server" as const, "all" as const),
    companyLimit: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: [] },
);

/** Settings of every kind. */
export const anySettings: fc.Arbitrary<TransformerSettings> = fc
  .record({
    identity,
    redaction,
    filter,
    sampling,
    output: fc.constantFrom("accessLog" as const, "event" as const),
    enrichment: fc.constantFrom("full" as const, "full" as const, "none" as const),
    passThrough: fc.constantFrom(false, false, false, true),
    metadata: fc.dictionary(key, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
  })
  .map((own) => ({ ...settings, ...own, metadata: own.metadata as never }));

const condition = fc.record({
  path: fc.constantFrom("request.verb", "request.route", "response.status", "user_id", "metadata.stage"),
  value: fc.constantFrom("^GET$", "orders", "^[45]", "jane", "prod"),
});

/** Rules of Moesif; `undefined` as long as none are known. */
export const config = fc.option(
  fc
    .record({
      sample_rate: rate,
      user_sample_rate: fc.dictionary(fc.constantFrom("jane", "joe"), rate),
      company_sample_rate: fc.dictionary(fc.constantFrom("acme", "initech"), rate),
      regex_config: fc.array(
        fc.record({ conditions: fc.array(condition, { minLength: 1, maxLength: 2 }), sample_rate: rate }),
        { maxLength: 2 },
      ),
    })
    .map(parseConfig),
  { nil: undefined },
);
