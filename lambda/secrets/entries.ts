/**
 * Finds values in a text that are secrets by names that are values themselves: lists of names and values, parts of a
 * form, and elements of XML. Every repetition is bounded: time is in proportion to the text.
 */
import { ANY_OBJECT, maskFound, quoted, type Span, valueIn, WORD } from "./assignments";
import { LONGEST_NAME } from "./names";
import type { Rule } from "./placeholders";
import type { Secrets } from "./shapes";

const QUOTE = "\\\\{0,7}[\"']";
const NAME = `${QUOTE}([\\w.[\\]-]{1,${LONGEST_NAME}})${QUOTE}`;
const IS = `(?:${QUOTE})?\\s{0,3}[:=]\\s{0,3}`;
const NAME_IS = `\\b(?:name|key|header|field)${IS}`;
const VALUE_IS = `\\bvalues?${IS}\\[?`;
const BETWEEN = "[^{}<>[\\]]{0,200}?";
/** A line break, also within JSON. */
const BREAK = "(?:\\r?\\n|(?:\\\\r)?\\\\n)";
const LINE = "[^\\r\\n\\\\]{0,200}";

const ENTRY = new RegExp(
  // {"name": "X-Api-Key", "value": "…"} or name="token" value="…"
  `${NAME_IS}${NAME}${BETWEEN}${VALUE_IS}(?=${QUOTE})` +
    // the same with the value first
    `|${VALUE_IS}(?=(?<quote>${QUOTE})[^"'\\\\]{1,2000}\\k<quote>${BETWEEN}${NAME_IS}${NAME})` +
    // ["X-Api-Key", "…"]
    `|(?<=[[(,]\\s{0,3})(?<pair>${NAME})\\s{0,3},\\s{0,3}(?=${QUOTE})` +
    // a part of a form: the value begins behind an empty line
    `|(?<part>form-data;)\\s{0,3}name=(?:${NAME}|([\\w.[\\]-]{1,${LONGEST_NAME}})(?=[;\\s\\\\]))${LINE}(?:${BREAK}${LINE}){0,4}?${BREAK}${BREAK}`,
  "gi",
);
/** What ends a part of a form. */
const BOUNDARY = new RegExp(`${BREAK}--|$`, "g");

/** Masks the values of entries whose names are those of secrets. */
export function entries(secrets: Secrets): Rule {
  return (text) => {
    if (!/["']|form-data/.test(text)) {
      return text;
    }
    return maskFound(text, ENTRY, (found) => {
      const start = ENTRY.lastIndex;
      const { pair, part } = found.groups!;
      const name = (found[1] ?? found[3] ?? found[5] ?? found[7] ?? found[8])!;
      if (!secrets.mayName(name)) {
        return undefined;
      }
      const span = part === undefined ? quoted(text, start)! : endOfPart(text, start);
      const value = valueIn(text, span);
      // A list of words is none of names and values: `["username", "password", "email"]`.
      return secrets.isSecret(name, value) && !(pair !== undefined && WORD.test(value)) ? span : undefined;
    });
  };
}

function endOfPart(text: string, start: number): Span {
  BOUNDARY.lastIndex = start;
  return [start, BOUNDARY.exec(text)!.index];
}

/** The brackets of an element, also as an entity, in JSON or in a URL. */
const OPEN = "(?:<|&lt;|&#(?:60|x3c);|\\\\{1,7}u003c|%(?:25){0,4}3c)";
const CLOSE = "(?:>|&gt;|&#(?:62|x3e);|\\\\{1,7}u003e|%(?:25){0,4}3e)";
const SLASH = "(?:\\\\{0,7}/|%(?:25){0,4}2f)";
const BLANK = "(?:\\s|\\+|%(?:25){0,4}20)";
const TAG_NAME = "(?:[\\w.-]{1,60}(?::|%(?:25){0,4}3a))?([\\w.-]{1,128})";
const ELEMENT = new RegExp(
  `(?<open>${OPEN})(?<tag>${TAG_NAME})(?:${BLANK}[^<>]{0,1000}?)?${CLOSE}` +
    // <name>token</name><value>…</value>
    `|(?<=>|[;eE])\\s{0,3}([\\w.-]{1,${LONGEST_NAME}})\\s{0,3}${OPEN}${SLASH}(?:name|key)${CLOSE}\\s{0,20}` +
    `(?:${OPEN}[^<>/&%\\\\]{1,100}${CLOSE}){1,2}`,
  "gi",
);
const CLOSING = new RegExp(OPEN + SLASH, "gi");
const EMPTY = new RegExp(`${SLASH}${CLOSE}$`, "i");
const DOCUMENT = new RegExp(`^\\s*${OPEN}`, "i");

/** Masks what stands in an element with the name of a secret, with all elements within it. */
export function elements(secrets: Secrets): Rule {
  return (text) => {
    // A tag that is never closed is a placeholder, as in `/users/<token>`; but a document may have been cut off.
    const isDocument = DOCUMENT.test(text);
    let closing = -1;
    return maskFound(text, ELEMENT, ({ 0: whole, 3: element, 4: named, groups }) => {
      const start = ELEMENT.lastIndex;
      const name = (element ?? named)!;
      if (!secrets.mayName(name) || EMPTY.test(whole)) {
        return undefined;
      }
      closing = closing < start ? startOf(CLOSING, text, start) : closing;
      if (closing === text.length && !isDocument) {
        return undefined;
      }
      const own = groups!.tag === undefined ? undefined : new RegExp(`${OPEN}${SLASH}${groups!.tag}(?![\\w.-])`, "gi");
      if (own === undefined || startOf(own, text.slice(closing, closing + LONGEST_CLOSING), 0) === 0) {
        const span: Span = [start, closing];
        return secrets.isSecret(name, valueIn(text, span)) ? span : undefined;
      }
      return secrets.isSecret(name, ANY_OBJECT) ? [start, startOf(own, text, closing)] : undefined;
    });
  };
}

const LONGEST_CLOSING = 300;

/** Where the next match stands; the end of the text for none. */
function startOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}
