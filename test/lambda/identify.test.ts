/** Who made a call, for records that were redacted already but for the maps. */
import * as fc from "fast-check";
import type { AccessLog } from "../../lambda/transformer/access-log";
import { createIdentify } from "../../lambda/transformer/identify";
import { createRedaction } from "../../lambda/transformer/redact";
import type { IdentitySettings, RedactionSettings } from "../../lambda/transformer/settings";
import { HASH_KEY } from "./support";

/** As in the transformer: the maps are asked, then the record is redacted, then identified. */
function identified(log: AccessLog, identity?: IdentitySettings, redaction?: RedactionSettings): AccessLog {
  const redact = createRedaction(redaction, { hashKey: HASH_KEY });
  const { lookUp, identify } = createIdentify(identity, redact);
  const found = lookUp?.(log);
  redact.record(log);
  identify(log, found);
  return log;
}

describe("identify", () => {
  it("takes the user in Moesif's own order by default", () => {
    const keys = ["user", "apiKeyId", "principalId", "cognitoIdentityId", "caller"];
    keys.forEach((key, index) => {
      const log = Object.fromEntries(keys.slice(index).map((other) => [other, `from ${other}`]));
      expect(identified(log).user).toBe(`from ${key}`);
    });
  });

  it("sets nothing where no key holds a value", () => {
    expect(identified({ user: undefined, apiKeyId: "-", caller: "" })).toEqual({ apiKeyId: "-", caller: "" });
  });

  it.each([null, true, { id: 1 }, ["a"]])("passes over %j, which is neither text nor number", (value) => {
    expect(identified({ apiKeyId: value, caller: "jane" }).user).toBe("jane");
  });

  it.each([
    [42, "42"],
    [0, "0"],
    [-1.5, "-1.5"],
    [9007199254740991, "9007199254740991"],
  ])("takes the number %j as text", (value, user) => {
    expect(identified({ apiKeyId: value, caller: "jane" }).user).toBe(user);
  });

  it("does not take a user or a company from what every object inherits", () => {
    const user = ["constructor", "__proto__", "toString", "constructor.name", "a.constructor.name", "a.length"];
    expect(Object.keys(identified({ a: "b" }, { user, company: ["valueOf", "valueOf.name"] }))).toEqual(["a"]);
  });

  it("leaves the user as it is if no key of the rule holds a value", () => {
    expect(identified({ user: "jane" }, { user: ["orgUser"] }).user).toBe("jane");
  });

  it("leaves user and company as they are without any rule", () => {
    const log = { user: "jane", companyId: "acme", caller: "joe" };
    expect(identified({ ...log }, { user: [], company: [] })).toEqual(log);
  });

  it("lets a rule of one's own win over the user that the record names", () => {
    expect(identified({ user: "jane", orgUser: "joe" }, { user: ["orgUser", "user"] }).user).toBe("joe");
  });

  it("takes the company from the user that it has found", () => {
    const log = identified({ principalId: "jane" }, { company: ["user"] });
    expect(log).toMatchObject({ user: "jane", companyId: "jane" });
  });

  it("takes the user from the company that it has found", () => {
    const log = identified({ orgId: "acme" }, { user: ["companyId"], company: ["orgId"] });
    expect(log).toMatchObject({ user: "acme", companyId: "acme" });
  });

  it("takes the session from the user and the company that it has found", () => {
    const identity = { company: ["orgId"], sessionToken: [{ template: "{companyId}/{user}" }] };
    expect(identified({ caller: "jane", orgId: "acme" }, identity).sessionToken).toBe("acme/jane");
  });

  it("says whether it set anything that was not there", () => {
    const { identify } = createIdentify(undefined, createRedaction());
    expect(identify({ apiKeyId: "key-1" })).toBe(true);
    expect(identify({ user: "key-1", apiKeyId: "key-2" })).toBe(false);
    expect(identify({})).toBe(false);
    const companyFirst = createIdentify({ user: ["companyId"], company: ["orgId"] }, createRedaction());
    expect(companyFirst.identify({ user: "acme", orgId: "acme" })).toBe(true);
    const withRules = createIdentify({ user: [{ from: "caller", lowerCase: true }] }, createRedaction());
    expect(withRules.identify({ user: "jane", caller: "JANE" })).toBe(false);
    expect(withRules.identify({ user: "Jane", caller: "JANE" })).toBe(true);
  });
});

describe("a path", () => {
  it.each([
    ["metadata.orgId", { metadata: { orgId: "acme" } }],
    ["claims.sub", { claims: { sub: "acme" } }],
    ["a.b.c", { a: { b: { c: "acme" } } }],
    ["claims.https://example.com/org", { claims: { "https://example.com/org": "acme" } }],
    ["a.b", { "a.b": "acme", a: { b: "other" } }],
    ["a.b", { "a.b": "-", a: { b: "acme" } }],
    ["a.b.c", { a: { "b.c": "acme", b: { c: "other" } } }],
    ["a.0", { a: ["acme"] }],
    ["ORGID", { orgId: "acme" }],
    ["claims.OrgId", { Claims: { orgid: "acme" } }],
    ["claims.HTTPS://example.com/org", { claims: { "https://example.com/Org": "acme" } }],
    ["orgid", { orgId: "other", orgid: "acme" }],
    ["a.__proto__.b", JSON.parse('{"a":{"__proto__":{"b":"acme"}}}') as AccessLog],
    ["metadata.tenant", { metadata: { tenant: 7 } }, "7"],
  ])("%s finds what it names in %j", (path, log: AccessLog, company = "acme") => {
    expect(identified({ ...log }, { company: [path] }).companyId).toBe(company);
  });

  it.each([
    ["a.b", { a: "text" }],
    ["a.b", { a: null }],
    ["a.b", { a: { b: "-" } }],
    ["a.length", { a: "acme" }],
    [".a", { a: "acme" }],
    ["a.", { a: "acme" }],
  ])("%s finds nothing in %j", (path, log: AccessLog) => {
    expect(identified({ ...log }, { company: [path] })).toEqual(log);
  });

  it("into metadata finds what the redaction has left", () => {
    const log = () => ({ caller: "jane", metadata: { email: "jane@example.com", orgId: "acme" } });
    const identity = { user: ["metadata.email", "caller"], company: ["metadata.orgId"] };
    expect(identified(log(), identity, { fields: { remove: ["email", "orgId"] } })).toEqual({
      caller: "jane",
      user: "jane",
      metadata: {},
    });
    const mask = [{ pattern: "jane", fields: ["metadata"] }];
    expect(identified(log(), identity, { mask })).toMatchObject({ user: "[redacted]@example.com" });
  });
});

describe("a template", () => {
  const user = [{ template: "{stage}:{claims.sub}" }, "caller"];

  it("is filled with the values of its fields", () => {
    expect(identified({ stage: "prod", claims: { sub: 42 } }, { user }).user).toBe("prod:42");
  });

  it.each([[{ claims: { sub: "jane" } }], [{ stage: "-", claims: { sub: "jane" } }], [{ stage: "prod", claims: {} }]])(
    "is passed over in %j, where a field has no value",
    (log) => {
      expect(identified({ ...log, caller: "joe" } as AccessLog, { user }).user).toBe("joe");
    },
  );

  it("is passed over where of a field a mark alone is left", () => {
    const log = { stage: "prod", claims: { sub: "jane" }, caller: "joe" };
    expect(identified(log, { user }, { mask: [{ pattern: "jane" }] }).user).toBe("joe");
  });
});

describe("extract", () => {
  it.each([
    ["user/(.+)$", "arn:aws:iam::111111111111:user/jane", "jane"],
    ["[^:]+$", "acme:jane", "jane"],
    ["^(?:key-(\\d+)|other)$", "key-7", "7"],
    ["^.", "éa", "é"],
  ])("takes what %s finds in %s", (extract, caller, user) => {
    expect(identified({ caller }, { user: [{ from: "caller", extract }] }).user).toBe(user);
  });

  it.each([
    ["\\d+", "jane"],
    ["^(?:key-(\\d+)|other)$", "other"],
    ["=(.*)$", "jane="],
  ])("passes over a value in which %s finds nothing", (extract, caller) => {
    const log = identified({ caller, userArn: "arn" }, { user: [{ from: "caller", extract }, "userArn"] });
    expect(log.user).toBe("arn");
  });

  it("takes no part of a mark", () => {
    const mask = [{ pattern: "\\d{12}|jane" }];
    const user = [{ from: "caller", extract: "(\\w+)\\W*$" }, "userArn"];
    expect(identified({ caller: "jane", userArn: "arn" }, { user }, { mask }).user).toBe("arn");
    const arn = "arn:aws:iam::111111111111:user/joe";
    expect(identified({ caller: arn, userArn: "arn" }, { user }, { mask }).user).toBe("joe");
  });
});

describe("a map", () => {
  const map = { "key-1": "acme", "Key-2": "globex", constructor: "-" };

  it("gives the identity of a value, and passes over what is not in it", () => {
    const company = [{ from: "apiKeyId", map }, "orgId"];
    expect(identified({ apiKeyId: "key-1", orgId: "other" }, { company }).companyId).toBe("acme");
    expect(identified({ apiKeyId: "key-3", orgId: "other" }, { company }).companyId).toBe("other");
  });

  it.each(["constructor", "__proto__", "toString", "hasOwnProperty"])("finds nothing for %s", (apiKeyId) => {
    expect(identified({ apiKeyId }, { company: [{ from: "apiKeyId", map }] })).not.toHaveProperty("companyId");
  });

  it("finds a value that was extracted and made lower case, however the map writes it", () => {
    const company = [{ from: "caller", extract: "^(.+)@", lowerCase: true, map }];
    expect(identified({ caller: "KEY-2@example.com" }, { company }).companyId).toBe("globex");
  });

  it("finds a value that does not leave", () => {
    const identity = { company: [{ from: "apiKeyId", map }] };
    const log = identified({ apiKeyId: "key-1" }, identity, { fields: { remove: ["apiKeyId"] } });
    expect(log).toEqual({ companyId: "acme" });
  });

  it("finds the company of a user that other rules have found and that does not leave", () => {
    const identity = { user: ["apiKeyId", "caller"], company: [{ from: "user", map }] };
    const log = identified({ apiKeyId: "key-1", caller: "jane" }, identity, { fields: { remove: ["apiKeyId"] } });
    expect(log).toEqual({ caller: "jane", user: "jane", companyId: "acme" });
  });

  it("finds what a map has found", () => {
    const company = [{ from: "apiKeyId", map }];
    const user = [{ from: "companyId", map: { acme: "the user of acme" } }];
    expect(identified({ apiKeyId: "key-1" }, { user, company }).user).toBe("the user of acme");
  });

  it("gives nothing that may not leave", () => {
    const identity = { user: [{ from: "apiKeyId", map: { "key-1": "jane doe" } }, "caller"] };
    const log = () => ({ apiKeyId: "key-1", caller: "joe" });
    expect(identified(log(), identity, { mask: [{ pattern: "doe" }] }).user).toBe("jane [redacted]");
    expect(identified(log(), identity, { mask: [{ pattern: "jane doe" }] }).user).toBe("joe");
    expect(identified(log(), identity, { hash: ["user"] }).user).toMatch(/^hmac:/);
  });

  it("keeps its place in the order", () => {
    const user = [{ from: "claims.sub" }, { from: "apiKeyId", map }, "caller"];
    const log = { claims: { sub: "jane" }, apiKeyId: "key-1", caller: "joe" };
    expect(identified({ ...log }, { user }).user).toBe("jane");
    expect(identified({ ...log, claims: {} }, { user }).user).toBe("acme");
    expect(identified({ ...log, claims: {}, apiKeyId: "-" }, { user }).user).toBe("joe");
  });

  it("is looked up without a change of the record", () => {
    const identity = { user: ["apiKeyId"], company: [{ from: "user", map }] };
    const log = { apiKeyId: "key-1" };
    createIdentify(identity, createRedaction()).lookUp?.(log);
    expect(log).toEqual({ apiKeyId: "key-1" });
  });

  it("is the one thing for which a record is looked up", () => {
    const identity = { user: [{ from: "caller", lowerCase: true }, { template: "{a}" }] };
    expect(createIdentify(identity, createRedaction()).lookUp).toBeUndefined();
    expect(createIdentify(undefined, createRedaction()).lookUp).toBeUndefined();
  });
});

describe("a hash", () => {
  const redaction = { hash: ["caller"], mask: [{ pattern: "[A-Za-z0-9]+" }] };

  it.each([
    ["copied", "caller"],
    ["made lower case", { from: "caller", lowerCase: true }],
    ["searched", { from: "caller", extract: "[a-z]+" }],
  ])("is not %s but copied as it is", (_, rule) => {
    const log = identified({ caller: "JANE" }, { user: [rule] }, redaction);
    expect(log.caller).toMatch(/^hmac:[\w-]{22}$/);
    expect(log.user).toBe(log.caller);
  });

  it("stays whole within a template", () => {
    const log = identified({ caller: "JANE" }, { user: [{ template: "{caller}:tenant" }] }, redaction);
    expect(log.user).toBe(`${String(log.caller)}:[redacted]`);
  });
});

describe("the texts of the settings", () => {
  it.each([
    ["no text", undefined, true],
    ["plain texts", [{ template: "é 東 {a}" }, { from: "a", map: { '"': "acme inc." } }], true],
    ["a quote in a map", [{ from: "a", map: { a: 'the "acme"' } }], false],
    ["a backslash in a template", [{ template: "{a}\\" }], false],
    ["a control character", [{ template: "{a}\n{b}" }], false],
    ["half a character", [{ template: "{a}\ud83d" }], false],
  ])("are plain or not: %s", (_, user, plain) => {
    expect(createIdentify({ user }, createRedaction()).plain).toBe(plain);
  });

  it("are plain if JSON writes them as they are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
        const { plain } = createIdentify({ user: [{ from: "a", map: { a: text } }] }, createRedaction());
        expect(plain).toBe(JSON.stringify(text).slice(1, -1) === text);
      }),
    );
  });
});

it("refuses a pattern that is none", () => {
  expect(() => createIdentify({ user: [{ from: "a", extract: "(" }] }, createRedaction())).toThrow("missing closing )");
});
