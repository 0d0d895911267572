/** Calls read back out of Moesif, over HTTP: what a run of `verify` says of what Moesif shows, and of what it refuses. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as services from "../../cli/aws/services";
import type { Check } from "../../cli/checks";
import { ACTIONS, type Clients } from "../../cli/verify/clients";
import { checkCount } from "../../cli/verify/count";
import { type Expected, expectedOf } from "../../cli/verify/expected";
import { Inspection } from "../../cli/verify/inspection";
import { MoesifApi } from "../../cli/verify/moesif";
import { MARK, type SyntheticCall, syntheticCalls } from "../../cli/verify/record";
import { sendRecords } from "../../cli/verify/send";
import { loadEngine } from "../../lambda/re2/pattern";
import { createTransformer } from "../../lambda/transformer/transform";
import { file, run } from "../cli/support";
import { ROOT } from "../support/rollout";
import { ManagementApi, TOKEN } from "./management-api";

/** The built bundle is an ES module, which jest does not load: the same code from source. */
const load: NonNullable<Parameters<typeof syntheticCalls>[3]> = async (settings, { hashKey }) => {
  await loadEngine();
  return createTransformer(settings, { hashKey, config: () => undefined });
};

const ROLLOUT = (defaults: string) => `version: 1
defaults: { applicationId: { secretName: moesif/application-id }, ${defaults} }
accounts: [{ id: "111111111111", name: production, regions: [{ name: us-east-1 }] }]
`;
const BUFFERED_S = 60 + 60 + 60;

type Change = (event: any) => object | undefined;
const same: Change = (event) => event;

/** What Moesif is like in a run. */
interface Moesif {
  readonly output?: "accessLog" | "event";
  /** Seconds after which it shows the calls. */
  readonly after?: number;
  readonly plain?: Change;
  readonly weighted?: Change;
  /** How often it shows the call that was sent twice. */
  readonly copies?: number;
  /** Its answers to the first searches. */
  readonly answers?: ManagementApi["answers"];
  readonly defaults?: string;
  /** There is no token to read it, and CloudWatch shows so many records delivered from the first minute on. */
  readonly delivered?: number;
}

describe("a call that was sent", () => {
  let api: ManagementApi;
  let now: number;
  beforeEach(async () => {
    api = await ManagementApi.start();
    now = Date.now();
  });
  afterEach(() => api.stop());

  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const expectedFor = (output: string, defaults = ""): Expected =>
    expectedOf(file(ROLLOUT(`output: ${output}, ${defaults}`)), () => {})[0]!;

  /** Clients of an AWS that takes records, and says nothing of them, but for how many it delivered. */
  function silentAws(put: (data: string) => void, delivered?: number): Clients {
    const send = async (command: { input: { Record?: { Data: Uint8Array } } }) => {
      if (command.input.Record) put(Buffer.from(command.input.Record.Data).toString());
      return delivered === undefined ? {} : { MetricDataResults: [{ Values: [delivered] }] };
    };
    const clients = { services, firehose: { send }, logs: { send }, s3: { send }, cloudWatch: { send } };
    return clients as unknown as Clients;
  }

  async function sent({ output = "event", after = 30, plain = same, weighted = same, copies = 1, ...more }: Moesif) {
    const expected = expectedFor(output, more.defaults);
    const calls = await syntheticCalls(expected, "k".repeat(40), now, load);
    if (calls.refused !== undefined) throw new Error(calls.refused);
    const put: string[] = [];
    const inspection = new Inspection(
      expected,
      silentAws((data) => put.push(data), more.delivered),
    );
    inspection.ok("stream", "amazon-apigateway-moesif");
    const start = now;
    const shown = ({ event }: SyntheticCall, change: Change) => change(structuredClone(event)) ?? [];
    api.events = () =>
      now - start < after * 1000
        ? []
        : [Array.from({ length: copies }, () => shown(calls.plain, plain)), shown(calls.weighted, weighted)].flat(2);
    api.answers = [...(more.answers ?? [])];
    const management = new MoesifApi(api.url, TOKEN, clock.sleep);
    const reading = more.delivered === undefined ? { api: management } : {};
    const checks = await sendRecords(inspection, calls, { ...reading, clock, onWait() {} });
    return { checks, put, calls, seconds: (now - start) / 1000 };
  }

  const resultsOf = (checks: readonly Check[]) =>
    Object.fromEntries(
      checks
        .filter(({ id }) => id.startsWith("moesif"))
        .map(({ id, subject, result }) => [id === "moesif-field" ? subject : id, result]),
    );
  const found = (checks: readonly Check[], id: string) => checks.find((check) => check.id === id)!;
  const ALL_OK = { "moesif-event": "ok", "moesif-fields": "ok", "moesif-duplicate": "ok", "moesif-weight": "ok" };

  it.each(["event", "accessLog"] as const)("is present, with every field, weight and once (%s)", async (output) => {
    const { checks, put, calls } = await sent({ output });
    expect(resultsOf(checks)).toEqual(ALL_OK);
    expect(found(checks, "moesif-event").cause).toMatch(/^present after 3\d s$/);
    expect(Number(/^\d+/.exec(found(checks, "moesif-fields").cause!)![0])).toBeGreaterThan(12);
    expect(put).toEqual([calls.plain.data, calls.plain.data, calls.weighted.data]);
    for (const data of put) expect(data).toContain(`/${MARK}/`);
    expect(JSON.parse(put[2]!)).toMatchObject({ weight: 2, requestUserAgentHeader: MARK });
  });

  it("is searched by the ids and paths of this run, with the token", async () => {
    const { calls } = await sent({});
    const { path, authorization, body, parameters } = api.asked[0]!;
    expect({ path, authorization }).toEqual({
      path: "POST /v1/search/~/search/events",
      authorization: `Bearer ${TOKEN}`,
    });
    expect(body.query.bool.should).toContainEqual({ term: { "transaction_id.raw": calls.plain.id } });
    expect(body.query.bool.should).toContainEqual({
      wildcard: { "request.uri.raw": `*${MARK}/${calls.weighted.word}*` },
    });
    expect(Date.parse(parameters.get("from")!)).toBeLessThan(Date.parse(parameters.get("to")!));
  });

  it("is late after more than five minutes", async () => {
    const { checks } = await sent({ after: 400 });
    expect(found(checks, "moesif-event")).toMatchObject({
      result: "problem",
      cause: expect.stringMatching(/^late: .* after 40\d s/),
    });
  });

  it("is missing when the time is up, which the buffers of the stream decide", async () => {
    const { checks, seconds } = await sent({ after: Infinity });
    expect(resultsOf(checks)).toEqual({ "moesif-event": "problem" });
    expect(found(checks, "moesif-event").cause).toMatch(/^missing: /);
    expect(seconds).toBe(BUFFERED_S + 300);
  });

  const without: Change = ({ user_id: _, metadata: { environment: __, ...metadata }, ...event }) => ({
    ...event,
    metadata,
  });
  it.each([
    ["event", without, { user_id: "problem", "metadata.environment": "problem" }],
    ["accessLog", without, { user_id: "problem", "metadata.environment": "observed" }],
  ] as const)("lacks fields that Moesif did not map (%s)", async (output, plain, fields) => {
    const { checks } = await sent({ output, plain });
    expect(resultsOf(checks)).toEqual({ ...ALL_OK, ...fields });
    expect(checks.find(({ subject }) => subject === "user_id")!.cause).toBe(
      'not mapped: delivered "cdktf-moesif-firehose-verify", and Moesif does not show it',
    );
  });

  it("has a field that Moesif changed; the zone of a time and the case of a header's name are no change", async () => {
    const { checks } = await sent({
      plain: ({ request, response, ...event }) => ({
        ...event,
        request: {
          ...request,
          time: request.time.replace("Z", ""),
          headers: Object.fromEntries(
            Object.entries(request.headers).map(([name, value]) => [name.toUpperCase(), value]),
          ),
        },
        response: { ...response, status: 500 },
      }),
    });
    expect(resultsOf(checks)).toEqual({ ...ALL_OK, "response.status": "problem" });
    expect(checks.find(({ subject }) => subject === "response.status")!.cause).toBe(
      "changed: delivered 200, Moesif shows 500",
    );
  });

  it.each([
    ["event", "problem"],
    ["accessLog", "observed"],
  ] as const)(
    "counts for one where Moesif ignores weight, and twice where it keeps duplicates (%s)",
    async (output, result) => {
      const weighted: Change = ({ weight: _, ...event }) => event;
      const { checks } = await sent({ output, weighted, copies: 2 });
      expect(resultsOf(checks)).toEqual({ ...ALL_OK, "moesif-duplicate": result, "moesif-weight": result });
      expect(found(checks, "moesif-duplicate").cause).toBe("kept: sent twice with one id, and Moesif shows 2");
      expect(found(checks, "moesif-weight").cause).toBe("ignored: delivered 2, Moesif shows none");
    },
  );

  it("is present where the other call, with a weight, never arrives", async () => {
    const { checks, seconds } = await sent({ weighted: () => undefined });
    expect(resultsOf(checks)).toEqual({ ...ALL_OK, "moesif-weight": "unknown" });
    expect(found(checks, "moesif-event").cause).toMatch(/^present after 3\d s$/);
    expect(seconds).toBe(BUFFERED_S + 300);
  });

  it("is compared as API Gateway wrote it where it bypasses the transformer", async () => {
    const { checks, calls } = await sent({ output: "accessLog", defaults: "transformer: { enabled: false }" });
    expect(resultsOf(checks)).toEqual(ALL_OK);
    expect(calls.plain.delivered).toEqual(JSON.parse(calls.plain.data));
  });

  it("is not taken, without a token, for what was delivered before the buffers can have passed it on", async () => {
    const { checks, seconds } = await sent({ delivered: 3 });
    expect(found(checks, "record-delivered").result).toBe("ok");
    expect(seconds).toBeGreaterThanOrEqual(BUFFERED_S);
  });

  it("is not counted where it bypasses the transformer, which counts the others", async () => {
    const expected = expectedFor("accessLog", "transformer: { enabled: false }");
    const inspection = new Inspection(
      expected,
      silentAws(() => {}),
    );
    const check = await checkCount(inspection, new MoesifApi(api.url, TOKEN, clock.sleep), 3_600_000, now);
    expect(check).toMatchObject({ id: "count", result: "unknown", cause: expect.stringContaining("bypassed") });
  });

  it("is found where Moesif is busy at first", async () => {
    const busy = { status: 429, headers: { "retry-after": "7" } };
    const { checks } = await sent({ after: 0, answers: [busy, busy] });
    expect(resultsOf(checks)).toEqual(ALL_OK);
    expect(found(checks, "moesif-event").cause).toBe("present after 0 s");
  });

  it("is unknown where Moesif answers nothing that can be read", async () => {
    const answers = Array.from({ length: 100 }, () => ({ status: 201, body: "<html>" }));
    const { checks } = await sent({ answers });
    expect(resultsOf(checks)).toEqual({ "moesif-event": "unknown" });
    expect(found(checks, "moesif-event")).toMatchObject({
      cause: expect.stringContaining("no JSON"),
      fix: "check --moesif-api",
    });
  });

  it("is not sent where the settings drop it", async () => {
    const expected = expectedFor("event", "filter: [{ drop: { httpMethod: GET } }]");
    const calls = await syntheticCalls(expected, "k".repeat(40), now, load);
    const put: string[] = [];
    const inspection = new Inspection(
      expected,
      silentAws((data) => put.push(data)),
    );
    inspection.ok("stream", "amazon-apigateway-moesif");
    const [check, ...others] = await sendRecords(inspection, calls, { clock, onWait() {} });
    expect(check).toMatchObject({ id: "record", result: "unknown", cause: expect.stringContaining("(filtered)") });
    expect({ others, put }).toEqual({ others: [], put: [] });
  });

  it("passes a sampling that keeps one call in ten", async () => {
    const { checks, calls } = await sent({ defaults: "sampling: { rate: 10, remote: false }" });
    expect(resultsOf(checks)).toEqual(ALL_OK);
    expect(calls.weighted.delivered).toMatchObject({ weight: 20 });
  });
});

test("docs/permissions.md lists all that a session of the command may do, and nothing else", () => {
  const [, section] = readFileSync(join(ROOT, "docs", "permissions.md"), "utf8").split("## What verify needs");
  const listed = [...section!.matchAll(/^\| [A-Z].*$/gm)].flatMap(
    ([row]) => row.match(/(?<=`)[a-z0-9]+:\w+(?=`)/g) ?? [],
  );
  expect(listed.sort()).toEqual([...ACTIONS].sort());
});

describe("the command", () => {
  let api: ManagementApi;
  beforeAll(async () => {
    process.env.VERIFY_TOKEN = TOKEN;
    process.env.VERIFY_TOKEN_REFUSED = "a-refused-token";
    api = await ManagementApi.start();
  });
  afterAll(() => api.stop());
  const rollout = file("");
  beforeEach(() => writeFileSync(rollout, ROLLOUT("output: event")));

  const verify = async (...args: string[]) => {
    const result = await run(["verify", "--rollout", rollout, ...args]);
    expect(result.stdout + result.stderr).not.toMatch(/a-management-token|a-refused-token/);
    return result;
  };
  const withToken = (name: string) => verify("--moesif-token", `env:${name}`, "--moesif-api", api.url);

  it.each([
    [{ status: 403, body: "{}" }, "the management token may not read events (403)"],
    [{ status: 500, body: "" }, `answered 500`],
    [{ status: 200, body: "<html>" }, "did not answer as Moesif's management API does"],
    [{ status: 200, body: "{}" }, "there is no count in the answer"],
  ])("ends with 3 before it sends anything where Moesif answers %j", async (answer, message) => {
    api.answers = [answer];
    const { code, stdout, stderr } = await withToken("VERIFY_TOKEN");
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain("[no-access]\n  fix: ");
  });

  it("ends with 3 where the token is not accepted", async () => {
    const { code, stderr } = await withToken("VERIFY_TOKEN_REFUSED");
    expect(code).toBe(3);
    expect(stderr).toContain("Moesif does not accept the management token (401)  [no-access]");
  });

  it("ends with 2 where the token itself is an argument, and does not repeat it", async () => {
    const { code, stderr } = await verify("--moesif-token", TOKEN);
    expect(code).toBe(2);
    expect(stderr).toContain("arguments show in the list of processes");
  });

  it.each([
    ["env:NO_SUCH_VARIABLE", "env:NO_SUCH_VARIABLE holds no token"],
    ["env:VERIFY_TOKEN --moesif-api http://moesif.example/v1", "the token would be sent in the clear"],
    ["env:VERIFY_TOKEN --stack moesif-other", "--stack: there is no stack moesif-other"],
  ])("ends with 2 for --moesif-token %s", async (args, message) => {
    const { code, stderr } = await verify("--moesif-token", ...args.split(" "));
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it.each([
    [["--count"], "--count: name the token with --moesif-token"],
    [["--since", "tomorrow"], "Give minutes, hours or days"],
    [["--since", "16d"], "at most 15d"],
    [["--timeout", "0"], "Give a whole number of seconds"],
  ])("ends with 2 for %j", async (args, message) => {
    const { code, stderr } = await verify(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
