/** How a target's settings come from the defaults, its account and its region. */
import { targetsOf } from "./support";

/** The settings of one target, from those of its three levels. */
function merged(levels: { defaults: object; account?: object; region?: object }) {
  const rollout = {
    version: 1,
    defaults: levels.defaults,
    accounts: [
      {
        id: "111111111111",
        name: "production",
        ...(levels.account && { settings: levels.account }),
        regions: [{ name: "us-east-1", ...(levels.region && { settings: levels.region }) }],
      },
    ],
  };
  return targetsOf(JSON.stringify(rollout))[0]?.settings;
}

const applicationId = { secretName: "moesif/application-id" };

test("the nearest level wins: region, then account, then defaults", () => {
  const name = (levels: Parameters<typeof merged>[0]) => merged(levels)?.name;
  expect(name({ defaults: { applicationId, name: "far" } })).toBe("far");
  expect(name({ defaults: { applicationId, name: "far" }, account: { name: "near" } })).toBe("near");
  expect(
    name({ defaults: { applicationId, name: "far" }, account: { name: "near" }, region: { name: "nearest" } }),
  ).toBe("nearest");
});

test("settings of a section are merged key by key", () => {
  const settings = merged({
    defaults: { applicationId, backup: { expirationDays: 30, mode: "AllData" }, transformer: { memoryMb: 512 } },
    account: { backup: { expirationDays: 60 }, iam: { path: "/moesif/" } },
    region: { backup: { forceDestroy: true }, transformer: { retries: 5 } },
  });
  expect(settings).toMatchObject({
    backup: { expirationDays: 60, mode: "AllData", forceDestroy: true },
    transformer: { memoryMb: 512, retries: 5 },
    iam: { path: "/moesif/" },
  });
});

test("alarms are merged alarm by alarm", () => {
  const settings = merged({
    defaults: {
      applicationId,
      monitoring: {
        runbookUrl: "https://wiki.example.com",
        alarms: { noTraffic: { minutes: 120 }, givenUp: { enabled: false } },
      },
    },
    region: { monitoring: { alarms: { noTraffic: { enabled: false } } } },
  });
  expect(settings?.monitoring).toEqual({
    runbookUrl: "https://wiki.example.com",
    alarms: { noTraffic: { enabled: false }, givenUp: { enabled: false } },
  });
});

test("tags, metadata and common attributes are merged key by key", () => {
  const settings = merged({
    defaults: {
      applicationId,
      tags: { owner: "platform", tier: "1" },
      metadata: { organisation: "example", place: { city: "Zürich", floor: 2 } },
      delivery: { bufferSizeMb: 2, commonAttributes: { a: "1", b: "2" } },
    },
    account: { tags: { tier: "2" }, delivery: { commonAttributes: { b: "3" } } },
    region: { metadata: { place: { city: "Bern" } }, delivery: { retrySeconds: 60 } },
  });
  expect(settings).toMatchObject({
    tags: { owner: "platform", tier: "2" },
    delivery: { bufferSizeMb: 2, retrySeconds: 60, commonAttributes: { a: "1", b: "3" } },
  });
  // A value of metadata is the user's own: it is replaced, not merged.
  expect(settings?.metadata).toEqual({ organisation: "example", place: { city: "Bern" } });
});

test("an override replaces the application id whole, with its key", () => {
  const settings = merged({
    defaults: { applicationId: { secretName: "shared", kmsKey: "alias/shared" } },
    region: { applicationId: { createSecret: { name: "own", version: 2 } } },
  });
  expect(settings?.applicationId).toEqual({ createSecret: { name: "own", version: 2 } });
});

test("an override replaces an identity whole, and leaves the other one", () => {
  const settings = merged({
    defaults: {
      applicationId,
      accessLog: { user: { from: "cognitoClaim", name: "sub" }, company: { from: "apiKeyId" } },
    },
    account: { accessLog: { user: { from: "iamCaller" }, path: "route" } },
  });
  expect(settings?.accessLog).toEqual({ user: { from: "iamCaller" }, company: { from: "apiKeyId" }, path: "route" });
});

test("an override replaces identity, filter and the key of hashes whole", () => {
  const defaults = {
    applicationId,
    identity: { user: ["principalId"], company: ["metadata.orgId"] },
    filter: [{ drop: { httpMethod: "OPTIONS" } }],
    redaction: { hash: ["user"] },
    hashKey: { secretName: "shared", kmsKey: "alias/shared" },
    output: "event",
    enrichment: "none",
  };
  const account = { identity: { user: ["caller"] }, filter: [], hashKey: { secretName: "own" }, output: "accessLog" };
  expect(merged({ defaults, account })).toMatchObject({
    identity: account.identity,
    filter: [],
    hashKey: { secretName: "own" },
    output: "accessLog",
    enrichment: "none",
  });
  expect(merged({ defaults, account })?.identity).not.toHaveProperty("company");
  expect(merged({ defaults, account })?.hashKey).not.toHaveProperty("kmsKey");
});

test("sampling is merged key by key, and the tags of calls add up", () => {
  const settings = merged({
    defaults: { applicationId, sampling: { rate: 50, keepErrors: "all" }, eventTags: ["edge", "shared"] },
    account: { sampling: { rate: 10 } },
    region: { sampling: { by: "user" }, eventTags: ["shared", "busy"] },
  });
  expect(settings?.sampling).toEqual({ rate: 10, keepErrors: "all", by: "user" });
  expect(settings?.eventTags).toEqual(["edge", "shared", "busy"]);
});

test("a key of hashes may be set for all targets of which some hash nothing", () => {
  const regions = [{ name: "us-east-1", settings: { redaction: { hash: ["user"] } } }, { name: "eu-west-1" }];
  const rollout = {
    version: 1,
    defaults: { applicationId, hashKey: { secretName: "moesif/hash-key" } },
    accounts: [{ id: "111111111111", name: "production", regions }],
  };
  expect(targetsOf(JSON.stringify(rollout)).map(({ settings }) => settings.redaction?.hash)).toEqual([
    ["user"],
    undefined,
  ]);
});

test("a secret's ARN of another region does no harm where an override stands in its place", () => {
  const settings = merged({
    defaults: {
      applicationId: { secretArn: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:moesif-AbCdEf" },
    },
    region: { applicationId },
  });
  expect(settings?.applicationId).toEqual(applicationId);
});

test("the two halves of the transformer's buffer may come from different levels", () => {
  const settings = merged({
    defaults: { applicationId, transformer: { bufferSizeMb: 2 } },
    region: { transformer: { bufferIntervalSeconds: 30 } },
  });
  expect(settings?.transformer).toEqual({ bufferSizeMb: 2, bufferIntervalSeconds: 30 });
});

describe("of the redaction no level wins:", () => {
  const redaction = (defaults: object, account?: object, region?: object) =>
    merged({
      defaults: { applicationId, redaction: defaults },
      ...(account && { account: { redaction: account } }),
      ...(region && { region: { redaction: region } }),
    })?.redaction;

  test("lists and masks add up", () => {
    const a = { pattern: "a" };
    const b = { pattern: "b", fields: ["user"] };
    expect(
      redaction(
        { mask: [a], path: { segmentsAfter: ["users"] } },
        { mask: [b, a], path: { queryParameters: ["token"] } },
        { path: { segmentsAfter: ["users", "patients"] } },
      ),
    ).toEqual({ mask: [a, b], path: { segmentsAfter: ["users", "patients"], queryParameters: ["token"] } });
  });

  test("what levels hash adds up, and what one of them removes is removed", () => {
    const settings = merged({
      defaults: { applicationId, hashKey: { secretName: "moesif/hash-key" }, redaction: { hash: ["user", "ip"] } },
      account: { redaction: { hash: ["caller", "user"] } },
      region: { redaction: { fields: { remove: ["ip"] } } },
    });
    expect(settings?.redaction).toEqual({ hash: ["user", "caller"], fields: { remove: ["ip"] } });
  });

  test("a key leaves that every level lets leave", () => {
    const fields = (...levels: object[]) => {
      const [defaults, account, region] = levels.map((one) => ({ fields: one }));
      return redaction(defaults!, account, region)?.fields;
    };
    expect(fields({ remove: ["ip"] }, { remove: ["user", "ip"] })).toEqual({ remove: ["ip", "user"] });
    expect(fields({ keep: ["ip", "user"] }, { keep: ["user", "stage"] })).toEqual({ keep: ["user"] });
    expect(fields({ keep: ["ip", "user"] }, { remove: ["user"] })).toEqual({ keep: ["ip"] });
    expect(fields({ remove: ["user"] }, { keep: ["ip", "user"] }, { remove: ["ip"] })).toEqual({ keep: [] });
  });

  test.each([
    ["keep", "truncate"],
    ["truncate", "keep"],
    ["truncate", "truncate"],
  ])("addresses of which one level says %s and the other %s are truncated", (far, near) => {
    expect(redaction({ ip: far }, { ip: near })?.ip).toBe("truncate");
  });

  test("e-mail addresses are kept in paths only where no level says that they are masked", () => {
    expect(redaction({ path: { emails: "mask" } }, { path: { emails: "keep" } })?.path?.emails).toBe("mask");
    expect(redaction({}, { path: { emails: "keep" } })?.path?.emails).toBe("keep");
  });

  it("a secret leaves that every level lets leave", () => {
    expect(redaction({ allow: ["sid", "code"] }, { allow: ["code", "otp"] })?.allow).toEqual(["code"]);
    expect(redaction({ allow: ["sid"] }, {})?.allow).toEqual(["sid"]);
    expect(() => redaction({ allow: ["cardnumbr"] })).toThrow("neither the name nor the shape of a secret");
  });
});
