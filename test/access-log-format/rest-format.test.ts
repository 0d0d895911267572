import fc from "fast-check";
import { accessLogFormatIssues, describeIssue, identityFrom, restAccessLogFormat } from "../../modules";
import { FORMAT_KINDS } from "../../modules/access-log-format/check";
import { synthesize, variable } from "../support/synth";

const MAX_FORMAT_BYTES = FORMAT_KINDS.REST.maxBytes;

const keys = (format: string) => JSON.parse(format) as Record<string, unknown>;

describe("the access-log format of a REST API", () => {
  it("has every key that Moesif demands, on one line, every variable quoted", () => {
    const format = restAccessLogFormat();
    expect(Object.keys(keys(format))).toEqual(expect.arrayContaining(Object.keys(FORMAT_KINDS.REST.required)));
    expect(format).not.toMatch(/\n/);
    expect(Object.values(keys(format)).every((value) => typeof value === "string")).toBe(true);
  });

  it("is this, without options", () => {
    expect(keys(restAccessLogFormat())).toEqual({
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
      principalId: "$context.authorizer.principalId",
      cognitoIdentityId: "$context.identity.cognitoIdentityId",
      userArn: "$context.identity.userArn",
      apiKeyId: "$context.identity.apiKeyId",
      stage: "$context.stage",
      accountId: "$context.accountId",
      integrationLatency: "$context.integration.latency",
      authorizerLatency: "$context.authorizer.latency",
      errorType: "$context.error.responseType",
      wafStatus: "$context.waf.status",
      requestTimeEpoch: "$context.requestTimeEpoch",
    });
  });

  it("has new keys behind the old ones, since repair goes by their order, and free ones at the end", () => {
    const format = restAccessLogFormat({
      request: { contentType: identityFrom.authorizerProperty("content_type") },
      extra: { endpointType: "$context.endpointType" },
    });
    expect(Object.keys(keys(format)).slice(-8)).toEqual([
      "accountId",
      "integrationLatency",
      "authorizerLatency",
      "errorType",
      "wafStatus",
      "requestTimeEpoch",
      "contentType",
      "endpointType",
    ]);
  });

  it("leaves half of what API Gateway takes for keys of one's own", () => {
    const longest = identityFrom.authorizerProperty("x".repeat(64));
    const request = { query: longest, forwardedFor: longest, contentType: longest };
    const format = restAccessLogFormat({ user: longest, company: longest, request });
    expect(Buffer.byteLength(format)).toBeLessThan(MAX_FORMAT_BYTES / 2);
  });

  it("takes parts of the request that a Lambda authorizer passes on", () => {
    const property = identityFrom.authorizerProperty;
    const request = {
      query: property("query_string"),
      forwardedFor: property("x_forwarded_for"),
      contentType: property("content_type"),
    };
    expect(keys(restAccessLogFormat({ request }))).toMatchObject({
      queryString: "$context.authorizer.query_string",
      forwardedFor: "$context.authorizer.x_forwarded_for",
      contentType: "$context.authorizer.content_type",
    });
  });

  it.each([
    ["the API key's id", identityFrom.apiKeyId(), "$context.identity.apiKeyId"],
    ["a Lambda authorizer's principal", identityFrom.authorizerPrincipal(), "$context.authorizer.principalId"],
    ["a Cognito claim", identityFrom.cognitoClaim("custom:tenant"), "$context.authorizer.claims.custom:tenant"],
    ["an authorizer's property", identityFrom.authorizerProperty("orgId"), "$context.authorizer.orgId"],
    ["a Cognito identity", identityFrom.cognitoIdentityId(), "$context.identity.cognitoIdentityId"],
    ["an IAM caller", identityFrom.iamCaller(), "$context.identity.caller"],
  ])("takes user and company from %s", (_, source, variable) => {
    expect(keys(restAccessLogFormat({ user: source, company: source }))).toMatchObject({
      user: variable,
      companyId: variable,
    });
  });

  it("takes the route in place of the path", () => {
    expect(keys(restAccessLogFormat({ path: "route" })).resourcePath).toBe("$context.resourcePath");
  });

  it("passes tokens on unchecked, and checks the rest", () => {
    synthesize((scope) => {
      const token = variable(scope, "name", "string", "sub").stringValue;
      const props = {
        user: identityFrom.cognitoClaim(token),
        company: { variable: token },
        metadata: { tenant: token },
        extra: { filler: "x".repeat(MAX_FORMAT_BYTES - Buffer.byteLength(restAccessLogFormat()) - 100) },
      };
      expect(keys(restAccessLogFormat(props))).toMatchObject({
        user: `$context.authorizer.claims.${token}`,
        companyId: token,
        metadata: { tenant: token },
      });
      expect(() => restAccessLogFormat({ ...props, request: { query: { variable: "$context.query" } } })).toThrow(
        "request.query: $context.query is not a variable",
      );
    });
  });

  it("takes metadata and further keys", () => {
    const format = restAccessLogFormat({
      metadata: { xray: "$context.xrayTraceId" },
      extra: { endpointType: "$context.endpointType" },
    });
    expect(keys(format)).toMatchObject({
      metadata: { xray: "$context.xrayTraceId" },
      endpointType: "$context.endpointType",
    });
  });

  it.each<[string, Parameters<typeof restAccessLogFormat>[0], RegExp]>([
    [
      "an unknown variable",
      { extra: { body: "$context.request.body" } },
      /request\.body is not a variable of a REST API/,
    ],
    [
      "the API key itself",
      { extra: { key: "$context.identity.apiKey" } },
      /a secret .*\n {2}fix: log \$context\.identity\.apiKeyId/,
    ],
    ["a variable of HTTP APIs", { extra: { route: "$context.routeKey" } }, /routeKey is not a variable of a REST API/],
    [
      "metadata that the transformer knows for sure",
      { metadata: { apiName: "$context.apiId" } },
      /metadata\.apiName: the transformer sets/,
    ],
    [
      "the mark of a transformed record in metadata",
      { metadata: { transformer: "$context.authorizer.transformer" } },
      /metadata\.transformer: the transformer sets/,
    ],
    [
      "the query string by another way",
      { extra: { queryString: "$context.authorizer.query_string" } },
      /extra\.queryString: the format sets/,
    ],
    ["another path", { path: "both" as "real" }, /path: invalid value "both"/],
    ["claims as a whole", { extra: { claims: "$context.authorizer.claims" } }, /claims is not a variable/],
    ["wrong case", { extra: { id: "$context.apiID" } }, /apiID is not a variable/],
    [
      "a key that the format sets",
      { extra: { status: "$context.integration.status" } },
      /extra\.status: the format sets/,
    ],
    [
      "more than API Gateway takes",
      { extra: { x: "x".repeat(3000) } },
      /the format has \d+ bytes, and API Gateway takes at most 3072/,
    ],
  ])("refuses %s", (_, props, message) => {
    expect(() => restAccessLogFormat(props)).toThrow(message);
  });

  it.each([
    ...["accountId", "region", "environment", "apiName", "apiVersion", "stage", "tags", "transformer"],
    ...["requestId", "late", "integrationLatencyMs", "authorizerLatencyMs", "integrationStatus", "wafStatus"],
    ...["errorType", "errorMessage", "wafResponseCode", "eventType", "routeKey", "connectionId"],
    ...["forwardedFor", "contentType", "integrationLatency", "authorizerLatency"],
  ])("refuses %s in metadata, which the transformer writes itself", (name) => {
    const props = { metadata: { [name]: "$context.authorizer.chosen" } };
    expect(() => restAccessLogFormat(props)).toThrow(`metadata.${name}: the transformer sets this key`);
  });

  it.each([
    ["a claim with a quote", () => identityFrom.cognitoClaim('a"b')],
    ["a property with a full stop", () => identityFrom.authorizerProperty("a.b")],
    ["a property of API Gateway's own", () => identityFrom.authorizerProperty("latency")],
  ])("refuses an identity from %s", (_, source) => {
    expect(source).toThrow(/invalid value|own names/);
  });

  it("knows any claim and property that it can be given", () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,30}Id$/);
    fc.assert(
      fc.property(name, (text) => {
        restAccessLogFormat({ user: identityFrom.authorizerProperty(text), company: identityFrom.cognitoClaim(text) });
      }),
    );
  });
});

describe("a format of one's own", () => {
  const good = restAccessLogFormat();

  it("may end in a line break", () => {
    expect(accessLogFormatIssues("REST", `${good}\n`)).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    [
      "of several lines",
      JSON.stringify(JSON.parse(good), null, 1),
      /has a line break .*\n {2}fix: write it on one line/,
    ],
    [
      "with an unquoted variable",
      good.replace('"$context.status"', "$context.status"),
      /^status: \$context\.status is not in quotes/,
    ],
    ["that is no JSON", "$context.requestId $context.status", /expected a JSON object|is not a JSON object/],
    ["that is an array", '["$context.requestId"]', /is a list, expected a JSON object/],
    [
      "of 2021, without responseLength",
      good.replace("responseLength", "length"),
      /required key is missing: responseLength/,
    ],
    [
      "without an id",
      good.replace(/"\$context\.(extendedR|r)equestId"/g, '"-"'),
      /has no request id .*\n {2}fix: add \$context\.requestId or/,
    ],
  ])("%s is refused with what would be right", (_, format, problem) => {
    expect(accessLogFormatIssues("REST", format).map(describeIssue).join("\n")).toMatch(problem);
  });

  it("has all its issues at once", () => {
    expect(accessLogFormatIssues("REST", '{"a":"$context.identity.apiKey","b":"$context.nothing"}')).toHaveLength(4);
  });

  it("never makes the check fail, whatever it is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (format) => {
        expect(accessLogFormatIssues("REST", format).length).toBeGreaterThan(0);
      }),
    );
  });

  it(`is measured in bytes, of which there may be ${MAX_FORMAT_BYTES}`, () => {
    const filled = (letter: string, count: number) => JSON.stringify({ ...JSON.parse(good), x: letter.repeat(count) });
    const room = MAX_FORMAT_BYTES - Buffer.byteLength(filled("a", 0));
    expect(accessLogFormatIssues("REST", filled("a", room))).toEqual([]);
    expect(accessLogFormatIssues("REST", filled("é", room))).toHaveLength(1);
  });
});
