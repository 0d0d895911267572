/** Moesif's event model: what an event must have, and each rule broken once. */
import { eventFlaw } from "../../local/moesif-event";
import { moesifEvent } from "./support";

const UUID = "00000000-0000-5000-8000-000000000000";

test.each<[string, Parameters<typeof moesifEvent>[0]]>([
  ["as little as there may be", {}],
  ["no response", { response: undefined }],
  ["no headers in its map", { request: { headers: {} } }],
  ["another zone and no milliseconds", { request: { time: "2026-11-17T12:05:03+02:00" } }],
  ["the address of a WebSocket", { request: { uri: "wss://example.com/live" } }],
  [
    "all that the transformer may fill",
    {
      request: { ip_address: "203.0.113.7", api_version: "2" },
      user_id: "u",
      company_id: "acme",
      session_token: "s",
      transaction_id: UUID,
      direction: "Incoming",
      weight: 10,
      metadata: { stage: "prod" },
    },
  ],
])("an event with %s is taken", (_, change) => {
  expect(eventFlaw(moesifEvent(change))).toBeUndefined();
});

test.each<[Parameters<typeof moesifEvent>[0], string]>([
  [{ request: { time: undefined, verb: undefined } }, "lacks request.time, request.verb"],
  [{ request: { uri: undefined } }, "lacks request.uri"],
  [{ request: { headers: undefined } }, "lacks request.headers"],
  [{ response: { time: undefined } }, "lacks response.time"],
  [{ response: { status: undefined } }, "lacks response.status"],
  [{ response: { headers: undefined } }, "lacks response.headers"],
  [{ response: { status: "200" } }, "has a response.status that is not an integer"],
  [{ request: { time: "2026-11-17T10:05:03.000" } }, "has a request.time that is not a time in ISO 8601 with its zone"],
  [{ request: { time: "17/Nov/2026:10:05:03 +0000" } }, "has a request.time that is not a time in ISO 8601"],
  [{ request: { time: "2026-13-17T10:05:03Z" } }, "has a request.time that is not a time"],
  [{ response: { time: 1_795_000_000_000 } }, "has a response.time that is not a time"],
  [{ request: { uri: "/items" } }, "has a request.uri that is not a URL with its scheme and host"],
  [{ request: { verb: "" } }, "has a request.verb that is not a text"],
  [{ request: { headers: { "Content-Length": 5 } } }, "has a request.headers that is not an object of texts"],
  [{ response: { headers: [] } }, "has a response.headers that is not an object of texts"],
  [{ request: { ip_address: 5 } }, "has a request.ip_address that is not a text"],
  [{ transaction_id: "5597dec0" }, "has a transaction_id that is not a UUID"],
  [{ weight: 2.5 }, "has a weight that is not a positive integer"],
  [{ weight: 0 }, "has a weight that is not a positive integer"],
  [{ weight: "10" }, "has a weight that is not a positive integer"],
  [{ user_id: 42 }, "has a user_id that is not a text"],
  [{ company_id: "" }, "has a company_id that is not a text"],
  [{ metadata: [] }, "has a metadata that is not an object"],
  [{ direction: "in" }, "has a direction that is not Incoming, Outgoing or Internal"],
])("an event with %j is not", (change, flaw) => {
  expect(eventFlaw(moesifEvent(change))).toContain(flaw);
});

test.each([[{}], [{ request: "text" }], [{ request: moesifEvent().request, response: null }]])(
  "what is no event is told by its parts: %j",
  (event) => {
    expect(eventFlaw(event)).toMatch(/request|response/);
  },
);

test("an event has at most a million bytes", () => {
  const bytes = (event: object): number => Buffer.byteLength(JSON.stringify(event));
  const room = 1_000_000 - bytes(moesifEvent({ metadata: { filler: "" } }));
  const largest = moesifEvent({ metadata: { filler: "x".repeat(room) } });
  expect(bytes(largest)).toBe(1_000_000);
  expect(eventFlaw(largest)).toBeUndefined();
  expect(eventFlaw(moesifEvent({ metadata: { filler: "x".repeat(room + 1) } }))).toBe(
    "has 1000001 bytes; Moesif takes 1000000",
  );
});

test("no value is quoted", () => {
  expect(eventFlaw(moesifEvent({ user_id: 4711 }))).not.toContain("4711");
});
