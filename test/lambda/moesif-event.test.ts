/** Events that others made, or this transformer before: what is read of them, and what does not leave. */
import { type AccessLog, MARK_VALUE } from "../../lambda/transformer/access-log";
import { asAccessLog, isMoesifEvent, redactEvent } from "../../lambda/transformer/moesif-event";
import { createRedaction } from "../../lambda/transformer/redact";
import type { RedactionSettings } from "../../lambda/transformer/settings";
import { HASH_KEY } from "./support";

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
  it("is what Moesif would take for one", () => {
    expect(isMoesifEvent(event() as never)).toBe(true);
    expect(isMoesifEvent({ request: { uri: "/" } })).toBe(false);
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
        uri: "https://[redacted]/users/42?page=1",
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
    expect(request.uri).toMatch(/^https:\/\/hmac:[\w-]{22}\/hmac:[\w-]{22}$/);
  });

  it("a mask finds nothing in the times, without which Moesif takes no event", () => {
    expect(redacted(event(), { mask: [{ pattern: "17T|Z" }] })).toBeUndefined();
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
