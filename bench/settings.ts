/** The settings that are measured: realistic ones for the three APIs of the sample log. */
import type { ApiSettings, TransformerSettings } from "../lambda/transformer/settings";

const TARGET = { version: 1, accountId: "111111111111", region: "us-east-1" } as const;

const APIS: Readonly<Record<string, ApiSettings>> = {
  a1b2c3d4e5: { name: "orders", version: "2", metadata: { team: "payments" } },
  f6g7h8i9j0: { name: "catalogue", metadata: { team: "shop" } },
  k1l2m3n4o5: { name: "accounts", version: "1", tags: ["internal"], metadata: { team: "identity" } },
};

/** Only sampling: nothing is added, and what is kept is delivered byte for byte. */
export const SAMPLING: TransformerSettings = { ...TARGET, enrichment: "none", sampling: { remote: true } };

/** The defaults, for a target whose APIs have names. */
export const ENRICHING: TransformerSettings = {
  ...TARGET,
  environment: "production",
  metadata: { organisation: "example", costCentre: "4711" },
  tags: ["public"],
  apis: APIS,
  sampling: { remote: false },
};

export const EVENTS: TransformerSettings = { ...ENRICHING, output: "event" };

/** The masks that most people ask for: an e-mail address, the number of a card, a password in a query. */
export const MASKING: TransformerSettings = {
  ...ENRICHING,
  redaction: {
    mask: [
      { pattern: "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}", replacement: "[email]" },
      { pattern: "\\b(?:\\d[ -]*?){13,16}\\b", replacement: "[card]" },
      { pattern: "(?i)password=[^&]+" },
    ],
  },
};

/** Every step with rules of its own. */
export const EVERYTHING: TransformerSettings = {
  ...ENRICHING,
  identity: {
    user: [{ from: "principalId", lowerCase: true }, "cognitoIdentityId", { template: "{stage}:{apiKeyId}" }],
    company: [
      { from: "apiKeyId", map: { "8c4d8f1fbb": "acme", d149148df2: "globex" } },
      { from: "principalId", extract: "^user-([0-9a-f]{2})" },
    ],
  },
  redaction: {
    fields: { remove: ["caller", "userArn"] },
    mask: [
      { pattern: "[0-9]{13,19}", replacement: "[card]" },
      { pattern: "[a-z0-9.]+@[a-z0-9]+", fields: ["requestUserAgentHeader"] },
    ],
    ip: "truncate",
    path: { segmentsAfter: ["users"], queryParameters: ["token"] },
    hash: ["apiKeyId"],
  },
  filter: [{ drop: { resourcePath: { pattern: "^/(health|favicon)" } } }],
  sampling: { remote: true, by: "user", keepErrors: "server" },
};

/** Rules as Moesif has them in `/v1/config`, of every kind; each keeps all of its calls. */
export const KEEPS_ALL = {
  sample_rate: 100,
  user_sample_rate: { "user-ae52af": 100, "user-b7f2f3": 100 },
  company_sample_rate: { acme: 100 },
  regex_config: [{ conditions: [{ path: "request.route", value: "^/admin" }], sample_rate: 100 }],
};

/** The same with rates that drop calls. */
export const KEEPS_SOME = {
  sample_rate: 50,
  user_sample_rate: { "user-ae52af": 10, "user-b7f2f3": 100 },
  company_sample_rate: { acme: 25 },
  regex_config: [
    { conditions: [{ path: "request.route", value: "^/presentations/.*[.]png$" }], sample_rate: 5 },
    { conditions: [{ path: "response.status", value: "^[45]" }], sample_rate: 100 },
  ],
};

/** What Moesif's own function does: sampling by its rules, and nothing is added. */
export const MOESIFS_JOB: TransformerSettings = { ...TARGET, enrichment: "none" };

/** Rules of every kind for that job, with fifty users and fifty companies. */
export const MOESIFS_RULES = {
  sample_rate: 80,
  user_sample_rate: ratesOf("user"),
  company_sample_rate: ratesOf("company"),
  regex_config: [
    { conditions: [{ path: "request.route", value: "^/health" }], sample_rate: 0 },
    { conditions: [{ path: "response.status", value: "^5" }], sample_rate: 100 },
    {
      conditions: [
        { path: "request.verb", value: "GET" },
        { path: "request.route", value: "^/presentations" },
      ],
      sample_rate: 10,
    },
  ],
};

function ratesOf(kind: string): Record<string, number> {
  return Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`${kind}-${index}`, [10, 20, 25, 50, 5][index % 5]!]),
  );
}
