import type { AccessLog } from "../../lambda/transformer/access-log";
import { createEnrich } from "../../lambda/transformer/enrich";
import { createRedaction } from "../../lambda/transformer/redact";
import type { TransformerSettings } from "../../lambda/transformer/settings";
import { settings } from "./support";

function metadataOf(log: AccessLog, of: TransformerSettings = settings): unknown {
  createEnrich(of, createRedaction())(log);
  return log.metadata;
}

const facts = { accountId: "111111111111", region: "us-east-1", environment: "production" };

describe("enrich", () => {
  it("puts the API's metadata over that of the target, and the facts over both", () => {
    const of = {
      ...settings,
      metadata: { team: "platform", region: "made up" },
      apis: { api: { name: "Orders", metadata: { team: "payments", stage: "made up", accountId: "made up" } } },
    };
    expect(metadataOf({ apiId: "api", stage: "prod" }, of)).toEqual({
      team: "payments",
      apiName: "Orders",
      stage: "prod",
      ...facts,
    });
  });

  it("leaves out what is not known", () => {
    const bare: TransformerSettings = { version: 1, accountId: "111111111111", region: "us-east-1" };
    expect(metadataOf({ apiId: "a1b2c3d4e5" }, bare)).toEqual({ accountId: "111111111111", region: "us-east-1" });
  });

  it("lets the record's own metadata win", () => {
    const metadata = { region: "eu-west-1", plan: "gold" };
    expect(metadataOf({ apiId: "x", metadata })).toEqual({ ...settings.metadata, ...facts, ...metadata });
  });

  it.each(["gold", 7, true, [1]])("keeps metadata that is %j, no object, as metadata.value", (value) => {
    expect(metadataOf({ metadata: value })).toEqual({ ...settings.metadata, ...facts, value });
  });

  it("takes null for no metadata", () => {
    expect(metadataOf({ metadata: null })).toEqual({ ...settings.metadata, ...facts });
  });

  it.each(["constructor", "__proto__", 1, null, { a: 1 }])("finds no API called %j", (apiId) => {
    expect(metadataOf({ apiId })).toEqual({ ...settings.metadata, ...facts });
  });

  it.each([7, null, { a: 1 }])("ignores a stage that is %j, no text", (stage) => {
    expect(metadataOf({ stage })).toEqual({ ...settings.metadata, ...facts });
  });

  it("tells stages apart, more of them than an API can have", () => {
    const enrich = createEnrich(settings, createRedaction());
    for (let round = 0; round < 2; round++) {
      for (let number = 0; number < 250; number++) {
        const log: AccessLog = { stage: `stage ${number}` };
        enrich(log);
        expect(log.metadata).toHaveProperty("stage", `stage ${number}`);
      }
    }
  });

  it("does not let one record's metadata reach another's", () => {
    const enrich = createEnrich(settings, createRedaction());
    enrich({ stage: "prod", metadata: { secret: "x" } });
    const log: AccessLog = { stage: "prod" };
    enrich(log);
    expect(log.metadata).not.toHaveProperty("secret");
  });

  it("says whether the record lacked anything, and leaves it alone if not", () => {
    const enrich = createEnrich(settings, createRedaction());
    const log: AccessLog = { stage: "prod" };
    expect(enrich(log)).toBe(true);
    const own = { plan: "gold", ...(log.metadata as object) };
    const again: AccessLog = { stage: "prod", metadata: own };
    expect(enrich(again)).toBe(false);
    expect(again.metadata).toBe(own);
    expect(enrich({ stage: "test", metadata: { plan: "gold" } })).toBe(true);
  });
});
