/** One call, between the decision whether it is sent and the writing of it. */
import { type AccessLog, isMarked, textOf } from "./access-log";
import type { TimeBudget } from "../re2/time-budget";
import type { Documents } from "./documents";
import { createFilter } from "./filter";
import { createIdentify } from "./identify";
import { type Quote, quoteAny, quotePlain } from "./json";
import { shapeMetadata } from "./metadata";
import { asAccessLog, conform, isMoesifEvent, isUuid, redactEvent } from "./moesif-event";
import { normalise, parseTime } from "./normalise";
import type { DropReason, FailureReason } from "./outcome";
import type { Redaction, RuleWatch } from "./redact";
import type { Sampler } from "./sampling/sampler";
import { isEnriched, type TransformerSettings } from "./settings";
import { hash } from "node:crypto";

/** One call: an access log or, as it may come as well, a Moesif event. */
export class Call {
  /** The transformer has made it, in an earlier run: it is neither enriched nor sampled again. */
  readonly marked: boolean;
  /** What the record had, before any step. */
  readonly before: Readonly<Record<"requestId" | "user" | "companyId" | "weight", AccessLog[string]>>;
  /** Whether a step has changed anything but who the caller is. */
  changedBeyondIdentity = false;
  /** Whether a step has changed the log. */
  changed = false;
  /** Why it is not sent; `undefined` if it is. */
  dropped: DropReason | undefined;
  /** Whether chance had a part in its being sent: then it carries the mark, so as not to be left to chance again. */
  byChance = false;
  /** How many calls it stands for, by our sampling alone. */
  weight = 1;
  readonly #name: string;
  readonly #uuidOf: (name: string) => string;
  #dedupeId: string | undefined;

  /**
   * @param log changed by the steps
   * @param source what it was read from
   * @param time when it was made, in milliseconds since the epoch; `NaN` if nothing says so
   * @param name what tells it from all other calls
   */
  constructor(
    readonly log: AccessLog,
    readonly source: Documents,
    readonly isEvent: boolean,
    readonly time: number,
    name: string,
    uuidOf: (name: string) => string,
  ) {
    this.marked = isMarked(log);
    const { requestId, user, companyId, weight } = log;
    this.before = { requestId, user, companyId, weight };
    this.#name = name;
    this.#uuidOf = uuidOf;
  }

  /** By which Moesif knows it, however often it comes. */
  get dedupeId(): string {
    return (this.#dedupeId ??= this.#uuidOf(this.#name));
  }
}

// Takes an object of a record through the steps up to the decision whether it is sent to Moesif.

/** Moesif refuses what is older. https://www.moesif.com/docs/api#log-an-event */
const OLDEST_MS = 30 * 24 * 60 * 60 * 1000;

/** Takes an object up to the decision. */
interface Decide {
  /**
   * @param source what the object was read from
   * @param mayHoldSecret whether there may be anything to redact
   * @param now milliseconds since the epoch
   */
  (log: AccessLog, source: Documents, mayHoldSecret: boolean, now: number): Call | FailureReason;
  /** Whether no text of the settings that is put into a log needs an escape in JSON. */
  readonly plain: boolean;
}

/** Prepares the steps for these settings. */
export function createDecide(
  settings: TransformerSettings,
  redaction: Redaction,
  budget: TimeBudget,
  sampler?: Sampler,
  watch?: RuleWatch,
): Decide {
  const sendsEvents = settings.output === "event";
  const enriched = isEnriched(settings);
  // Access logs have no place for a subscription or a session token.
  const rules = sendsEvents ? settings.identity : { ...settings.identity, subscription: [], sessionToken: [] };
  const identity = createIdentify(enriched ? rules : undefined, redaction, budget);
  // In an event, the user has a field of its own that somebody has to fill; of an access log, Moesif finds him itself.
  const identifies = enriched || sendsEvents;
  const isKept = settings.passThrough ? undefined : createFilter(settings.filter, budget, watch?.onFilter);
  const uuidOf = createDedupeId(settings.accountId, settings.region);

  function decide(log: AccessLog, source: Documents, mayHoldSecret: boolean, now: number): Call | FailureReason {
    const shape = normalise(log);
    if (shape === "unknown") {
      return isMoesifEvent(log) ? decideEvent(log, source, now) : "unknown-shape";
    }
    watch?.onRecord(log);
    const time = timeOf(log);
    const call = new Call(log, source, false, time, callName(log, source.plain ? quotePlain : quoteAny), uuidOf);
    const found = call.marked ? undefined : identity.lookUp?.(log);
    // Before all other steps, so that what may not leave is not copied by them.
    const redacted = mayHoldSecret && redaction.record(log);
    call.changedBeyondIdentity = redacted || shape === "changed";
    if (call.marked) {
      keepOurs(call);
    } else {
      call.changedBeyondIdentity = shapeMetadata(log) || call.changedBeyondIdentity;
      call.changed = identifies && identity.identify(log, found);
    }
    call.changed ||= call.changedBeyondIdentity;
    return faultOf(time, now) ?? decideFate(call, log);
  }

  /**
   * The epoch has milliseconds. Where it disagrees with the time, it may be a caller's: not every format has it, but each
   * has the time, and a second one would be found.
   */
  function timeOf({ requestTimeEpoch, requestTime }: AccessLog): number {
    const time = parseTime(String(requestTime));
    const exact = requestTimeEpoch === undefined ? time : parseTime(String(requestTimeEpoch));
    return Number.isNaN(time) || Math.abs(exact - time) < 60_000 ? exact : time;
  }

  function decideEvent(event: AccessLog, source: Documents, now: number): Call | FailureReason {
    if (!sendsEvents) {
      return "unwanted-event";
    }
    const conformed = conform(event);
    if (typeof conformed === "string") {
      return conformed;
    }
    const log = asAccessLog(event);
    watch?.onRecord(log);
    const time = parseTime(textOf(log.requestTime) ?? "");
    const { transaction_id: id } = event;
    const call = new Call(event, source, true, time, textOf(id) ?? callName(log, quoteAny), uuidOf);
    call.changed = conformed;
    if (id !== undefined && !isUuid(id)) {
      // Moesif knows events that come twice by a UUID alone.
      event.transaction_id = call.dedupeId;
      call.changed = true;
    }
    call.changed = redactEvent(event, redaction) || call.changed;
    return faultOf(time, now) ?? decideFate(call, asAccessLog(event));
  }

  /** Of what the transformer has made, id and weight are its own: no rule of redaction is about them. */
  function keepOurs({ log, before }: Call): void {
    if (isDedupeId(before.requestId)) {
      log.requestId = before.requestId;
    }
    if (Number.isInteger(before.weight)) {
      log.weight = before.weight;
    }
  }

  /** An access log whose time cannot be read is left to Moesif; an event needs one. */
  function faultOf(time: number, now: number): FailureReason | undefined {
    if (now - time > OLDEST_MS) {
      return "too-old";
    }
    return sendsEvents && Number.isNaN(time) ? "bad-time" : undefined;
  }

  /** @param log what the filter sees; Moesif's sampling rules are about events as they are, and know access logs, too */
  function decideFate(call: Call, log: AccessLog): Call {
    if (call.marked) {
      return call;
    }
    if (isKept !== undefined && !isKept(log)) {
      call.dropped = "filtered";
    } else if (sampler !== undefined) {
      call.weight = sampler.weigh(call.log, () => {
        call.byChance = true;
        return call.dedupeId;
      });
      call.dropped = call.weight === 0 ? "sampled" : undefined;
    }
    return call;
  }

  return Object.assign(decide, { plain: identity.plain });
}

// The id by which Moesif knows a call that comes twice: a name-based UUID (RFC 9562, version 5) of account, region, API,
// stage and `extendedRequestId`. It is the same for every retry and redrive, and no caller can choose it, as he can
// choose `requestId`: else he could have many calls counted as one.

/** The name space of these UUIDs, itself of 16 bytes as a UUID is: in ASCII, so that a name can stand behind it. */
const NAMESPACE = "moesif-firehose!";

const VARIANT = "89ab";

/**
 * What tells a call from all others of its account and region.
 *
 * @param quote how texts of the log are written
 */
export function callName(log: AccessLog, quote: Quote): string {
  const place = `${textOf(log.apiId)}/${textOf(log.stage)}/`;
  const id = textOf(log.extendedRequestId);
  if (id !== undefined) {
    return place + id;
  }
  // A caller can choose this id: it alone must not make many calls one.
  const { requestId, requestTime, requestTimeEpoch, httpMethod, resourcePath, ip, user, durationMs, responseLength } =
    log;
  const json = (value: AccessLog[string]) => (typeof value === "string" ? quote(value) : JSON.stringify(value ?? null));
  // The JSON of an array, written a piece at a time: several times quicker than to make the array first.
  return (
    `${place}[${json(requestId)},${json(requestTime)},${json(requestTimeEpoch)},${json(httpMethod)},` +
    `${json(resourcePath)},${json(ip)},${json(user)},${json(durationMs)},${json(responseLength)}]`
  );
}

/** Prepares the UUIDs of one account and region. */
export function createDedupeId(accountId: string, region: string): (name: string) => string {
  const prefix = `${NAMESPACE}${accountId}/${region}/`;
  return (name) => {
    const hex = hash("sha1", prefix + name, "hex");
    const variant = VARIANT[parseInt(hex[16]!, 16) & 3]!;
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
}

const UUID_5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a value is of the form of these ids. */
export function isDedupeId(value: unknown): value is string {
  return typeof value === "string" && UUID_5.test(value);
}
