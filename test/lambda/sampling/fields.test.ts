/** Where the paths of rules lead, in access logs and in events. */
import { companyOf, createField, textOf, userOf } from "../../../lambda/transformer/sampling/fields";
import { accessLog } from "../support";

const event = (more: object = {}) => ({
  request: { verb: "POST", uri: "https://api.example.com/v1/orders/42?page=2", headers: { Host: "api.example.com" } },
  response: { status: 201 },
  user_id: "jane",
  company_id: "acme",
  tags: ["a", "b"],
  ...more,
});

const CASES: readonly (readonly [about: string, record: object, path: string, value: unknown])[] = [
  ["an access log's method", accessLog(), "request.verb", "GET"],
  ["an access log's path as a route", accessLog(), "request.route", "/orders/42"],
  ["an access log's path as a URI", accessLog(), "request.uri", "/orders/42"],
  ["an access log's address", accessLog({ ip: "203.0.113.7" }), "request.ip_address", "203.0.113.7"],
  ["an access log's status", accessLog(), "response.status", "200"],
  ["an access log's company", accessLog({ companyId: "acme" }), "company_id", "acme"],
  ["the first user of an access log", accessLog({ caller: "c", principalId: "p" }), "user_id", "p"],
  [
    "a user behind those without a value",
    accessLog({ user: "-", apiKeyId: "", principalId: null, caller: "c" }),
    "user_id",
    "c",
  ],
  ["no user", accessLog({ user: "-", userArn: "arn", apiKey: "key" }), "user_id", undefined],
  ["no company", accessLog({ companyId: "-" }), "company_id", undefined],
  ["a key of its own name before that of an access log", accessLog({ user_id: "own", user: "jane" }), "user_id", "own"],
  ["a key that was removed not at all", accessLog({ user_id: undefined, user: "jane" }), "user_id", "jane"],
  ["an access log's keys in any case", accessLog({ COMPANYID: "acme" }), "company_id", "acme"],
  ["an access log's method also without its status", { ...accessLog(), status: undefined }, "request.verb", "GET"],
  [
    "an access log whose required key is in another case",
    { ...accessLog({ STATUS: "204" }), status: undefined },
    "response.status",
    "204",
  ],
  ["a key of an access log", accessLog({ stage: "prod" }), "stage", "prod"],
  ["what metadata holds", accessLog({ metadata: { plan: { tier: 3 } } }), "metadata.plan.tier", 3],
  ["an event's method", event(), "request.verb", "POST"],
  ["an event's route, without host and query", event(), "request.route", "/v1/orders/42"],
  [
    "a route of its own before that of the URI",
    event({ request: { route: "/own", uri: "https://a/b" } }),
    "request.route",
    "/own",
  ],
  [
    "/ as the route of a URI without a path",
    event({ request: { uri: "https://api.example.com" } }),
    "request.route",
    "/",
  ],
  ["/ as the route of what is no URI", event({ request: { uri: "/orders" } }), "request.route", "/"],
  ["no route without a URI", event({ request: {} }), "request.route", undefined],
  ["no route of a URI that is no text", event({ request: { uri: 1 } }), "request.route", undefined],
  ["an event's status", event(), "response.status", 201],
  ["an event's header in any case", event(), "request.headers.host", "api.example.com"],
  ["the exact name before the others", { Host: 1, host: 2 }, "host", 2],
  ["a key with dots in it before the path", { "a.b": 1, a: { b: 2 } }, "a.B", 1],
  ["the path where that key has no value", { "a.b": "-", a: { b: 2 } }, "a.b", 2],
  ["an element of a list", event(), "tags.1", "b"],
  ["an element from the end of a list", event(), "tags.-1", "b"],
  ["no element beyond a list", event(), "tags.2", undefined],
  ["no element by a name", event(), "tags.length", undefined],
  ["nothing within a text", event(), "user_id.length", undefined],
  ["nothing within null", { a: null }, "a.b", undefined],
  ["null, which is a value", { user_id: null }, "user_id", null],
  ["false, which is a value", { a: false }, "a", false],
  ["nothing that every object inherits", {}, "constructor.name", undefined],
  ["nothing of an empty path", event(), "", undefined],
];

describe("a field", () => {
  it("of an event is no key of an access log, whatever keys the event has", () => {
    const record = { ...accessLog({ user: "jane" }), request: { uri: "https://api.example.com" } };
    expect(createField("user_id")(record as never, true)).toBeUndefined();
    expect(createField("user_id")(record as never)).toBe("jane");
  });

  it.each(CASES)("is %s", (_, record, path, value) => {
    expect(createField(path)(record as never)).toBe(value);
  });

  it.each([
    ["text", "text"],
    [200, "200"],
    [0.5, "0.5"],
    [true, "true"],
    [null, "null"],
    [{ a: [1] }, '{"a":[1]}'],
  ])("with the value %j is compared as the text %s", (value, text) => {
    expect(textOf(value)).toBe(text);
  });
});

describe("the user and the company", () => {
  it("are texts, of an access log and of an event", () => {
    expect([userOf(accessLog({ apiKeyId: "k", companyId: "acme" }) as never)]).toEqual(["k"]);
    expect([userOf(event() as never), companyOf(event() as never)]).toEqual(["jane", "acme"]);
  });

  it.each([42, null, "", "-", { id: 1 }])("are none where the record says %j", (value) => {
    expect(userOf({ user_id: value })).toBeUndefined();
    expect(companyOf({ company_id: value })).toBeUndefined();
  });

  it("are not sought behind the first one that has a value, even if that is no text", () => {
    expect(userOf(accessLog({ user: 42, caller: "c" }) as never)).toBeUndefined();
  });
});
