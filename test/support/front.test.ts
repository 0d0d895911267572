/** Repeated calls before moto: one thing is made, and the first answer stands. */
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Front } from "./front";
import { Moto } from "./moto";
import { describeWithMoto } from "./terraform";

const SIGNED =
  "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=0";

/** Creates an API, as an SDK asks for it. */
const createApi = (url: string, invocation: string) =>
  fetch(`${url}/restapis`, {
    method: "POST",
    headers: { authorization: SIGNED, "amz-sdk-invocation-id": invocation, "content-type": "application/json" },
    body: JSON.stringify({ name: "orders" }),
  });

describeWithMoto("a client that resets its connection before it reads the answer", () => {
  let moto: Moto;
  beforeAll(async () => void (moto = await Moto.start()));
  afterAll(() => moto?.stop());

  const apis = async () => {
    const response = await fetch(`${moto.url}/restapis`, { headers: { authorization: SIGNED } });
    return ((await response.json()) as { item: { id: string }[] }).item.map(({ id }) => id);
  };

  it("asks again, and gets the one API that was made", async () => {
    const { port, hostname } = new URL(moto.url);
    const body = JSON.stringify({ name: "orders" });
    const socket = connect(Number(port), hostname);
    socket.write(
      [
        "POST /restapis HTTP/1.1",
        `Host: ${hostname}:${port}`,
        `Authorization: ${SIGNED}`,
        "Amz-Sdk-Invocation-Id: one",
        "Content-Type: application/json",
        `Content-Length: ${body.length}`,
        "",
        body,
      ].join("\r\n"),
    );
    // Nothing is read until there is an API: moto has answered then.
    socket.pause();
    while ((await apis()).length === 0);
    socket.resetAndDestroy();
    const again = await createApi(moto.url, "one");
    expect(again.status).toBe(200);
    expect([((await again.json()) as { id: string }).id]).toEqual(await apis());
  });

  it("asks for another thing by another id", async () => {
    await createApi(moto.url, "two");
    expect(await apis()).toHaveLength(2);
  });
});

describe("of a call that is repeated", () => {
  let asked: string[];
  let statuses: number[];
  let upstream: Server;
  let front: Front;

  beforeAll(async () => {
    upstream = createServer(async (request, response) => {
      asked.push(`${request.method} ${await text(request)}`);
      response.writeHead(statuses.shift() ?? 200).end(String(asked.length));
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    front = await Front.start(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
  });
  afterAll(() => {
    front.stop();
    upstream.close();
  });
  beforeEach(() => {
    asked = [];
    statuses = [];
  });

  const call = (headers: Record<string, string>, method = "POST") =>
    fetch(front.url, { method, headers, ...(method === "POST" && { body: "body" }) }).then((answer) => answer.text());

  it("the second waits for the answer to the first", async () => {
    const both = [call({ "amz-sdk-invocation-id": "both" }), call({ "amz-sdk-invocation-id": "both" })];
    expect(await Promise.all(both)).toEqual(["1", "1"]);
    expect(asked).toEqual(["POST body"]);
  });

  it("an error is no answer that stands", async () => {
    statuses = [503];
    await call({ "amz-sdk-invocation-id": "failed" });
    expect(await call({ "amz-sdk-invocation-id": "failed" })).toBe("2");
  });

  it("each is asked that only reads, or has no id", async () => {
    await call({ "amz-sdk-invocation-id": "read" }, "GET");
    await call({ "amz-sdk-invocation-id": "read" }, "GET");
    await call({});
    await call({});
    expect(asked).toHaveLength(4);
  });
});
