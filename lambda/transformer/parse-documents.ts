/** Several JSON objects in one text, run together (`}{`) or with white space between them. */
import type { AccessLog } from "./access-log";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Parses the objects of a text one after the other: none for an empty text, `undefined` if anything else stands
 * between them or one is not JSON. Each character is looked at once and nothing recurses, whatever the text.
 */
export function parseDocuments(text: string): AccessLog[] | undefined {
  const documents: AccessLog[] = [];
  for (let start = skipSpace(text, 0); start < text.length;) {
    const end = text.charCodeAt(start) === OPEN ? endOfObject(text, start) : -1;
    if (end < 0) {
      return undefined;
    }
    try {
      documents.push(JSON.parse(text.slice(start, end)));
    } catch {
      return undefined;
    }
    start = skipSpace(text, end);
  }
  return documents;
}

/** Where the object that opens at `start` ends, or -1. Braces alone are counted: JSON.parse checks the rest. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = closingQuote(text, index + 1);
    } else if (code === OPEN) {
      depth++;
    } else if (code === CLOSE && --depth === 0) {
      return index + 1;
    }
  }
  return -1;
}

/** Where the string that began before `from` is closed; the text's length if it never is. */
function closingQuote(text: string, from: number): number {
  let index = from;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      return index;
    }
    index += code === BACKSLASH ? 2 : 1;
  }
  return text.length;
}

/** White space as JSON has it. */
function skipSpace(text: string, from: number): number {
  let index = from;
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
      break;
    }
  }
  return index;
}
