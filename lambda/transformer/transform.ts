/** The steps in their order, for the records of one batch. */
import { Call, createDecide } from "./call";
import { decode, type Decoded, recordData } from "./decode";
import { type Documents, hasDuplicateKeys } from "./documents";
import { createWrite, encode, textsOf } from "./encode";
import { quoteAny, quotePlain } from "./json";
import { type DropCounts, dropped, type DropReason, failed, type FailureReason, Ok, type Outcome } from "./outcome";
import { createRedaction, type RedactionMeans } from "./redact";
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
export type Transform = (datas: readonly unknown[], now: number) => Outcome[];

/** What the steps need beside the settings. */
export interface Means extends RedactionMeans {
  /** Moesif's sampling rules as they are now, if any are known. */
  readonly config?: () => SamplingConfig | undefined;
}

/** A record whose calls are decided on. */
interface Opened {
  readonly data: string;
  readonly decoded: Decoded;
  readonly calls: readonly Call[];
}

/**
 * Prepares the steps for these settings. A record is delivered as a whole or not at all: if one of its objects is not
 * understood, Firehose keeps the whole record in the backup bucket.
 */
export function createTransformer(settings: TransformerSettings, means: Means = {}): Transform {
  const redaction = createRedaction(settings.redaction, means);
  const sampler = settings.passThrough ? undefined : createSampler(settings.sampling, () => means.config?.());
  const decide = createDecide(settings, redaction, sampler);
  const write = createWrite(settings, redaction);

  function open(data: unknown, now: number): Opened | Outcome {
    const decoded = decode(data);
    if ("result" in decoded) {
      return decoded;
    }
    if (decoded.logs.length === 0) {
      return dropped("empty");
    }
    const calls: Call[] = [];
    let fault: FailureReason | undefined;
    for (const part of decoded.parts) {
      const mayHoldSecret = redaction.concerns(part.text);
      for (const log of part.logs) {
        const call = decide(log, part, mayHoldSecret, now);
        if (call instanceof Call) {
          calls.push(call);
        } else {
          fault ??= call;
        }
      }
    }
    return fault === undefined ? { data: data as string, decoded, calls } : failed(fault, decoded.logs.length);
  }

  function textOf(call: Call, now: number): string | undefined {
    return write(call, now, decide.plain && call.source.plain ? quotePlain : quoteAny);
  }

  function close({ data, decoded, calls }: Opened, now: number): Outcome {
    const [call] = calls as [Call];
    if (calls.length === 1 && call.dropped === undefined && decoded.framing === "single") {
      const text = textOf(call, now);
      if (text !== undefined && !isTooLarge(text)) {
        return okOf(recordData(text), decoded, calls, calls);
      }
      return closeWith(calls, [text], { data, decoded, calls });
    }
    const sent = calls.filter(({ dropped: reason }) => reason === undefined);
    if (sent.length === 0) {
      return { ...dropped(call.dropped!, calls.length), dropped: countDropped(calls) };
    }
    const texts = sent.map((one) => textOf(one, now));
    return closeWith(sent, texts, { data, decoded, calls });
  }

  const openSafely = safely(open);
  const closeSafely = safely(close);
  const finish = (one: Opened | Outcome, now: number) => ("result" in one ? one : closeSafely(one, now));
  const limit = settings.sampling?.companyLimit;
  if (sampler === undefined || limit === undefined) {
    return (datas, now) => datas.map((data) => finish(openSafely(data, now), now));
  }
  // How many calls a company has is known when all records are opened.
  return (datas, now) => {
    const opened = datas.map((data) => openSafely(data, now));
    const calls = opened.flatMap((one) => ("result" in one ? [] : one.calls));
    limitCompanies(calls, limit, sampler);
    return opened.map((one) => finish(one, now));
  };
}

/** @param texts of the calls that are sent, where they changed */
function closeWith(
  sent: readonly Call[],
  texts: readonly (string | undefined)[],
  { data, decoded, calls }: Opened,
): Outcome {
  const delivered = deliver(data, decoded, calls, texts);
  return delivered === undefined ? failed("too-large", calls.length) : okOf(delivered, decoded, calls, sent);
}

function okOf(data: string, { repaired, replaced }: Decoded, calls: readonly Call[], sent: readonly Call[]): Ok {
  const ok = new Ok(data, calls.length);
  const weight = sent.reduce((sum, call) => sum + call.weight, 0);
  if (repaired > 0) {
    ok.repaired = repaired;
  }
  if (replaced > 0) {
    ok.replaced = replaced;
  }
  if (sent.length < calls.length) {
    ok.dropped = countDropped(calls);
  }
  if (weight !== sent.length) {
    ok.weight = weight;
  }
  return ok;
}

/**
 * What nothing changed is delivered byte for byte; in a record of several objects, object by object.
 *
 * @param texts of the calls that are sent, where they changed
 * @returns `undefined` if one of them is larger than Moesif takes
 */
function deliver(
  data: string,
  decoded: Decoded,
  calls: readonly Call[],
  texts: readonly (string | undefined)[],
): string | undefined {
  if (!texts.includes(undefined)) {
    const all = texts as readonly string[];
    return all.some(isTooLarge) ? undefined : encode(decoded, all);
  }
  const { logs, parts, verbatim } = decoded;
  const untouched = texts.every((text) => text === undefined) && texts.length === calls.length;
  const asItCame = verbatim && untouched && !parts.some(repeatsKeys);
  if (asItCame && !parts.some(({ text }) => mayBeTooLarge(text))) {
    return data;
  }
  const own = parts.flatMap(textsOf);
  const isSent = (_: unknown, index: number) => calls[index]!.dropped === undefined;
  const [sentTexts, sentLogs] = [own.filter(isSent), logs.filter(isSent)];
  const written = texts.map((text, index) => text ?? withoutDuplicates(sentTexts[index]!, sentLogs[index]!));
  if (written.some(isTooLarge)) {
    return undefined;
  }
  return asItCame ? data : encode(decoded, written);
}

function repeatsKeys({ text, logs, format }: Documents): boolean {
  return format === undefined && hasDuplicateKeys(text, logs);
}

/** An object with a key twice is written anew: no rule has seen the value that does not count. */
function withoutDuplicates(text: string, log: object): string {
  return hasDuplicateKeys(text, log) ? JSON.stringify(log) : text;
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

/** Nothing that a record holds makes a step throw to the outside. */
function safely<I, O>(step: (input: I, now: number) => O): (input: I, now: number) => O | Outcome {
  return (input, now) => {
    try {
      return step(input, now);
    } catch (error) {
      // JSON.stringify recurses: on a value that is nested too deeply it runs out of stack.
      return failed(error instanceof RangeError ? "too-deep" : "unexpected");
    }
  };
}

// Limits how many calls of one company are sent of a batch.

/**
 * Drops calls of companies that have more than the limit, by a hash of each call, and weighs those that are left. Calls
 * that the transformer has sent before are not counted again.
 */
function limitCompanies(calls: readonly Call[], limit: number, sampler: Sampler): void {
  const limited = calls
    .filter((call) => call.dropped === undefined && !call.marked)
    .map((call) => ({ call, company: companyOf(call.log), isProtected: sampler.protects(call.log) }));
  const rates = companyRates(limited, limit);
  for (const { call, company, isProtected } of limited) {
    const rate = company === undefined || isProtected ? undefined : rates.get(company);
    if (rate !== undefined) {
      const weight = limitedWeight(rate, call.dedupeId);
      call.byChance = true;
      call.weight *= weight;
      call.dropped = weight === 0 ? "company-limit" : undefined;
    }
  }
}
