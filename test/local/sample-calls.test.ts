/** The sample's calls as those of HTTP and WebSocket APIs. */
import { asCallsOfOtherApis } from "../../local/sample-calls";
import { httpAccessLogFormat, websocketAccessLogFormat } from "../../modules";

type Log = Record<string, string>;

const REST: Log = {
  apiId: "k1l2m3n4o5",
  requestId: "5597dec0-7dcf-4ab1-aae9-94545f4ce403",
  requestTime: "17/Nov/2026:10:05:03 +0000",
  protocol: "HTTP/1.1",
  httpMethod: "GET",
  resourcePath: "/images/kibana-search.png",
  requestHostHeader: "k1l2m3n4o5.execute-api.us-east-1.amazonaws.com",
  requestUserAgentHeader: "curl/8.5.0",
  ip: "83.149.9.216",
  status: "200",
  responseLength: "203023",
  durationMs: "38",
  caller: "-",
  user: "-",
  principalId: "jane",
  cognitoIdentityId: "-",
  userArn: "-",
  apiKeyId: "d149148df2",
  extendedRequestId: "7aa44487fc3d1d8=",
  stage: "live",
  accountId: "111111111111",
};

const callsOf = (...logs: Log[]): Log[] =>
  asCallsOfOtherApis(logs.map((log) => Buffer.from(JSON.stringify(log)))).map(
    (call) => JSON.parse(call.toString("utf8")) as Log,
  );

test("the calls are in turn those of an HTTP and of a WebSocket API, with the keys of their formats", () => {
  const [http, websocket, next] = callsOf(REST, REST, REST);
  expect(Object.keys(http!)).toEqual(Object.keys(JSON.parse(httpAccessLogFormat()) as Log));
  expect(Object.keys(websocket!)).toEqual(Object.keys(JSON.parse(websocketAccessLogFormat()) as Log));
  expect(next).toEqual(http);
});

test("what the sample knows of a call stays, and nothing is made up beside it but where the call went", () => {
  const [http, websocket] = callsOf(REST, REST);
  expect(http).toMatchObject({ ip: "83.149.9.216", resourcePath: REST["resourcePath"], durationMs: "38" });
  expect(http).toMatchObject({ requestTimeEpoch: "1794909903000", integrationLatency: "-", errorType: "-" });
  expect(websocket).toMatchObject({ eventType: "MESSAGE", principalId: "jane", apiKeyId: "d149148df2" });
  expect(websocket).toMatchObject({ integrationLatency: "38", wafStatus: "-" });
});

test("the messages of one client are on one connection, those of another on another", () => {
  const [, one, , same, , other] = callsOf(REST, REST, REST, REST, REST, { ...REST, ip: "203.0.113.7" });
  expect(one!["connectionId"]).toMatch(/^[\w-]{15}=$/);
  expect(same!["connectionId"]).toBe(one!["connectionId"]);
  expect(other!["connectionId"]).not.toBe(one!["connectionId"]);
});
