/** The access-log format of a WebSocket API. */
import { REQUIRED_KEYS } from "../../lambda/transformer/access-log";
import { normalise } from "../../lambda/transformer/normalise";
import { accessLogFormatIssues, identityFrom, websocketAccessLogFormat } from "../../modules";
import { recordOf } from "./support";

const keys = (format: string) => JSON.parse(format) as Record<string, unknown>;
const good = websocketAccessLogFormat();

describe("the access-log format of a WebSocket API", () => {
  it("is this, without options", () => {
    expect(keys(good)).toEqual({
      apiId: "$context.apiId",
      requestId: "$context.requestId",
      extendedRequestId: "$context.extendedRequestId",
      requestTime: "$context.requestTime",
      eventType: "$context.eventType",
      routeKey: "$context.routeKey",
      connectionId: "$context.connectionId",
      requestHostHeader: "$context.domainName",
      requestUserAgentHeader: "$context.identity.userAgent",
      ip: "$context.identity.sourceIp",
      status: "$context.status",
      caller: "$context.identity.caller",
      user: "$context.identity.user",
      principalId: "$context.authorizer.principalId",
      cognitoIdentityId: "$context.identity.cognitoIdentityId",
      apiKeyId: "$context.identity.apiKeyId",
      stage: "$context.stage",
      integrationLatency: "$context.integration.latency",
      authorizerLatency: "$context.authorizer.latency",
      errorType: "$context.error.responseType",
      wafStatus: "$context.waf.status",
      requestTimeEpoch: "$context.requestTimeEpoch",
    });
  });

  it("has everything that the transformer makes Moesif's keys of", () => {
    const log = recordOf(good, {
      $: "x",
      "$context.eventType": "MESSAGE",
      "$context.routeKey": "sendMessage",
      "$context.integration.latency": "12",
    });
    expect(normalise(log)).toBe("changed");
    expect(Object.keys(log)).toEqual(expect.arrayContaining([...REQUIRED_KEYS]));
    expect(log).toMatchObject({
      httpMethod: "MESSAGE",
      resourcePath: "/sendMessage",
      protocol: "WebSocket",
      durationMs: "12",
      responseLength: "-",
    });
  });

  it.each([
    ["the API key's id", identityFrom.apiKeyId(), "$context.identity.apiKeyId"],
    ["a Lambda authorizer's principal", identityFrom.authorizerPrincipal(), "$context.authorizer.principalId"],
    ["an authorizer's property", identityFrom.authorizerProperty("orgId"), "$context.authorizer.orgId"],
    ["a Cognito identity", identityFrom.cognitoIdentityId(), "$context.identity.cognitoIdentityId"],
    ["an IAM caller", identityFrom.iamCaller(), "$context.identity.caller"],
  ])("takes user and company from %s", (_, source, found) => {
    expect(keys(websocketAccessLogFormat({ user: source, company: source }))).toMatchObject({
      user: found,
      companyId: found,
    });
  });

  it.each<[string, Parameters<typeof websocketAccessLogFormat>[0], RegExp]>([
    [
      "a claim",
      { user: identityFrom.jwtClaim("sub") },
      /user: .*claims\.sub is not a [^]*return the claim as a property/,
    ],
    [
      "a method",
      { extra: { verb: "$context.httpMethod" } },
      /httpMethod is not a [^]* log \$context\.eventType instead/,
    ],
    [
      "the API key itself",
      { extra: { key: "$context.identity.apiKey" } },
      /a secret .*\n {2}fix: log \$context\.identity\.apiKeyId$/,
    ],
    ["a key that it sets", { extra: { routeKey: "$context.stage" } }, /extra\.routeKey: the format sets/],
  ])("refuses %s", (_, props, message) => {
    expect(() => websocketAccessLogFormat(props)).toThrow(message);
  });
});

describe("a format of one's own for a WebSocket API", () => {
  const without = (...left: string[]) =>
    JSON.stringify(Object.fromEntries(Object.entries(keys(good)).filter(([key]) => !left.includes(key))));

  it("may lack what the transformer fills", () => {
    const format = without("connectionId", "user", "caller", "extendedRequestId");
    expect(accessLogFormatIssues("WEBSOCKET", format)).toEqual([]);
  });

  it.each([
    ["eventType", "httpMethod or eventType"],
    ["routeKey", "resourcePath or path or routeKey"],
    ["integrationLatency", "durationMs or responseLatency or integrationLatency"],
    ["status", "status"],
    ["apiId", "apiId"],
  ])("may not lack %s", (key, wanted) => {
    expect(accessLogFormatIssues("WEBSOCKET", without(key))).toMatchObject([
      { id: "format-missing-key", message: `required key is missing: ${wanted}` },
    ]);
  });
});
