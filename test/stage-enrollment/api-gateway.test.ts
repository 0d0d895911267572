/** The clients of both versions of API Gateway: every page, and what the calls look like. */
import { createApiGateway } from "../../lambda/api-gateway/api-gateway";
import { Pace } from "../../lambda/api-gateway/pace";
import type { Stage, StageId } from "../../lambda/api-gateway/stage";
import { ApiGatewayProxy } from "../support/api-gateway-proxy";

let proxy: ApiGatewayProxy;
beforeAll(async () => {
  // Nothing stands behind it: the test answers every call.
  proxy = await ApiGatewayProxy.start("http://127.0.0.1:1");
  process.env.AWS_ENDPOINT_URL = proxy.url;
  process.env.AWS_ACCESS_KEY_ID = process.env.AWS_SECRET_ACCESS_KEY = "test";
});
afterAll(() => proxy.stop());
beforeEach(() => proxy.reset());

const api = createApiGateway({ region: "eu-west-1", pace: new Pace({ callsPerSecond: 1000 }) });

/** Answers calls by method and path with a body, a status of an error, or nothing. */
function answer(answers: Readonly<Record<string, object | number>>): void {
  proxy.rule = ({ method, path }) => {
    const given = answers[`${method} ${path}`];
    if (given === undefined) return { status: 400, type: "BadRequestException", message: `${method} ${path}` };
    return typeof given === "number" ? { status: given, type: "NotFoundException" } : { status: 200, body: given };
  };
}

async function all(stages: AsyncIterable<Stage>): Promise<string[]> {
  const names: string[] = [];
  for await (const { type, apiName, stage } of stages) names.push(`${type} ${apiName} ${stage}`);
  return names;
}

const pages = {
  "GET /restapis?limit=500": {
    item: [
      { id: "r1", name: "one" },
      { id: "gone", name: "gone" },
    ],
    position: "p2",
  },
  "GET /restapis?limit=500&position=p2": { item: [{ id: "r2", name: "two" }] },
  "GET /restapis/r1/stages": { item: [{ stageName: "prod" }, { stageName: "test" }] },
  "GET /restapis/gone/stages": 404,
  "GET /restapis/r2/stages": { item: [{ stageName: "prod" }] },
  "GET /v2/apis": { items: [{ apiId: "h1", name: "three", protocolType: "HTTP" }], nextToken: "n2" },
  "GET /v2/apis?nextToken=n2": { items: [{ apiId: "w1", name: "four", protocolType: "WEBSOCKET" }] },
  "GET /v2/apis/h1/stages": { items: [{ stageName: "$default" }], nextToken: "s2" },
  "GET /v2/apis/h1/stages?nextToken=s2": { items: [{ stageName: "more" }] },
  "GET /v2/apis/w1/stages": { items: [{ stageName: "prod" }] },
};

describe("listing stages", () => {
  it("takes every page of APIs and stages, and passes over an API that is deleted meanwhile", async () => {
    answer(pages);
    expect(await all(api.stages())).toEqual([
      "REST one prod",
      "REST one test",
      "REST two prod",
      "HTTP three $default",
      "HTTP three more",
      "WEBSOCKET four prod",
    ]);
    expect(proxy.calls).toHaveLength(Object.keys(pages).length);
  });

  it("gives the types that it is asked for, and calls only the version that has them", async () => {
    answer(pages);
    expect(await all(api.stages(["WEBSOCKET"]))).toEqual(["WEBSOCKET four prod"]);
    expect(proxy.calls.filter(({ path }) => path.startsWith("/restapis"))).toEqual([]);
  });

  it("gives tags of stage and API, and what the stage logs", async () => {
    const settings = { destinationArn: "arn", format: "f" };
    answer({
      "GET /restapis?limit=500": { item: [{ id: "r1", name: "one", tags: { a: "1" } }] },
      "GET /restapis/r1/stages": { item: [{ stageName: "s", tags: { b: "2" }, accessLogSettings: settings }] },
      "GET /v2/apis": { items: [] },
    });
    const stages: Stage[] = [];
    for await (const stage of api.stages()) stages.push(stage);
    expect(stages).toEqual([
      {
        type: "REST",
        apiId: "r1",
        stage: "s",
        apiName: "one",
        apiTags: { a: "1" },
        stageTags: { b: "2" },
        accessLog: settings,
      },
    ]);
  });

  it("throws where an API may not be read, rather than leave it out", async () => {
    answer({ ...pages, "GET /restapis/r2/stages": undefined as never });
    await expect(all(api.stages(["REST"]))).rejects.toThrow("GET /restapis/r2/stages");
  });
});

describe("one stage", () => {
  const rest: StageId = { type: "REST", apiId: "r1", stage: "prod" };
  const http: StageId = { type: "HTTP", apiId: "h1", stage: "$default" };

  it("is read by one call, and is nothing where it is not", async () => {
    answer({
      "GET /restapis/r1/stages/prod": { stageName: "prod", accessLogSettings: { format: "without a destination" } },
      "GET /v2/apis/h1/stages/%24default": 404,
    });
    expect([await api.stage(rest), await api.stage(http)]).toEqual([{ ...rest, stageTags: {} }, undefined]);
    expect(proxy.calls).toHaveLength(2);
  });

  it("is set and reset by one call each", async () => {
    proxy.rule = () => ({ status: 200, body: {} });
    for (const id of [rest, http]) {
      await api.setAccessLog(id, { destinationArn: "arn", format: "f" });
      await api.removeAccessLog(id);
    }
    expect(proxy.calls.map(({ method, path, body }) => [method, path, body && JSON.parse(body)])).toEqual([
      [
        "PATCH",
        "/restapis/r1/stages/prod",
        {
          patchOperations: [
            { op: "replace", path: "/accessLogSettings/destinationArn", value: "arn" },
            { op: "replace", path: "/accessLogSettings/format", value: "f" },
          ],
        },
      ],
      ["PATCH", "/restapis/r1/stages/prod", { patchOperations: [{ op: "remove", path: "/accessLogSettings" }] }],
      ["PATCH", "/v2/apis/h1/stages/%24default", { accessLogSettings: { destinationArn: "arn", format: "f" } }],
      ["DELETE", "/v2/apis/h1/stages/%24default/accesslogsettings", ""],
    ]);
  });
});
