import type { AccessLog } from "../../lambda/transformer/access-log";
import { createIdentify } from "../../lambda/transformer/identify";
import { createRedaction } from "../../lambda/transformer/redact";
import type { IdentitySettings } from "../../lambda/transformer/settings";

function identified(log: AccessLog, identity?: IdentitySettings): AccessLog {
  createIdentify(identity, createRedaction())(log);
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

  it.each([42, null, true, { id: 1 }, ["a"]])("passes over %j, which is no text", (value) => {
    expect(identified({ apiKeyId: value, caller: "jane" }).user).toBe("jane");
  });

  it("does not take a user or a company from what every object inherits", () => {
    const identity = { user: ["constructor", "__proto__", "toString"], company: ["valueOf"] };
    expect(Object.keys(identified({ a: "b" }, identity))).toEqual(["a"]);
  });

  it("leaves the user as it is if no key of the rule holds a value", () => {
    expect(identified({ user: "jane" }, { user: ["orgUser"] }).user).toBe("jane");
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

  it("does not swap user and company back and forth where each rule names the other", () => {
    const identity = { user: ["companyId"], company: ["user"] };
    const once = identified({ user: "jane", companyId: "acme" }, identity);
    expect(identified({ ...once }, identity)).toEqual(once);
  });

  it("says whether it set anything that was not there", () => {
    const identify = createIdentify(undefined, createRedaction());
    expect(identify({ apiKeyId: "key-1" })).toBe(true);
    expect(identify({ user: "key-1", apiKeyId: "key-2" })).toBe(false);
    expect(identify({})).toBe(false);
    expect(
      createIdentify({ user: ["companyId"], company: ["orgId"] }, createRedaction())({ user: "acme", orgId: "acme" }),
    ).toBe(true);
  });
});
