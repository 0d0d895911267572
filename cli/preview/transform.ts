/** Passes the records of a log through the built transformer, and says of each what became of it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { isObject, parseJson } from "../../common/json";
import { packageRoot } from "../../common/package-root";
import { messageOf, UsageError } from "../../common/usage-error";
import type { DeliveredCall } from "../../lambda/transformer/delivered";
import type { Outcome, Returned, RuleWatch } from "../../lambda/transformer/outcome";
import type { TransformerSettings } from "../../modules";
import type { LogRecord } from "./log-records";

/** One object by its keys. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What became of a record. */
export interface PreviewedRecord {
  readonly line: number;
  readonly result: Outcome["result"];
  /** Why it is not delivered. */
  readonly reason?: string;
  /** Events in it that are delivered, dropped or failed, as the result says. */
  readonly events: number;
  /** Of the delivered events, how many were damaged and are repaired. */
  readonly repaired?: number;
  /** Events of a delivered record that are not, by reason. */
  readonly dropped?: Readonly<Record<string, number>>;
  /** What Moesif would receive. Parsed on demand. */
  readonly delivered: () => readonly JsonObject[];
  /** The record's own objects; none if only the transformer can read them. Parsed on demand. */
  readonly before: () => readonly JsonObject[];
}

/** Transforms a log as a stream. */
export async function* previewRecords(
  records: AsyncIterable<LogRecord>,
  transform: Transformer,
  now: number,
): AsyncGenerator<PreviewedRecord> {
  for await (const batch of batches(records)) {
    for (const rounds of previewBatch(batch, transform, now)) yield* rounds;
  }
}

/** What became of each record of a batch, and of what of it goes back on the stream and comes again. */
export function previewBatch(batch: readonly LogRecord[], transform: Transformer, now: number): PreviewedRecord[][] {
  const outcomes = transform(
    batch.map(({ data }) => data),
    now,
  );
  return batch.map((record, index) => [...rounds(record, outcomes[index]!, transform, now)]);
}

function* rounds(record: LogRecord, outcome: Outcome, transform: Transformer, now: number): Generator<PreviewedRecord> {
  yield previewed(record, outcome);
  for (const bytes of returnedOf(outcome)?.datas ?? []) {
    const data = bytes.toString("base64");
    const [again] = transform([data], now);
    yield* rounds({ ...record, data }, again!, transform, now);
  }
}

/** What Firehose hands over at once by default, in bytes: a limit for each company holds for a batch. */
const BATCH_BYTES = 1024 * 1024;

/** The records as Firehose hands them over. */
export async function* batches(records: AsyncIterable<LogRecord>): AsyncGenerator<readonly LogRecord[]> {
  let batch: LogRecord[] = [];
  let bytes = 0;
  for await (const record of records) {
    const size = (record.data.length / 4) * 3;
    if (bytes + size > BATCH_BYTES && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function previewed({ line, data }: LogRecord, outcome: Outcome): PreviewedRecord {
  const before = () => objectsOf(data);
  if (outcome.result !== "Ok") {
    const { result, reason, events = before().length } = outcome;
    return { line, result, reason, events: events - (returnedOf(outcome)?.events ?? 0), delivered: () => [], before };
  }
  const { result, repaired, dropped } = outcome;
  let objects: readonly JsonObject[] | undefined;
  const delivered = () => (objects ??= objectsOf(outcome.data));
  const more = { ...(repaired !== undefined && { repaired }), ...(dropped !== undefined && { dropped }) };
  const events = outcome.events - (outcome.returned?.events ?? 0);
  return { line, result, events, ...more, delivered, before };
}

function returnedOf(outcome: Outcome): Returned | undefined {
  return outcome.result === "ProcessingFailed" ? undefined : outcome.returned;
}

/** The messages of an envelope of CloudWatch Logs as records of their own; else the record itself. */
export function messagesOf(record: LogRecord): readonly LogRecord[] {
  const messages = envelopeMessages(bytesOf(record.data).toString("utf8"));
  const dataOf = (message: string) => Buffer.from(message).toString("base64");
  return messages?.map((message) => ({ line: record.line, data: dataOf(message) })) ?? [record];
}

/** The objects of a record: one, an array, one in each line, or those of an envelope; none where it holds anything else. */
function objectsOf(data: string): JsonObject[] {
  const text = bytesOf(data).toString("utf8");
  return (envelopeMessages(text) ?? [text]).flatMap(objectsIn);
}

function objectsIn(text: string): JsonObject[] {
  const value = parseJson(text);
  const values: unknown[] =
    value === undefined
      ? text
          .split("\n")
          .filter((line) => line.trim())
          .map(parseJson)
      : [value].flat();
  return values.includes(undefined) ? [] : values.filter(isObject);
}

function envelopeMessages(text: string): string[] | undefined {
  const envelope: unknown = text.includes('"logEvents"') ? parseJson(text) : undefined;
  const { messageType, logEvents } = isObject(envelope) ? envelope : {};
  if (messageType !== "DATA_MESSAGE" || !Array.isArray(logEvents)) return undefined;
  return logEvents.map((event) => String(isObject(event) ? event["message"] : event));
}

function bytesOf(data: string): Buffer {
  const bytes = Buffer.from(data, "base64");
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    return bytes;
  }
}

/** The cells of a call's row; empty where there is no value. */
export interface Summary {
  readonly verb: string;
  readonly path: string;
  readonly status: string;
  readonly user: string;
  readonly company: string;
  readonly weight: string;
}

/** The summary of an access log, or of an object in Moesif's event model. */
export function summaryOf(object: JsonObject = {}): Summary {
  const { request, response } = object;
  if (!isObject(request)) {
    const { httpMethod, resourcePath, status, user, companyId, weight } = object;
    return texts({ verb: httpMethod, path: resourcePath, status, user, company: companyId, weight });
  }
  const { verb, uri } = request;
  const { status } = isObject(response) ? response : {};
  const { user_id: user, company_id: company, weight } = object;
  return texts({ verb, path: pathOf(uri), status, user, company, weight });
}

function pathOf(uri: unknown): unknown {
  if (typeof uri !== "string") return undefined;
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(uri)?.[1];
  return path ?? uri;
}

/** API Gateway writes `-` where there is no value. */
function texts(values: Readonly<Record<keyof Summary, unknown>>): Summary {
  const text = (value: unknown) => (value === undefined || value === null || value === "-" ? "" : String(value));
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, text(value)])) as unknown as Summary;
}

/** Transforms the base64 data of a batch of records; an outcome for each, in order. */
export type Transformer = (datas: readonly string[], now: number) => readonly Outcome[];

/** What the function has in AWS in addition to its settings, and a watch on its rules. */
export interface Means {
  /** The key of hashes. */
  readonly hashKey: string;
  /** The body of Moesif's `/v1/config`, as parsed JSON. */
  readonly moesifConfig?: unknown;
  readonly watch?: RuleWatch;
}

/** What the bundle exports in addition to its handler. */
interface Bundle {
  /** To be called before patterns are used. */
  readonly loadEngine: () => Promise<void>;
  readonly createTransformer: (
    settings: TransformerSettings,
    means: { readonly hashKey: string; readonly config: () => unknown; readonly watch?: RuleWatch },
  ) => Transformer;
  readonly readDelivered: (object: JsonObject, replacements?: readonly string[]) => DeliveredCall;
  /** Makes sampling rules of a body of `/v1/config`; throws if it is none. */
  readonly parseConfig: (body: unknown) => unknown;
}

/**
 * Prepares the transformer for these settings.
 *
 * @throws UsageError if the bundle was not built, or cannot use what it is given
 */
export async function loadTransformer(settings: TransformerSettings, means: Means): Promise<Transformer> {
  const bundle = await loadBundle();
  await bundle.loadEngine();
  const config = means.moesifConfig === undefined ? undefined : configOf(means.moesifConfig, bundle);
  try {
    const { hashKey, watch } = means;
    return bundle.createTransformer(settings, { hashKey, config: () => config, ...(watch && { watch }) });
  } catch (error) {
    throw new UsageError(`The transformer cannot use these settings: ${messageOf(error)}`);
  }
}

/**
 * Prepares the reading of what is delivered with these settings.
 *
 * @throws UsageError if the bundle was not built
 */
export async function loadReader({ redaction }: TransformerSettings): Promise<(object: JsonObject) => DeliveredCall> {
  const { readDelivered } = await loadBundle();
  const replacements = (redaction?.mask ?? []).flatMap(({ replacement = [] }) => replacement);
  return (object) => readDelivered(object, replacements);
}

async function loadBundle(): Promise<Bundle> {
  const file = join(packageRoot(), "dist", "lambda", "transformer", "index.mjs");
  if (!existsSync(file)) throw new UsageError(`${file} is missing. Run "npm run build" first.`);
  return (await import(pathToFileURL(file).href)) as Bundle;
}

function configOf(body: unknown, { parseConfig }: Bundle): unknown {
  try {
    return parseConfig(body);
  } catch (error) {
    throw new UsageError(`--moesif-config: this is no body of Moesif's /v1/config: ${messageOf(error)}. Save it anew.`);
  }
}
