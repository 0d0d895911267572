/** Delivery to the HTTP endpoint: the request, what counts as an acknowledgement, retries and back-off. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { buildRequest, deliver, waitBefore, type Delivery, type RequestSource } from "../../local/http-delivery";
import { attemptDelivery, type Attempt } from "../../local/http-endpoint";
import { listen, readBody, stop } from "../../local/local-server";
import { InstantClock, record } from "./support";

const SOURCE: RequestSource = {
  arn: "arn:aws:firehose:x",
  contentEncoding: "GZIP",
  commonAttributes: { environment: "test" },
};
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await stop(server);
});

async function endpoint(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  servers.push(server);
  return new URL("/path?query=1", await listen(server));
}

/** Answers with a status and a body that is made from the request id. */
function answering(
  status: number,
  body: (id: string) => unknown,
  headers: Record<string, string> = {},
): RequestListener {
  return (request, response) => {
    request.resume();
    const text = JSON.stringify(body(String(request.headers["x-amz-firehose-request-id"])));
    response.writeHead(status, {
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(text),
      ...headers,
    });
    response.end(text);
  };
}

const acknowledgement = (requestId: string): object => ({ requestId, timestamp: 1 });

async function attempt(url: URL, replySeconds?: number): Promise<Attempt> {
  return attemptDelivery(await buildRequest([record("1")], SOURCE, url, "key", 7), { replySeconds });
}

test("the request has the documented headers and body", async () => {
  let seen: { request: IncomingMessage; body: Buffer } | undefined;
  const url = await endpoint((request, response: ServerResponse) => {
    void readBody(request, 10_000).then((body) => {
      seen = { request, body: body ?? Buffer.alloc(0) };
      answering(200, acknowledgement)(request, response);
    });
  });

  expect(await attempt(url)).toEqual({ outcome: "acknowledged" });
  const { method, url: path, headers } = seen?.request ?? {};
  const requestId = headers?.["x-amz-firehose-request-id"];
  expect([method, path]).toEqual(["POST", "/path?query=1"]);
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "content-encoding": "gzip",
    "content-length": String(seen?.body.length),
    "x-amz-firehose-protocol-version": "1.0",
    "x-amz-firehose-source-arn": "arn:aws:firehose:x",
    "x-amz-firehose-access-key": "key",
    "x-amz-firehose-common-attributes": '{"commonAttributes":{"environment":"test"}}',
  });
  expect(JSON.parse(gunzipSync(seen?.body ?? "").toString())).toEqual({
    requestId,
    timestamp: 7,
    records: [{ data: Buffer.from("1").toString("base64") }],
  });
});

test("common attributes beyond ASCII are sent as UTF-8", async () => {
  let header: unknown;
  const url = await endpoint((request, response) => {
    header = request.headers["x-amz-firehose-common-attributes"];
    answering(200, acknowledgement)(request, response);
  });
  const source: RequestSource = { ...SOURCE, commonAttributes: { place: "Zürich →" } };

  const request = await buildRequest([record("1")], source, url, "key", 7);
  expect(await attemptDelivery(request)).toEqual({ outcome: "acknowledged" });
  expect(Buffer.from(String(header), "latin1").toString("utf8")).toBe('{"commonAttributes":{"place":"Zürich →"}}');
});

test("what is not configured is not sent", async () => {
  const source: RequestSource = { ...SOURCE, contentEncoding: "NONE", commonAttributes: {} };
  const { headers, body } = await buildRequest([record("1")], source, new URL("http://x"), "key", 7);

  expect(Object.keys(headers)).toEqual([
    "Content-Type",
    "X-Amz-Firehose-Protocol-Version",
    "X-Amz-Firehose-Request-Id",
    "X-Amz-Firehose-Source-Arn",
    "X-Amz-Firehose-Access-Key",
  ]);
  expect(JSON.parse(body.toString())).toMatchObject({ timestamp: 7 });
});

test.each([
  ["another request id", answering(200, () => ({ requestId: "other", timestamp: 1 })), "does not carry the requestId"],
  ["no request id", answering(200, () => ({ timestamp: 1 })), "does not carry the requestId"],
  [
    "a timestamp that is text",
    answering(200, (requestId) => ({ requestId, timestamp: "1" })),
    "no timestamp that is a number",
  ],
  ["no timestamp", answering(200, (requestId) => ({ requestId })), "no timestamp that is a number"],
  [
    "a field that is not expected",
    answering(200, (id) => ({ ...acknowledgement(id), status: "ok" })),
    "unexpected field status",
  ],
  [
    "another content type",
    answering(200, acknowledgement, { "Content-Type": "text/plain" }),
    "no content type application/json",
  ],
  ["a content encoding", answering(200, acknowledgement, { "Content-Encoding": "gzip" }), "is content-encoded"],
  ["an array", answering(200, () => []), "does not carry the requestId"],
  ["null", answering(200, () => null), "is not a JSON object"],
  [
    "no JSON",
    (_: IncomingMessage, response: ServerResponse) =>
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": 2 }).end("OK"),
    "is not recognized as valid JSON",
  ],
  [
    "no content length",
    (request: IncomingMessage, response: ServerResponse) =>
      response
        .writeHead(200, { "Content-Type": "application/json" })
        .end(JSON.stringify(acknowledgement(String(request.headers["x-amz-firehose-request-id"])))),
    "no Content-Length",
  ],
])("200 with %s is no acknowledgement", async (_, listener, flaw) => {
  expect(await attempt(await endpoint(listener))).toEqual({
    outcome: "failed",
    errorCode: "HttpEndpoint.InvalidResponseFromDestination",
    errorMessage: expect.stringContaining(flaw) as string,
  });
});

test.each([201, 202, 204, 301, 400, 401, 404, 429, 500, 503])(
  "%i is a failure that is worth a retry",
  async (status) => {
    expect(await attempt(await endpoint(answering(status, acknowledgement, { Location: "/elsewhere" })))).toMatchObject(
      {
        outcome: "failed",
        errorCode: "HttpEndpoint.DestinationException",
      },
    );
  },
);

test("413 is final", async () => {
  expect(await attempt(await endpoint(answering(413, () => "too large")))).toMatchObject({ outcome: "too-large" });
});

test("an endpoint that does not reply in time is told from one that resets, is not there, speaks no TLS or says too much", async () => {
  const silent = await endpoint(() => {});
  const dripping = await endpoint((_, response) => void response.writeHead(200).write("{"));
  const resetting = await endpoint((request) => request.socket.destroy());
  const long = await endpoint((_, response) => response.writeHead(200).end("x".repeat(1024 * 1024 + 1)));
  const closed = createTcpServer();
  const port = await new Promise<number>((resolve) =>
    closed.listen(0, "127.0.0.1", () => resolve((closed.address() as AddressInfo).port)),
  );
  await new Promise((resolve) => closed.close(resolve));
  const plain = new URL(silent);
  plain.protocol = "https:";

  const codes = await Promise.all(
    [
      attempt(silent, 0.1),
      attempt(dripping, 0.1),
      attempt(resetting),
      attempt(new URL(`http://127.0.0.1:${port}`)),
      attempt(plain),
      attempt(long),
    ].map(async (attempted) => ((await attempted) as { errorCode?: string }).errorCode),
  );
  expect(codes).toEqual([
    "HttpEndpoint.RequestTimeout",
    "HttpEndpoint.RequestTimeout",
    "HttpEndpoint.ConnectionReset",
    "HttpEndpoint.ConnectionFailed",
    "HttpEndpoint.SSLHandshakeFailure",
    "HttpEndpoint.ResponseTooLarge",
  ]);
});

test("waits double from one second, vary by 15 %, and never exceed two minutes", () => {
  expect([0, 1, 2, 3, 6].map((retry) => waitBefore(retry, () => 0.5))).toEqual([1, 2, 4, 8, 64]);
  expect(waitBefore(3, () => 0)).toBeCloseTo(8 * 0.85);
  expect(waitBefore(3, () => 1)).toBeCloseTo(8 * 1.15);
  expect(waitBefore(7, () => 0.5)).toBe(120);
  expect(waitBefore(50, () => 1)).toBe(120);
});

describe("retries", () => {
  async function delivering(
    listener: RequestListener,
    retrySeconds: number,
  ): Promise<{ delivery: Delivery; clock: InstantClock; ids: Set<unknown> }> {
    const clock = new InstantClock();
    const ids = new Set<unknown>();
    const url = await endpoint((request, response) => {
      ids.add(request.headers["x-amz-firehose-request-id"]);
      listener(request, response);
    });
    const request = await buildRequest([record("1")], SOURCE, url, "key", 7);
    return { delivery: await deliver(request, { clock, retrySeconds, random: () => 0.5 }), clock, ids };
  }

  test("keep the request id and end with the acknowledgement", async () => {
    let requests = 0;
    const { delivery, clock, ids } = await delivering((request, response) => {
      answering(++requests < 4 ? 503 : 200, acknowledgement)(request, response);
    }, 300);

    expect(delivery).toEqual({ outcome: "delivered" });
    expect(clock.waits).toEqual([1, 2, 4]);
    expect(ids.size).toBe(1);
  });

  test("end when the retry duration is used up by waits, with one last attempt", async () => {
    const { delivery, clock } = await delivering(
      answering(503, () => ({ errorMessage: "down" })),
      300,
    );

    expect(clock.waits).toEqual([1, 2, 4, 8, 16, 32, 64, 120, 53]);
    expect(delivery).toEqual({
      outcome: "failed",
      failure: {
        attemptsMade: 10,
        errorCode: "HttpEndpoint.DestinationException",
        errorMessage: 'Received the following response from the endpoint destination. {"errorMessage":"down"}',
        endedAt: 300_000,
      },
    });
  });

  test("do not happen when the retry duration is 0", async () => {
    const { delivery, clock } = await delivering(
      answering(500, () => ({})),
      0,
    );
    expect(clock.waits).toEqual([]);
    expect(delivery).toMatchObject({ outcome: "failed", failure: { attemptsMade: 1 } });
  });

  test("do not happen after 413: the records are lost", async () => {
    const { delivery, clock } = await delivering(
      answering(413, () => ({})),
      300,
    );
    expect(delivery).toEqual({ outcome: "lost" });
    expect(clock.waits).toEqual([]);
  });

  test("end at once when the run is called off", async () => {
    const controller = new AbortController();
    const url = await endpoint(() => controller.abort(new Error("called off")));
    const request = await buildRequest([record("1")], SOURCE, url, "key", 7);
    const delivery = deliver(request, { clock: new InstantClock(), retrySeconds: 300, signal: controller.signal });
    await expect(delivery).rejects.toThrow("called off");
  });
});
