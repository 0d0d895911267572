/**
 * The defaults that the documents tell are those that the constructs have: a documented default that is written out
 * changes nothing, and any other value does.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { wantedStages } from "../../lambda/stage-enrollment/wanted";
import { synthesizeRollout } from "../../modules";
import { type JsonSchema, rolloutJsonSchema } from "../../modules/rollout/json-schema";
import { accessLog, base64, outcomeFor, settings } from "../lambda/support";
import { Synthesized } from "../support/synth";

/** A place in a rollout file; of each list it is in the first entry. */
type Path = readonly (string | 0)[];

interface Default {
  readonly path: Path;
  readonly value: unknown;
  /** Any other value. */
  readonly other: unknown;
}

/** What a value other than the default can be, where its schema does not say. */
const OTHERS: Readonly<Record<string, unknown>> = {
  state: { local: { directory: "states" } },
  "state.local.directory": "states",
  "accounts.0.regions.0.apis": [{ id: "k1l2m3n4o5", name: "catalogue" }],
  "accounts.0.regions.0.apis.0.stages": ["prod"],
  "accounts.0.regions.0.apis.0.tags": ["public"],
  "accounts.0.regions.0.apis.0.metadata": { team: "payments" },
  "defaults.name": "calls",
  "defaults.baseUrl": "https://moesif.example.com",
  "defaults.delivery.commonAttributes": { source: "api-gateway" },
  "defaults.transformer.runtime": "nodejs20.x",
  "defaults.monitoring.runbookUrl": "https://wiki.example.com/runbook",
  "defaults.monitoring.alarms.processingSuccess.threshold": 0.5,
  "defaults.monitoring.alarms.deliverySuccess.threshold": 0.5,
  "defaults.monitoring.alarms": { noTraffic: { enabled: false } },
  "defaults.iam.path": "/moesif/",
  "defaults.iam.namePrefix": "acme-",
  "defaults.enrollment.match": [{ stage: "*" }],
  "defaults.redaction.allow": ["card-number"],
  "defaults.filter": [{ drop: { status: "404" } }],
  "defaults.redaction.mask": [{ pattern: "card-[0-9]+" }],
  "defaults.redaction.mask.0.replacement": "[card]",
  "defaults.redaction.path.segmentsAfter": ["users"],
  "defaults.redaction.path.queryParameters": ["token"],
  "defaults.redaction.hash": ["ip"],
  "defaults.metadata": { team: "platform" },
  "defaults.eventTags": ["public"],
  "defaults.tags": { team: "platform" },
};

/** What must stand beside a value. */
const BESIDE: Readonly<Record<string, readonly [Path, unknown]>> = {
  "defaults.redrive.everyMinutes": [["defaults", "redrive", "mode"], "schedule"],
  // Only then there is a dead-letter queue.
  "defaults.monitoring.alarms.redriveFailed.enabled": [["defaults", "redrive", "mode"], "events"],
  "defaults.monitoring.alarms.redriveFailed.threshold": [["defaults", "redrive", "mode"], "events"],
  // Without the transformer, stages of REST APIs alone can log.
  "defaults.transformer.enabled": [["accounts", 0, "regions", 0, "apis"], []],
};

/** Defaults that the functions apply: what a function makes of settings that hold the value. */
const IN_FUNCTIONS: Readonly<Record<string, (value: object) => unknown>> = {
  "defaults.identity.user.0.lowerCase": (value) =>
    outcomeFor(CALL, { ...settings, identity: { user: [{ from: "principalId", ...value }] } }),
  "defaults.identity.company.0.lowerCase": (value) =>
    outcomeFor(CALL, { ...settings, identity: { company: [{ from: "principalId", ...value }] } }),
  "defaults.identity.subscription.0.lowerCase": (value) =>
    outcomeFor(CALL, { ...settings, output: "event", identity: { subscription: [{ from: "principalId", ...value }] } }),
  "defaults.identity.sessionToken.0.lowerCase": (value) =>
    outcomeFor(CALL, { ...settings, output: "event", identity: { sessionToken: [{ from: "principalId", ...value }] } }),
  "defaults.redaction.mask.0.replacement": (value) =>
    outcomeFor(CALL, { ...settings, redaction: { mask: [{ pattern: "Jane", ...value }] } }),
  "defaults.redaction.hash": (value) => outcomeFor(CALL, { ...settings, redaction: value }),
  "defaults.enrollment.match.0.overwrite": (value) =>
    wantedStages({ destinations: { REST: LOG }, match: [{ stage: "*", ...value }] }, [STAGE]),
};

const CALL = base64(JSON.stringify(accessLog({ principalId: "Jane", ip: "192.0.2.1" })));
const LOG = { destinationArn: "stream", format: "format" };
const STAGE = {
  type: "REST",
  apiId: "a1b2c3d4e5",
  stage: "prod",
  apiName: "orders",
  apiTags: {},
  stageTags: {},
} as const;

/** With stages of all types, so that there is every construct that has a setting. */
const ROLLOUT = {
  version: 1,
  defaults: {
    applicationId: { createSecret: { name: "moesif/application-id" } },
    redrive: {},
    monitoring: {},
  },
  accounts: [
    {
      id: "111111111111",
      name: "production",
      regions: [
        {
          name: "us-east-1",
          apis: [
            { id: "a1b2c3d4e5", name: "orders", stages: [{ name: "prod" }] },
            { id: "h6g7h8i9j0", name: "shop", type: "HTTP", stages: ["$default"] },
            { id: "w1l2m3n4o5", name: "chat", type: "WEBSOCKET", stages: ["prod"] },
          ],
        },
      ],
    },
  ],
};

/** Every documented default of a schema, in depth. */
function defaultsOf(schema: JsonSchema, path: Path = []): Default[] {
  const { default: value, properties = {}, items, anyOf = [], oneOf = [] } = schema;
  const own = value === undefined ? [] : [{ path, value, other: otherThan(value, schema, path) }];
  return [
    ...own,
    ...Object.entries(properties).flatMap(([key, inner]) => defaultsOf(inner, [...path, key])),
    ...[...anyOf, ...oneOf].flatMap((choice) => defaultsOf(choice, path)),
    ...(items ? defaultsOf(items, [...path, 0]) : []),
  ];
}

function otherThan(value: unknown, { enum: choices, maximum = Infinity }: JsonSchema, path: Path): unknown {
  const other = OTHERS[path.join(".")];
  if (other !== undefined) return other;
  if (choices) return choices.find((choice) => choice !== value);
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value < maximum ? value + 1 : value - 1;
  throw new Error(`name a value other than the default of ${path.join(".")}`);
}

/** A copy with a value at a path; undefined takes away what is there. */
function withValue(whole: any, [key, ...rest]: Path, value: unknown): any {
  if (key === undefined) return value;
  const inner = withValue(whole?.[key], rest, value);
  if (key === 0) return [inner, ...(whole ?? []).slice(1)];
  const { [key]: _, ...others } = whole ?? {};
  return inner === undefined ? others : { ...others, [key]: inner };
}

function synthesize(rollout: object): object {
  const folder = mkdtempSync(join(tmpdir(), "defaults-"));
  const file = join(folder, "rollout.yaml");
  writeFileSync(file, JSON.stringify(rollout));
  const [stack] = synthesizeRollout(file, join(folder, "out")).folders;
  const { "//": _, ...json } = new Synthesized(stack!).json;
  return JSON.parse(JSON.stringify(json).replaceAll(folder, ""));
}

const { definitions, properties } = rolloutJsonSchema();
const DEFAULTS = [
  ...defaultsOf(definitions!.settings!, ["defaults"]),
  ...defaultsOf({ properties: { state: properties!.state!, accounts: properties!.accounts! } }),
].map((one) => ({ ...one, name: one.path.join(".") }));

const inFunctions = DEFAULTS.filter(({ name }) => name in IN_FUNCTIONS);
const inStacks = DEFAULTS.filter(({ name }) => !(name in IN_FUNCTIONS));
const inLists = inStacks.filter(({ path }) => path.includes(0));
const bare = synthesize(ROLLOUT);

describe("a documented default", () => {
  it("changes nothing where it is written out", () => {
    const others = inStacks.filter((one) => !inLists.includes(one));
    expect(synthesize(others.reduce((rollout, { path, value }) => withValue(rollout, path, value), ROLLOUT))).toEqual(
      bare,
    );
  });

  it.each(inLists)("changes nothing where it is written out: $name", ({ path, value }) => {
    expect(synthesize(withValue(ROLLOUT, path, value))).toEqual(synthesize(withValue(ROLLOUT, path, undefined)));
  });

  it.each(inStacks)("is the only value that changes nothing: $name, $value and not $other", ({ name, path, other }) => {
    const beside = BESIDE[name];
    const rollout = beside ? withValue(ROLLOUT, ...beside) : ROLLOUT;
    const without = beside || path.includes(0) ? synthesize(withValue(rollout, path, undefined)) : bare;
    expect(isDeepStrictEqual(synthesize(withValue(rollout, path, other)), without)).toBe(false);
  });

  it.each(inFunctions)("is what the function takes for it: $name, $value and not $other", ({ name, path, ...one }) => {
    const key = path.at(-1)!;
    const made = IN_FUNCTIONS[name]!;
    expect(made({ [key]: one.value })).toEqual(made({}));
    expect(made({ [key]: one.other })).not.toEqual(made({}));
  });

  it("is the default of a setting that there is", () => {
    const known = DEFAULTS.map(({ name }) => name);
    expect([OTHERS, BESIDE, IN_FUNCTIONS].flatMap(Object.keys).filter((name) => !known.includes(name))).toEqual([]);
  });
});
