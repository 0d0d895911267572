/** Finds objects in a text without parsing them: each character is looked at once and nothing recurses. */

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Where the object that opens at `start` ends, or -1. Braces alone are counted: JSON.parse checks the rest. */
export function endOfObject(text: string, start: number): number {
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

/** The texts of the outermost objects of a text in which nothing else holds braces: objects, arrays of objects. */
export function objectTexts(text: string): string[] {
  const texts: string[] = [];
  for (let start = text.indexOf("{"), end: number; start >= 0; start = text.indexOf("{", end)) {
    end = endOfObject(text, start);
    texts.push(text.slice(start, end));
  }
  return texts;
}

/** How many keys a JSON text writes, in all of its objects: each is followed by the one colon outside of a string. */
export function countKeys(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = closingQuote(text, index + 1);
    } else if (code === COLON) {
      count++;
    }
  }
  return count;
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

/** Where the white space from `from` on, as JSON has it, ends. */
export function skipSpace(text: string, from: number): number {
  let index = from;
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
      break;
    }
  }
  return index;
}
