/** Rollouts, right and wrong, for the property tests. */
import fc from "fast-check";
import { awsLimits } from "../../modules/settings/aws";
import { backupLimits } from "../../modules/settings/backup";
import { deliveryLimits, MAX_WAIT_SECONDS } from "../../modules/settings/delivery";
import { samplingLimits } from "../../modules/settings/sampling";
import { secretLimits } from "../../modules/settings/secrets";
import { pipelineLimits } from "../../modules/settings/settings";
import { transformerLimits } from "../../modules/settings/transformer";

const optional = { requiredKeys: [] };
const within = ({ min, max }: { min: number; max: number }) => fc.integer({ min, max });
/** What looks as if it were to be interpolated is refused. */
const isLiteral = (value: string) => !/[$%{<]/.test(value);
const textOf = (pattern: string) => fc.stringMatching(new RegExp(pattern));
const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 2 }).filter(isExact);

/** JSON that numbers of double precision hold as it is written. */
function isExact(value: unknown): boolean {
  return JSON.stringify(value).match(/-?[0-9]{16,}|e\+/) === null;
}

const texts = (most: number) =>
  fc.dictionary(fc.stringMatching(/^[b-z][a-z-]{0,20}$/), fc.string({ maxLength: 100 }).filter(isLiteral), {
    maxKeys: most,
  });
const metadata = fc.dictionary(fc.string({ minLength: 1, maxLength: 10 }), json, { maxKeys: 4 }).map(withoutPrototype);

/** `__proto__` is no key that one can write in an object. */
function withoutPrototype<T>(map: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => key !== "__proto__"));
}

const identity = fc.oneof(
  fc.constantFrom("apiKeyId", "authorizerPrincipal", "cognitoIdentityId", "iamCaller").map((from) => ({ from })),
  fc.constantFrom("sub", "custom:tenant").map((name) => ({ from: "cognitoClaim", name })),
);

const property = fc.constantFrom("orgId", "user_id").map((name) => ({ from: "authorizerProperty", name }));
const request = fc.record({ query: fc.constant("query_string"), forwardedFor: fc.constant("xff") }, optional);
const path = fc.constantFrom("real", "route");
const callers = (of: fc.Arbitrary<object>) => ({ user: of, company: of, request });

/** What the stages write, with what HTTP and WebSocket APIs write otherwise. */
export const accessLog = fc.record(
  {
    ...callers(identity),
    path,
    http: fc.record({ ...callers(fc.oneof(property, fc.constant({ from: "jwtClaim", name: "sub" }))), path }, optional),
    websocket: fc.record(callers(fc.oneof(property, fc.constant({ from: "apiKeyId" }))), optional),
  },
  optional,
);

const field = fc.constantFrom("user", "apiKeyId", "metadata.orgId", "claims.sub");
const id = fc.stringMatching(/^[a-z0-9]{1,20}$/);

const source = fc.record(
  {
    from: field,
    extract: fc.constantFrom("^[a-z]+:(.+)$", "[0-9]+"),
    lowerCase: fc.boolean(),
    map: fc.dictionary(id, id, { minKeys: 1, maxKeys: 3 }),
  },
  { requiredKeys: ["from"] },
);
const identityRules = fc.array(fc.oneof(field, source, fc.constant({ template: "{stage}:{user}" })), {
  minLength: 1,
  maxLength: 4,
});

const match = fc.oneof(
  id,
  fc.array(id, { minLength: 1, maxLength: 3 }),
  fc.constantFrom("^/health", "bot").map((pattern) => ({ pattern })),
);
const matches = fc.dictionary(field, match, { minKeys: 1, maxKeys: 2 });
const filterRule = fc.oneof(
  matches.map((drop) => ({ drop })),
  matches.map((keep) => ({ keep })),
);

const sampling = fc.record(
  {
    remote: fc.boolean(),
    rate: fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths / 10),
    by: fc.constantFrom(...samplingLimits.by.choices),
    keepErrors: fc.constantFrom(...samplingLimits.keepErrors.choices),
    companyLimit: within(samplingLimits.companyLimit),
    refreshSeconds: within(samplingLimits.refreshSeconds),
    timeoutSeconds: within(samplingLimits.timeoutSeconds),
  },
  optional,
);

const eventTags = fc.array(id, { maxLength: 3 });

const stage = fc.record({ name: textOf("^[a-zA-Z0-9_-]{1,20}$"), overwrite: fc.boolean() }, { requiredKeys: ["name"] });

// REST alone: which identities the other types know, their formats say.
const stageMatch = fc.record(
  {
    tags: texts(3),
    apiName: id,
    stage: fc.constantFrom("prod", "prod-*", "*"),
    types: fc.constant(["REST"]),
    overwrite: fc.boolean(),
  },
  { requiredKeys: ["stage", "types"] },
);

const enrollment = fc.record(
  {
    match: fc.array(stageMatch, { maxLength: 2 }),
    schedule: fc.constantFrom("rate(1 minute)", "rate(15 minutes)", "cron(0 * * * ? *)"),
    callsPerSecond: fc.integer({ min: 1, max: 10 }),
  },
  optional,
);

const applicationId = fc.oneof(
  textOf("^[a-zA-Z0-9/_+=.@!-]{1,40}$").map((secretName) => ({ secretName })),
  fc
    .record(
      { name: fc.constant("moesif"), recoveryWindowDays: fc.constantFrom(...secretLimits.recoveryWindowDays.choices) },
      { requiredKeys: ["name"] },
    )
    .map((createSecret) => ({ createSecret })),
);

const settings = fc.record(
  {
    name: textOf("^[a-zA-Z0-9_-]{1,46}$"),
    applicationId,
    backup: fc.record(
      {
        expirationDays: within(backupLimits.expirationDays),
        forceDestroy: fc.boolean(),
        kmsKey: fc.constant("alias/moesif"),
      },
      optional,
    ),
    delivery: fc.record(
      {
        // The records have waited for the transformer for 60 s by then.
        bufferIntervalSeconds: within({ min: 0, max: MAX_WAIT_SECONDS - 60 }),
        bufferSizeMb: within(deliveryLimits.bufferSizeMb),
        commonAttributes: texts(10),
        logRetentionDays: fc.constantFrom(...awsLimits.logRetentionDays.choices),
      },
      optional,
    ),
    transformer: fc.record(
      { memoryMb: within(transformerLimits.memoryMb), retries: within(transformerLimits.retries) },
      optional,
    ),
    accessLog,
    stageLogs: fc.record(
      // With one, identities must be those that every type of API knows.
      { enabled: fc.constant(false), retentionDays: fc.constantFrom(...awsLimits.logRetentionDays.choices) },
      optional,
    ),
    enrollment,
    output: fc.constantFrom(...pipelineLimits.output.choices),
    enrichment: fc.constantFrom(...pipelineLimits.enrichment.choices),
    identity: fc.record({ user: identityRules, company: identityRules }, optional),
    filter: fc.array(filterRule, { maxLength: 4 }),
    sampling,
    metadata,
    eventTags,
    tags: fc.dictionary(fc.stringMatching(/^[b-z][a-z-]{0,20}$/), textOf("^[A-Za-z0-9 _.:/=+@-]{0,60}$"), {
      maxKeys: 10,
    }),
  },
  optional,
);

const api = fc.record(
  {
    id: textOf("^[a-z0-9]{10}$"),
    name: fc.stringMatching(/^[^\n\r\u2028\u2029]{1,40}$/).filter(isLiteral),
    type: fc.constant("REST"),
    stages: fc.uniqueArray(
      fc.oneof(
        stage,
        stage.map(({ name }) => name),
      ),
      {
        selector: (one) => (typeof one === "string" ? one : one.name),
        maxLength: 3,
      },
    ),
    version: id,
    tags: eventTags,
    metadata,
  },
  { requiredKeys: ["id", "name"] },
);

/** Each account is of one partition. */
const PARTITIONS = [["us-east-1", "eu-west-1", "ap-southeast-9"], ["cn-north-1", "cn-northwest-1"], ["us-gov-west-1"]];

const regionOf = (names: string[]) =>
  fc.record(
    {
      name: fc.constantFrom(...names),
      settings,
      apis: fc.uniqueArray(api, { selector: ({ id }) => id, maxLength: 3 }),
    },
    { requiredKeys: ["name"] },
  );

const account = fc.record(
  {
    id: textOf("^[0-9]{12}$"),
    name: textOf("^[a-zA-Z0-9][a-zA-Z0-9_-]{0,39}$"),
    settings,
    regions: fc
      .constantFrom(...PARTITIONS)
      .chain((names) => fc.uniqueArray(regionOf(names), { selector: ({ name }) => name, minLength: 1, maxLength: 3 })),
  },
  { requiredKeys: ["id", "name", "regions"] },
);

/** A rollout without a mistake. */
export const soundRollout = fc.record({
  version: fc.constant(1),
  defaults: fc.tuple(settings, applicationId).map(([rest, id]) => ({ ...rest, applicationId: id })),
  accounts: fc
    .uniqueArray(account, { selector: ({ id }) => id, minLength: 1, maxLength: 3 })
    .map((accounts) => accounts.map((each, index) => ({ ...each, name: `${each.name.slice(0, 38)}-${index}` }))),
});

/** A rollout in which one value, wherever it stands, is replaced by any other, or taken out. */
export const spoiltRollout = fc
  .tuple(soundRollout, fc.nat(), fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(1e21, "us-east1", undefined)))
  .map(([sound, place, value]) => {
    // fast-check uses its values again, to find a smaller case.
    const rollout = structuredClone(sound);
    const places = placesOf(rollout);
    const { holder, key } = places[place % places.length]!;
    if (value !== undefined) holder[key] = value;
    else if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
    return rollout;
  });

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function placesOf(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key])]);
}

/** Text that is YAML here and there. */
export const nearlyYaml = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "version: 1",
        "accounts:",
        "defaults:",
        "regions:",
        "- id: '1'",
        "name: a",
        "\n",
        "\n  ",
        "\n    ",
        "\t",
        " ",
        "- ",
        "? ",
        ": ",
        "&a ",
        "*a",
        "{",
        "}",
        "[",
        "]",
        ",",
        "|",
        ">-",
        "'",
        '"',
        "!x ",
        "!!set ",
        "!!binary ",
        "#",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "<<: ",
        "@",
        "`",
        "0x1F",
        ".nan",
        "1e999",
        "null",
        "~",
        "__proto__: ",
      ),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));
