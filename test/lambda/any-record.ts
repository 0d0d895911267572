/** Any records at all: what may come on the stream, and what may not. */
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { REPAIRABLE_FORMATS } from "../../lambda/transformer/repair";
import { accessLog, base64, envelope, gzip } from "./support";

export type Log = Record<string, unknown>;

export const IDENTITY_KEYS = ["user", "apiKeyId", "principalId", "caller", "companyId", "metadata", "orgId"];

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>("-", "", "jane", "acme", "key-1", null, 7) },
  fc.jsonValue({ maxDepth: 3 }),
);

/** Names of keys, some of them known and some of them treacherous. */
export const key = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...IDENTITY_KEYS) },
  fc.constantFrom("stage", "ip", "weight", "extendedRequestId", "__proto__", "constructor", "toJSON", "1", "0"),
  fc.string(),
);

/** Assignment would lose a key called `__proto__`. */
function merged(...objects: readonly Log[]): Log {
  return Object.fromEntries(objects.flatMap((object) => Object.entries(object)));
}

const requestId = fc.nat(9).map((nth) => `5597dec0-7dcf-4ab1-aae9-94545f4ce40${nth}`);
const status = fc.constantFrom("200", "404", "503");
const required = fc.record({ requestId, status }).map(accessLog);

/** Access logs with any other keys before and behind those that are required. */
export const log = fc
  .tuple(fc.dictionary(key, value), required, fc.dictionary(key, value))
  .map(([before, own, behind]) => merged(before, own, behind));

const users = fc.record({ user: fc.constantFrom("jane", "joe", "-"), companyId: fc.constantFrom("acme", "initech") });

/** Access logs as API Gateway writes them, all of them texts. */
export const written = fc
  .tuple(required, users)
  .map(([own, who]) => ({ ...own, stage: "prod", ip: "203.0.113.7", ...who }));

const http = fc.tuple(requestId, status, users).map(([id, code, who]) => ({
  apiId: "a1b2c3d4e5",
  requestId: id,
  requestTime: "17/Nov/2026:10:05:03 +0000",
  protocol: "HTTP/1.1",
  routeKey: "GET /orders/{id}",
  path: "/prod/orders/42",
  domainName: "api.example.com",
  status: code,
  responseLength: "253",
  responseLatency: "38",
  ...who,
}));

const webSocket = fc.tuple(requestId, status, users).map(([id, code, who]) => ({
  apiId: "k1l2m3n4o5",
  requestId: id,
  requestTimeEpoch: "1794909903000",
  eventType: "MESSAGE",
  routeKey: "$default",
  connectionId: "abc=",
  status: code,
  ...who,
}));

const event = fc
  .tuple(fc.dictionary(fc.constantFrom("body", "api_version", "ip_address"), value), status, users, value)
  .map(([more, code, { user, companyId }, metadata]) => ({
    request: {
      time: "2026-11-17T10:05:03.000Z",
      uri: "https://api.example.com/users/42?token=1",
      verb: "GET",
      headers: { Host: "api.example.com", Authorization: "Bearer 3f9a8c" },
      ...more,
    },
    response: { time: "2026-11-17T10:05:03.038Z", status: Number(code), headers: {} },
    user_id: user,
    company_id: companyId,
    ...(metadata !== null && { metadata }),
  }));

/** An access log in a known format, of which some values are written as they are. */
const damaged = fc
  .tuple(fc.constantFrom(...REPAIRABLE_FORMATS), fc.dictionary(fc.nat(20).map(String), fc.string({ unit: "binary" })))
  .map(([keys, values]) => {
    const members = keys.map((name, index) => `"${name}":"${values[index] ?? (index === 8 ? 'a "b" \\c' : "-")}"`);
    return `{${members.join()}}`;
  });

const logText = fc.oneof(log, written, http, webSocket).map((one) => JSON.stringify(one));

/** The text of one call, in any form but that of an event. */
export const callText = fc.oneof({ weight: 2, arbitrary: logText }, damaged);

const oneText = fc.oneof(
  { weight: 5, arbitrary: callText },
  event.map((one) => JSON.stringify(one)),
);

const text = fc.oneof(
  oneText,
  fc.array(oneText).map((several) => several.join("")),
  fc.array(oneText).map((several) => several.join("\n")),
  fc.array(logText).map((several) => `[${several.join()}]`),
  fc.json(),
  fc.string({ unit: "binary" }),
  fc.tuple(oneText, fc.nat()).map(([one, cut]) => one.slice(0, cut % 400)),
);

const messages = fc.array(fc.oneof({ weight: 9, arbitrary: oneText }, text), { maxLength: 5 });

/** Gzip, of anything and of envelopes. */
export const wrapped = fc.oneof(text.map(gzip), messages.map(envelope));
const cut = fc.tuple(wrapped, fc.nat()).map(([one, at]) =>
  Buffer.from(one, "base64")
    .subarray(0, at % one.length)
    .toString("base64"),
);

/** The data of a record that holds calls. */
export const calls = fc.oneof(
  oneText.map(base64),
  fc.array(oneText, { minLength: 1 }).map((several) => base64(several.join("\n"))),
  fc.array(oneText, { minLength: 1 }).map(envelope),
);

/** The data of any record. */
export const data = fc.oneof(
  { weight: 4, arbitrary: text.map(base64) },
  { weight: 3, arbitrary: wrapped },
  cut,
  fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64")),
  fc.uint8Array().map((bytes) => gzipSync(bytes).toString("base64")),
  fc.string(),
  fc.anything(),
);
