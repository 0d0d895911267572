/** Events that others made, or this transformer before: what is read of them, and what does not leave. */
import { type AccessLog, MARK_VALUE } from "../../lambda/transformer/access-log";
import { eventFlaw } from "../../local/moesif-event";
import {
  asAccessLog,
  conform,
  hostOf,
  isMoesifEvent,
  pathOf,
  redactEvent,
  verbOf,
} from "../../lambda/transformer/moesif-event";
import { createRedaction } from "../../lambda/transformer/redact";
import type { RedactionSettings } from "../../lambda/transformer/settings";
import { accessLog, base64, HASH_KEY, outcomeFor, settings, textOf } from "./support";

const event = (more: object = {}, request: object = {}) => ({
  request: {
    time: "2026-11-17T10:05:03.000Z",
    uri: "https://api.example.com/users/42?page=1",
    verb: "GET",
    headers: { Host: "api.example.com", "User-Agent": "curl/8.5.0" },
    ip_address: "203.0.113.7",
    ...request,
  },
  response: { time: "2026-11-17T10:05:03.038Z", status: 200, headers: { "Content-Length": "253" } },
  user_id: "jane",
  company_id: "acme",
  transaction_id: "3f966c47-3f1c-53a1-a6e0-1a7bccc1c87a",
  weight: 4,
  metadata: { team: "payments" },
  ...more,
});

/** What is left of an event, as JSON has it; `undefined` if nothing was redacted. */
function redacted(one: object, rules: RedactionSettings = {}): unknown {
  const copy = JSON.parse(JSON.stringify(one)) as AccessLog;
  const redaction = createRedaction(rules, { hashKey: HASH_KEY });
  if (!redactEvent(copy, redaction)) return undefined;
  const left = JSON.stringify(copy);
  expect(redactEvent(JSON.parse(left) as AccessLog, redaction)).toBe(false);
  return JSON.parse(left);
}

describe("an event", () => {
  it("is what says of a request where it went or by which method", () => {
    expect(isMoesifEvent(event() as never)).toBe(true);
    expect(isMoesifEvent({ request: { uri: "/" } })).toBe(true);
    expect(isMoesifEvent({ request: { path: "/" } })).toBe(false);
    expect(isMoesifEvent({ request: "GET /" })).toBe(false);
    expect(isMoesifEvent({})).toBe(false);
  });

  it("says what an access log does", () => {
    expect(asAccessLog(event() as never)).toEqual({
      requestTime: "2026-11-17T10:05:03.000Z",
      httpMethod: "GET",
      resourcePath: "/users/42?page=1",
      requestHostHeader: "api.example.com",
      requestUserAgentHeader: "curl/8.5.0",
      status: "200",
      ip: "203.0.113.7",
      user: "jane",
      companyId: "acme",
      metadata: { team: "payments" },
    });
  });

  it("leaves as it is where nothing is a secret", () => {
    expect(redacted(event())).toBeUndefined();
  });
});

describe("of an event", () => {
  const headers = (fields: object) => event({}, { headers: fields });

  it.each(["Authorization", "authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "X-API-KEY"])(
    "the header field %s never leaves",
    (name) => {
      expect(redacted(headers({ [name]: "secret", Accept: "*/*" }))).toEqual(headers({ Accept: "*/*" }));
    },
  );

  it("the cookies that are set never leave", () => {
    const response = { time: "2026-11-17T10:05:03.038Z", status: 200, headers: { "Set-Cookie": "id=1" } };
    expect(redacted(event({ response }))).toEqual(event({ response: { ...response, headers: {} } }));
  });

  it("a session token leaves where the settings allow it, and where the identity rules have found it", () => {
    const one = event({ session_token: "s-1" });
    const made = event({ session_token: "s-1", metadata: { transformer: MARK_VALUE } });
    expect(redacted(one)).toEqual(event());
    const allow = ["session_token"];
    expect(redacted(one, { allow })).toBeUndefined();
    const hashed = redacted(one, { allow, hash: ["sessionToken"] });
    expect(hashed).toHaveProperty("session_token", expect.stringMatching(/^hmac:/));
    expect(redacted(made)).toBeUndefined();
  });

  it.each<readonly [string, object, object, RedactionSettings]>([
    ["a password in a form", { body: "user=jane&password=k" }, { body: "user=jane&password=[redacted]" }, {}],
    ["a secret in JSON", { body: '{"a":[{"secret":"k"}]}' }, { body: '{"a":[{"secret":"[redacted]"}]}' }, {}],
    [
      "a secret in base64",
      { body: btoa('{"secret":"k"}'), transfer_encoding: "base64" },
      { body: btoa('{"secret":"[redacted]"}') },
      {},
    ],
    ["a token in a body", { body: { note: "Bearer 3f9a8c" } }, { body: { note: "Bearer [redacted]" } }, {}],
    ["an API key in a body", { body: { apiKey: "k", id: 1 } }, { body: { id: 1 } }, {}],
    [
      "an e-mail address in the path",
      { uri: "https://api.example.com/users/jane@example.com" },
      { uri: "https://api.example.com/users/[redacted]" },
      {},
    ],
    [
      "credentials before the host",
      { uri: "https://jane:secret@api.example.com/users" },
      { uri: "https://[redacted]@api.example.com/users" },
      {},
    ],
    [
      "the segment behind a name",
      { uri: "https://users/orders/users/42?users" },
      { uri: "https://users/orders/users/[redacted]?users" },
      { path: { segmentsAfter: ["users"] } },
    ],
    [
      "a query parameter",
      {},
      { uri: "https://api.example.com/users/42?page=[redacted]" },
      { path: { queryParameters: ["page"] } },
    ],
    ["the address of which the network alone may leave", {}, { ip_address: "203.0.113.0" }, { ip: "truncate" }],
    [
      "the path that is removed",
      {},
      { uri: "https://api.example.com/[redacted]" },
      { fields: { remove: ["resourcePath"] } },
    ],
    [
      "what begins a path",
      {},
      { uri: "https://api.example.com/[card]sers/42?page=1" },
      { mask: [{ pattern: "^/u", fields: ["resourcePath"], replacement: "[card]" }] },
    ],
  ])("%s is redacted by the rules of its key", (_, request, left, rules) => {
    expect(redacted(event({}, request), rules)).toEqual(event({}, { ...request, ...left }));
  });

  it("user, company, session and host are redacted by the rules of their keys", () => {
    const remove = ["user", "companyId", "sessionToken", "requestHostHeader"];
    const { user_id, company_id, ...left } = event(
      {},
      {
        uri: "https://unknown.invalid/users/42?page=1",
        headers: { Host: "[redacted]", "User-Agent": "curl/8.5.0" },
      },
    );
    expect([user_id, company_id]).toEqual(["jane", "acme"]);
    expect(redacted(event({ session_token: "s-1" }), { allow: ["sessionToken"], fields: { remove } })).toEqual(left);
  });

  it("a body that is no text stays byte for byte", () => {
    expect(redacted(event({}, { body: "/9j/4AAQ", transfer_encoding: "base64" }))).toBeUndefined();
  });

  it("a path that is hashed is so once", () => {
    const { request } = redacted(event(), { hash: ["resourcePath", "requestHostHeader"] }) as { request: AccessLog };
    expect(request.uri).toMatch(/^https:\/\/unknown\.invalid\/hmac:[\w-]{22}$/);
    expect(request.headers).toMatchObject({ Host: expect.stringMatching(/^hmac:[\w-]{22}$/) as string });
  });

  it("a mask finds nothing in times and status, without which Moesif takes no event", () => {
    expect(redacted(event(), { mask: [{ pattern: "17T|Z|^200$" }] })).toBeUndefined();
  });

  it("id and weight leave whatever the rules, and of the rest what Moesif requires", () => {
    expect(redacted(event({ tags: "a" }, { body: "b" }), { fields: { keep: [] } })).toEqual({
      request: {
        time: "2026-11-17T10:05:03.000Z",
        uri: "https://api.example.com/users/42?page=1",
        verb: "GET",
        headers: { Host: "api.example.com", "User-Agent": "curl/8.5.0" },
      },
      response: { time: "2026-11-17T10:05:03.038Z", status: 200, headers: { "Content-Length": "253" } },
      transaction_id: "3f966c47-3f1c-53a1-a6e0-1a7bccc1c87a",
      weight: 4,
    });
  });
});

describe("a URI", () => {
  it.each([
    ["/orders/42?a=1&b[]=%20;x", "/orders/42?a=1&b[]=%20;x"],
    ["/größe/東京/😀", "/gr%C3%B6%C3%9Fe/%E6%9D%B1%E4%BA%AC/%F0%9F%98%80"],
    ['/a b"<>\\^`{|}\n#c', "/a%20b%22%3C%3E%5C%5E%60%7B%7C%7D%0A%23c"],
    ["/100%/%zz/%c3%A9", "/100%25/%25zz/%c3%A9"],
    ["orders", "/orders"],
    ["/\ud800", "/%EF%BF%BD"],
    ["", "/"],
  ])("has the path %j as %s, and that again as it is", (path, encoded) => {
    expect(pathOf(path)).toBe(encoded);
    expect(pathOf(encoded)).toBe(encoded);
  });

  it.each(["api.example.com", "ws.example.com:8443", "192.0.2.1", "[2001:db8::1]:443", "x_1.local"])(
    "has the host %s",
    (host) => {
      expect(hostOf(host)).toBe(host);
    },
  );

  it.each(["-", "", undefined, 7, "[redacted]", "a b", "a/b", "a#b", "a@b", "größe.example", "a:b"])(
    "has no host %p",
    (host) => {
      expect(hostOf(host)).toBe("unknown.invalid");
    },
  );

  it("is redacted by what a reader sees", () => {
    const uri = (path: string) => event({}, { uri: `https://api.example.com${path}` });
    const mask = [{ pattern: "Müller", fields: ["resourcePath"], replacement: "[name]" }];
    expect(redacted(uri("/users/M%C3%BCller/gr%c3%b6%20e"), { mask })).toEqual(uri("/users/[name]/gr%C3%B6%20e"));
    expect(redacted(uri("/users/gr%c3%b6%20e%2F%25"), { mask })).toBeUndefined();
  });
});

it.each([
  ["GET", "GET"],
  ["M-SEARCH", "M-SEARCH"],
  ["-", "UNKNOWN"],
  ["", "UNKNOWN"],
  ["[redacted]", "UNKNOWN"],
  [undefined, "UNKNOWN"],
  ["ANY", "UNKNOWN"],
  ["any", "UNKNOWN"],
  ["get", "GET"],
  [" GET ", "GET"],
  ["purge", "purge"],
])("the method %p is the verb %s", (method, verb) => {
  expect(verbOf(method)).toBe(verb);
});

it.each([
  ["status", " 200 ", { status: 200 }],
  ["status", 200, { status: 200 }],
  ["status", "200.0", { status: 200 }],
  ["status", "999", { status: 999 }],
  ["status", "0", undefined],
  ["status", 0, undefined],
  ["status", "-", undefined],
  ["status", "1000", undefined],
  ["status", "OK", undefined],
  ["durationMs", " 38 ", { time: "2026-11-17T10:05:03.038Z" }],
  ["durationMs", "38.7", { time: "2026-11-17T10:05:03.038Z" }],
  ["durationMs", 38.7, { time: "2026-11-17T10:05:03.038Z" }],
  ["durationMs", "-", { time: "2026-11-17T10:05:03.000Z" }],
  ["durationMs", [], { time: "2026-11-17T10:05:03.000Z" }],
  ["responseLength", " 253 ", { headers: { "Content-Length": "253" } }],
  ["responseLength", {}, { headers: {} }],
])("an access log whose %s is %j becomes an event with the response %j", (key, value, response) => {
  const outcome = outcomeFor(base64(JSON.stringify(accessLog({ [key]: value }))), { ...settings, output: "event" });
  const sent = JSON.parse(textOf((outcome as { data: string }).data)) as { response?: object };
  expect(sent.response).toEqual(response && expect.objectContaining(response));
});

it("has the subscription that an identity rule finds, whatever the case of its key, and no address where there is none", () => {
  const identity = { subscription: [{ from: "CLAIMS.Plan", extract: "^plan:(.+)$" }] };
  const log = accessLog({
    claims: { plan: "plan:gold" },
    ip: "203.0.113.7",
    xrayTraceId: "1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
  });
  const sentBy = (more: object) => {
    const of = { ...settings, output: "event", identity, ...more } as const;
    const outcome = outcomeFor(base64(JSON.stringify(log)), of);
    return JSON.parse(textOf((outcome as { data: string }).data)) as { request: object };
  };
  expect(sentBy({})).toMatchObject({ subscription_id: "gold", trace_id: log.xrayTraceId });
  expect(sentBy({}).request).toHaveProperty("ip_address", "203.0.113.7");
  expect(sentBy({ redaction: { fields: { remove: ["ip"] } } }).request).not.toHaveProperty("ip_address");
});

describe("an event of another producer", () => {
  const response = (more: object) => ({
    response: { time: "2026-11-17T10:05:03.038Z", status: 200, headers: { "Content-Length": "253" }, ...more },
  });

  it("stays as it is if Moesif takes it", () => {
    for (const one of [event(), event({ response: undefined }, { headers: {} })]) {
      const copy = structuredClone(one) as never;
      expect(conform(copy)).toBe(false);
      expect(copy).toEqual(one);
    }
  });

  it.each<[string, object, object]>([
    ["a status that is a text", event(response({ status: "404" })), response({ status: 404 })],
    ["no response", event({ response: null }), { response: undefined }],
    ["a method in lower case", event({}, { verb: "get" }), event()],
    ["any method", event({}, { verb: "ANY" }), event({}, { verb: "UNKNOWN" })],
    ["an epoch in milliseconds", event({}, { time: 1794909903123 }), event({}, { time: "2026-11-17T10:05:03.123Z" })],
    ["an epoch in seconds", event({}, { time: "1794909903.5" }), event({}, { time: "2026-11-17T10:05:03.500Z" })],
    ["a time in the Common Log Format", event({}, { time: "17/Nov/2026:12:05:03 +0200" }), event()],
    ["no headers", event({}, { headers: null }), event({}, { headers: {} })],
    [
      "headers as pairs",
      event(
        {},
        {
          headers: [
            ["Accept", "a"],
            ["Accept", "b"],
            ["Age", 5],
          ],
        },
      ),
      event({}, { headers: { Accept: "a, b", Age: "5" } }),
    ],
    [
      "headers as objects",
      event(
        {},
        {
          headers: [
            { name: "Accept", value: "a" },
            { key: "Age", value: ["1", "2"] },
          ],
        },
      ),
      event({}, { headers: { Accept: "a", Age: "1, 2" } }),
    ],
    [
      "headers that are no texts",
      event({}, { headers: { Age: 5, A: ["1", null, true] } }),
      event({}, { headers: { Age: "5", A: "1, true" } }),
    ],
    ["ids that are numbers", event({ user_id: 42, company_id: 7 }), { user_id: "42", company_id: "7" }],
    [
      "ids without a value",
      event({ user_id: "-", session_token: "", company_id: null }),
      { user_id: undefined, session_token: undefined, company_id: undefined },
    ],
    ["an address without a value", event({}, { ip_address: "-" }), event({}, { ip_address: undefined })],
    ["a weight that is a text", event({ weight: "5" }), { weight: 5 }],
    ["a weight that is none", event({ weight: 2.5 }), { weight: 1 }],
    ["a direction in small letters", event({ direction: "incoming" }), { direction: "Incoming" }],
    ["metadata that is no object", event({ metadata: "gold" }), { metadata: { value: "gold" } }],
    [
      "a path that is not encoded",
      event({}, { uri: "https://a.example/ä b?q=é#f" }),
      event({}, { uri: "https://a.example/%C3%A4%20b?q=%C3%A9#f" }),
    ],
  ])("is mended where it has %s", (_, given, mended) => {
    const log = structuredClone(given) as AccessLog;
    expect(conform(log)).toBe(true);
    expect(log).toMatchObject(mended);
    expect(eventFlaw(JSON.parse(JSON.stringify(log)) as never)).toBeUndefined();
    expect(conform(log)).toBe(false);
  });

  it.each<[string, object, string]>([
    ["no time", event({}, { time: undefined }), "bad-time"],
    ["a time that is none", event(response({ time: "soon" })), "bad-time"],
    ["a path in the place of a URI", event({}, { uri: "/orders" }), "bad-uri"],
    ["a URI without a host", event({}, { uri: "https:///orders" }), "bad-uri"],
    ["a URI with - as its host", event({}, { uri: "https://-/orders" }), "bad-uri"],
    ["no method", event({}, { verb: undefined }), "bad-verb"],
    ["a method without a value", event({}, { verb: "-" }), "bad-verb"],
    ["headers that are a text", event({}, { headers: "Accept: a" }), "bad-headers"],
    ["a header that is an object", event({}, { headers: { A: { b: 1 } } }), "bad-headers"],
    ["a header without a name", event({}, { headers: [["a"]] }), "bad-headers"],
    ["a response that is a text", event({ response: "200" }), "bad-response"],
    ["no status", event(response({ status: undefined })), "bad-status"],
    ["a status that is a word", event(response({ status: "OK" })), "bad-status"],
    ["a user that is an object", event({ user_id: { id: 1 } }), "bad-field"],
    ["a direction that is none", event({ direction: "sideways" }), "bad-field"],
  ])("is refused where it has %s", (_, given, reason) => {
    expect(conform(structuredClone(given) as AccessLog)).toBe(reason);
  });
});
