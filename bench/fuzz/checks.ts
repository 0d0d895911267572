/** What must hold for every record, whatever it is; each flaw is a sentence that begins with "it". */
import { isUtf8 } from "node:buffer";
import { isObject } from "../../common/json";
import { parseEvents, type LogEvent } from "../../local/events";
import { REQUIRED_KEYS } from "../../local/moesif-contract";
import { eventFlaw } from "../../local/moesif-event";
import type { Outcome } from "../bundle";
import { FORGED, type Made } from "./records";

/** 1 MB, Moesif's limit for one event. */
const EVENT_BYTES = 1_000_000;

/** A reason is a code, so that nothing of a record can be in it. */
const REASON = /^[a-z][a-z0-9-]{1,30}$/;

/** What is wrong with an outcome, by itself; `undefined` if nothing is. */
export function flawOf(made: Made, outcome: Outcome, sendsEvents: boolean): string | undefined {
  if (outcome.result !== "Ok") return flawOfOther(outcome);
  const { data = "" } = outcome;
  const bytes = Buffer.from(data, "base64");
  if (bytes.length === 0 || bytes.toString("base64") !== data) return "delivers what is no base64";
  if (!isUtf8(bytes)) return "delivers what is no UTF-8";
  const text = bytes.toString("utf8");
  const objects = objectsOf(text);
  if (objects === undefined) return "delivers what are no JSON objects";
  return (
    flawOfCounts(outcome, objects) ??
    (hasKeyTwice(text, objects) ? "delivers a key twice" : undefined) ??
    objects.map((object) => flawOfObject(object, sendsEvents, made.wellFormed)).find((flaw) => flaw !== undefined) ??
    flawOfSecrets(made, text, objects)
  );
}

function flawOfOther({ result, reason = "", data, events = 1 }: Outcome): string | undefined {
  if (result !== "Dropped" && result !== "ProcessingFailed") return "has a result that Firehose does not know";
  if (!REASON.test(reason)) return "has a reason that is no code";
  if (!Number.isInteger(events) || events < 1) return "counts no events";
  return data === undefined ? undefined : "carries data though it is not delivered";
}

function flawOfCounts({ events, dropped = {}, returned }: Outcome, objects: readonly LogEvent[]): string | undefined {
  const left = (events ?? 1) - (returned?.events ?? 0) - Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return left === objects.length ? undefined : "delivers another number of events than it says";
}

function flawOfObject(object: LogEvent, sendsEvents: boolean, wellFormed: boolean): string | undefined {
  try {
    return flawOfShallow(object, sendsEvents, wellFormed);
  } catch (error) {
    // What is nested so deeply that it just could be written cannot be written from here, where the stack is higher.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function flawOfShallow(object: LogEvent, sendsEvents: boolean, wellFormed: boolean): string | undefined {
  // Of every text, the JSON of what is parsed from it is the shortest, or nearly so.
  if (Buffer.byteLength(JSON.stringify(object)) > EVENT_BYTES)
    return "delivers an event that is larger than Moesif takes";
  if (!sendsEvents) {
    const missing = REQUIRED_KEYS.find((key) => !Object.hasOwn(object, key));
    return missing === undefined ? undefined : `delivers an access log without ${missing}`;
  }
  const flaw = eventFlaw(object);
  // What another producer wrote into an event, or a flipped byte made of it, stays as it is.
  return flaw === undefined || !wellFormed ? undefined : `delivers an event that ${flaw}`;
}

/** As the text has it, and as a reader understands it, whose escapes are undone. */
function flawOfSecrets({ secrets }: Made, text: string, objects: readonly LogEvent[]): string | undefined {
  if (secrets.length === 0) return undefined;
  const read = JSON.stringify(objects);
  return secrets.some((secret) => text.includes(secret) || read.includes(secret)) ? "delivers a secret" : undefined;
}

/** The objects of what is delivered: one, an array, or several apart from each other. */
function objectsOf(text: string): LogEvent[] | undefined {
  try {
    return [JSON.parse(text) as unknown].flat().filter(isObject) as LogEvent[];
  } catch {
    const lines = text.split("\n");
    try {
      return lines.map((line) => JSON.parse(line) as LogEvent);
    } catch {
      return parseEvents(text);
    }
  }
}

/** Each key of a text is followed by the one colon that is in no string. */
function hasKeyTwice(text: string, objects: readonly LogEvent[]): boolean {
  let colons = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === 0x22) quoted = !quoted;
    else if (quoted && character === 0x5c) index++;
    else if (!quoted && character === 0x3a) colons++;
  }
  let keys = 0;
  const rest: unknown[] = [...objects];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== "object" || value === null) continue;
    const held = Object.values(value);
    if (!Array.isArray(value)) keys += held.length;
    for (const one of held) rest.push(one);
  }
  return colons !== keys;
}

/** Whether a call is delivered that was not made, or one more often than it was made. */
export function flawOfIdentity({ calls }: Made, outcomes: readonly Outcome[]): string | undefined {
  if (calls === undefined) return undefined;
  const delivered = outcomes.flatMap(({ result, data = "" }) =>
    result === "Ok" ? (objectsOf(Buffer.from(data, "base64").toString("utf8")) ?? []) : [],
  );
  if (delivered.length > calls) return "delivers more calls than were made";
  const forged = delivered.some((object) =>
    ["user", "companyId", "user_id", "company_id"].some((key) => object[key] === FORGED),
  );
  return forged ? "delivers a call as another caller's" : undefined;
}

/** What is wrong with the counts of an invocation, and with what they are printed as. */
export function flawOfReport(
  report: object,
  outcomes: readonly Outcome[],
  secrets: readonly string[],
): string | undefined {
  const counts = report as Readonly<Record<string, number>>;
  const { EventsIn = NaN, EventsKept = NaN, EventsDropped = NaN, EventsFailed = NaN, EventsPutBack = NaN } = counts;
  const events = outcomes.reduce((sum, outcome) => sum + (outcome.events ?? 1), 0);
  if (EventsIn !== events || EventsKept + EventsDropped + EventsFailed + EventsPutBack !== events) {
    return "makes the counts of its batch not add up";
  }
  const line = JSON.stringify(report);
  return secrets.some((secret) => line.includes(secret)) ? "brings a secret into the log" : undefined;
}
