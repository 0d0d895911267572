/** The stand-in for Moesif: every rule of the contract, each broken once, and how it behaves otherwise. */
import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { checkRequest, ContractViolation, REQUIRED_KEYS, type ReceivedRequest } from "../../local/moesif-contract";
import { MoesifStandIn, type StandInOptions } from "../../local/moesif-stand-in";
import { logEvent, moesifEvent } from "./support";

const ID = "00000000-0000-4000-8000-000000000000";
const PATH = "/v1/partners/aws/kinesis";
const EXPECTED = { accessKey: "key", path: PATH, bodyLimit: 100_000 };
const base64 = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64");

interface Change {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly body?: unknown;
  readonly raw?: Buffer;
}

function request({ method = "POST", path = PATH, headers, body, raw }: Change = {}): ReceivedRequest {
  const content = { requestId: ID, timestamp: 1, records: [{ data: base64(logEvent(1)) }], ...(body as object) };
  return {
    method,
    path,
    headers: {
      "content-type": "application/json",
      "content-encoding": "gzip",
      "content-length": "1",
      "x-amz-firehose-protocol-version": "1.0",
      "x-amz-firehose-request-id": ID,
      "x-amz-firehose-source-arn": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/amazon-apigateway-x",
      "x-amz-firehose-access-key": "key",
      "x-amz-firehose-common-attributes": '{"commonAttributes":{"environment":"test"}}',
      ...headers,
    },
    body: raw ?? gzipSync(JSON.stringify(content)),
  };
}

const withHeader = (name: string, value: string | undefined): Change => ({ headers: { [name]: value } });
const withRecord = (data: unknown): Change => ({ body: { records: [{ data }] } });
const attributes = (commonAttributes: unknown): Change =>
  withHeader("x-amz-firehose-common-attributes", JSON.stringify({ commonAttributes }));
const without = (key: string): object =>
  Object.fromEntries(Object.entries(logEvent(1)).filter(([name]) => name !== key));

test("a request as documented is taken, with or without compression and common attributes", () => {
  expect(checkRequest(request(), EXPECTED)).toEqual({ requestId: ID, records: [[logEvent(1)]] });
  const plain = request({
    headers: { "content-encoding": undefined, "x-amz-firehose-common-attributes": undefined },
    raw: Buffer.from(JSON.stringify({ requestId: ID, timestamp: 1, records: [{ data: base64(logEvent(2)) }] })),
  });
  expect(checkRequest(plain, EXPECTED).records).toEqual([[logEvent(2)]]);
});

test.each([
  ["an array", JSON.stringify([logEvent(1), logEvent(2)])],
  ["lines", `${JSON.stringify(logEvent(1))}\n${JSON.stringify(logEvent(2))}\n`],
  ["objects run together", JSON.stringify(logEvent(1)) + JSON.stringify(logEvent(2))],
])("a record may hold several events: %s", (_, text) => {
  expect(checkRequest(request(withRecord(base64(text))), EXPECTED).records).toEqual([[logEvent(1), logEvent(2)]]);
});

test("the path is that of the stream's URL, and leads to where Moesif takes access logs", () => {
  const proxied = `/a${PATH}`;
  expect(checkRequest(request({ path: proxied }), { ...EXPECTED, path: proxied }).requestId).toBe(ID);
  expect(() => checkRequest(request(), { ...EXPECTED, path: proxied })).toThrow(
    "the path is /v1/partners/aws/kinesis, not that of the stream's URL, /a/v1/partners/aws/kinesis",
  );
  expect(() => checkRequest(request({ path: "/v1/events" }), { ...EXPECTED, path: "/v1/events" })).toThrow(
    "the path /v1/events ends neither with /v1/partners/aws/kinesis, where Moesif takes access logs, nor with",
  );
});

describe("the address of events", () => {
  const path = `${PATH}/events`;
  const check = (...events: object[]): unknown =>
    checkRequest(request({ ...withRecord(base64(events)), path }), { ...EXPECTED, path }).records;

  test("takes objects in Moesif's event model, and no access logs", () => {
    expect(check(moesifEvent(), moesifEvent())).toEqual([[moesifEvent(), moesifEvent()]]);
    expect(() => check(moesifEvent(), logEvent(1))).toThrow("an event of record 1 lacks request");
  });

  test("is another one than that of access logs", () => {
    expect(() => checkRequest(request(withRecord(base64(moesifEvent()))), EXPECTED)).toThrow(
      "an event of record 1 lacks apiId",
    );
  });
});

test("common attributes are UTF-8, and their limits count characters", () => {
  const value = JSON.stringify({ commonAttributes: { city: "ü".repeat(1024) } });
  const header = Buffer.from(value, "utf8").toString("latin1");
  expect(checkRequest(request(withHeader("x-amz-firehose-common-attributes", header)), EXPECTED).requestId).toBe(ID);
});

test.each<[string, Change, RegExp, number?]>([
  ["another method", { method: "PUT" }, /method is PUT/],
  ["another path", { path: "/v1/events" }, /path is \/v1\/events/],
  ["no content type", withHeader("content-type", undefined), /content-type is missing/],
  ["another content type", withHeader("content-type", "text/plain"), /content type is text\/plain/],
  ["no content length", withHeader("content-length", undefined), /content-length is missing/],
  ["no protocol version", withHeader("x-amz-firehose-protocol-version", undefined), /protocol-version is missing/],
  ["another protocol version", withHeader("x-amz-firehose-protocol-version", "2.0"), /protocol version is 2.0/],
  ["no request id", withHeader("x-amz-firehose-request-id", undefined), /request-id is missing/],
  ["a request id that is no GUID", withHeader("x-amz-firehose-request-id", "1"), /is no GUID/],
  ["no source ARN", withHeader("x-amz-firehose-source-arn", undefined), /source-arn is missing/],
  ["another source ARN", withHeader("x-amz-firehose-source-arn", "arn:aws:kinesis:x"), /not that of a delivery stream/],
  ["no access key", withHeader("x-amz-firehose-access-key", undefined), /access-key is missing/],
  ["another access key", withHeader("x-amz-firehose-access-key", "other"), /not the application id of this run/, 401],
  [
    "an access key that is too long",
    withHeader("x-amz-firehose-access-key", "x".repeat(4097)),
    /longer than 4096 bytes/,
  ],
  [
    "common attributes that are not JSON",
    withHeader("x-amz-firehose-common-attributes", "{"),
    /common attributes is not JSON/,
  ],
  ["common attributes of another shape", attributes([]), /does not hold an object commonAttributes/],
  [
    "51 common attributes",
    attributes(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`a${i}`, "x"]))),
    /51 common attributes/,
  ],
  ["a common attribute with a long name", attributes({ ["a".repeat(257)]: "x" }), /a name of 257 characters/],
  ["a common attribute with a long value", attributes({ a: "x".repeat(1025) }), /no string of at most 1,024/],
  ["a common attribute that is no string", attributes({ a: 1 }), /no string of at most 1,024/],
  ["another content encoding", withHeader("content-encoding", "br"), /content encoding is br/],
  ["a body that is not gzip", { raw: Buffer.from("{}") }, /body is not gzip/],
  ["a body beyond the limit", { body: { filler: "x".repeat(100_001) } }, /more than 100000 bytes/, 413],
  ["a body that is not JSON", { raw: gzipSync("{") }, /body is not JSON/],
  ["a body with another request id", { body: { requestId: "other" } }, /requestId other is not that of the header/],
  ["a timestamp that is text", { body: { timestamp: "1" } }, /timestamp is not an integer/],
  ["no records", { body: { records: undefined } }, /no array records/],
  ["an empty list of records", { body: { records: [] } }, /0 records; 1 to 10,000/],
  ["10,001 records", { body: { records: Array.from({ length: 10_001 }, () => 0) } }, /10001 records; 1 to 10,000/],
  ["a record without data", withRecord(undefined), /record 1 has no string data/],
  ["a record that is null", { body: { records: [null] } }, /record 1 has no string data/],
  ["data that is not base64", withRecord("ö"), /data of record 1 is not base64/],
  ["data that is not JSON", withRecord(base64("text")), /record 1 does not hold JSON events/],
  ["data that is no event", withRecord(base64("[1]")), /record 1 does not hold JSON events/],
  ["an empty record", withRecord(""), /record 1 does not hold JSON events/],
])("a request with %s breaks the contract", (_, change, message, status = 400) => {
  let violation: unknown;
  try {
    checkRequest(request(change), { ...EXPECTED, accessKey: "key" });
  } catch (error) {
    violation = error;
  }
  expect(violation).toBeInstanceOf(ContractViolation);
  expect((violation as ContractViolation).message).toMatch(message);
  expect((violation as ContractViolation).status).toBe(status);
});

test("data beyond the largest record breaks the contract", () => {
  const change = withRecord("A".repeat(1_365_340));
  expect(() => checkRequest(request(change), { ...EXPECTED, bodyLimit: 10_000_000 })).toThrow(/longer than 1365336/);
});

test.each(REQUIRED_KEYS)("an event without %s breaks the contract", (key) => {
  expect(() => checkRequest(request(withRecord(base64(without(key)))), EXPECTED)).toThrow(
    `an event of record 1 lacks ${key}`,
  );
});

describe("the server", () => {
  let standIn: MoesifStandIn;
  let origin: string;
  const start = async (options: Partial<StandInOptions> = {}): Promise<void> => {
    standIn = new MoesifStandIn({ accessKey: "key", path: PATH, ...options });
    origin = await standIn.start();
  };
  afterEach(() => standIn.stop());

  async function post(change: Change = {}): Promise<Response> {
    const { method, path, headers, body } = request(change);
    const { "content-length": _, ...sent } = headers as Record<string, string>;
    const defined = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
    return fetch(new URL(path, origin), { method, headers: defined, body: new Uint8Array(body) });
  }

  test("acknowledges what it took, and counts a request that comes again once", async () => {
    await start();
    const response = await post();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("content-length")).not.toBeNull();
    expect(await response.json()).toEqual({ requestId: ID, timestamp: expect.any(Number) as number });
    await post();
    expect(standIn.received).toMatchObject({ requests: 2, records: 1, duplicates: 1 });
    expect(standIn.events).toMatchObject({ events: 1, repeated: 0 });
  });

  test("notices an event id that comes in two requests", async () => {
    await start();
    await post();
    const other = randomUUID();
    await post({ headers: { "x-amz-firehose-request-id": other }, body: { requestId: other } });
    expect(standIn.events).toMatchObject({ events: 2, repeated: 1 });
  });

  test("answers a broken rule with its status, and remembers it", async () => {
    await start();
    const response = await post({ path: "/v1/events" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      requestId: ID,
      errorMessage: expect.stringContaining("path") as string,
    });
    expect((await post(withHeader("x-amz-firehose-access-key", "other"))).status).toBe(401);
    expect([...standIn.received.violations.values()]).toEqual([1, 1]);
    expect(standIn.received.records).toBe(0);
  });

  test("answers the status that it is asked for", async () => {
    await start({ status: 503 });
    const response = await post();
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ requestId: ID, errorMessage: "asked to answer 503" });
    expect(standIn.received).toMatchObject({ requests: 1, records: 0 });
  });

  describe("answers with the config", () => {
    const get = (headers: Record<string, string> = {}, path = "/v1/config"): Promise<Response> =>
      fetch(new URL(path, origin), { headers: { "X-Moesif-Application-Id": "key", ...headers } });

    test("without any rule, unless it is given one", async () => {
      await start();
      expect(await (await get()).json()).toMatchObject({ sample_rate: 100 });
      expect(standIn.received).toMatchObject({ configRequests: 1, requests: 0 });
    });

    test("once, until it changes", async () => {
      await start({ config: { sample_rate: 10 } });
      const first = await get();
      expect({ status: first.status, body: await first.json() }).toEqual({ status: 200, body: { sample_rate: 10 } });
      const etag = String(first.headers.get("x-moesif-config-etag"));
      expect(await get({ "If-None-Match": etag })).toMatchObject({ status: 304 });
      expect(await get({ "If-None-Match": "other" })).toMatchObject({ status: 200 });
    });

    test("beside the path of the stream's URL, and nowhere else", async () => {
      await start({ path: `/a${PATH}/events` });
      expect(await get({}, "/a/v1/config")).toMatchObject({ status: 200 });
      expect(await get()).toMatchObject({ status: 404 });
      expect([...standIn.received.violations.keys()]).toEqual([
        "the path is /v1/config; Moesif's config is at /a/v1/config",
      ]);
    });

    test("to the application id in the secret alone", async () => {
      await start();
      expect(await get({ "X-Moesif-Application-Id": "other" })).toMatchObject({ status: 401 });
      expect(await fetch(new URL("/v1/config", origin))).toMatchObject({ status: 401 });
      expect([...standIn.received.violations.keys()]).toEqual([
        "the application id is not the one in the secret of this run",
        "the header x-moesif-application-id is missing",
      ]);
    });

    test("unless it is told to answer otherwise", async () => {
      await start({ status: 503 });
      expect(await get()).toMatchObject({ status: 503 });
    });
  });

  test("takes no body beyond its limit", async () => {
    await start({ bodyLimit: 10 });
    expect((await post()).status).toBe(413);
  });

  test("answers with something that is no acknowledgement when it is told to", async () => {
    await start({ malformed: true });
    expect(await (await post()).json()).toEqual({ status: "ok" });
    expect(standIn.received.records).toBe(0);
  });
});
