/**
 * What the access log does not say: `metadata` with account, region, environment, API and stage of a call, and what the
 * settings say of these.
 */
import { type AccessLog, isAbsent, isObject, MARK_KEY, MARK_VALUE, REQUIRED_KEYS } from "./access-log";
import { appendMember, type Quote, quoteAny } from "./json";
import type { Redaction } from "./redact";
import { type ApiSettings, isEnriched, type JsonValue, type Metadata, type TransformerSettings } from "./settings";

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
 * Makes the metadata of each API and stage once, for the first call of it: there may be many APIs. From weakest to strongest: what is added from the log, the target's metadata,
 * the API's own, the facts (account, region, environment, API name and version, stage), and what the record itself says.
 * Without enrichment there is only the mark.
 */
export function createEnrich(settings: TransformerSettings, redaction: MetadataRedaction): Enrich {
  const enriched = isEnriched(settings);
  const other = createStages(enriched ? () => metadataOfApi(settings, {}) : undefined, redaction);
  // A map, since the record says which API it is of: in an object, an API called `constructor` would find something.
  const apis = new Map<unknown, MetadataOfStage>();
  const versions = new Map<unknown, string | undefined>();
  for (const [apiId, api] of Object.entries((enriched && settings.apis) || {})) {
    apis.set(
      apiId,
      createStages(() => metadataOfApi(settings, api), redaction),
    );
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
function createStages(metadata: (() => Metadata) | undefined, redaction: MetadataRedaction): MetadataOfStage {
  const stages = new Map<string | undefined, SharedMetadata>();
  return (stage) => {
    const named = metadata !== undefined && typeof stage === "string" && !isAbsent(stage) ? stage : undefined;
    let known = stages.get(named);
    if (known === undefined) {
      known = share({ ...metadata?.(), ...(named !== undefined && { stage: named }) }, redaction);
      if (stages.size < MAX_STAGES || named === undefined) {
        stages.set(named, known);
      }
    }
    return known;
  };
}

/** Redacts what must not be sent, once. The mark is ours, and not of the call: no rule removes it. */
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

// The metadata that a record brings, in the shape that Moesif takes.

/**
 * Gives the metadata of a log its shape. Moesif takes an object: any other value is kept as `metadata.value`. A format
 * may fill it by variables, which are as often without a value as any other: these go.
 *
 * @returns whether it changed anything
 */
export function shapeMetadata(log: AccessLog): boolean {
  const own = log.metadata;
  if (own !== undefined) {
    log.metadata = shaped(own);
  }
  return log.metadata !== own;
}

function shaped(own: JsonValue): Metadata | undefined {
  if (isAbsent(own) || own === null) {
    return undefined;
  }
  if (!isObject(own)) {
    return { value: own };
  }
  return Object.values(own).some(isAbsent)
    ? Object.fromEntries(Object.entries(own as Metadata).filter(([, value]) => !isAbsent(value)))
    : (own as Metadata);
}

/** Metadata with the mark. An event may bring metadata of any shape. */
export function markedMetadata(own: JsonValue | undefined): Metadata {
  return { ...(own === undefined ? undefined : shaped(own)), [MARK_KEY]: MARK_VALUE };
}

// The metadata of one call, written while it is gathered.

/** Metadata that all calls of a stage share; it has the mark. */
interface SharedMetadata {
  readonly metadata: Metadata;
  /** Its members as JSON, without the closing brace. */
  readonly json: string;
}

/** Gathers metadata of a call; what is shared wins over what is added. No key is added twice. */
export interface MetadataJson {
  readonly add: (key: string, value: JsonValue) => void;
  readonly close: () => string;
}

/** Of most calls: nothing of it is to be redacted, and the record brings none. */
class PlainMetadata implements MetadataJson {
  readonly #shared: Metadata;
  readonly #quote: Quote;
  #json: string;

  constructor({ metadata, json }: SharedMetadata, quote: Quote) {
    this.#shared = metadata;
    this.#quote = quote;
    this.#json = json;
  }

  add(key: string, value: JsonValue): void {
    if (!Object.hasOwn(this.#shared, key)) {
      this.#json = appendMember(this.#json, key, value, this.#quote);
    }
  }

  close(): string {
    return `${this.#json}}`;
  }
}

/** Of the others: what is added is redacted, and what the record brings wins. */
class MergedMetadata implements MetadataJson {
  readonly #added: [string, JsonValue][] = [];

  constructor(
    private readonly shared: SharedMetadata,
    private readonly own: Metadata | undefined,
    private readonly redaction: Pick<Redaction, "metadata">,
  ) {}

  add(key: string, value: JsonValue): void {
    this.#added.push([key, value]);
  }

  close(): string {
    const added = this.redaction.metadata(Object.fromEntries(this.#added));
    if (this.own === undefined) {
      return `${this.#withShared(Object.entries(added ?? {}))}}`;
    }
    return JSON.stringify({ ...added, ...this.shared.metadata, ...this.own, [MARK_KEY]: MARK_VALUE });
  }

  #withShared(added: readonly (readonly [string, JsonValue])[]): string {
    const { metadata, json } = this.shared;
    const own = added.filter(([key]) => !Object.hasOwn(metadata, key));
    return own.reduce((text, [key, value]) => appendMember(text, key, value, quoteAny), json);
  }
}

// Where in what is delivered the value of each key of an access log stands, if not under its own name.

/** A place in metadata; `undefined` stands for no place there. */
interface InMetadata {
  readonly name: string;
  /** Latencies and statuses are shown as numbers, so that they can be summed and compared. */
  readonly asNumber: boolean;
}

const text = (name: string) => [name, { name, asNumber: false }] as const;
const number = (key: string, name = key) => [key, { name, asNumber: true }] as const;

/** How a call went, and what else of it Moesif has no field for: metadata in both outputs. */
const METADATA: readonly (readonly [string, InMetadata])[] = [
  number("integrationLatency", "integrationLatencyMs"),
  number("authorizerLatency", "authorizerLatencyMs"),
  number("integrationStatus"),
  number("wafStatus"),
  text("errorType"),
  text("errorMessage"),
  text("wafResponseCode"),
  text("eventType"),
  text("routeKey"),
  text("connectionId"),
];

/** What has a place of its own in an event, and none among Moesif's access-log keys. */
const OF_EVENTS = [text("forwardedFor"), text("contentType"), text("xrayTraceId")] as const;

/** Of an access log, the keys that are shown as metadata. */
export const METADATA_OF_ACCESS_LOG: ReadonlyMap<string, InMetadata> = new Map([...METADATA, ...OF_EVENTS]);

/** Keys with a place of their own in an event; any other is shown as metadata. */
const PLACED_IN_EVENT = [
  ...REQUIRED_KEYS.filter((key) => key !== "apiId" && key !== "protocol"),
  ...OF_EVENTS.map(([key]) => key),
  "requestTimeEpoch",
  "ip",
  "user",
  "companyId",
  "subscriptionId",
  "sessionToken",
  "weight",
  "metadata",
  // What is added to metadata under these names is not of the log's own keys.
  "late",
  ...METADATA.map(([, { name }]) => name),
];

/** Of an event, the keys that are shown as metadata under another name or as a number; `null` for those that are not. */
export const METADATA_OF_EVENT: ReadonlyMap<string, InMetadata | null> = new Map([
  ...PLACED_IN_EVENT.map((key) => [key, null] as const),
  ...METADATA,
]);

/** The value as it is shown; `undefined` if there is none. */
export function valueIn({ asNumber }: InMetadata, value: JsonValue): JsonValue | undefined {
  if (isAbsent(value)) {
    return undefined;
  }
  return asNumber && typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
}
