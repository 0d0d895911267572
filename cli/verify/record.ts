/** The calls that `verify` makes up, and what the transformer makes of them. */
import { randomUUID } from "node:crypto";
import { isObject, parseJson } from "../../common/json";
import { type JsonObject, loadTransformer, previewBatch, type Transformer } from "../preview/transform";
import type { Expected } from "./expected";

/** By which everyone knows such a call, in Moesif as well: its user agent, and the beginning of its path. */
export const MARK = "cdktf-moesif-firehose/verify";

/** What Moesif is to show for the second call, if it holds weights. */
const WEIGHT = 2;

/** A made-up call. */
export interface SyntheticCall {
  /** The end of its path, which no other call has. */
  readonly word: string;
  /** As a stage of the rollout writes it. */
  readonly data: string;
  /** What Firehose delivers, in the output of the settings. */
  readonly delivered: JsonObject;
  /** The same in Moesif's event model. */
  readonly event: JsonObject;
  /** By which Moesif is to know it: the dedupe id. */
  readonly id: string;
}

/** Calls to send, or why none would arrive. */
export type SyntheticCalls =
  | { readonly plain: SyntheticCall; readonly weighted: SyntheticCall; readonly refused?: undefined }
  | { readonly refused: string };

/** What is left to chance: sampling keeps some calls and drops others. */
const MOST_TRIES = 500;

/**
 * Makes up a call that the settings let through, and one with a weight.
 *
 * @param hashKey the key of hashes; a made-up one where it is not known
 * @param load makes the transformer
 */
export async function syntheticCalls(
  expected: Expected,
  hashKey: string,
  now: number,
  load: typeof loadTransformer = loadTransformer,
): Promise<SyntheticCalls> {
  const { settings, bypassed } = expected;
  const transform = bypassed ? undefined : await load(settings, { hashKey });
  const asEvents = await load({ ...settings, output: "event", passThrough: false, sampling: {} }, { hashKey });
  const found: SyntheticCall[] = [];
  for (const suffix of ["", `,"weight":${WEIGHT}`]) {
    let reason = "";
    for (let tries = 0; tries < MOST_TRIES && reason !== OK; tries++) {
      const word = randomUUID();
      const data = recordOf(expected, word, now).replace(/\}\s*$/, `${suffix}}`);
      const outcome = transform ? through(transform, data, now) : { delivered: parseJson(data) };
      reason = outcome.reason ?? OK;
      if (!isObject(outcome.delivered)) continue;
      const { delivered } = outcome;
      const event = eventOf(through(asEvents, data, now).delivered, delivered);
      found.push({ word, data, delivered, event, id: String(delivered["transaction_id"] ?? delivered["requestId"]) });
    }
    if (reason !== OK) return { refused: reason };
  }
  const [plain, weighted] = found;
  return { plain: plain!, weighted: weighted! };
}

const OK = "ok";

function through(transform: Transformer, data: string, now: number): { delivered?: unknown; reason?: string } {
  const record = { line: 1, data: Buffer.from(data).toString("base64") };
  const outcome = previewBatch([record], transform, now)[0]![0]!;
  const [delivered] = outcome.delivered();
  return delivered === undefined ? { reason: outcome.reason ?? "dropped" } : { delivered };
}

/** Of metadata and weight, what is delivered counts: the settings may add none. */
function eventOf(event: unknown, delivered: JsonObject): JsonObject {
  const { metadata: _, weight: __, ...rest } = isObject(event) ? event : {};
  const { metadata, weight } = delivered;
  const id = delivered["transaction_id"] ?? delivered["requestId"];
  return {
    ...rest,
    transaction_id: id,
    ...(metadata !== undefined && { metadata }),
    ...(weight !== undefined && { weight: Number(weight) }),
  };
}

/** What API Gateway would write for its variables; a hyphen for all others. */
function recordOf({ target }: Expected, word: string, now: number): string {
  const path = `/${MARK}/${word}`;
  const values: Readonly<Record<string, string>> = {
    accountId: target.accountId,
    apiId: "verify",
    domainName: "verify.invalid",
    extendedRequestId: `verify-${word}`,
    httpMethod: "GET",
    "identity.sourceIp": "192.0.2.1",
    "identity.user": "cdktf-moesif-firehose-verify",
    "identity.userAgent": MARK,
    path,
    protocol: "HTTP/1.1",
    requestId: word,
    requestTime: clf(now),
    requestTimeEpoch: String(now),
    resourcePath: path,
    responseLatency: "1",
    responseLength: "0",
    stage: "verify",
    status: "200",
  };
  const { format } = target.destinations.REST!;
  return format.replace(/\$context\.([\w.]*\w)/g, (_, variable: string) => values[variable] ?? "-");
}

/** As `$context.requestTime` has it: `01/Dec/2026:09:30:00 +0000`. */
function clf(ms: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(ms).toUTCString())!;
  return `${day}/${month}/${year}:${time} +0000`;
}
