/** Takes an object of a record through the steps up to the decision whether it is sent to Moesif. */
import { type AccessLog, textOf } from "./access-log";
import { Call } from "./call";
import { callName, createDedupeId, isDedupeId } from "./dedupe-id";
import type { Documents } from "./documents";
import { createFilter } from "./filter";
import { createIdentify } from "./identify";
import { asAccessLog, isMoesifEvent, redactEvent } from "./moesif-event";
import { normalise } from "./normalise";
import { shapeMetadata } from "./own-metadata";
import type { FailureReason } from "./outcome";
import type { Redaction } from "./redact";
import { parseTime } from "./request-time";
import type { Sampler } from "./sampling/sampler";
import { isEnriched, type TransformerSettings } from "./settings";

/** Moesif refuses what is older. https://www.moesif.com/docs/api#log-an-event */
const OLDEST_MS = 30 * 24 * 60 * 60 * 1000;

/** Takes an object up to the decision. */
export interface Decide {
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
export function createDecide(settings: TransformerSettings, redaction: Redaction, sampler?: Sampler): Decide {
  const sendsEvents = settings.output === "event";
  const enriched = isEnriched(settings);
  // Of a session token, access logs have no place.
  const rules = sendsEvents ? settings.identity : { ...settings.identity, sessionToken: undefined };
  const identity = createIdentify(enriched ? rules : undefined, redaction);
  // In an event, the user has a field of its own that somebody has to fill; of an access log, Moesif finds him itself.
  const identifies = enriched || sendsEvents;
  const isKept = settings.passThrough ? undefined : createFilter(settings.filter);
  const uuidOf = createDedupeId(settings.accountId, settings.region);

  function decide(log: AccessLog, source: Documents, mayHoldSecret: boolean, now: number): Call | FailureReason {
    const shape = normalise(log);
    if (shape === "unknown") {
      return isMoesifEvent(log) ? decideEvent(log, source, now) : "unknown-shape";
    }
    const time = timeOf(log);
    const call = new Call(log, source, false, time, callName(log), uuidOf);
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

  /** The epoch has milliseconds; formats that lack it, or damage, leave the other. */
  function timeOf({ requestTimeEpoch, requestTime }: AccessLog): number {
    const time = requestTimeEpoch === undefined ? NaN : parseTime(String(requestTimeEpoch));
    return Number.isNaN(time) ? parseTime(String(requestTime)) : time;
  }

  function decideEvent(event: AccessLog, source: Documents, now: number): Call | FailureReason {
    if (!sendsEvents) {
      return "unwanted-event";
    }
    const log = asAccessLog(event);
    const time = parseTime(textOf(log.requestTime) ?? "");
    const call = new Call(event, source, true, time, textOf(event.transaction_id) ?? callName(log), uuidOf);
    call.changed = redactEvent(event, redaction);
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
