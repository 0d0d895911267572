/** Several JSON objects in one text, run together (`}{`) or with white space between them. */
import type { AccessLog } from "./access-log";
import { endOfObject, skipSpace } from "./json-text";

/** The objects of a text. */
export interface ParsedDocuments {
  readonly logs: AccessLog[];
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
  return { logs, apart };
}
