/** From a JSON text to its objects: one, several or an array, and damaged ones where they can be repaired. */
import type { AccessLog } from "./access-log";
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
  /** How many of the objects were repaired. */
  readonly repaired: number;
}

/**
 * Finds the objects of a text: one JSON object, several (run together or newline-separated), or an array of objects.
 * API Gateway puts nothing between the records it writes, and each arrives alone; several in one record come from
 * other producers.
 *
 * Of a key that an object has twice, the last counts, as `JSON.parse` has it.
 */
export function documentsOf(text: string): Documents | Failed {
  const value = parse(text);
  if (value !== undefined) {
    return frame(value, text);
  }
  const several = parseDocuments(text);
  return several === undefined
    ? (repairedWhole(text) ?? repairedLines(text) ?? failed("not-json"))
    : { framing: "lines", logs: several.logs, text, sound: several.apart, repaired: 0 };
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
    return value.every(isObject)
      ? { framing: "array", logs: value, text, sound: true, repaired: 0 }
      : failed("not-an-object");
  }
  return isObject(value)
    ? { framing: "single", logs: [value], text, sound: true, repaired: 0 }
    : failed("not-an-object");
}

function isObject(value: unknown): value is AccessLog {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function repairedWhole(damaged: string): Documents | undefined {
  const text = repair(damaged);
  return text === undefined
    ? undefined
    : { framing: "single", logs: [JSON.parse(text)], text, sound: false, repaired: 1 };
}

/** Each line for itself: where a damaged object ends and the next begins, a line break alone says for certain. */
function repairedLines(damaged: string): Documents | undefined {
  const logs: AccessLog[] = [];
  const texts: string[] = [];
  let repaired = 0;
  for (const line of damaged.split("\n")) {
    const documents = parseDocuments(line) ?? repairedWhole(line);
    if (documents === undefined) {
      return undefined;
    }
    for (const log of documents.logs) {
      logs.push(log);
    }
    texts.push("text" in documents ? documents.text : line);
    repaired += "repaired" in documents ? documents.repaired : 0;
  }
  return { framing: "lines", logs, text: texts.join("\n"), sound: false, repaired };
}
