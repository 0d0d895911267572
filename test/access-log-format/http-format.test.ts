/** The access-log format of an HTTP API. */
import { REQUIRED_KEYS } from "../../lambda/transformer/access-log";
import { normalise } from "../../lambda/transformer/normalise";
import { accessLogFormatIssues, httpAccessLogFormat, identityFrom, type InvalidValueError } from "../../modules";
import { recordOf } from "./support";

const keys = (format: string) => JSON.parse(format) as Record<string, unknown>;
const good = httpAccessLogFormat();

describe("the access-log format of an HTTP API", () => {
  it("is this, without options", () => {
    expect(keys(good)).toEqual({
      apiId: "$context.apiId",
      requestId: "$context.requestId",
      extendedRequestId: "$context.extendedRequestId",
      requestTime: "$context.requestTime",
      protocol: "$context.protocol",
      httpMethod: "$context.httpMethod",
      resourcePath: "$context.path",
      requestHostHeader: "$context.domainName",
      requestUserAgentHeader: "$context.identity.userAgent",
      ip: "$context.identity.sourceIp",
      status: "$context.status",
      responseLength: "$context.responseLength",
      durationMs: "$context.responseLatency",
      caller: "$context.identity.caller",
      user: "$context.identity.user",
      cognitoIdentityId: "$context.identity.cognitoIdentityId",
      stage: "$context.stage",
      integrationLatency: "$context.integration.latency",
      errorType: "$context.error.responseType",
      routeKey: "$context.routeKey",
      requestTimeEpoch: "$context.requestTimeEpoch",
    });
  });

  it("makes records that are as Moesif needs them before the transformer has seen them", () => {
    expect(normalise(recordOf(good, { $: "x" }))).toBe("as-is");
  });

  it.each([
    ["GET /items/{id}", "/items/{id}"],
    ["$default", "/$default"],
  ])("has, of the route %s, the path %s made by the transformer", (routeKey, path) => {
    const log = recordOf(httpAccessLogFormat({ path: "route" }), {
      $: "x",
      "$context.httpMethod": "GET",
      "$context.routeKey": routeKey,
    });
    expect(log).not.toHaveProperty("resourcePath");
    expect(normalise(log)).toBe("changed");
    expect(log).toMatchObject({ resourcePath: path, httpMethod: "GET", routeKey });
    expect(Object.keys(log)).toEqual(expect.arrayContaining([...REQUIRED_KEYS]));
  });

  it.each([
    ["a claim of a JWT", identityFrom.jwtClaim("sub"), "$context.authorizer.claims.sub"],
    ["an authorizer's property", identityFrom.authorizerProperty("orgId"), "$context.authorizer.orgId"],
    ["a Cognito identity", identityFrom.cognitoIdentityId(), "$context.identity.cognitoIdentityId"],
    ["an IAM caller", identityFrom.iamCaller(), "$context.identity.caller"],
  ])("takes user and company from %s", (_, source, found) => {
    expect(keys(httpAccessLogFormat({ user: source, company: source }))).toMatchObject({
      user: found,
      companyId: found,
    });
  });

  it.each<[string, Parameters<typeof httpAccessLogFormat>[0], RegExp]>([
    [
      "an API key",
      { user: identityFrom.apiKeyId() },
      /^\S+ user: \$context\.identity\.apiKeyId is not a [^]* no API keys:/,
    ],
    [
      "a principal",
      { company: identityFrom.authorizerPrincipal() },
      /company: .*principalId is not a variable of an HTTP API[^]*\$context\.authorizer\.<name>/,
    ],
    [
      "a request part",
      { request: { query: { variable: "$context.query" } } },
      /request\.query: \$context\.query is not/,
    ],
    ["a variable of REST APIs", { extra: { arn: "$context.webaclArn" } }, /webaclArn is not a variable of an HTTP API/],
    ["the API key itself", { extra: { key: "$context.identity.apiKey" } }, /a secret .*\n {2}fix: remove it/],
    [
      "another path",
      { path: "both" as "real" },
      /path: invalid value "both" {2}\[invalid-value\]\n {2}fix: write one of real, route/,
    ],
    ["the name of a fact", { metadata: { routeKey: "$context.routeKey" } }, /metadata\.routeKey: the transformer sets/],
  ])("refuses %s", (_, props, message) => {
    expect(() => httpAccessLogFormat(props)).toThrow(message);
  });

  it("tells what is wrong with a source once", () => {
    const issues = ["path", "user"].map((property) => expect.objectContaining({ path: [property] }));
    expect.assertions(1);
    try {
      httpAccessLogFormat({ user: identityFrom.apiKeyId(), path: "both" as "real" });
    } catch (error) {
      expect((error as InvalidValueError).issues).toEqual(issues);
    }
  });
});

describe("a format of one's own for an HTTP API", () => {
  const withKeys = (replace: Record<string, string>) => {
    const entries = Object.entries(keys(good)).map(([key, value]) => [replace[key] ?? key, value]);
    return JSON.stringify(Object.fromEntries(entries));
  };

  it.each([
    ["path", { resourcePath: "path" }],
    ["routeKey", { resourcePath: "x" }],
    ["domainName", { requestHostHeader: "domainName" }],
    ["userAgent", { requestUserAgentHeader: "userAgent" }],
    ["responseLatency", { durationMs: "responseLatency" }],
    ["extendedRequestId", { requestId: "x" }],
    ["requestTimeEpoch", { requestTime: "x" }],
  ])("may have %s, of which the transformer makes Moesif's key", (_, replace) => {
    const format = withKeys(replace);
    expect(accessLogFormatIssues("HTTP", format)).toEqual([]);
    const log = recordOf(format, { $: "1794909903123" });
    expect(normalise(log)).toBe("changed");
    expect(Object.keys(log)).toEqual(expect.arrayContaining([...REQUIRED_KEYS]));
  });

  it("must have a method: of a route named $default, the transformer could make none", () => {
    expect(accessLogFormatIssues("HTTP", withKeys({ httpMethod: "x" }))).toMatchObject([
      { id: "format-missing-key", message: "required key is missing: httpMethod" },
    ]);
  });

  it("may not end in a line break", () => {
    expect(accessLogFormatIssues("HTTP", `${good}\n`)).toMatchObject([
      { fix: expect.stringContaining("not even at its end") },
    ]);
  });
});
