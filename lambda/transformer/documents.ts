/** From a JSON text to its objects: one, several or an array, and damaged ones where they can be repaired. */
import { type AccessLog, isObject } from "./access-log";
import { holdsPlainTexts } from "./json-writer";
import { LogFormats } from "./log-formats";
import { isComplete } from "./normalise";
import { failed, type Failed } from "./outcome";
import { parseDocuments } from "./parse-documents";
import { repair } from "./repair";

/** How the objects lie in the text; what is delivered uses the same kind. */
export type Framing = "single" | "lines" | "array";

/** The objects of one text; none if it is empty. */
export interface Documents {
  readonly framing: Framing;
  readonly logs: readonly AccessLog[];
  /** The JSON text that holds these objects, in this order. */
  readonly text: string;
  /** Whether `text` can be delivered as it is: nothing was repaired, and nothing is run together. */
  readonly sound: boolean;
  /** Whether no text in it is written with an escape. */
  readonly plain: boolean;
  /** Whether it is the shortest JSON of one object that holds texts alone, without escapes, as most access logs are. */
  readonly compact: boolean;
  /** How many of the objects were repaired. */
  readonly repaired: number;
}

/** What was learned of one record serves the next, whatever the batch. */
const formats = new LogFormats();

/**
 * Finds the objects of a text: one JSON object, several (run together or newline-separated), or an array of objects.
 * API Gateway puts nothing between the records it writes, and each arrives alone; several in one record come from
 * other producers.
 *
 * Of a key that an object has twice, the last counts, as `JSON.parse` has it.
 */
export function documentsOf(text: string): Documents | Failed {
  const log = formats.read(text);
  if (log !== undefined) {
    return { framing: "single", logs: [log], text, sound: true, plain: true, compact: true, repaired: 0 };
  }
  const value = parse(text);
  if (value !== undefined) {
    return frame(value, text);
  }
  const several = parseDocuments(text);
  return several === undefined
    ? (repairedWhole(text) ?? repairedLines(text) ?? failed("not-json"))
    : documents("lines", several.logs, text, several.apart);
}

function documents(
  framing: Framing,
  logs: readonly AccessLog[],
  text: string,
  sound: boolean,
  repaired = 0,
): Documents {
  return { framing, logs, text, sound, plain: holdsPlainTexts(text), compact: false, repaired };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not one document. The message of this error quotes the record: it must not go anywhere.
    return undefined;
  }
}

function frame(value: unknown, text: string): Documents | Failed {
  if (Array.isArray(value)) {
    return value.every(isObject) ? documents("array", value, text, true) : failed("not-an-object");
  }
  if (!isObject(value)) {
    return failed("not-an-object");
  }
  // What lacks keys gets them later, one by one: objects of JSON.parse take them quicker.
  if (isComplete(value)) {
    formats.learn(value, text);
  }
  return documents("single", [value], text, true);
}

function repairedWhole(damaged: string): Documents | undefined {
  const text = repair(damaged);
  return text === undefined ? undefined : documents("single", [JSON.parse(text) as AccessLog], text, false, 1);
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
    texts.push("text" in found ? found.text : line);
    repaired += "repaired" in found ? found.repaired : 0;
  }
  return documents("lines", logs, texts.join("\n"), false, repaired);
}
