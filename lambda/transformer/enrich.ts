/**
 * What the access log does not say: `metadata` with the account, region, environment, API and stage of the call.
 */
import type { AccessLog, Step } from "./access-log";
import type { Redaction } from "./redact";
import type { ApiSettings, JsonValue, Metadata, TransformerSettings } from "./settings";

/** Stages of one API whose metadata is kept ready. */
const MAX_STAGES = 100;

/** Fills `metadata` of an access log. */
export type Enrich = Step;

/**
 * Prepares the metadata of each API once. From weakest to strongest: the target's metadata, the API's own, the facts
 * (account, region, environment, API name, stage), and what the record itself says. The record wins so that
 * transforming twice gives the same.
 */
export function createEnrich(settings: TransformerSettings, redaction: Pick<Redaction, "metadata">): Enrich {
  if (redaction.metadata({}) === undefined) {
    return removeMetadata;
  }
  const other = createStages(metadataOf(settings, {}), redaction);
  // A map, since the record says which API it is of: in an object, an API called `constructor` would find something.
  const apis = new Map<unknown, MetadataOfStage>();
  for (const [apiId, api] of Object.entries(settings.apis ?? {})) {
    apis.set(apiId, createStages(metadataOf(settings, api), redaction));
  }
  return (log) => {
    const metadata = (apis.get(log.apiId) ?? other)(log.stage);
    const own = log.metadata;
    if (own !== undefined && own !== null) {
      return add(log, own, metadata, redaction);
    }
    log.metadata = metadata;
    return true;
  };
}

/** No metadata may leave, neither the record's own nor ours. */
function removeMetadata(log: AccessLog): boolean {
  const had = log.metadata !== undefined;
  log.metadata = undefined;
  return had;
}

/** The metadata of one API, by the stage that a record names. */
type MetadataOfStage = (stage: unknown) => Metadata;

/**
 * Makes the metadata of a stage once: its records share one frozen object. An API has few stages, but a record could
 * name any: how many are kept is bounded. What may not leave of it is redacted here, once.
 */
function createStages(all: Metadata, redaction: Pick<Redaction, "metadata">): MetadataOfStage {
  const redacted = (metadata: Metadata) => Object.freeze(redaction.metadata(metadata) ?? {});
  const stages = new Map<string, Metadata>();
  const metadata = redacted(all);
  return (stage) => {
    if (typeof stage !== "string") {
      return metadata;
    }
    let known = stages.get(stage);
    if (known === undefined) {
      known = redacted({ ...all, stage });
      if (stages.size < MAX_STAGES) {
        stages.set(stage, known);
      }
    }
    return known;
  };
}

function metadataOf(settings: TransformerSettings, api: ApiSettings): Metadata {
  return Object.freeze({
    ...settings.metadata,
    ...api.metadata,
    accountId: settings.accountId,
    region: settings.region,
    ...(settings.environment !== undefined && { environment: settings.environment }),
    ...(api.name !== undefined && { apiName: api.name }),
  });
}

/** Adds what the record's own metadata lacks. Spread copies a key called `__proto__` like any other. */
function add(log: AccessLog, own: JsonValue, metadata: Metadata, redaction: Pick<Redaction, "metadata">): boolean {
  // Moesif takes an object as metadata: any other value that a record has there is kept as `metadata.value`.
  const left = redaction.metadata(isObject(own) ? own : { value: own }) ?? {};
  const changed = left !== own || Object.keys(metadata).some((key) => !Object.hasOwn(left, key));
  if (changed) {
    log.metadata = { ...metadata, ...left };
  }
  return changed;
}

function isObject(value: JsonValue): value is Metadata {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
