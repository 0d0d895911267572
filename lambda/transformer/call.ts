/** One call, between the decision whether it is sent and the writing of it. */
import { type AccessLog, isMarked, textOf, USER_ORDER } from "./access-log";
import type { TimeBudget } from "../re2/time-budget";
import type { Documents } from "./documents";
import { createFilter } from "./filter";
import { createIdentify } from "./identify";
import { objectTexts, type Quote, quoteAny, quotePlain } from "./json";
import { shapeMetadata } from "./metadata";
import { asAccessLog, conform, isMoesifEvent, isUuid, redactEvent } from "./moesif-event";
import { normalise, parseTime } from "./normalise";
import type { DropReason, FailureReason, RuleWatch } from "./outcome";
import type { Redaction } from "./redact";
import { hashOf, type Sampler } from "./sampling/sampler";
import { isEnriched, type TransformerSettings } from "./settings";
import type * as Crypto from "node:crypto";

/** One call: an access log or, as it may come as well, a Moesif event. */
export class Call {
  /** Changed by the steps. */
  readonly log: AccessLog;
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
  /** How many calls it stands for, by our sampling only. */
  weight = 1;
  readonly #at: number;
  readonly #ids: CallIds;
  #name: string | undefined;
  #dedupeId: string | undefined;

  /**
   * @param source what it was read from, with others
   * @param at which of them it is
   * @param time when it was made, in milliseconds since the epoch; `NaN` if nothing says so
   * @param name what identifies it among all calls; to be given if the redaction may change any of it
   */
  constructor(
    readonly source: Documents,
    at: number,
    readonly isEvent: boolean,
    readonly time: number,
    ids: CallIds,
    name?: string,
  ) {
    this.log = source.logs[at]!;
    this.#at = at;
    this.marked = isMarked(this.log);
    const { requestId, user, companyId, weight } = this.log;
    this.before = { requestId, user, companyId, weight };
    this.#ids = ids;
    this.#name = name;
  }

  /** Whether it names a user, as Moesif will find it. */
  get hasUser(): boolean {
    const { log } = this;
    return this.isEvent ? textOf(log.user_id) !== undefined : USER_ORDER.some((key) => textOf(log[key]) !== undefined);
  }

  /** Whether it names a company, as Moesif will find it. */
  get hasCompany(): boolean {
    return textOf(this.isEvent ? this.log.company_id : this.log.companyId) !== undefined;
  }

  /** By which Moesif knows it, however often it comes. */
  get dedupeId(): string {
    return (this.#dedupeId ??= this.#ids.uuidOf(this.#nameNow()));
  }

  /**
   * By which chance decides, however often it comes. The text of an access log identifies it as well as its name
   * does, and is there already. Callers write a part of it, but none writes how long his call takes.
   */
  get hash(): number {
    return this.#ids.hashOf(this.isEvent ? this.#nameNow() : textIn(this.source, this.#at));
  }

  /** Most calls are never asked for it. */
  #nameNow(): string {
    return (this.#name ??= callName(this.log, this.source.plain ? quotePlain : quoteAny, this.before.user));
  }
}

/** The text of each object, as it came. */
export function textsOf({ framing, logs, text }: Documents): readonly string[] {
  return logs.length === 1 && framing !== "array" ? [text.trim()] : objectTexts(text);
}

let lastSource: Documents | undefined;
let lastTexts: readonly string[] = [];

/** The text of one of several objects. One after the other asks: their texts are sought once. */
function textIn(source: Documents, at: number): string {
  if (source !== lastSource) {
    lastSource = source;
    lastTexts = textsOf(source);
  }
  return lastTexts[at]!;
}

// Takes an object of a record through the steps up to the decision whether it is sent to Moesif.

/** Moesif refuses what is older. https://www.moesif.com/docs/api#log-an-event */
export const OLDEST_MS = 30 * 24 * 60 * 60 * 1000;

/** Takes an object up to the decision. */
interface Decide {
  /**
   * @param source what the object was read from, with others
   * @param at which of them it is
   * @param mayHoldSecret whether there may be anything to redact
   * @param now milliseconds since the epoch
   */
  (source: Documents, at: number, mayHoldSecret: boolean, now: number): Call | FailureReason;
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
  // An event has a field for the user, which has to be set. In an access log, Moesif finds the user itself.
  const identifies = enriched || sendsEvents;
  const isKept = settings.passThrough ? undefined : createFilter(settings.filter, budget, watch?.onFilter);
  const ids = createIds(settings.accountId, settings.region);

  function decide(source: Documents, at: number, mayHoldSecret: boolean, now: number): Call | FailureReason {
    const log = source.logs[at]!;
    const shape = normalise(log);
    if (shape === "unknown") {
      return isMoesifEvent(log) ? decideEvent(source, at, now) : "unknown-shape";
    }
    watch?.onRecord(log);
    const time = timeOf(log);
    const call = new Call(source, at, false, time, ids, mayHoldSecret ? callName(log, quoteAny) : undefined);
    const found = call.marked ? undefined : identity.lookUp?.(log);
    // Before all other steps, so that they copy nothing that must not be sent.
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

  function decideEvent(source: Documents, at: number, now: number): Call | FailureReason {
    const event = source.logs[at]!;
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
    const call = new Call(source, at, true, time, ids, textOf(id) ?? callName(log, quoteAny));
    call.changed = conformed;
    if (id !== undefined && !isUuid(id)) {
      // Moesif detects events that come twice only by a UUID.
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
      const hash = () => {
        call.byChance = true;
        return call.hash;
      };
      call.weight = sampler.weigh(call.log, hash, call.isEvent);
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
 * What identifies a call among all of its account and region.
 *
 * @param quote how texts of the log are written
 * @param user what the record had as `user`
 */
export function callName(log: AccessLog, quote: Quote, user = log.user): string {
  const place = `${textOf(log.apiId)}/${textOf(log.stage)}/`;
  const id = textOf(log.extendedRequestId);
  if (id !== undefined) {
    return place + id;
  }
  // A caller can choose this id: by itself, it must not make many calls one.
  const { requestId, requestTime, requestTimeEpoch, httpMethod, resourcePath, ip, durationMs, responseLength } = log;
  const json = (value: AccessLog[string]) => (typeof value === "string" ? quote(value) : JSON.stringify(value ?? null));
  // The JSON of an array, written a piece at a time: several times quicker than to make the array first.
  return (
    `${place}[${json(requestId)},${json(requestTime)},${json(requestTimeEpoch)},${json(httpMethod)},` +
    `${json(resourcePath)},${json(ip)},${json(user)},${json(durationMs)},${json(responseLength)}]`
  );
}

/** What is made of the names of calls. */
interface CallIds {
  /** The dedupe id. */
  readonly uuidOf: (name: string) => string;
  /** What chance decides by. */
  readonly hashOf: (text: string) => number;
}

/** Prepares the ids of one account and region. */
export function createIds(accountId: string, region: string): CallIds {
  const prefix = `${NAMESPACE}${accountId}/${region}/`;
  const seed = hashOf(prefix);
  let crypto: typeof Crypto | undefined;
  const uuidOf = (name: string) => {
    crypto ??= process.getBuiltinModule("node:crypto");
    const hex = crypto.hash("sha1", prefix + name, "hex");
    const variant = VARIANT[parseInt(hex[16]!, 16) & 3]!;
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
  return { uuidOf, hashOf: (text) => hashOf(text, seed) };
}

const UUID_5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a value is of the form of these ids. */
export function isDedupeId(value: unknown): value is string {
  return typeof value === "string" && UUID_5.test(value);
}
