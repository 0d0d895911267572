/** What becomes of one failed record: whether it goes back on the stream, in which pieces, and if not, why. */
import { type AccessLog, textOf } from "../transformer/access-log";
import { OLDEST_MS, textsOf } from "../transformer/call";
import { decode, type Decoded } from "../transformer/decode";
import { isMoesifEvent } from "../transformer/moesif-event";
import { normalise, parseTime } from "../transformer/normalise";
import type { Dropped, Failed, FailureReason } from "../transformer/outcome";
import { RECORD_LIMIT } from "../transformer/put-back";
import { attemptsOf, paddingOf, withAttempt } from "./attempts";
import type { GiveUpReason } from "./contract";
import type { FailedRecord } from "./failed-record";

/** A record that goes back on the stream. */
export interface Redrivable {
  /** Usually one. */
  readonly pieces: readonly Buffer[];
  /** Which attempt this is, from 1. */
  readonly attempt: number;
}

/** A record of an old access log that goes on the stream. */
export interface Sendable {
  readonly data: Buffer;
  /** Calls in it that have no `extendedRequestId`. */
  readonly withoutId: number;
}

/**
 * Decides on a record of an old access log. What lacks a key that Moesif requires is no access log to the transformer:
 * its reason is the transformer's own.
 */
export function judgeOld(data: string, now: number): Sendable | GiveUpReason {
  const decoded = decode(data);
  if ("result" in decoded) {
    return decoded.result === "Dropped" ? "unreadable" : decoded.reason;
  }
  const logs = decoded.parts.flatMap((part) => part.logs);
  if (logs.some(isUnknown)) {
    return "unknown-shape";
  }
  if (now - newestOf(decoded, now) > OLDEST_MS) {
    return "too-old";
  }
  const bytes = Buffer.from(data, "base64");
  if (bytes.length > RECORD_LIMIT) {
    return "too-large";
  }
  return { data: bytes, withoutId: logs.filter((log) => textOf(log.extendedRequestId) === undefined).length };
}

export interface Limits {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly maxAttempts: number;
}

/**
 * Decides on a record.
 *
 * The age of a record is that of its newest call, or of its arrival if no call says its time. What failed at the endpoint
 * is not judged by its content: either the transformer has made it, or the stream does without the transformer.
 */
export function judge(
  { rawData, errorCode, arrival }: FailedRecord,
  { now, maxAttempts }: Limits,
): Redrivable | GiveUpReason {
  const decoded = decode(rawData);
  const reason = refusalOf(decoded);
  if (reason !== undefined && (reason === "not-base64" || !errorCode.startsWith("HttpEndpoint."))) {
    return reason;
  }
  const data = Buffer.from(rawData, "base64");
  const attempt = attemptsOf(data) + 1;
  if (attempt > maxAttempts) {
    return "attempts";
  }
  const calls = "result" in decoded ? undefined : decoded;
  if (now - newestOf(calls, arrival) > OLDEST_MS) {
    return "too-old";
  }
  const pieces = piecesOf(data, attempt, calls);
  return pieces === undefined ? "too-large" : { pieces, attempt };
}

/** Why the transformer delivers nothing of a record, whatever its settings are; `undefined` if it may deliver some. */
function refusalOf(decoded: Decoded | Dropped | Failed): FailureReason | undefined {
  if ("result" in decoded) {
    // The transformer splits an envelope that is too large to inflate.
    return decoded.result === "Dropped" || decoded.reason === "gzip-too-large" ? undefined : decoded.reason;
  }
  const logs = decoded.parts.flatMap((part) => part.logs);
  return logs.every(isUnknown) ? (logs.length > 0 ? "unknown-shape" : decoded.bad[0]?.reason) : undefined;
}

function isUnknown(log: AccessLog): boolean {
  return normalise(log) === "unknown" && !isMoesifEvent(log);
}

/** When the newest call of a record was made. */
function newestOf(decoded: Decoded | undefined, arrival: number): number {
  const times = (decoded?.parts ?? []).flatMap(({ logs }) => logs.map(timeOf)).filter((time) => !Number.isNaN(time));
  return times.reduce((newest, time) => Math.max(newest, time), times[0] ?? arrival);
}

/** Of an access log, or of an object in Moesif's event model. */
function timeOf({ requestTime, requestTimeEpoch, request }: AccessLog): number {
  const { time } = Object(request) as { readonly time?: unknown };
  const texts = [requestTime, requestTimeEpoch, time].filter((text) => text !== undefined);
  return texts.map((text) => parseTime(String(text))).find((ms) => !Number.isNaN(ms)) ?? NaN;
}

/**
 * What the transformer has made of an envelope may be larger than a record that a stream takes: then it goes back line by
 * line, as many as fit.
 */
function piecesOf(data: Buffer, attempt: number, decoded: Decoded | undefined): readonly Buffer[] | undefined {
  if (data.length + paddingOf(data) <= RECORD_LIMIT) {
    return [withAttempt(data)];
  }
  const texts = decoded?.parts.flatMap(textsOf) ?? [];
  const limit = RECORD_LIMIT - attempt;
  if (decoded === undefined || decoded.bad.length > 0 || texts.some((text) => Buffer.byteLength(text) > limit)) {
    return undefined;
  }
  const pieces: string[] = [];
  for (const text of texts) {
    const last = pieces.at(-1);
    if (last !== undefined && Buffer.byteLength(last) + 1 + Buffer.byteLength(text) <= limit) {
      pieces[pieces.length - 1] = `${last}\n${text}`;
    } else {
      pieces.push(text);
    }
  }
  return pieces.map((piece) => withAttempt(Buffer.from(piece), attempt));
}
