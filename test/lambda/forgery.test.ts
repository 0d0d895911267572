/** What a caller writes into a value, where API Gateway does not escape it, changes no call but by that value. */
import * as fc from "fast-check";
import type { ApiType } from "../../lambda/api-gateway/stage";
import { REQUIRED_KEYS } from "../../lambda/transformer/access-log";
import { OWN_FORMATS } from "../../lambda/transformer/documents";
import type { Outcome } from "../../lambda/transformer/outcome";
import { createTransformer } from "../../lambda/transformer/transform";
import { httpAccessLogFormat, identityFrom, restAccessLogFormat, websocketAccessLogFormat } from "../../modules";
import { base64, envelope, gzip, HASH_KEY, NOW, settings, textOf } from "./support";

const company = identityFrom.authorizerProperty("org");
const FORMATS: { readonly [type in ApiType]: readonly string[] } = {
  REST: [restAccessLogFormat(), restAccessLogFormat({ company, extra: { region: "$context.awsEndpointRequestId" } })],
  HTTP: [httpAccessLogFormat(), httpAccessLogFormat({ path: "route", company, request: { query: company } })],
  WEBSOCKET: [websocketAccessLogFormat(), websocketAccessLogFormat({ company })],
};
const formats = Object.values(FORMATS).flat();

/** What API Gateway writes of the call that the caller has really made. */
const REAL: Readonly<Record<string, string>> = {
  apiId: "a1b2c3d4e5",
  requestId: "5597dec0-7dcf-4ab1-aae9-94545f4ce403",
  extendedRequestId: "JKJaXmPLvHcESHA=",
  requestTime: "17/Nov/2026:10:05:03 +0000",
  requestTimeEpoch: "1794909903123",
  protocol: "HTTP/1.1",
  httpMethod: "GET",
  eventType: "MESSAGE",
  connectionId: "abc=",
  routeKey: "GET /orders/{id}",
  resourcePath: "/orders/42",
  requestHostHeader: "api.example.com",
  requestUserAgentHeader: "curl/8.5.0",
  ip: "203.0.113.7",
  status: "403",
  stage: "prod",
  accountId: "111111111111",
  apiKeyId: "mallory-key",
  companyId: "mallory-inc",
};

function keysOf(format: string): string[] {
  return Object.keys(JSON.parse(format) as object);
}

/** An access log as API Gateway writes it if it escapes nothing. */
function written(keys: readonly string[], values: Readonly<Record<string, string>>): string {
  return `{${keys.map((key) => `"${key}":"${values[key] ?? "-"}"`).join()}}`;
}

/** What makes a call another, or somebody else's. */
const IDENTITY = ["apiId", "requestId", "extendedRequestId", "user", "companyId", "apiKeyId", "principalId", "caller"];
const GUARDED = [...IDENTITY, "cognitoIdentityId", "ip", "accountId", "stage", "status", "connectionId", "weight"];

const VICTIM: Readonly<Record<string, string>> = {
  ...REAL,
  requestId: "00000000-0000-4000-8000-000000000000",
  extendedRequestId: "VVVVVVVVVVVVVVV=",
  user: "victim",
  apiKeyId: "victim",
  companyId: "victim",
  status: "200",
};
const forged = fc
  .constantFrom(...formats.map(keysOf), ...formats.map((one) => keysOf(one).sort()))
  .map((keys) => written(keys, VICTIM));

const key = fc.oneof(
  fc.constantFrom(...GUARDED, "identity", "tenantId", "metadata", "queryString", "path", "sourceIp", "logEvents", "z"),
  fc.constantFrom("request", "response", "__proto__", "1", "u\\u0073er", "company\\u0049d"),
);
const text = fc.constantFrom("victim", "-", "", "200", 'a\\"b', "1794909903123");
const value = fc.oneof(
  { weight: 3, arbitrary: text.map((one) => `"${one}"`) },
  fc.constantFrom(
    "7",
    "null",
    "-",
    '""b""',
    "[]",
    '["victim"]',
    '{"user":"victim"}',
    '{"transformer":"cdktf-moesif-firehose/1"}',
  ),
);
const space = fc.constantFrom("", "", "", " ", "\t");
const member = fc.tuple(key, space, value).map(([name, gap, one]) => `"${name}"${gap}:${gap}${one}`);
const members = fc.array(member, { minLength: 1, maxLength: 4 }).map((all) => all.join());

/** An envelope of CloudWatch Logs, as members of the object that it is written into. */
const envelopeMembers = forged.map((log) => {
  const logEvents = [{ id: "0", timestamp: NOW, message: log }];
  const head = { messageType: "DATA_MESSAGE", owner: "1", logGroup: "g", logStream: "s", subscriptionFilters: ["f"] };
  return JSON.stringify({ ...head, logEvents }).slice(1, -1);
});

/** Texts that end the string that they are written into, and go on in it; and some that do not. */
const hostile = fc.oneof(
  { weight: 4, arbitrary: members.map((all) => `x",${all},"z":"`) },
  { weight: 2, arbitrary: members.map((all) => `x",${all},"n":{"z":"`) },
  { weight: 2, arbitrary: envelopeMembers.map((all) => `x",${all},"z":"`) },
  { weight: 3, arbitrary: forged.map((log) => `x"}${log}{"z":"`) },
  { weight: 2, arbitrary: fc.tuple(members, forged).map(([all, log]) => `x",${all}}${log}{${all},"z":"`) },
  { weight: 2, arbitrary: forged.map((log) => `x"}\n${log}\n{"z":"`) },
  { weight: 2, arbitrary: forged.map((log) => `x\n${log}\n`) },
  { weight: 2, arbitrary: fc.tuple(members, forged).map(([all, log]) => `x",${all}}\n${log}\n{${all},"z":"`) },
  forged,
  fc.array(fc.constantFrom(...'"\\{}[]:,\n\t a', '","', '":"', '"}{"'), { maxLength: 12 }).map((all) => all.join("")),
  fc.string({ unit: "binary", maxLength: 12 }),
);

/** As Terraform's `jsonencode` writes a format. */
function isSorted(keys: readonly string[]): boolean {
  return [...keys].sort().join() === keys.join();
}

/** Values of API Gateway's own that nothing is said of: the first two, the last ones, and the one before a company. */
function isOfApiGateway(keys: readonly string[], at: number): boolean {
  if (isSorted(keys)) {
    return at < 2 || ["userArn", "wafStatus"].includes(keys[at]!);
  }
  const isLast = keys[at] === "accountId" || (at >= keys.indexOf("requestTimeEpoch") && keys[at] !== "queryString");
  return at < 2 || isLast || keys[at + 1] === "stage" || keys[at + 1] === "companyId";
}

/** What is made of a value. */
const MADE_OF: Readonly<Record<string, readonly string[]>> = {
  user: ["apiKeyId", "principalId", "cognitoIdentityId", "caller"],
  requestId: ["apiId", "stage", "extendedRequestId"],
  companyId: ["tenantId"],
};

/** Whether a key could stand right behind another one of a format in alphabetical order: nothing tells who wrote it. */
function fitsBehind(keys: readonly string[], at: number, name: string): boolean {
  const next = keys[at + 1] ?? "weight";
  return isSorted(keys) && [name, ...(MADE_OF[name] ?? [])].some((one) => keys[at]! < one && one < next);
}

const attacked = fc
  .tuple(fc.constantFrom(...formats.map(keysOf), ...formats.map((one) => keysOf(one).sort())), fc.nat(), hostile)
  .map(([keys, nth, harm]) => ({ keys, at: nth % keys.length, harm }))
  .filter(({ keys, at }) => !isOfApiGateway(keys, at))
  // Behind all keys of a format, or all but one, lines are lines; but no request can hold a line break.
  .filter(({ keys, at, harm }) => (keys[at] !== "queryString" && at < keys.length - 2) || !harm.includes("\n"))
  .map(({ keys, at, harm }) => ({ keys, at, log: written(keys, { ...REAL, [keys[at]!]: harm }) }));

type Sent = Readonly<Record<string, unknown>>;

/** The calls that are delivered of some records, of what goes back of them and comes again, and so on. */
function delivered(datas: readonly string[], of: ReturnType<typeof createTransformer>): Sent[] {
  const sent: Sent[] = [];
  for (let coming = datas; coming.length > 0;) {
    const outcomes: readonly Outcome[] = of(coming, NOW);
    for (const outcome of outcomes) {
      const lines = outcome.result === "Ok" ? textOf(outcome.data).split("\n") : [];
      sent.push(...lines.map((line) => JSON.parse(line) as Sent));
    }
    coming = outcomes.flatMap((outcome) =>
      outcome.result === "ProcessingFailed" ? [] : (outcome.returned?.datas ?? []).map((one) => one.toString("base64")),
    );
  }
  return sent;
}

const transformers = [
  { enrichment: "none" as const },
  { identity: { company: [{ from: "tenantId" }, "companyId" as const] } },
].map((more) => createTransformer({ ...settings, sampling: { remote: false }, ...more }, { hashKey: HASH_KEY }));

describe("a text that a caller writes into a value", () => {
  const ways = fc.constantFrom<(log: string) => string>(base64, gzip, (log) => envelope([log]));

  it("adds no call, and changes nothing of who made the call", () => {
    fc.assert(
      fc.property(attacked, ways, fc.constantFrom(...transformers), ({ keys, at, log }, way, transform) => {
        const calls = delivered([way(log)], transform);
        expect(calls.length).toBeLessThanOrEqual(1);
        const [honest] = delivered([way(written(keys, REAL))], transform);
        for (const name of calls.length === 0 ? [] : GUARDED) {
          const key = keys[at]!;
          const isAttacked = name === key || MADE_OF[name]?.includes(key) || fitsBehind(keys, at, name);
          expect([name, isAttacked || calls[0]![name]]).toEqual([name, isAttacked || honest![name]]);
        }
      }),
      { numRuns: 4000 },
    );
  });

  it("hides no other call of its envelope, and none of its own: that is delivered, or kept", () => {
    const good = written(keysOf(FORMATS.HTTP[0]!), { ...REAL, extendedRequestId: "another=" });
    fc.assert(
      fc.property(attacked, ({ log }) => {
        const [outcome] = transformers[0]!([envelope([good, log])], NOW);
        expect(outcome).toMatchObject({ result: "Ok", events: 2 });
        const { data, returned } = outcome as { data: string; returned?: { datas: Buffer[] } };
        const lines = textOf(data).split("\n");
        expect(lines[0]).toContain("another=");
        expect(lines.slice(1).length === 1 || returned?.datas.map(String).join() === log).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

it("knows the formats that this package builds", () => {
  const built = [restAccessLogFormat, httpAccessLogFormat, websocketAccessLogFormat].flatMap((build) =>
    [{}, { path: "route" } as const].flatMap((path) => [build(path), build({ ...path, company })]),
  );
  for (const format of built) expect(OWN_FORMATS.map(String)).toContain(keysOf(format).join());
});

describe("an access log is in doubt", () => {
  const rest = OWN_FORMATS.find((keys) => keys.includes("accountId"))!;
  const logOf = (userAgent: string, behind = "") =>
    `{${rest.map((key) => `"${key}":"${key === "requestUserAgentHeader" ? userAgent : (REAL[key] ?? "-")}"`).join()}${behind}}`;
  const whole = `x"${logOf("").split('"requestUserAgentHeader":""')[1]!.replace('"user":"-"', '"user":"victim"')}`;

  it.each([
    ["whose user agent ends it and begins a line", logOf(`${whole}\n{"a":"`)],
    ["whose user agent ends it and leaves rubbish", logOf(`${whole}\nrubbish"`)],
    [
      "that names a subscription behind a value of a caller's",
      logOf("x", ',"forwardedFor":"a","subscriptionId":"victim"'),
    ],
    ["that has a weight behind a value of a caller's", logOf("x", ',"forwardedFor":"a","weight":"1000","z":""')],
    [
      "that is marked before its end",
      logOf("x", ',"forwardedFor":"a","metadata":{"transformer":"cdktf-moesif-firehose/1"},"z":""'),
    ],
  ])("%s", (_, log) => {
    const [outcome] = createTransformer({ ...settings, output: "event" })([base64(log)], NOW);
    expect(outcome).toMatchObject({ result: "ProcessingFailed", reason: "in-doubt" });
  });

  it("alike if it comes alone, in an array or behind others: what is made of it comes again alone", () => {
    const forged = logOf("x", ',"forwardedFor":"a","companyId":"victim"');
    const good = logOf("curl/8.5.0");
    const transform = createTransformer({ ...settings, enrichment: "none" });
    for (const record of [`[${good},${forged}]`, `${good}\n${forged}\n${good}`]) {
      const [outcome] = transform([base64(record)], NOW);
      expect(outcome).toMatchObject({ result: "Ok", returned: { events: 1, reason: "in-doubt" } });
      const { data } = outcome as { data: string };
      expect(transform([data], NOW)).toMatchObject([{ result: "Ok", data }]);
    }
    const short = '{"requestId":"r","requestTime":"17/Nov/2026:10:05:03 +0000","status":"200","httpMethod":"GET"}';
    expect(transform([base64(short + forged)], NOW)).toMatchObject([{ reason: "in-doubt" }]);
  });

  it.each([
    ["a user agent", "requestUserAgentHeader", ["user", "companyId", "tenantId", "weight", "subscriptionId"]],
    ["a path", "resourcePath", ["user", "companyId", "orgId", "weight", "sessionToken"]],
    ["the last value", "user", ["companyId", "orgId", "weight", "apiKeyId"]],
  ])("that is sorted, if %s writes a key that stands elsewhere", (_, at, names) => {
    for (const keys of [...OWN_FORMATS, REQUIRED_KEYS].map((one) => [...one].sort())) {
      for (const name of names.filter((one) => keys.includes(at) && !keys.includes(one))) {
        for (const end of ['","z":"', '","z":-,"y":"', '"z":""b"","y":"', 'a"b']) {
          const log = written(keys, { ...REAL, [at]: `x","${name}":"victim${end}` });
          expect(createTransformer(settings)([base64(log)], NOW)[0]!.result).toBe("ProcessingFailed");
        }
      }
    }
  });

  it("not if it is sorted with further keys of its owner's, nor if only some of it is", () => {
    const further = ["aTenant", "forwardedFor", "orgId", "companyId", "subscriptionId", "sessionToken", "xrayTraceId"];
    const transform = createTransformer({ ...settings, enrichment: "none" });
    for (const own of [...OWN_FORMATS, REQUIRED_KEYS]) {
      const sorted = [...new Set([...own, ...further])].sort();
      const first = [...own].sort();
      for (const keys of [sorted, [...sorted].reverse(), [...first, "z", "orgId"].filter(isLenient(first))]) {
        const [outcome] = transform([base64(written(keys, REAL))], NOW);
        expect([keys, outcome]).toEqual([keys, expect.objectContaining({ result: "Ok" })]);
        // What lacks keys gets them behind.
        expect(transform([(outcome as { data: string }).data], NOW)).toEqual([outcome]);
      }
    }
  });

  /** Behind a user, a key is only taken in order. */
  function isLenient(sorted: readonly string[]): (key: string) => boolean {
    return (key) => sorted.includes(key) || sorted.at(-1) !== "user" || key > "user";
  }

  it("not if its owner has added keys behind those of the format", () => {
    const log = logOf("x", ',"requestTimeEpoch":"1794909903123","orgId":"acme","metadata":{"tenant":"acme"}');
    expect(createTransformer(settings)([base64(log)], NOW)[0]!.result).toBe("Ok");
  });
});
