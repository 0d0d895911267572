/** Reads the calls of `verify` back out of Moesif, and compares them with what was delivered. */
import { isObject } from "../../common/json";
import type { Check } from "../checks";
import type { JsonObject } from "../preview/transform";
import type { MoesifApi, MoesifError, MoesifEvent } from "./moesif";
import { MARK, type SyntheticCall } from "./record";

/** What was sent. */
export interface Sent {
  readonly output: "accessLog" | "event";
  /** Put twice. */
  readonly plain: SyntheticCall;
  /** Put once. */
  readonly weighted: SyntheticCall;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Paths of fields that cannot be compared, such as hashes with an unknown key. */
  readonly incomparable?: (value: unknown) => boolean;
}

/** Time, so that a test need not wait. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

/** What Moesif shows of a run. */
export interface Seen {
  readonly plain: readonly MoesifEvent[];
  readonly weighted: readonly MoesifEvent[];
}

/** Moesif calls an event late that is older: alerts and billing may not see it. */
const LATE_MS = 5 * 60_000;

/** A margin for clocks that differ. */
const MARGIN_MS = 10 * 60_000;

/** What Moesif shows of these calls now. */
export async function lookInMoesif(api: MoesifApi, { plain, weighted, at }: Sent, now: number): Promise<Seen> {
  const calls = [plain, weighted];
  const should = calls.flatMap(({ id, word }) => [
    { term: { "transaction_id.raw": id } },
    { match_phrase: { transaction_id: id } },
    { wildcard: { "request.uri.raw": `*${MARK}/${word}*` } },
  ]);
  const query = { bool: { should, minimum_should_match: 1 } };
  const events = await api.search(query, { from: at - MARGIN_MS, to: now + MARGIN_MS });
  const of = ({ id, word }: SyntheticCall) =>
    events.filter((event) => event["transaction_id"] === id || JSON.stringify(event).includes(word));
  return { plain: of(plain), weighted: of(weighted) };
}

/** Whether there is nothing left to wait for, but a second copy. */
export function isComplete({ plain, weighted }: Seen): boolean {
  return plain.length > 0 && weighted.length > 0;
}

/**
 * What Moesif shows, as checks. What Moesif documents of an event is a problem where it is otherwise; of an access log it
 * documents little, so the rest is an observation.
 *
 * @param seconds after how long both calls were there
 */
export function proofOf(sent: Sent, seen: Seen, seconds: number): Check[] {
  const [event] = seen.plain;
  const subject = sent.plain.id;
  if (event === undefined) {
    return [
      {
        id: "moesif-event",
        subject,
        result: "problem",
        cause: `missing: Moesif does not show the call after ${seconds} s`,
        fix: "read the checks above; if AWS delivered it, compare the application id of the secret with Moesif's, and whether Moesif's own rules or quota drop it",
      },
    ];
  }
  return [arrival(subject, seconds), ...fields(sent, event), duplicate(sent, seen), weight(sent, seen)];
}

function arrival(subject: string, seconds: number): Check {
  if (seconds * 1000 <= LATE_MS)
    return { id: "moesif-event", subject, result: "ok", cause: `present after ${seconds} s` };
  return {
    id: "moesif-event",
    subject,
    result: "problem",
    cause: `late: Moesif shows the call after ${seconds} s; its alerts and billing may miss what comes after five minutes`,
    fix: "lower delivery.bufferIntervalSeconds and transformer.bufferIntervalSeconds; see whether Firehose retries",
  };
}

/** Fields of which it is known which key of an access log Moesif takes: of the others nothing is documented. */
const KNOWN_OF_ACCESS_LOG = new Set(["request.verb", "request.ip_address", "response.status", "user_id", "company_id"]);

/** A check for each field that is not as it was delivered, and one for all others. */
function fields({ output, plain, incomparable }: Sent, event: MoesifEvent): Check[] {
  const others: Check[] = [];
  let same = 0;
  for (const [path, delivered] of leavesOf(plain.event)) {
    if (path === "weight" || incomparable?.(delivered)) continue;
    const shown = leavesOf(event).get(path);
    if (isSame(shown, delivered)) {
      same++;
      continue;
    }
    const isDocumented = output === "event" || KNOWN_OF_ACCESS_LOG.has(path);
    const cause =
      shown === undefined
        ? `not mapped: delivered ${JSON.stringify(delivered)}, and Moesif does not show it`
        : `changed: delivered ${JSON.stringify(delivered)}, Moesif shows ${JSON.stringify(shown)}`;
    others.push({
      id: "moesif-field",
      subject: path,
      result: isDocumented ? "problem" : "observed",
      cause,
      ...(isDocumented && { fix: "ask Moesif's support, with the id of the event" }),
    });
  }
  const all: Check = { id: "moesif-fields", subject: plain.id, result: "ok", cause: `${same} fields as delivered` };
  return [all, ...others];
}

function duplicate({ output, plain }: Sent, { plain: copies }: Seen): Check {
  const id = "moesif-duplicate";
  if (copies.length === 1) return { id, subject: plain.id, result: "ok", cause: "sent twice, shown once" };
  const cause = `kept: sent twice with one id, and Moesif shows ${copies.length}`;
  if (output === "accessLog") return { id, subject: plain.id, result: "observed", cause };
  return {
    id,
    subject: plain.id,
    result: "problem",
    cause,
    fix: "ask Moesif's support: it documents that it drops a transaction_id that it knows",
  };
}

function weight({ output, weighted }: Sent, { weighted: [event] }: Seen): Check {
  const id = "moesif-weight";
  const subject = weighted.id;
  if (event === undefined)
    return { id, subject, result: "unknown", cause: "Moesif does not show the call with a weight" };
  const delivered = weighted.delivered["weight"];
  const shown = event["weight"];
  if (Number(shown) === Number(delivered))
    return { id, subject, result: "ok", cause: `delivered ${delivered}, shown ${shown}` };
  const cause = `ignored: delivered ${String(delivered)}, Moesif shows ${shown === undefined ? "none" : JSON.stringify(shown)}`;
  if (output === "accessLog") return { id, subject, result: "observed", cause };
  return { id, subject, result: "problem", cause, fix: "ask Moesif's support: sampled calls would count for one" };
}

/** Values by their paths; names of headers have no case. */
function leavesOf(object: JsonObject, prefix = ""): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  for (const [key, value] of Object.entries(object)) {
    const path = `${prefix}${/headers\.$/.test(prefix) ? key.toLowerCase() : key}`;
    if (isObject(value)) for (const [inner, leaf] of leavesOf(value, `${path}.`)) leaves.set(inner, leaf);
    else if (value !== undefined && value !== null) leaves.set(path, value);
  }
  return leaves;
}

/** Times may be written in another way, and numbers as text. */
function isSame(shown: unknown, delivered: unknown): boolean {
  if (JSON.stringify(shown) === JSON.stringify(delivered) || String(shown) === String(delivered)) return true;
  const isTime = typeof delivered === "string" && /^\d{4}-\d\d-\d\dT/.test(delivered);
  return isTime && typeof shown === "string" && Date.parse(withZone(shown)) === Date.parse(delivered);
}

/** Moesif may leave out the zone, which is UTC. */
function withZone(time: string): string {
  return /Z$|[+-]\d\d:?\d\d$/.test(time) ? time : `${time}Z`;
}

/** Why Moesif could not be asked, as a check. */
export function unreadable(subject: string, error: MoesifError): Check {
  return { id: "moesif-event", subject, result: "unknown", cause: error.message, fix: error.fix };
}
