/** One shape for the access logs of REST, HTTP and WebSocket APIs. */
import { type AccessLog, REQUIRED_KEYS } from "../../lambda/transformer/access-log";
import { normalise } from "../../lambda/transformer/normalise";
import { accessLog } from "./support";

function normalised(log: Record<string, unknown>): unknown {
  expect(normalise(log as AccessLog)).toBe("changed");
  return JSON.parse(JSON.stringify(log));
}

/** As AWS's page on logging HTTP APIs has it, and what else such an API can write. */
const httpApi = {
  requestId: "JKJaXmPLvHcESHA=",
  ip: "203.0.113.7",
  requestTime: "17/Nov/2026:10:05:03 +0000",
  httpMethod: "GET",
  routeKey: "GET /orders/{id}",
  status: "200",
  protocol: "HTTP/1.1",
  responseLength: "253",
  apiId: "a1b2c3d4e5",
  domainName: "api.example.com",
  userAgent: "curl/8.5.0",
  responseLatency: "38",
};

const webSocketApi = {
  apiId: "a1b2c3d4e5",
  requestId: "Kp1aXmPLvHcESHA=",
  requestTimeEpoch: "1794909903123",
  eventType: "MESSAGE",
  routeKey: "sendMessage",
  connectionId: "Kp1aQcFVvHcCJ6A=",
  domainName: "ws.example.com",
  userAgent: "-",
  status: "200",
  integrationLatency: "12",
  sourceIp: "203.0.113.7",
};

describe("normalise", () => {
  it("leaves a complete access log as it is, whatever its optional keys hold", () => {
    const log = accessLog({ ip: "-", caller: "", n: null, metadata: { tenant: "-" } });
    const before = structuredClone(log);
    expect(normalise(log as AccessLog)).toBe("as-is");
    expect(log).toEqual(before);
  });

  it.each(REQUIRED_KEYS)("keeps %s, which is required, without a value", (key) => {
    expect(normalise(accessLog({ [key]: "-" }) as AccessLog)).toBe("as-is");
  });

  it("takes an HTTP API's log", () => {
    expect(normalised({ ...httpApi })).toEqual({
      ...accessLog(),
      requestId: "JKJaXmPLvHcESHA=",
      resourcePath: "/orders/{id}",
      requestHostHeader: "api.example.com",
      ip: "203.0.113.7",
      routeKey: "GET /orders/{id}",
    });
  });

  it("takes the method from an HTTP API's route, and the real path before it", () => {
    const { httpMethod: _, ...log } = httpApi;
    expect(normalised({ ...log, path: "/orders/42" })).toMatchObject({ httpMethod: "GET", resourcePath: "/orders/42" });
  });

  it("takes a WebSocket API's log: the event is the method, the route the path", () => {
    expect(normalised({ ...webSocketApi })).toEqual({
      apiId: "a1b2c3d4e5",
      requestId: "Kp1aXmPLvHcESHA=",
      requestTime: "17/Nov/2026:10:05:03 +0000",
      requestTimeEpoch: "1794909903123",
      protocol: "WebSocket",
      httpMethod: "MESSAGE",
      resourcePath: "/sendMessage",
      requestHostHeader: "ws.example.com",
      requestUserAgentHeader: "-",
      status: "200",
      responseLength: "-",
      durationMs: "12",
      integrationLatency: "12",
      ip: "203.0.113.7",
      eventType: "MESSAGE",
      routeKey: "sendMessage",
      connectionId: "Kp1aQcFVvHcCJ6A=",
    });
  });

  it.each(["apiId", "protocol", "resourcePath", "requestHostHeader", "requestUserAgentHeader", "responseLength"])(
    "says that %s has no value where it is missing",
    (key) => {
      const { [key]: _, ...log } = accessLog();
      expect(normalised(log)).toEqual(accessLog({ [key]: "-" }));
    },
  );

  it("writes numbers as the texts that Moesif expects, and no value for null", () => {
    const log = accessLog({ status: 200, responseLength: 253, durationMs: null, protocol: null });
    expect(normalised(log)).toEqual(accessLog({ durationMs: "-", protocol: "-" }));
  });

  it.each(["requestId", "requestTime", "status"])("does not know an object that lacks %s", (key) => {
    const { [key]: _, ...log } = accessLog();
    expect(normalise(log as AccessLog)).toBe("unknown");
  });

  it.each(["requestId", "requestTime", "status"])(
    "does not know an object whose %s is no text and no number",
    (key) => {
      for (const value of [true, [200], { code: 200 }]) {
        expect(normalise(accessLog({ [key]: value }) as AccessLog)).toBe("unknown");
      }
    },
  );

  it("does not know an object that says nothing of what was called", () => {
    const { httpMethod: _, resourcePath: __, ...log } = accessLog();
    expect(normalise(log as AccessLog)).toBe("unknown");
  });

  it.each([
    ["GET /x", "GET", "/x"],
    ["ANY /x", "-", "/x"],
    ["ANY /{proxy+}", "-", "/{proxy+}"],
    ["$default", "-", "/$default"],
    ["-", "-", "-"],
    ["get /x", "GET", "/x"],
    ["any /x", "-", "/x"],
    [" GET  /x", "GET", "/x"],
    ["ANY", "-", "-"],
    ["POST", "POST", "-"],
  ])("takes the route %s of an HTTP API", (routeKey, httpMethod, resourcePath) => {
    const log = { requestId: "r", requestTime: "17/Nov/2026:10:05:03 +0000", status: "200", routeKey };
    expect(normalised({ ...log })).toMatchObject({ httpMethod, resourcePath, protocol: "-" });
    expect(normalised({ ...log, path: "/p", httpMethod: "-" })).toMatchObject({ httpMethod, resourcePath: "/p" });
    expect(normalised({ ...accessLog({ httpMethod: "PUT" }), path: "/p", routeKey, resourcePath: "-" })).toMatchObject({
      httpMethod: "PUT",
      resourcePath: "/p",
    });
  });

  it.each([
    "1794909903123",
    1794909903123,
    "1794909903",
    1794909903,
    "1794909903.123",
    1794909903.123,
    "1794909903123.4",
  ])("takes the time from the epoch %p where the log has none", (requestTimeEpoch) => {
    for (const requestTime of ["-", "", null, undefined]) {
      expect(normalised({ ...accessLog(), requestTime, requestTimeEpoch })).toMatchObject(accessLog());
    }
  });

  it.each(["-", "", "soon", "17949099", null, true])("leaves a time without a value beside the epoch %p", (epoch) => {
    const log = accessLog({ requestTime: "-", requestTimeEpoch: epoch });
    expect(normalise(log as AccessLog)).toBe("as-is");
  });

  it.each<[string, object]>([
    ["the keys of its format", { eventType: "-", routeKey: "-", connectionId: "-" }],
    ["one of them", { eventType: "-" }],
    ["them beside the keys of HTTP", { connectionId: "-", httpMethod: "-", protocol: "-", resourcePath: "-" }],
    ["its route", { routeKey: "$connect" }],
    ["a route that begins with a slash", { routeKey: "/pets" }],
    ["a route that is called as a method in lower case", { routeKey: "delete" }],
    ["a route of its own", { routeKey: "sendMessage", protocol: "-" }],
  ])("knows a WebSocket call by %s", (_, keys) => {
    const { protocol: __, httpMethod: ___, resourcePath: ____, ...log } = accessLog();
    expect(normalised({ ...log, ...keys })).toMatchObject({ protocol: "WebSocket", httpMethod: "-" });
  });

  it("takes no HTTP call for a WebSocket call, though its format has the keys", () => {
    const log = accessLog({ eventType: "-", connectionId: "-", routeKey: "GET /orders/{id}" });
    expect(normalise(log as AccessLog)).toBe("as-is");
    const { httpMethod: _, ...without } = log;
    expect(normalised(without)).toMatchObject({ protocol: "HTTP/1.1", httpMethod: "GET" });
  });

  it.each([
    ["a=1&b=2", "/orders/42?a=1&b=2"],
    ["?a=1", "/orders/42?a=1"],
    ["-", "/orders/42"],
    ["", "/orders/42"],
  ])("puts the query string %j behind the path", (queryString, resourcePath) => {
    expect(normalised(accessLog({ queryString }))).toEqual(accessLog({ resourcePath }));
  });

  it.each([
    ["/a?b=1", "c=2", "/a?b=1&c=2"],
    ["/a?b=1", "b=1", "/a?b=1"],
    ["/a?b=1", "?b=1", "/a?b=1"],
    ["/a?", "c=2", "/a?c=2"],
    ["-", "c=2", "/?c=2"],
    ["", "c=2", "/?c=2"],
    [null, "c=2", "/?c=2"],
    ["-", "-", "-"],
    ["/a", { b: "1", c: ["2", 3], "d e": "&", f: null, g: true }, "/a?b=1&c=2&c=3&d+e=%26&f=&g=true"],
    ["/a", {}, "/a"],
    ["/a", ["b=1", "c=2"], "/a?b=1&c=2"],
    ["/a", 7, "/a?7"],
    ["/a", null, "/a"],
  ])("puts behind the path %j the query %j", (resourcePath, queryString, expected) => {
    expect(normalised(accessLog({ resourcePath, queryString }))).toEqual(accessLog({ resourcePath: expected }));
  });

  it("leaves a query string beside a path that is no text", () => {
    const log = accessLog({ resourcePath: { path: "/a" }, queryString: "c=2" });
    expect(normalise(log as AccessLog)).not.toBe("unknown");
    expect(log).toMatchObject({ resourcePath: { path: "/a" }, queryString: "c=2" });
  });

  it.each(["ANY", "any"])("takes %s for no method", (httpMethod) => {
    const log = accessLog({ httpMethod });
    expect(normalised({ ...log })).toEqual(accessLog({ httpMethod: "-" }));
    expect(normalised({ ...log, routeKey: "PUT /orders/{id}", protocol: "-" })).toMatchObject({ httpMethod: "PUT" });
  });
});
