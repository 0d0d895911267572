/** What the settings of a target make the stages of each type of API write. */
import fc from "fast-check";
import { API_TYPES } from "../../lambda/api-gateway/stage";
import { accessLogFormatIssues } from "../../modules";
import { accessLogFormats, formatIssue } from "../../modules/rollout/access-log-formats";
import { type AccessLogSettings, accessLogSection } from "../../modules/settings/access-log";
import { accessLog } from "./arbitraries";

const keys = (format: string) => JSON.parse(format) as Record<string, unknown>;

describe("the access-log formats of a target", () => {
  it("are good without settings", () => {
    for (const type of API_TYPES) {
      expect(accessLogFormatIssues(type, accessLogFormats()[type])).toEqual([]);
      expect(formatIssue(type)).toBeUndefined();
    }
  });

  it("take who calls, the path and the parts of the request for all types", () => {
    const formats = accessLogFormats({
      user: { from: "authorizerProperty", name: "userId" },
      company: { from: "iamCaller" },
      path: "route",
      request: { query: "query_string" },
    });
    for (const type of API_TYPES) {
      expect(keys(formats[type])).toMatchObject({
        user: "$context.authorizer.userId",
        companyId: "$context.identity.caller",
        queryString: "$context.authorizer.query_string",
      });
    }
    expect(keys(formats.REST)).toMatchObject({ resourcePath: "$context.resourcePath" });
    expect(keys(formats.HTTP)).not.toHaveProperty("resourcePath");
  });

  it("take what a type's own section says before what all say", () => {
    const formats = accessLogFormats({
      user: { from: "apiKeyId" },
      path: "route",
      request: { query: "query_string" },
      http: { user: { from: "jwtClaim", name: "sub" }, path: "real", request: {} },
      websocket: { company: { from: "authorizerPrincipal" } },
    });
    expect(keys(formats.REST)).toMatchObject({ user: "$context.identity.apiKeyId" });
    expect(keys(formats.HTTP)).toMatchObject({
      user: "$context.authorizer.claims.sub",
      resourcePath: "$context.path",
    });
    expect(keys(formats.HTTP)).not.toHaveProperty("queryString");
    expect(keys(formats.WEBSOCKET)).toMatchObject({
      user: "$context.identity.apiKeyId",
      companyId: "$context.authorizer.principalId",
      queryString: "$context.authorizer.query_string",
    });
  });

  it("take a Cognito claim as the claim of a JWT that it is to an HTTP API", () => {
    const { HTTP } = accessLogFormats({ user: { from: "cognitoClaim", name: "sub" } });
    expect(keys(HTTP)).toMatchObject({ user: "$context.authorizer.claims.sub" });
  });

  it.each<["HTTP" | "WEBSOCKET", AccessLogSettings, object]>([
    [
      "HTTP",
      { user: { from: "apiKeyId" } },
      {
        id: "access-log-source",
        path: ["accessLog", "user"],
        message: "accessLog.user is apiKeyId, which HTTP APIs do not have",
        fix: "write accessLog.http.user, from cognitoIdentityId, iamCaller, jwtClaim, authorizerProperty",
      },
    ],
    [
      "HTTP",
      { user: { from: "apiKeyId" }, company: { from: "authorizerPrincipal" }, http: { user: { from: "iamCaller" } } },
      { path: ["accessLog", "company"], message: expect.stringContaining("accessLog.company is authorizerPrincipal") },
    ],
    [
      "WEBSOCKET",
      { company: { from: "cognitoClaim", name: "custom:tenant" } },
      {
        message: "accessLog.company is cognitoClaim, which WebSocket APIs do not have",
        fix: expect.stringMatching(/^write accessLog\.websocket\.company, from apiKeyId, /),
      },
    ],
    [
      "WEBSOCKET",
      { user: { from: "authorizerProperty", name: "x".repeat(200) } },
      { path: ["accessLog"], message: expect.stringMatching(/^the format has \d+ bytes, and .* takes at most 1024$/) },
    ],
  ])("of %s APIs cannot be whole with %j", (type, settings, issue) => {
    expect(formatIssue(type, settings)).toMatchObject(issue);
  });

  it("leave out who calls where the type does not know it, for those who have no such stage", () => {
    const { HTTP } = accessLogFormats({ user: { from: "apiKeyId" }, company: { from: "authorizerPrincipal" } });
    expect(keys(HTTP)).toMatchObject({ user: "$context.identity.user" });
    expect(keys(HTTP)).not.toHaveProperty("companyId");
  });

  it("are good for every type without an issue", () => {
    fc.assert(
      fc.property(accessLog, fc.constantFrom(...API_TYPES), (settings, type) => {
        const checked = accessLogSection.parse(settings);
        fc.pre(formatIssue(type, checked) === undefined);
        expect(accessLogFormatIssues(type, accessLogFormats(checked)[type])).toEqual([]);
      }),
    );
  });
});
