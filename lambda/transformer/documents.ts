/** From a JSON text to its objects: one, several or an array, and damaged ones where they can be repaired. */
import { type AccessLog, isObject } from "./access-log";
import { countKeys, endOfObject, holdsPlainTexts, skipSpace, withExactNumbers } from "./json";
import { isComplete } from "./normalise";
import { failed, type Failed } from "./outcome";
import { type LogFormat, LogFormats } from "./log-formats";
import { repair } from "./repair";

/** How the objects lie in the text; what is delivered uses the same kind. */
export type Framing = "single" | "lines" | "array";

/** The objects of one text; none if it is empty. */
export interface Documents {
  readonly framing: Framing;
  readonly logs: readonly AccessLog[];
  /** The JSON text that holds these objects, in this order. */
  readonly text: string;
  /** Whether `text` is as it came and can be delivered so: nothing is run together. */
  readonly sound: boolean;
  /** Whether no text in it is written with an escape. */
  readonly plain: boolean;
  /** The format of the one object in it, if that is known: then it holds texts alone, without escapes, no key twice. */
  readonly format?: LogFormat;
  /** How many of the objects were repaired. */
  readonly repaired: number;
}

/**
 * Finds the objects of a text: one JSON object, several (run together or newline-separated), or an array of objects.
 * API Gateway puts nothing between the records it writes, and each arrives alone; several in one record come from
 * other producers.
 *
 * Of a key that an object has twice, the last counts, as `JSON.parse` has it. Numbers that JavaScript would round become
 * texts.
 */
export function documentsOf(text: string): Documents | Failed {
  const read = formats.read(text);
  if (read !== undefined) {
    return { framing: "single", logs: [read.log], text, sound: true, plain: true, format: read.format, repaired: 0 };
  }
  const value = parse(text);
  if (value !== undefined) {
    const exact = withExactNumbers(text);
    return exact === text ? frame(value, text, true) : frame(JSON.parse(exact), exact, false);
  }
  const several = parseDocuments(text);
  return several === undefined
    ? (repairedWhole(text) ?? repairedLines(text) ?? failed("not-json"))
    : documents("lines", several.logs, several.text, several.apart && several.text === text);
}

function documents(
  framing: Framing,
  logs: readonly AccessLog[],
  text: string,
  sound: boolean,
  repaired = 0,
): Documents {
  return { framing, logs, text, sound, plain: holdsPlainTexts(text), repaired };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not one document. The message of this error quotes the record: it must not go anywhere.
    return undefined;
  }
}

function frame(value: unknown, text: string, sound: boolean): Documents | Failed {
  if (Array.isArray(value)) {
    return value.every(isObject) ? documents("array", value, text, sound) : failed("not-an-object");
  }
  if (!isObject(value)) {
    return failed("not-an-object");
  }
  // What lacks keys gets them later, one by one: objects of JSON.parse take them quicker.
  if (isComplete(value)) {
    formats.learn(value, text);
  }
  return documents("single", [value], text, sound);
}

function repairedWhole(damaged: string): Documents | undefined {
  const repaired = repair(damaged);
  if (repaired === undefined) {
    return undefined;
  }
  const text = withExactNumbers(repaired);
  const log = JSON.parse(text) as AccessLog;
  // A caller who writes a key into a value makes it stand there twice.
  return hasDuplicateKeys(text, log) ? undefined : documents("single", [log], text, false, 1);
}

/** Each line for itself: where a damaged object ends and the next begins, a line break alone says for certain. */
function repairedLines(damaged: string): Documents | undefined {
  const logs: AccessLog[] = [];
  const texts: string[] = [];
  let repaired = 0;
  for (const line of damaged.split("\n")) {
    const found = parseDocuments(line) ?? repairedWhole(line);
    if (found === undefined) {
      return undefined;
    }
    for (const log of found.logs) {
      logs.push(log);
    }
    texts.push(found.text);
    repaired += "repaired" in found ? found.repaired : 0;
  }
  return documents("lines", logs, texts.join("\n"), false, repaired);
}

// Several JSON objects in one text, run together (`}{`) or with white space between them.

/** The objects of a text. */
interface ParsedDocuments {
  readonly logs: AccessLog[];
  /** The text, with numbers that JavaScript would round as texts. */
  readonly text: string;
  /** Whether white space stands between any two of them. */
  readonly apart: boolean;
}

/**
 * Parses the objects of a text one after the other: none for an empty text, `undefined` if anything else stands
 * between them or one is not JSON. Each character is looked at once and nothing recurses, whatever the text.
 */
export function parseDocuments(text: string): ParsedDocuments | undefined {
  const logs: AccessLog[] = [];
  let apart = true;
  for (let start = skipSpace(text, 0), last = -1; start < text.length;) {
    const end = text.charCodeAt(start) === 0x7b ? endOfObject(text, start) : -1;
    if (end < 0) {
      return undefined;
    }
    try {
      logs.push(JSON.parse(text.slice(start, end)));
    } catch {
      return undefined;
    }
    apart &&= start !== last;
    last = end;
    start = skipSpace(text, end);
  }
  const exact = withExactNumbers(text);
  return exact === text ? { logs, text, apart } : parseDocuments(exact);
}

// Whether an object was written with a key twice. `JSON.parse` keeps the last, and the steps see that one alone: were
// the text delivered as it is, somebody else might read the first.

/** Whether the JSON text of an object, or of several, writes more keys than they have. Nothing recurses. */
export function hasDuplicateKeys(text: string, parsed: object): boolean {
  return text.length !== shortestLength(parsed) && countKeys(text) !== keysOf(parsed);
}

/**
 * The length of the shortest JSON of an object that holds nothing but texts without escapes, as access logs mostly do;
 * -1 for others. A text of this length has room for no key beside those that are parsed.
 */
function shortestLength(parsed: object): number {
  const log = (Array.isArray(parsed) && parsed.length === 1 ? parsed[0] : parsed) as Record<string, unknown>;
  let length = 1;
  for (const key in log) {
    const value = log[key];
    if (typeof value !== "string") {
      return -1;
    }
    length += key.length + value.length + '"":"",'.length;
  }
  return length;
}

function keysOf(parsed: object): number {
  const rest: object[] = [parsed];
  let keys = 0;
  for (let value = rest.pop(); value !== undefined; value = rest.pop()) {
    const held: unknown[] = Object.values(value);
    keys += Array.isArray(value) ? 0 : held.length;
    for (const one of held) {
      if (typeof one === "object" && one !== null) {
        rest.push(one);
      }
    }
  }
  return keys;
}

/** What was learned of one record serves the next, whatever the batch. */
const formats = new LogFormats();
