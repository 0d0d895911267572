/** The settings that made-up records are transformed with, each in turn. */
import type { RedactionSettings, TransformerSettings } from "../../lambda/transformer/settings";

/** Settings, and the rules that Moesif would have for them. */
export interface FuzzSettings {
  readonly name: string;
  readonly settings: TransformerSettings;
  /** The body of Moesif's `/v1/config`. */
  readonly config?: object;
}

const TARGET: TransformerSettings = {
  version: 1,
  accountId: "111111111111",
  region: "us-east-1",
  environment: "production",
  metadata: { organisation: "example", 'quo"te': "é", constructor: "c" },
  tags: ["public"],
  apis: {
    a1b2c3d4e5: { name: "orders", version: "2", tags: ["internal"], metadata: { team: "payments" } },
    constructor: { name: "inherited" },
  },
  sampling: { remote: false },
};

const REMOVE: RedactionSettings = {
  fields: { remove: ["principalId", "caller", "stage", "requestUserAgentHeader", "sessionToken"] },
};
const KEEP: RedactionSettings = { fields: { keep: ["user", "ip", "apiKeyId", "extendedRequestId", "metadata"] } };
const KEEP_LITTLE: RedactionSettings = { fields: { keep: ["user"] } };
const MASK: RedactionSettings = {
  ip: "truncate",
  mask: [
    { pattern: "[0-9]{16}", replacement: "[card]" },
    { pattern: "internal-[a-z]+", fields: ["resourcePath", "metadata"] },
  ],
};
const PATH: RedactionSettings = { path: { segmentsAfter: ["users", "é"], queryParameters: ["token", "q"] } };
const QUERY: RedactionSettings = { path: { emails: "keep", queryParameters: ["*"] } };
const HASH: RedactionSettings = { hash: ["user", "apiKeyId", "companyId"] };
const ALL: RedactionSettings = { ...REMOVE, ...MASK, ...PATH, hash: ["apiKeyId", "user"] };

const IDENTITY: TransformerSettings["identity"] = {
  user: [
    { from: "apiKeyId", map: { key1: "mapped user" } },
    { from: "metadata.orgId", lowerCase: true },
    { template: "{stage}:{principalId}" },
    { from: "caller", extract: "^([^:]+):" },
    "companyId",
  ],
  company: [{ from: "principalId", extract: "@(.*)$" }, "user", "companyId"],
  sessionToken: ["requestId"],
};
const FILTER: TransformerSettings["filter"] = [
  { keep: { status: { pattern: "^5" } } },
  { drop: { httpMethod: ["OPTIONS", "HEAD"] } },
  { drop: { resourcePath: { pattern: "^/health" }, apiId: "a1b2c3d4e5" } },
  { drop: { "metadata.orgId": "acme" } },
];
const CONFIG = {
  sample_rate: 50,
  user_sample_rate: { jane: 10, bob: 100, key1: 30 },
  company_sample_rate: { acme: 5, globex: 0 },
  regex_config: [
    { conditions: [{ path: "request.route", value: "^/health" }], sample_rate: 0 },
    { conditions: [{ path: "request.verb", value: "^(POST|PUT)$" }], sample_rate: 30 },
    {
      conditions: [
        { path: "response.status", value: "^[45]" },
        { path: "request.verb", value: "GET" },
      ],
      sample_rate: 100,
    },
  ],
};

function variant(name: string, change: Partial<TransformerSettings>, config?: object): FuzzSettings {
  return {
    name,
    settings: { ...TARGET, ...change },
    ...(config && { config }),
  };
}

const event = { output: "event" } as const;
const bare = { enrichment: "none" } as const;
const remote = { sampling: { remote: true } };

export const FUZZ_SETTINGS: readonly FuzzSettings[] = [
  variant("defaults", {}),
  variant("defaults, events", event),
  variant("nothing added", bare),
  variant("nothing added, events", { ...bare, ...event }),
  variant("pass-through", { passThrough: true, redaction: MASK }),
  variant("pass-through, events", { ...event, passThrough: true, redaction: REMOVE }),
  variant("keys removed", { redaction: REMOVE }),
  variant("keys removed, events", { ...event, redaction: REMOVE }),
  variant("keys kept", { redaction: KEEP }),
  variant("few keys kept, events", { ...event, redaction: KEEP_LITTLE }),
  variant("masks", { redaction: MASK, identity: IDENTITY }),
  variant("masks, nothing added", { ...bare, redaction: MASK }),
  variant("paths", { redaction: PATH }),
  variant("query strings, events", { ...event, redaction: QUERY }),
  variant("hashes", { redaction: HASH }),
  variant("hashes, events", { ...event, redaction: HASH }),
  variant("hashes, nothing added", { ...bare, redaction: HASH }),
  variant("identities", { identity: IDENTITY }),
  variant("identities, keys removed, events", { ...event, identity: IDENTITY, redaction: REMOVE }),
  variant("filter", { filter: FILTER }),
  variant("filter, nothing added, events", { ...bare, ...event, filter: FILTER }),
  variant("sampling at a rate", { sampling: { remote: false, rate: 30, keepErrors: "server" } }),
  variant("sampling by rules", remote, CONFIG),
  variant("sampling by rules, nothing added", { ...bare, ...remote }, CONFIG),
  variant("sampling by user, events", { ...event, sampling: { by: "user", keepErrors: "all" } }, CONFIG),
  variant("sampling by company, limited", { sampling: { remote: false, by: "company", companyLimit: 3 } }),
  variant("everything", { identity: IDENTITY, filter: FILTER, redaction: ALL, ...remote }, CONFIG),
  variant("everything, events", { ...event, identity: IDENTITY, filter: FILTER, redaction: ALL, ...remote }, CONFIG),
];
