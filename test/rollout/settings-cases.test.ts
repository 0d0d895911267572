/** Settings that go wrong, each with the exact words and the id that its reader is given, in the file and in constructs. */
import { type InvalidValueError, MoesifPipeline } from "../../modules";
import { formatPath, type Issue } from "../../modules/settings/issue";
import { runtimeWarning } from "../../modules/settings/transformer";
import { parseRollout } from "../../modules/rollout/parse-rollout";
import { targetSettings } from "../../modules/rollout/target-settings";
import { App, TerraformStack } from "../../modules/cdk";
import { errorOf, targetsOf } from "./support";

const applicationId = { secretName: "moesif/application-id" };

/** A rollout of one target. */
function rollout({ defaults = {}, account = {}, region = {}, api = {} }: Parts) {
  const apis = Object.keys(api).length > 0 ? [{ id: "a1b2c3d4e5", name: "orders", ...api }] : [];
  return JSON.stringify({
    version: 1,
    defaults: { applicationId, ...defaults },
    accounts: [
      { id: "111111111111", name: "production", ...account, regions: [{ name: "us-east-1", apis, ...region }] },
    ],
  });
}

interface Parts {
  readonly defaults?: object;
  readonly account?: object;
  readonly region?: object;
  readonly api?: object;
}

const told = ({ path, message, id, fix }: Issue) => `${formatPath(path)}: ${message} [${id}] ${fix ?? ""}`.trim();
const issuesOf = (text: string) => (errorOf(() => parseRollout(text, "rollout.yaml"))?.issues ?? []).map(told);

function constructIssues(props: object): string[] {
  try {
    new MoesifPipeline(new TerraformStack(new App(), "test"), "pipeline", { applicationId, ...props });
    return [];
  } catch (error) {
    return (error as InvalidValueError).issues.map(told);
  }
}

const IN_BOTH: readonly (readonly [string, object, readonly string[]])[] = [
  [
    "misspelt keys of a redaction",
    { redaction: { hash: ["IP", "apikeyId"] }, hashKey: { secretName: "moesif/hash-key" } },
    [
      'redaction.hash[0]: unknown key "IP" [record-key] did you mean ip?',
      'redaction.hash[1]: unknown key "apikeyId" [record-key] did you mean apiKeyId?',
    ],
  ],
  [
    "a misspelt field of a filter, and of an identity",
    { filter: [{ drop: { statuss: ["200"] } }], identity: { company: ["compnayId"] } },
    [
      'identity.company[0]: unknown key "compnayId" [record-key] did you mean companyId?',
      'filter[0].drop.statuss: unknown key "statuss" [record-key] did you mean status?',
    ],
  ],
  [
    "a misspelt key in a template",
    { identity: { user: [{ template: "{stage}:{prinicpalId}" }] } },
    ['identity.user[0].template: unknown key "prinicpalId" [record-key] did you mean principalId?'],
  ],
  [
    "a mask with delimiters",
    { redaction: { mask: [{ pattern: "/[0-9]{16}/g" }] } },
    [
      "redaction.mask[0].pattern: this pattern has delimiters, which RE2 would match [pattern] write the pattern without delimiters",
    ],
  ],
  [
    "a group that is not closed",
    { redaction: { mask: [{ pattern: "(" }] } },
    [
      "redaction.mask[0].pattern: this pattern has an unclosed ( [pattern] close it, or write \\( for the character itself",
    ],
  ],
  [
    "look-around, and a back-reference",
    { redaction: { mask: [{ pattern: "(?<=token=)[^&]+" }, { pattern: "(a)\\1" }] } },
    [
      "redaction.mask[0].pattern: this pattern uses look-around, which RE2 does not have [pattern] match the text itself, without it",
      "redaction.mask[1].pattern: this pattern uses a back-reference, which RE2 does not have [pattern] write out what it repeats",
    ],
  ],
  [
    "a session token in access logs",
    { identity: { sessionToken: ["principalId"] } },
    [
      "identity.sessionToken: identity.sessionToken requires output event: Moesif's access logs have no field for it [event-only] write output: event, or remove identity.sessionToken",
    ],
  ],
];

describe("of what is wrong with settings, both tell", () => {
  it.each(IN_BOTH)("%s", (_, settings, expected) => {
    expect(constructIssues(settings).sort()).toEqual([...expected].sort());
    const inFile = issuesOf(rollout({ defaults: settings })).map((line) => line.replace(" (production/us-east-1)", ""));
    expect(inFile.sort()).toEqual(expected.map((line) => `defaults.${line}`).sort());
  });

  it("everything at once, over all sections, with ids of APIs and tags", () => {
    const wrong = {
      delivery: { bufferSizeMb: 64 },
      transformer: { memoryMb: 64, runtim: "nodejs22.x" },
      iam: { path: "teams" },
      apis: { "Orders API": { name: "orders" } },
      tags: { "aws:team": "payments" },
    };
    expect(constructIssues(wrong).map((line) => line.replace(/\] .*/, "]"))).toEqual([
      "delivery.bufferSizeMb: 64 is too large [too-large]",
      "transformer.memoryMb: 64 is too small [too-small]",
      'transformer.runtim: unknown key "runtim" [unknown-key]',
      'iam.path: invalid value "teams" [invalid-value]',
      'tags["aws:team"]: invalid key "aws:team" [invalid-key]',
      'apis["Orders API"]: invalid key "Orders API" [invalid-key]',
    ]);
  });
});

describe("a key in the wrong place says where it belongs", () => {
  it.each<[string, Parts, string]>([
    [
      "sampling under an account",
      { account: { sampling: {} } },
      'accounts[0].sampling: unknown key "sampling" [unknown-key] move it to accounts[0].settings, where it is known',
    ],
    [
      "delivery under a region",
      { region: { delivery: {} } },
      'accounts[0].regions[0].delivery: unknown key "delivery" [unknown-key] move it to accounts[0].regions[0].settings, where it is known',
    ],
    [
      "environment in defaults",
      { defaults: { environment: "production" } },
      'defaults.environment: unknown key "environment" [unknown-key] move it to accounts[], where it is known',
    ],
    [
      "memory in defaults",
      { defaults: { memoryMb: 256 } },
      'defaults.memoryMb: unknown key "memoryMb" [unknown-key] move it to defaults.redrive or defaults.transformer, where it is known',
    ],
  ])("%s", (_, parts, expected) => {
    expect(issuesOf(rollout(parts))).toEqual([expected]);
  });
});

it("a type in lowercase is answered with the right one", () => {
  expect(issuesOf(rollout({ api: { type: "http" } }))).toEqual([
    'accounts[0].regions[0].apis[0].type: invalid value "http" [invalid-value] did you mean "HTTP"? write one of REST, HTTP, WEBSOCKET; the protocols of API Gateway\'s APIs',
  ]);
});

it("a status may be a number in a filter, and stands for its digits", () => {
  const [target] = targetsOf(
    rollout({ defaults: { filter: [{ drop: { status: [500, "404"] } }, { keep: { status: 200 } }] } }),
  );
  expect(targetSettings(target!).filter).toEqual([{ drop: { status: ["500", "404"] } }, { keep: { status: "200" } }]);
});

it("a secret's ARN for 40 accounts names three targets, and how many more", () => {
  const secretArn = "arn:aws:secretsmanager:us-east-1:111111111100:secret:moesif-AbCdEf";
  const accounts = Array.from({ length: 40 }, (_, n) => ({
    id: String(111111111100 + n),
    name: `team-${n}`,
    regions: ["us-east-1", "eu-west-1", "ap-south-1"].map((name) => ({ name })),
  }));
  const kmsKey = "alias/moesif";
  const text = JSON.stringify({ version: 1, defaults: { applicationId: { secretArn, kmsKey } }, accounts });
  expect(issuesOf(text)).toEqual([
    "defaults.applicationId.secretArn: this secret is in us-east-1, not in the region of the pipeline (team-0/eu-west-1, team-0/ap-south-1, team-1/eu-west-1, and 77 more) [arn-region] use a secret of each region in its own settings, or secretName, which is looked up in each region",
  ]);
});

it("an API that is listed twice is refused, with its stages", () => {
  const api = { id: "a1b2c3d4e5", name: "orders", stages: ["prod"] };
  expect(issuesOf(rollout({ region: { apis: [api, { ...api, name: "shop" }] } }))).toEqual([
    "accounts[0].regions[0].apis[1].id: API a1b2c3d4e5 is listed already, as accounts[0].regions[0].apis[0] [duplicate] list each API of a region once",
  ]);
});

describe("a warning", () => {
  const WARNINGS: readonly (readonly [string, object, RegExp])[] = [
    [
      "of a key that no format writes",
      { redaction: { fields: { remove: ["emailAddress"] } } },
      /redaction\.fields\.remove\[0\]: no access-log format of this package writes the key "emailAddress" {2}\[unknown-record-key\]/,
    ],
    [
      "of a key in a template that no format writes",
      { identity: { user: [{ template: "{stage}:{tenant}" }] } },
      /identity\.user\[0\]\.template: no access-log format of this package writes the key "tenant" {2}\[unknown-record-key\]/,
    ],
    [
      "of sampled access logs, of which Moesif documents no weight",
      { sampling: { rate: 25 } },
      /sampling\.rate: Moesif documents the weight of sampled calls for events only: .* {2}\[sampling-output\]/,
    ],
    [
      "of a rate below one percent",
      { sampling: { rate: 0.25 }, output: "event" },
      /sampling\.rate: sampling\.rate is a percentage: 0\.25 keeps less than one call of a hundred.* {2}\[sampling-rate\]/,
    ],
    [
      "of a runtime past its end",
      { transformer: { runtime: "nodejs20.x" } },
      /transformer\.runtime: AWS deprecated the runtime nodejs20\.x on 2026-04-30.* {2}\[runtime\]/,
    ],
    [
      "of a runtime that needs a newer provider",
      { transformer: { runtime: "nodejs24.x" } },
      /transformer\.runtime: the runtime nodejs24\.x requires version 6\.19 of the AWS provider.* {2}\[runtime\]/,
    ],
  ];

  it.each(WARNINGS)("is given %s, by the file and by the construct", (_, settings, message) => {
    const { warnings } = parseRollout(rollout({ defaults: settings }), "rollout.yaml");
    expect(warnings).toEqual([expect.stringMatching(message)]);
    const stack = new TerraformStack(new App(), "test");
    const pipeline = new MoesifPipeline(stack, "pipeline", { applicationId, ...settings });
    expect(pipeline.node.metadata.map(({ data }) => data)).toEqual([expect.stringMatching(message)]);
  });

  it("is given of a runtime half a year before its end, not sooner", () => {
    expect(runtimeWarning("nodejs22.x", Date.parse("2026-11-30"))?.message).toBe(
      "AWS deprecates the runtime nodejs22.x on 2027-04-30",
    );
    expect(runtimeWarning("nodejs22.x", Date.parse("2026-10-01"))).toBeUndefined();
  });
});
