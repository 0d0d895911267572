/**
 * What the access log does not say: `metadata` with account, region, environment, API and stage of a call, and what the
 * settings say of these.
 */
import { type AccessLog, isAbsent } from "./access-log";
import { MARK_KEY, MARK_VALUE } from "./mark";
import { MergedMetadata, type MetadataJson, PlainMetadata, type SharedMetadata } from "./metadata-json";
import type { Quote } from "./json-writer";
import type { Redaction } from "./redact";
import { type ApiSettings, isEnriched, type Metadata, type TransformerSettings } from "./settings";

/** Stages of one API whose metadata is kept ready. */
const MAX_STAGES = 100;

/** Begins the metadata of an access log. */
export interface Enrich {
  readonly metadataOf: (log: AccessLog, quote: Quote) => MetadataJson;
  /** The version of a log's API; `undefined` if the settings have none. */
  readonly versionOf: (log: AccessLog) => string | undefined;
}

type MetadataRedaction = Pick<Redaction, "metadata" | "leavesMetadata">;

/**
 * Prepares the metadata of each API once. From weakest to strongest: what is added from the log, the target's metadata,
 * the API's own, the facts (account, region, environment, API name and version, stage), and what the record itself says.
 * Without enrichment there is the mark alone.
 */
export function createEnrich(settings: TransformerSettings, redaction: MetadataRedaction): Enrich {
  const enriched = isEnriched(settings);
  const other = createStages(enriched ? metadataOfApi(settings, {}) : undefined, redaction);
  // A map, since the record says which API it is of: in an object, an API called `constructor` would find something.
  const apis = new Map<unknown, MetadataOfStage>();
  const versions = new Map<unknown, string | undefined>();
  for (const [apiId, api] of Object.entries((enriched && settings.apis) || {})) {
    apis.set(apiId, createStages(metadataOfApi(settings, api), redaction));
    versions.set(apiId, api.version);
  }
  return {
    metadataOf(log, quote) {
      const shared = (apis.get(log.apiId) ?? other)(log.stage);
      return redaction.leavesMetadata && log.metadata === undefined
        ? new PlainMetadata(shared, quote)
        : new MergedMetadata(shared, log.metadata as Metadata | undefined, redaction);
    },
    versionOf: (log) => versions.get(log.apiId),
  };
}

/** The metadata of one API, by the stage that a record names. */
type MetadataOfStage = (stage: unknown) => SharedMetadata;

/** An API has few stages, but a record could name any: how many are kept ready is bounded. */
function createStages(all: Metadata | undefined, redaction: MetadataRedaction): MetadataOfStage {
  const stages = new Map<string, SharedMetadata>();
  const shared = share(all ?? {}, redaction);
  return (stage) => {
    if (all === undefined || typeof stage !== "string" || isAbsent(stage)) {
      return shared;
    }
    let known = stages.get(stage);
    if (known === undefined) {
      known = share({ ...all, stage }, redaction);
      if (stages.size < MAX_STAGES) {
        stages.set(stage, known);
      }
    }
    return known;
  };
}

/** What may not leave is redacted here, once. The mark is ours, and not of the call: no rule removes it. */
function share(all: Metadata, redaction: MetadataRedaction): SharedMetadata {
  const metadata = Object.freeze({ ...redaction.metadata(all), [MARK_KEY]: MARK_VALUE });
  return { metadata, json: JSON.stringify(metadata).slice(0, -1) };
}

function metadataOfApi(settings: TransformerSettings, api: ApiSettings): Metadata {
  const tags = [...new Set([...(settings.tags ?? []), ...(api.tags ?? [])])];
  return {
    ...settings.metadata,
    ...api.metadata,
    ...(tags.length > 0 && { tags }),
    accountId: settings.accountId,
    region: settings.region,
    ...(settings.environment !== undefined && { environment: settings.environment }),
    ...(api.name !== undefined && { apiName: api.name }),
    ...(api.version !== undefined && { apiVersion: api.version }),
  };
}
