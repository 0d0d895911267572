/** How the sampling rules of Moesif are fetched, over HTTP, and what becomes of every kind of failure. */
import { LARGEST_BODY } from "../../../lambda/transformer/sampling/remote-config";
import { RemoteConfig, type RemoteConfigOptions } from "../../../lambda/transformer/sampling/remote-config";
import { ConfigEndpoint } from "../../support/config-endpoint";

const ID = "the application id";
const ETAG = { "X-Moesif-Config-ETag": "tag-1" };
const GOOD = { status: 200, headers: ETAG, body: { sample_rate: 40 } };

/** As much as an answer on this machine may take; no test waits for it. */
const AMPLE = 10;

describe("the sampling rules of Moesif", () => {
  let endpoint: ConfigEndpoint;
  /** Milliseconds; the clock stands still unless a test moves it. */
  let time: number;
  let slept: number[];

  beforeAll(async () => {
    endpoint = await ConfigEndpoint.start();
  });
  afterAll(() => endpoint.stop());
  beforeEach(() => {
    time = 1_000_000;
    slept = [];
  });

  function remote(options: Partial<RemoteConfigOptions> = {}): RemoteConfig {
    return new RemoteConfig({
      applicationId: () => Promise.resolve(ID),
      baseUrl: endpoint.url,
      timeoutSeconds: AMPLE,
      now: () => time,
      random: () => 0,
      sleep: async (ms) => void ((time += ms), slept.push(ms)),
      ...options,
    });
  }

  /** A refresh a minute later. */
  async function again(config: RemoteConfig): Promise<void> {
    time += 60_000;
    await config.refresh();
  }

  it("are fetched with the application id, below whatever path the address has", async () => {
    endpoint.answers(GOOD);
    const config = remote({ baseUrl: `${endpoint.url}/proxy/` });
    expect(config.current).toBeUndefined();
    expect(config.status()).toEqual({ state: "none", ageSeconds: expect.any(Number), failures: {}, skipped: 0 });
    await config.refresh();
    expect(config.current).toMatchObject({ rate: 40 });
    expect(endpoint.requests).toMatchObject([{ path: "/proxy/v1/config", headers: { "x-moesif-application-id": ID } }]);
    expect(endpoint.requests[0]!.headers).not.toHaveProperty("if-none-match");
  });

  it("are asked for once a minute, and once by those who ask at the same time", async () => {
    endpoint.answers(GOOD);
    const config = remote();
    await Promise.all([config.refresh(), config.refresh()]);
    time += 59_999;
    await config.refresh();
    expect(endpoint.requests).toHaveLength(1);
    time += 1;
    await config.refresh();
    expect(endpoint.requests).toHaveLength(2);
  });

  it("stay where Moesif says that they are unchanged", async () => {
    endpoint.answers(GOOD, { status: 304 });
    const config = remote();
    await config.refresh();
    time += 20_000;
    expect(config.status()).toEqual({ state: "fresh", ageSeconds: 20, failures: {}, skipped: 0 });
    await again(config);
    expect(endpoint.requests[1]!.headers["if-none-match"]).toBe("tag-1");
    expect(config.current).toMatchObject({ rate: 40 });
    expect(config.status()).toEqual({ state: "fresh", ageSeconds: 0, failures: {}, skipped: 0 });
  });

  it("that have no tag are fetched anew each time", async () => {
    endpoint.answers(GOOD, { body: { sample_rate: 30 } }, { body: { sample_rate: 20 } });
    const config = remote();
    await config.refresh();
    await again(config);
    await again(config);
    expect(endpoint.requests[2]!.headers).not.toHaveProperty("if-none-match");
    expect(config.current).toMatchObject({ rate: 20 });
  });

  it.each([401, 403])(
    "are asked for with the application id read anew after status %i, and not before",
    async (status) => {
      endpoint.answers({ status }, GOOD);
      const ids = ["old", "new", "unused"];
      const config = remote({ applicationId: () => Promise.resolve(ids.shift()!) });
      await config.refresh();
      expect(endpoint.requests).toHaveLength(1);
      expect(config.status()).toEqual({
        state: "none",
        ageSeconds: expect.any(Number),
        failures: { [`http-${status}`]: 1 },
        skipped: 0,
      });
      await again(config);
      await again(config);
      expect(endpoint.requests.map(({ headers }) => headers["x-moesif-application-id"])).toEqual(["old", "new", "new"]);
      expect(config.current).toMatchObject({ rate: 40 });
    },
  );

  it.each([429, 500, 503])("are asked for again after status %i, after ever longer waits", async (status) => {
    endpoint.answers({ status }, { status }, { status }, GOOD);
    const config = remote({ backOffMs: 100 });
    await config.refresh();
    expect(slept).toEqual([50, 100, 200]);
    expect(config.current).toMatchObject({ rate: 40 });
    expect(config.status()).toMatchObject({ state: "fresh", failures: { [`http-${status}`]: 3 } });
  });

  it("are asked for as late as Moesif wishes, if there is time", async () => {
    const throttled = { status: 429, headers: { "Retry-After": "3" } };
    endpoint.answers(throttled, throttled, GOOD);
    const config = remote({ backOffMs: 10 });
    await config.refresh();
    expect(slept).toEqual([3000, 3000]);
    expect(config.current).toMatchObject({ rate: 40 });
  });

  it.each(["11", "Mon, 23 Nov 2026 10:05:03 GMT"])(
    "are not asked for again before the next minute if Moesif wishes to be left alone until %s",
    async (until) => {
      endpoint.answers({ status: 429, headers: { "Retry-After": until } }, GOOD);
      const config = remote();
      await config.refresh();
      expect(endpoint.requests).toHaveLength(1);
      expect(slept).toEqual([]);
      await again(config);
      expect(config.current).toMatchObject({ rate: 40 });
    },
  );

  it("are given up when the time for all attempts is over", async () => {
    endpoint.answers({ status: 500 });
    const config = remote({ backOffMs: 1000, timeoutSeconds: AMPLE });
    await config.refresh();
    // 0.5 + 1 + 2 + 4 s; another 8 s would be too much.
    expect(slept).toEqual([500, 1000, 2000, 4000]);
    expect(endpoint.requests).toHaveLength(5);
  });

  it.each([400, 402, 404, 410])("are not asked for again after status %i", async (status) => {
    endpoint.answers({ status });
    const config = remote();
    await config.refresh();
    expect(endpoint.requests).toHaveLength(1);
    expect(config.status().failures).toEqual({ [`http-${status}`]: 1 });
  });

  it("are not given up where Moesif says unchanged of rules that we have not", async () => {
    endpoint.answers({ status: 304 }, GOOD);
    const config = remote();
    await config.refresh();
    expect(config.status()).toEqual({
      state: "none",
      ageSeconds: expect.any(Number),
      failures: { "http-304": 1 },
      skipped: 0,
    });
    await again(config);
    expect(config.current).toMatchObject({ rate: 40 });
  });

  it("are not sought where a redirect leads, since the application id would go along", async () => {
    const elsewhere = await ConfigEndpoint.start();
    elsewhere.answers(GOOD);
    endpoint.answers({ status: 302, headers: { Location: `${elsewhere.url}/v1/config` } });
    const config = remote();
    await config.refresh();
    expect(elsewhere.requests).toEqual([]);
    expect(config.status().failures).toEqual({ "http-302": 1 });
    await elsewhere.stop();
  });

  it.each([
    ["malformed JSON", "{"],
    ["a list", []],
    ["null", "null"],
    ["a text", '"sample_rate"'],
    ["nothing", ""],
  ])("that come as %s leave the last good ones and their tag", async (_, body) => {
    endpoint.answers(GOOD, { headers: { "X-Moesif-Config-ETag": "tag-2" }, body }, { status: 304 });
    const config = remote();
    await config.refresh();
    await again(config);
    expect(config.current).toMatchObject({ rate: 40 });
    expect(config.status()).toEqual({ state: "stale", ageSeconds: 60, failures: { malformed: 1 }, skipped: 0 });
    expect(slept).toEqual([]);
    await again(config);
    expect(endpoint.requests[2]!.headers["if-none-match"]).toBe("tag-1");
    expect(config.status()).toMatchObject({ state: "fresh", ageSeconds: 0 });
  });

  it("count without those entries that cannot be used", async () => {
    endpoint.answers({ body: { sample_rate: 50, user_sample_rate: { jane: 10, joe: "many" } } });
    const config = remote();
    await config.refresh();
    expect(config.current!.users).toEqual(new Map([["jane", 10]]));
    expect(config.status()).toMatchObject({ state: "fresh", failures: {}, skipped: 1 });
  });

  it("are not read beyond a bound", async () => {
    endpoint.answers({ body: `{"a":"${"x".repeat(LARGEST_BODY)}"}` });
    const config = remote();
    await config.refresh();
    expect(config.status()).toEqual({
      state: "none",
      ageSeconds: expect.any(Number),
      failures: { "too-large": 1 },
      skipped: 0,
    });
  });

  it("are asked for again where a connection breaks", async () => {
    endpoint.answers({ broken: true, body: "{" }, GOOD);
    const config = remote();
    await config.refresh();
    expect(config.current).toMatchObject({ rate: 40 });
    expect(config.status().failures).toEqual({ network: 1 });
  });

  it("are asked for again where there is no connection, within the time for all attempts", async () => {
    const gone = await ConfigEndpoint.start();
    const baseUrl = gone.url;
    await gone.stop();
    const config = remote({ baseUrl, backOffMs: 1000 });
    await config.refresh();
    expect(config.status()).toEqual({
      state: "none",
      ageSeconds: expect.any(Number),
      failures: { network: 5 },
      skipped: 0,
    });
  });

  it("are not waited for beyond the time for all attempts", async () => {
    const timeUp = new AbortController();
    const timeouts: [number, AbortSignal][] = [
      [10_000, new AbortController().signal],
      [10_000, timeUp.signal],
    ];
    endpoint.answers(GOOD, { silent: () => timeUp.abort() });
    const config = remote({
      timeout: (ms) => {
        const [expected, signal] = timeouts.shift()!;
        expect(ms).toBe(expected);
        return signal;
      },
    });
    await config.refresh();
    await again(config);
    expect(endpoint.requests).toHaveLength(2);
    expect(config.status()).toMatchObject({ state: "stale", ageSeconds: 60, failures: { timeout: 1 } });
    expect(config.current).toMatchObject({ rate: 40 });
  });

  it("are not waited for where the application id is not read in time", async () => {
    const timeUp = new AbortController();
    endpoint.answers(GOOD);
    const ids = [new Promise<string>(() => undefined), Promise.resolve(ID)];
    const signals = [timeUp.signal, new AbortController().signal];
    const config = remote({ applicationId: () => ids.shift()!, timeout: () => signals.shift()! });
    const look = config.refresh();
    timeUp.abort();
    await look;
    expect(config.status().failures).toEqual({ timeout: 1 });
    await again(config);
    expect(config.current).toMatchObject({ rate: 40 });
  });

  it("need an application id: one that cannot be read is a failure like others, and so is one that is no header", async () => {
    endpoint.answers(GOOD);
    const ids = [
      () => Promise.reject(new Error("the secret")),
      () => Promise.resolve("a\nb"),
      () => Promise.resolve(ID),
    ];
    const config = remote({ applicationId: () => ids.shift()!(), backOffMs: AMPLE * 2000 });
    await config.refresh();
    expect(config.status().failures).toEqual({ "no-application-id": 1 });
    await again(config);
    expect(config.status().failures).toEqual({ network: 1 });
    expect(endpoint.requests).toEqual([]);
  });
});
