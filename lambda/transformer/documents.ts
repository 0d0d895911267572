/**
 * From a JSON text to its objects: one, several or an array, and damaged ones where they can be repaired. What a caller
 * may have written into a value that was not escaped is in doubt, and is not delivered.
 */
import { type AccessLog, isMarked, isObject, REQUIRED_KEYS } from "./access-log";
import { elementTexts, endOfObject, hasDuplicateKeys, holdsPlainTexts, skipSpace, withExactNumbers } from "./json";
import { type LogFormat, LogFormats } from "./log-formats";
import { isComplete } from "./normalise";
import { failed, type Failed, type FailureReason } from "./outcome";
import { repair, REPAIRABLE_FORMATS, WRITTEN_BY_CALLERS } from "./repair";

/** How the objects lie in the text; what is delivered uses the same kind. */
export type Framing = "single" | "lines" | "array";

/** A part of a record that cannot be delivered. */
export interface Bad {
  readonly text: string;
  readonly reason: FailureReason;
}

/** The objects of one text; none if it is empty. */
export interface Documents {
  readonly framing: Framing;
  readonly logs: readonly AccessLog[];
  /** The JSON text that holds these objects, in this order. */
  readonly text: string;
  /** Whether `text` is as it came and can be delivered so: nothing was left out, and nothing is run together. */
  readonly intact: boolean;
  /** Whether no text in it is written with an escape. */
  readonly plain: boolean;
  /** The format of the one object in it, if that is known: then it holds only texts, without escapes, and no key twice. */
  readonly format?: LogFormat;
  /** The values of that object, by the format's keys, behind a first element that is none of them. */
  readonly values?: readonly string[];
  /** How many of the objects were repaired. */
  readonly repaired: number;
  /** Lines, or elements of the array, that are no objects or in doubt. */
  readonly bad: readonly Bad[];
}

const NONE: readonly Bad[] = [];

/**
 * Finds the objects of a text: one JSON object, several (newline-separated or run together), or an array of objects.
 * API Gateway writes one object into a record; several come from other producers. Numbers that JavaScript would round
 * become texts.
 *
 * @returns a failure if none of its objects can be delivered
 */
export function documentsOf(text: string): Documents | Failed {
  const read = formats.read(text);
  if (read !== undefined) {
    const { log, format, values } = read;
    return { framing: "single", logs: [log], text, intact: true, plain: true, format, values, repaired: 0, bad: NONE };
  }
  const value = parse(text);
  if (value !== undefined) {
    const exact = withExactNumbers(text);
    return exact === text ? frame(value, text, true) : frame(JSON.parse(exact), exact, false);
  }
  const several = parseDocuments(text);
  if (several === undefined) {
    return repairedWhole(text) ?? ofLines(linesOf(text));
  }
  return ofLines(runsOf(several), several.apart && several.text === text ? text : undefined);
}

function documents(
  framing: Framing,
  logs: readonly AccessLog[],
  text: string,
  { intact = false, repaired = 0, bad = NONE }: Partial<Documents>,
): Documents {
  return { framing, logs, text, intact, plain: holdsPlainTexts(text), repaired, bad };
}

/** The value of a JSON text; `undefined` for any other text. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not one document. The message of this error quotes the record: it must not go anywhere.
    return undefined;
  }
}

function frame(value: unknown, text: string, intact: boolean): Documents | Failed {
  if (Array.isArray(value)) {
    return ofArray(value, text, intact);
  }
  if (!isObject(value)) {
    return failed("not-an-object");
  }
  if (isInDoubt(value, text)) {
    return failed("in-doubt");
  }
  // What lacks keys gets them later, one by one: objects of JSON.parse take them quicker.
  if (isComplete(value)) {
    formats.learn(value, text);
  }
  return documents("single", [value], text, { intact });
}

function ofArray(values: readonly unknown[], text: string, intact: boolean): Documents | Failed {
  const logs: AccessLog[] = [];
  const texts: string[] = [];
  const bad: Bad[] = [];
  const elements = elementTexts(text);
  values.forEach((value, index) => {
    const element = elements[index]!;
    if (!isObject(value)) {
      bad.push({ text: element, reason: "not-an-object" });
    } else if (isInDoubt(value, element)) {
      bad.push({ text: element, reason: "in-doubt" });
    } else {
      logs.push(value);
      texts.push(element);
    }
  });
  if (bad.length === 0) {
    return documents("array", logs, text, { intact });
  }
  return logs.length === 0 ? failed(bad[0]!.reason) : documents("array", logs, `[${texts.join()}]`, { bad });
}

function repairedWhole(damaged: string): Documents | undefined {
  const { text, log } = repaired(damaged) ?? {};
  return text === undefined || log === undefined ? undefined : documents("single", [log], text, { repaired: 1 });
}

/** The text and the object of a damaged access log that can be repaired. */
function repaired(damaged: string): { readonly text: string; readonly log: AccessLog } | undefined {
  const repairedText = repair(damaged);
  if (repairedText === undefined) {
    return undefined;
  }
  const text = withExactNumbers(repairedText);
  const log = JSON.parse(text) as AccessLog;
  return isInDoubt(log, text) ? undefined : { text, log };
}

/** One line of a text: its object, several that run together on it, or the reason why there are none. */
interface Line {
  readonly text: string;
  readonly logs: readonly AccessLog[];
  readonly isRepaired?: boolean;
  readonly reason?: FailureReason;
}

function linesOf(text: string): Line[] {
  return text
    .split("\n")
    .filter((line) => skipSpace(line, 0) < line.length)
    .map((line) => {
      const found = parseDocuments(line);
      return found === undefined ? repairedLine(line, "not-json") : checkedLine(found.texts, found.logs);
    });
}

/** Each object with those that follow it on the same line. */
function runsOf({ logs, texts, isNewLine }: ParsedDocuments): Line[] {
  const lines: Line[] = [];
  for (let first = 0, next = 1; first < logs.length; first = next++) {
    while (next < logs.length && !isNewLine[next]) {
      next++;
    }
    lines.push(checkedLine(texts.slice(first, next), logs.slice(first, next)));
  }
  return lines;
}

/** API Gateway does not write two objects into one line: where they hold one of its formats, a value may be both. */
function checkedLine(texts: readonly string[], logs: readonly AccessLog[]): Line {
  const text = texts.join("");
  const isDoubtful = logs.some((log, index) => isInDoubt(log, texts[index]!));
  if (logs.length === 1) {
    return isDoubtful ? { text, logs: [], reason: "in-doubt" } : { text, logs };
  }
  const written = writtenKeys(text);
  return isDoubtful || ORDERS.some((format) => holdsInOrder(written, format))
    ? repairedLine(text, "in-doubt")
    : { text, logs };
}

function repairedLine(damaged: string, reason: FailureReason): Line {
  const found = repaired(damaged);
  return found === undefined
    ? { text: damaged, logs: [], reason }
    : { text: found.text, logs: [found.log], isRepaired: true };
}

/** @param text of all lines, if nothing runs together */
function ofLines(lines: readonly Line[], text?: string): Documents | Failed {
  const bad = lines.flatMap(({ text: line, reason }) => (reason === undefined ? [] : [{ text: line, reason }]));
  if (bad.length > 0 && bad.length === lines.length) {
    return failed(bad[0]!.reason);
  }
  if (lines.length > 1 && areOfOneLog(lines[0]!, lines.at(-1)!)) {
    return failed("in-doubt");
  }
  const found = lines.filter(({ reason }) => reason === undefined);
  const logs = found.flatMap((line) => line.logs);
  const repairs = found.filter(({ isRepaired }) => isRepaired).length;
  return text !== undefined && bad.length === 0 && repairs === 0
    ? documents("lines", logs, text, { intact: true })
    : documents("lines", logs, found.map((line) => line.text).join("\n"), { repaired: repairs, bad });
}

// What a caller may have written. AWS does not say that API Gateway escapes values: one that holds quotes can write keys,
// close its object and open others. The formats of this package show it: all their keys stand in the text, in their order.

/** What later versions of the format of REST APIs have behind the keys of the first. */
const LATER = ["integrationLatency", "authorizerLatency", "errorType", "wafStatus", "requestTimeEpoch"];

/** The formats of this package, by their keys in order: others have keys of their owner's anywhere. */
export const OWN_FORMATS: readonly (readonly string[])[] = REPAIRABLE_FORMATS.filter((keys) =>
  keys.includes("extendedRequestId"),
).flatMap((keys) => {
  const isOfRest = keys.includes("accountId");
  const others = isOfRest ? [...keys, ...LATER] : withKey(keys, "resourcePath", "requestHostHeader");
  const all = keys.includes("protocol") ? [keys, others] : [keys];
  return all.flatMap((one) => [one, withKey(one, "companyId", "stage")]);
});
const OWN_KEYS: ReadonlySet<string> = new Set(OWN_FORMATS.flat());

/**
 * The known formats by their keys in alphabetical order, as Terraform's `jsonencode` writes them, and every further key of
 * the owner's among them. No other writer has so many keys in this order.
 */
const SORTED_FORMATS = [...OWN_FORMATS, ...REPAIRABLE_FORMATS].map((keys) => [...keys].sort());
/** An owner's own formats have the required keys in this order only if all keys are. */
const SORTED_REQUIRED = [...REQUIRED_KEYS].sort();
/** What all of them have: what lacks it is not compared further. */
const SORTED = SORTED_FORMATS.reduce((common, keys) => common.filter((key) => keys.includes(key)), SORTED_REQUIRED);
const ORDERS = [...OWN_FORMATS, ...SORTED_FORMATS];

const WRITTEN_KEY = new RegExp(`"(?=(${[...OWN_KEYS].join("|")})"[ \\t\\r\\n]*:)`, "g");

/** What may say who the caller is, or how many calls this one stands for; required keys do not. */
const TELLING = new Set([...OWN_KEYS, "subscriptionId", "sessionToken", "weight"]);
for (const key of REQUIRED_KEYS) TELLING.delete(key);
const REQUIRED: ReadonlySet<string> = new Set(REQUIRED_KEYS);

function withKey(keys: readonly string[], key: string, before: string): string[] {
  return keys.toSpliced(keys.indexOf(before), 0, key);
}

/**
 * Whether an object may hold what a caller wrote: a key twice, or others within the keys of a format. Behind these stand
 * further keys of the owner's, or what the transformer added: none that says who the caller is stands behind a query
 * string or another value of a caller's.
 */
function isInDoubt(log: AccessLog, text: string): boolean {
  if (hasDuplicateKeys(text, log)) {
    return true;
  }
  const keys = Object.keys(log);
  if (isSortedInPart(keys, log)) {
    return true;
  }
  // Keys may be written with escapes: the text does not show them.
  const found = text.includes("\\u") ? [...formatsIn(text), ...formatsOf(keys)] : formatsIn(text);
  if (found.length === 0) {
    return false;
  }
  if (keys.at(-1) === "metadata" && isMarked(log)) {
    return false;
  }
  // Of a longer format, the keys of a shorter one stand in the text as well.
  const format = found.reduce((longest, one) => (one.length > longest.length ? one : longest));
  // No caller writes before the first key; and JavaScript puts keys that are whole numbers there.
  const own = keys.slice(Math.max(0, keys.indexOf(format[0]!)));
  const behind = own.slice(format.length);
  const exposed = behind.findIndex((key) => WRITTEN_BY_CALLERS.has(key));
  const isForged = exposed >= 0 && behind.slice(exposed + 1).some((key) => TELLING.has(key));
  return isForged || isMarked(log) || !format.every((key, index) => key === own[index]);
}

/**
 * Whether the keys of a format stand in alphabetical order, but not all keys do. Behind the last of them stand the keys
 * that the transformer added; and others, unless that key's value may be a caller's.
 */
function isSortedInPart(written: readonly string[], log: AccessLog): boolean {
  if (!holdsInOrder(written, SORTED)) {
    return false;
  }
  const formats = [SORTED_REQUIRED, ...SORTED_FORMATS];
  const [first, ...others] = formats.filter((format) => holdsInOrder(written, format));
  if (first === undefined || (written.at(-1) === "metadata" && isMarked(log))) {
    return false;
  }
  const format = others.reduce((longest, one) => (one.length > longest.length ? one : longest), first);
  const last = format.at(-1)!;
  const keys = written.slice(written.indexOf(format[0]!));
  const end = keys.indexOf(last) + 1;
  const behind = WRITTEN_BY_CALLERS.has(last) ? keys.slice(end).filter((key) => !REQUIRED.has(key)) : [];
  const ordered = [...keys.slice(0, end), ...behind];
  return isMarked(log) || behind.includes("weight") || ordered.some((key, index) => key < (ordered[index - 1] ?? ""));
}

/** The formats whose keys all stand in a text, in their order. */
function formatsIn(text: string): readonly (readonly string[])[] {
  // Every format has this key: a search for it is quicker than one for all keys.
  if (!text.includes('"extendedRequestId"')) {
    return [];
  }
  return formatsOf(writtenKeys(text));
}

function formatsOf(written: readonly string[]): readonly (readonly string[])[] {
  return OWN_FORMATS.filter((format) => holdsInOrder(written, format));
}

/** Whether a format's keys all are among others, in its order. */
function holdsInOrder(written: readonly string[], format: readonly string[]): boolean {
  let found = 0;
  for (const key of written) {
    found += key === format[found] ? 1 : 0;
  }
  return found === format.length;
}

function writtenKeys(text: string): string[] {
  return Array.from(text.matchAll(WRITTEN_KEY), ([, key]) => key!);
}

/** Keys that API Gateway writes before any value of a caller's: other formats have two of them as well. */
const FIRST_KEYS = 3;

/**
 * Whether the first and the last of some lines may be the two ends of one access log: then a value with line breaks wrote
 * all that stands between. No header and no path of a request can hold a line break.
 */
function areOfOneLog(first: Line, last: Line): boolean {
  const [begun, ended] = [writtenKeys(first.text), writtenKeys(last.text)];
  if (isWhole(first, begun) && isWhole(last, ended)) {
    return false;
  }
  return ORDERS.some((format) => {
    // A whole log, and what is left of one that was broken within.
    if (format.every((key, index) => key === begun[index])) {
      return ended.includes(format.at(-1)!) && !ended.includes(format[0]!);
    }
    const common = format.findIndex((key, index) => key !== begun[index]);
    const rest = format.slice(common);
    const isEndOf = (keys: readonly string[]) => keys.slice(-rest.length).join() === rest.join();
    return common >= (first.reason === undefined ? FIRST_KEYS : 1) && isEndOf(ended) && !isEndOf(begun);
  });
}

function isWhole({ reason, logs }: Line, keys: readonly string[]): boolean {
  return reason === undefined && (ORDERS.some((own) => own.join() === keys.join()) || logs.every(isComplete));
}

// Several JSON objects in one text, run together (`}{`) or with white space between them.

/** The objects of a text. */
interface ParsedDocuments {
  readonly logs: AccessLog[];
  /** The text, with numbers that JavaScript would round as texts. */
  readonly text: string;
  readonly texts: readonly string[];
  /** Of each object, whether a line break stands before it. */
  readonly isNewLine: readonly boolean[];
  /** Whether white space stands between any two of them. */
  readonly apart: boolean;
}

/**
 * Parses the objects of a text one after the other: none for an empty text, `undefined` if anything else stands
 * between them or one is not JSON. Each character is read once and nothing recurses, whatever the text.
 */
export function parseDocuments(text: string): ParsedDocuments | undefined {
  const logs: AccessLog[] = [];
  const texts: string[] = [];
  const isNewLine: boolean[] = [];
  let apart = true;
  for (let start = skipSpace(text, 0), last = 0; start < text.length;) {
    const end = text.charCodeAt(start) === 0x7b ? endOfObject(text, start) : -1;
    if (end < 0) {
      return undefined;
    }
    const object = text.slice(start, end);
    try {
      logs.push(JSON.parse(object));
    } catch {
      return undefined;
    }
    texts.push(object);
    isNewLine.push(text.slice(last, start).includes("\n"));
    apart &&= start !== last || logs.length === 1;
    last = end;
    start = skipSpace(text, end);
  }
  const exact = withExactNumbers(text);
  return exact === text ? { logs, text, texts, isNewLine, apart } : parseDocuments(exact);
}

/** What was learned of one record serves the next, whatever the batch. */
const formats = new LogFormats();
