/** The steps in their order, for the records of one batch. */
import { OutOfTime, TimeBudget } from "../re2/time-budget";
import { Capacity, type Limits, returnedOf } from "./answer";
import { type Call, createDecide, textsOf } from "./call";
import { type Decoded, isGzip, recordData } from "./decode";
import type { Bad, Documents } from "./documents";
import { createWrite, encode } from "./encode";
import { quoteAny, quotePlain } from "./json";
import { type DropCounts, dropped, type DropReason, failed, type FailureReason, Ok, type Outcome } from "./outcome";
import { createRedaction, type RedactionDependencies } from "./redact";
import type { SamplingConfig } from "./sampling/config";
import { companyOf } from "./sampling/fields";
import { companyRates, createSampler, limitedWeight, type Sampler } from "./sampling/sampler";
import type { TransformerSettings } from "./settings";

/** Moesif's limit for one event is 1 MB: the smaller of the two that this can mean. */
export const EVENT_LIMIT = 1_000_000;

/**
 * Transforms the data of the records of a batch. Never throws.
 *
 * @param now milliseconds since the epoch
 */
export type Transform = (datas: readonly unknown[], now: number, limits?: Limits) => Outcome[];

/** What the steps need in addition to the settings. */
export interface Dependencies extends RedactionDependencies {
  /** Moesif's sampling rules as they are now, if any are known. */
  readonly config?: () => SamplingConfig | undefined;
}

/** A record whose calls are decided on. */
interface Decided {
  readonly data: string;
  readonly decoded: Decoded;
  readonly calls: readonly Call[];
  /** What of the record cannot be delivered. */
  readonly bad: readonly Bad[];
  /** The texts of the calls as they came; `undefined` if all of the record's objects are calls. */
  readonly texts: readonly string[] | undefined;
}

function withoutFaulty(
  { parts, bad }: Decoded,
  faults: ReadonlyMap<number, FailureReason>,
): Pick<Decided, "bad" | "texts"> {
  const texts = parts.flatMap(textsOf);
  const faulty = Array.from(faults, ([at, reason]) => ({ text: texts[at]!, reason }));
  return { bad: [...bad, ...faulty], texts: texts.filter((_, at) => !faults.has(at)) };
}

/**
 * Prepares the steps for these settings. What can be delivered of a record is, and the rest of it goes back on the stream.
 * A record of which nothing can be delivered fails: Firehose keeps it in the backup bucket.
 */
export function createTransformer(settings: TransformerSettings, dependencies: Dependencies = {}): Transform {
  const { budget = new TimeBudget(), config } = dependencies;
  const redaction = createRedaction(settings.redaction, { ...dependencies, budget });
  const sampler = settings.passThrough ? undefined : createSampler(settings.sampling, () => config?.(), budget);
  const decide = createDecide(settings, redaction, budget, sampler, dependencies.watch);
  const writeCall = createWrite(settings, redaction);

  function decideRecord(data: unknown, now: number, capacity: Capacity): Decided | Outcome {
    const decoded = capacity.decode(data);
    if ("result" in decoded) {
      return decoded;
    }
    const calls: Call[] = [];
    let faults: Map<number, FailureReason> | undefined;
    for (const part of decoded.parts) {
      const mayHoldSecret = redaction.concerns(part);
      for (let at = 0; at < part.logs.length; at++) {
        const call = decideSafely(part, at, mayHoldSecret, now);
        if (typeof call === "string") {
          faults ??= new Map();
          faults.set(calls.length + faults.size, call);
        } else {
          calls.push(call);
        }
      }
    }
    const { bad } = decoded;
    if (calls.length === 0) {
      const reasons = [...(faults?.values() ?? []), ...bad.map((one) => one.reason)];
      const reason = reasons.find((one) => one === "too-slow") ?? reasons[0];
      return reason === undefined ? dropped("empty") : failed(reason, reasons.length);
    }
    return faults === undefined
      ? { data: data as string, decoded, calls, bad, texts: undefined }
      : { data: data as string, decoded, calls, ...withoutFaulty(decoded, faults) };
  }

  function decideSafely(part: Documents, at: number, mayHoldSecret: boolean, now: number): Call | FailureReason {
    try {
      return decide(part, at, mayHoldSecret, now);
    } catch (error) {
      return reasonOf(error);
    }
  }

  function write(call: Call, now: number): Written {
    const quote = decide.plain && call.source.plain ? quotePlain : quoteAny;
    try {
      return budget.ending(() => writeCall(call, now, quote));
    } catch (error) {
      return new Fault(reasonOf(error));
    }
  }

  function encodeRecord(decided: Decided, now: number, capacity: Capacity): Outcome {
    const { calls, bad, decoded } = decided;
    if (calls.length === 1 && bad.length === 0 && decoded.framing === "single") {
      return encodeOne(decided, calls[0]!, now, capacity);
    }
    const sent = calls.filter(({ dropped: reason }) => reason === undefined);
    const written = sent.map((one) => write(one, now));
    return encodeSeveral(decided, sent, written, capacity);
  }

  /** Nearly all records hold one call. */
  function encodeOne(decided: Decided, call: Call, now: number, capacity: Capacity): Outcome {
    if (call.dropped !== undefined) {
      return dropped(call.dropped);
    }
    const text = write(call, now);
    if (typeof text !== "string") {
      return encodeSeveral(decided, decided.calls, [text], capacity);
    }
    if (isTooLarge(text)) {
      return failed("too-large");
    }
    const data = recordData(text);
    return capacity.take(data)
      ? okOf(data, decided.decoded, decided.calls, decided.calls)
      : { ...dropped("put-back", 1), returned: { datas: [Buffer.from(text)], events: 1, reason: "answer-too-large" } };
  }

  function decideRecordSafely(data: unknown, now: number, capacity: Capacity): Decided | Outcome {
    try {
      return capacity.settle(data, decideRecord(data, now, capacity));
    } catch (error) {
      return capacity.settle(data, failed(reasonOf(error)));
    }
  }

  function finish(one: Decided | Outcome, now: number, capacity: Capacity): Outcome {
    if ("result" in one) {
      return one;
    }
    try {
      return capacity.settle(one.data, encodeRecord(one, now, capacity));
    } catch (error) {
      return capacity.settle(one.data, failed(reasonOf(error)));
    }
  }

  const limit = settings.sampling?.companyLimit;
  return (datas, now, limits = {}) => {
    if (sampler === undefined || limit === undefined) {
      const capacity = new Capacity(limits, budget);
      return eachOf(datas, (data) => finish(decideRecordSafely(data, now, capacity), now, capacity));
    }
    // How many calls a company has is known when all records are decided: so all of them are held at once.
    const capacity = new Capacity({ ...limits, inflated: limits.inflated && limits.inflated / 2 }, budget);
    const decided = eachOf(datas, (data) => decideRecordSafely(data, now, capacity));
    const calls = decided.flatMap((one) => ("result" in one ? [] : one.calls));
    limitCompanies(calls, limit, sampler);
    return decided.map((one) => finish(one, now, capacity));
  };
}

/** Compressed records come last: where no capacity is left, these go back as they came, in few bytes. */
function eachOf<T>(datas: readonly unknown[], step: (data: unknown) => T): T[] {
  const results: T[] = [];
  for (const compressed of [false, true]) {
    datas.forEach((data, index) => {
      if (isGzip(data) === compressed) {
        results[index] = step(data);
      }
    });
  }
  return results;
}

/** What nothing changed is delivered byte for byte; in a record of several objects, object by object. */
function encodeSeveral(
  decided: Decided,
  sent: readonly Call[],
  written: readonly Written[],
  capacity: Capacity,
): Outcome {
  const { data, decoded, calls, bad } = decided;
  const isUntouched = sent.length === calls.length && written.every((text) => text === undefined);
  const asItCame = decoded.verbatim && isUntouched && bad.length === 0;
  if (asItCame && !decoded.parts.some(({ text }) => mayBeTooLarge(text)) && capacity.take(data)) {
    return okOf(data, decoded, calls, calls);
  }
  const isNeeded = written.some((text) => typeof text !== "string" || isTooLarge(text));
  const own = isNeeded ? (decided.texts ?? decoded.parts.flatMap(textsOf)) : [];
  const came = own.filter((_, at) => calls[at]!.dropped === undefined);
  const texts = written.map((text, at) => (text instanceof Fault ? text : checked(text ?? came[at]!)));
  const faulty = texts.flatMap((text, at) => (text instanceof Fault ? [{ text: came[at]!, reason: text.reason }] : []));
  if (faulty.length > 0) {
    const isWritten = (_: unknown, at: number) => !(texts[at] instanceof Fault);
    const delivered = texts.filter((text) => typeof text === "string");
    return encodePart(
      { ...decided, bad: [...bad, ...faulty] },
      sent.filter(isWritten),
      delivered,
      capacity,
      bad.length,
    );
  }
  return asItCame && capacity.take(data)
    ? okOf(data, decoded, calls, calls)
    : encodePart(decided, sent, texts as readonly string[], capacity, bad.length);
}

function checked(text: string): string | Fault {
  return isTooLarge(text) ? new Fault("too-large") : text;
}

/**
 * Delivers as much as the capacity allows. The rest goes back on the stream, and so does what is bad.
 *
 * @param texts of the calls that can be sent
 * @param apart how many of what is bad are none of the calls
 */
function encodePart(
  { decoded, calls, bad }: Decided,
  sent: readonly Call[],
  texts: readonly string[],
  capacity: Capacity,
  apart: number,
): Outcome {
  const events = calls.length + apart;
  const count = capacity.countOf(texts, decoded.framing);
  const returned = returnedOf(bad, texts.slice(count), decoded.wrap);
  if (typeof returned === "string") {
    return failed(returned, events);
  }
  if (count > 0) {
    const data = encode(decoded, texts.slice(0, count));
    capacity.take(data);
    const ok = okOf(data, decoded, calls, sent.slice(0, count), events);
    if (returned !== undefined) {
      ok.returned = returned;
    }
    return ok;
  }
  const drops = countDropped(calls);
  const [reason] = texts.length > 0 ? (["put-back"] as const) : (Object.keys(drops) as DropReason[]);
  return reason === undefined
    ? failed(bad[0]!.reason, events)
    : { ...dropped(reason, events), dropped: drops, ...(returned && { returned }) };
}

/** @param sent those of the calls that are delivered */
function okOf(
  data: string,
  { repaired, replaced }: Decoded,
  calls: readonly Call[],
  sent: readonly Call[],
  events = calls.length,
): Ok {
  const ok = new Ok(data, events);
  let weight = 0;
  let withUser = 0;
  let withCompany = 0;
  for (const call of sent) {
    weight += call.weight;
    withUser += call.hasUser ? 1 : 0;
    withCompany += call.hasCompany ? 1 : 0;
  }
  if (withUser > 0) {
    ok.withUser = withUser;
  }
  if (withCompany > 0) {
    ok.withCompany = withCompany;
  }
  if (repaired > 0) {
    ok.repaired = repaired;
  }
  if (replaced > 0) {
    ok.replaced = replaced;
  }
  if (sent.length < calls.length && calls.some((call) => call.dropped !== undefined)) {
    ok.dropped = countDropped(calls);
  }
  if (weight !== sent.length) {
    ok.weight = weight;
  }
  return ok;
}

function countDropped(calls: readonly Call[]): DropCounts {
  const counts: { [reason in DropReason]?: number } = {};
  for (const { dropped: reason } of calls) {
    if (reason !== undefined) {
      counts[reason] = (counts[reason] ?? 0) + 1;
    }
  }
  return counts;
}

function isTooLarge(text: string): boolean {
  return mayBeTooLarge(text) && Buffer.byteLength(text) > EVENT_LIMIT;
}

/** UTF-8 takes at most three bytes for each UTF-16 code unit. */
function mayBeTooLarge(text: string): boolean {
  return 3 * text.length > EVENT_LIMIT;
}

/** Why a step could not do its work on a call. */
class Fault {
  constructor(readonly reason: FailureReason) {}
}

/** The text of a call; `undefined` if it did not change. */
type Written = string | undefined | Fault;

/** Nothing that a record holds makes a step throw to the outside. */
function reasonOf(error: unknown): FailureReason {
  if (error instanceof OutOfTime) {
    return "too-slow";
  }
  // JSON.stringify recurses: on a value that is nested too deeply it runs out of stack.
  return error instanceof RangeError ? "too-deep" : "unexpected";
}

// Limits how many calls of one company are sent of a batch.

/**
 * Drops calls of companies that have more than the limit, by a hash of each call, and weighs those that are left. Calls
 * that the transformer has sent before are not counted again.
 */
function limitCompanies(calls: readonly Call[], limit: number, sampler: Sampler): void {
  const limited = calls
    .filter((call) => call.dropped === undefined && !call.marked)
    .map((call) => ({
      call,
      company: companyOf(call.log, call.isEvent),
      isProtected: sampler.protects(call.log, call.isEvent),
    }));
  const rates = companyRates(limited, limit);
  for (const { call, company, isProtected } of limited) {
    const rate = company === undefined || isProtected ? undefined : rates.get(company);
    if (rate !== undefined) {
      const weight = limitedWeight(rate, call.hash);
      call.byChance = true;
      call.weight *= weight;
      call.dropped = weight === 0 ? "company-limit" : undefined;
    }
  }
}
