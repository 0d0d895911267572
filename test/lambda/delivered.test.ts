/** What is delivered is read alike in both outputs: as Moesif would show it. */
import { readDelivered } from "../../lambda/transformer/delivered";
import { createTransformer } from "../../lambda/transformer/transform";
import type { TransformerSettings } from "../../lambda/transformer/settings";
import { accessLog } from "./support";

function delivered(log: object, more: Partial<TransformerSettings> = {}) {
  const settings: TransformerSettings = { version: 1, accountId: "111111111111", region: "us-east-1", ...more };
  const transform = createTransformer(settings, { hashKey: "k".repeat(48), config: () => undefined });
  const [outcome] = transform([Buffer.from(JSON.stringify(log)).toString("base64")], -Infinity);
  const text = Buffer.from((outcome as { readonly data: string }).data, "base64").toString();
  return readDelivered(JSON.parse(text), ["[card]"]);
}

const LOG = accessLog({
  apiId: "a1b2c3d4e5",
  requestTime: "07/Oct/2026:08:21:45 +0000",
  httpMethod: "GET",
  resourcePath: "/items/1",
  status: "404",
  durationMs: "299",
  responseLength: "253",
  apiKeyId: "k1",
  user: "-",
  companyId: "acme",
  routeKey: "GET /items/{id}",
});

const READ = {
  time: Date.UTC(2026, 9, 7, 8, 21, 45),
  verb: "GET",
  path: "/items/1",
  routeKey: "GET /items/{id}",
  status: 404,
  durationMs: 299,
  responseBytes: 253,
  user: "k1",
  company: "acme",
  apiId: "a1b2c3d4e5",
  apiName: "orders",
  weight: 1,
};

it.each(["accessLog", "event"] as const)("reads the call in the output %s", (output) => {
  const apis = { a1b2c3d4e5: { name: "orders" } };
  expect(delivered(LOG, { output, apis })).toEqual({ ...READ, redacted: [] });
});

it("takes the user as Moesif does where nothing sets it", () => {
  expect(delivered(LOG, { enrichment: "none" })).toMatchObject({ user: "k1", company: "acme" });
});

it("names the keys with masked or hashed values", () => {
  const redaction = { hash: ["companyId"], mask: [{ pattern: "items", replacement: "[card]" }] };
  expect(delivered(LOG, { redaction, output: "event" }).redacted).toEqual([
    "request.uri",
    "company_id",
    "metadata.routeKey",
  ]);
  expect([...delivered(LOG, { redaction }).redacted].sort()).toEqual([
    "companyId",
    "metadata.routeKey",
    "resourcePath",
    "routeKey",
  ]);
});

it("leaves out what has no value", () => {
  const { time, status, durationMs, ...rest } = delivered({
    ...LOG,
    status: "-",
    durationMs: "-",
    requestTime: "never",
  });
  expect([time, status, durationMs]).toEqual([undefined, undefined, undefined]);
  expect(rest.verb).toBe("GET");
});
