/** The metadata of an access log. */
import type { AccessLog } from "../../lambda/transformer/access-log";
import { createEnrich } from "../../lambda/transformer/metadata";
import { quoteAny } from "../../lambda/transformer/json";
import { MARK_KEY, MARK_VALUE } from "../../lambda/transformer/access-log";
import { shapeMetadata } from "../../lambda/transformer/metadata";
import { createRedaction } from "../../lambda/transformer/redact";
import type { Metadata, TransformerSettings } from "../../lambda/transformer/settings";
import { settings } from "./support";

const redaction = createRedaction();

/** What the settings and the record's own metadata give; the mark, which is always there, is left out. */
function metadataOf(log: AccessLog, of: TransformerSettings = settings, enrich = createEnrich(of, redaction)): unknown {
  const own = { ...log };
  shapeMetadata(own);
  const { [MARK_KEY]: mark, ...metadata } = JSON.parse(enrich.metadataOf(own, quoteAny).close()) as Metadata;
  expect(mark).toBe(MARK_VALUE);
  return metadata;
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
    const enrich = createEnrich(settings, redaction);
    for (let round = 0; round < 2; round++) {
      for (let number = 0; number < 250; number++) {
        expect(metadataOf({ stage: `stage ${number}` }, settings, enrich)).toHaveProperty("stage", `stage ${number}`);
      }
    }
  });

  it("does not let one record's metadata reach another's", () => {
    const enrich = createEnrich(settings, redaction);
    metadataOf({ stage: "prod", metadata: { secret: "x" } }, settings, enrich);
    expect(metadataOf({ stage: "prod" }, settings, enrich)).not.toHaveProperty("secret");
  });

  it("joins the tags of target and API, each once, and tells the API's version", () => {
    const of: TransformerSettings = {
      ...settings,
      tags: ["platform", "eu"],
      apis: { api: { version: "2.1", tags: ["eu", "public"] } },
    };
    expect(metadataOf({ apiId: "api" }, of)).toMatchObject({ tags: ["platform", "eu", "public"], apiVersion: "2.1" });
    expect(createEnrich(of, redaction).versionOf({ apiId: "api" })).toBe("2.1");
    expect(createEnrich(of, redaction).versionOf({ apiId: "constructor" })).toBeUndefined();
  });

  it("adds what is found in a log, but for what the settings say", () => {
    const metadata = createEnrich(settings, redaction).metadataOf({}, quoteAny);
    metadata.add("late", true);
    metadata.add("team", "made up");
    metadata.add('k"', 'v"');
    expect(JSON.parse(metadata.close())).toMatchObject({ team: "platform", late: true, 'k"': 'v"' });
  });

  it("adds nothing but the mark where enrichment is off", () => {
    expect(metadataOf({ apiId: "a1b2c3d4e5", stage: "prod" }, { ...settings, enrichment: "none" })).toEqual({});
    expect(metadataOf({ metadata: { plan: "gold" } }, { ...settings, passThrough: true })).toEqual({ plan: "gold" });
  });
});
