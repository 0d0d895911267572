/**
 * Whether a text may hold a secret. Every call is asked, so most texts must be let pass in a fraction of a microsecond:
 * only a few characters are checked, and of those most are known to be harmless by the two before them.
 */
import { writtenNameBefore } from "./assignments";
import { ALL_NAMES, mayNameSecret } from "./names";
import { SERVICE_TOKEN, SERVICE_TOKENS, type ServiceToken } from "./service-tokens";
import { CURL_OPTION, holdsCard, SCHEME_FAMILIES, SCHEME_WORDS, SHORT_CARD } from "./shapes";

/** Whether a JSON text may hold a secret by its shape or by a name within a value. */
export function mayHoldSecret(json: string): boolean {
  return json.length > bytes.length || (readBytes(json), holdsMark(json, 0, json.length));
}

/** What the texts of a format have between them, and what their last log had that was no secret. */
export interface Spans {
  /** How many characters stand before each value, behind the last. */
  readonly gaps: readonly number[];
  readonly harmless: string[];
}

/** Values that are kept hold the whole text that they were read from: so those of long texts are not. */
const LONGEST_KEPT = 4096;
/** As `pwd=x`. */
const SHORTEST_SECRET = 5;

/** The same for the values of a text that is written by a format: its keys, and values that come again, are passed over. */
export function mayHoldSecretIn(text: string, values: readonly string[], { gaps, harmless }: Spans): boolean {
  if (text.length > bytes.length) {
    return true;
  }
  readBytes(text);
  let start = 0;
  for (let index = 0; index < gaps.length; index++) {
    const value = values[index + 1]!;
    const { length } = value;
    start += gaps[index]!;
    if (length >= SHORTEST_SECRET && !isIdOrTime(start, length) && value !== harmless[index]) {
      if (holdsMark(text, start, start + length)) {
        return true;
      }
      if (text.length <= LONGEST_KEPT) {
        harmless[index] = value;
      }
    }
    start += length;
  }
  return false;
}

/** Whether a value has the form of a UUID or of `17/Nov/2026:10:05:03 +0000`: no secret fits between their marks. */
function isIdOrTime(start: number, length: number): boolean {
  return (
    (length === 36 && bytes[start + 8] === DASH && bytes[start + 13] === DASH && bytes[start + 18] === DASH) ||
    (length === 26 && bytes[start + 2] === SLASH && bytes[start + 6] === SLASH && bytes[start + 11] === COLON)
  );
}

/** In JSON, these are behind a backslash. */
const MARKS_OF_VALUE = /["\t\n\r]/;

/** Whether a value may. */
export function mayBeSecret(value: string): boolean {
  return value.length >= SHORTEST_SECRET && (MARKS_OF_VALUE.test(value) || mayHoldSecret(value));
}

/** The characters of a text, of each its lowest byte: read several times faster than from the text itself. */
const bytes = Buffer.alloc(16_384);

function readBytes(text: string): void {
  bytes.write(text, "latin1");
}

// Every secret has a mark: a name with what separates it from its value, a scheme with a blank, the prefix of a token, or a
// character that few texts have. A mark ends with a separator or another character that words seldom have: only there is
// it searched for, and only if the two characters before can be those of a mark.

/** What a character is to a mark: letters in any case, digits, and separators, of which some are like others. */
const KINDS = ["", ..."abcdefghijklmnopqrstuvwxyz0123456789_-.;", ":=", " +\t", "[]$~"];
const ASSIGNMENT = KINDS.indexOf(":=");
/** With its kind, a character may have one of these: it may be the last of a mark, or is a mark by itself. */
const END = 64;
const MARK = 128;
const BITS = 6;
const KIND = END - 1;
/** Of an ending. */
const LAST_TWO = (1 << (2 * BITS)) - 1;

const characters = new Uint8Array(256);
/** Whether a mark ends with three characters of these kinds. */
const endings = new Uint8Array(1 << (3 * BITS));
/** The prefixes of tokens by their last two characters. */
const prefixes = new Map<number, string[]>();

function classify(text: string, kind: number): void {
  for (const character of text) characters[character.charCodeAt(0) & 0xff]! |= kind;
}

KINDS.forEach((text, kind) => classify(text + text.toUpperCase(), kind));
// Of escapes, quotes, markup and addresses.
classify("%\\'<@“”„«»‘’‚", MARK);

function endingOf(first: number, second: number, last: number): number {
  return (
    ((characters[first]! & KIND) << (2 * BITS)) | ((characters[second]! & KIND) << BITS) | (characters[last]! & KIND)
  );
}

/** How a mark ends. */
function endingOfMark(mark: string): number {
  const last = mark.length - 1;
  return endingOf(mark.charCodeAt(last - 2), mark.charCodeAt(last - 1), mark.charCodeAt(last));
}

/** Learns a mark of three characters or more. */
function learn(mark: string): void {
  endings[endingOfMark(mark)] = 1;
}

/** Before these two characters of a mark, any may stand. */
function learnShort(mark: string): void {
  const ending = endingOfMark(mark);
  for (let first = 0; first < KINDS.length; first++) endings[(first << (2 * BITS)) | ending] = 1;
}

/** Of quotes and markup in HTML. */
const ENTITIES = ["&lt;", "&quot;", "&apos;", "&#34;", "&#39;", "&#60;", "&#x22;", "&#x27;", "&#x3c;"];

/** Schemes of Authorization, and what those begin with that have the name of an algorithm behind it. */
const schemes = new Set(SCHEME_WORDS.split(" "));
const families = SCHEME_FAMILIES.split(" ").map((family) => family.replace(/-.*/, ""));

classify(" +\t:=-", END);
// The other characters that may stand there are like these.
for (const scheme of schemes) for (const end of " :") learn(scheme + end);
for (const family of families) learn(`${family}-`);
for (const name of ALL_NAMES) learn(`${name}:`);
// Names may end with another character, and have a blank behind them.
for (const last of "0123456789_-.] ") learnShort(`${last}:`);
// `curl -u`, `curl --user=`
for (const end of " =") {
  learnShort(`u${end}`);
  learn(`ser${end}`);
}
const curlOptions = new Set(["u ", "u=", "r ", "r="].map((end) => endingOfMark(end) & LAST_TWO));
for (const mark of ["eyJ", "---", ...ENTITIES, ...SERVICE_TOKENS.flatMap(marksOf)]) {
  classify(mark.at(-1)!, END);
  if (mark.length > 2) learn(mark);
  else learnShort(mark);
  const lastTwo = endingOfMark(mark) & LAST_TWO;
  prefixes.set(lastTwo, [...(prefixes.get(lastTwo) ?? []), mark]);
}

/** The prefixes of a service up to the last character that words seldom have. */
function marksOf({ prefixes: all, marks }: ServiceToken): readonly string[] {
  return marks ?? all.map((prefix) => /^.*[_.-]/.exec(prefix)?.[0] ?? /^.*[A-Zzp]/.exec(prefix)![0]);
}

function holdsMark(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const character = characters[bytes[at]!]!;
    if (character >= END && (character >= MARK || isMark(text, start, at))) {
      return true;
    }
  }
  return holdsDigits(text, start, end);
}

function isMark(text: string, start: number, at: number): boolean {
  const ending = endingOf(bytes[at - 2]!, bytes[at - 1]!, bytes[at]!);
  if (endings[ending] !== 1) {
    return false;
  }
  if (curlOptions.has(ending & LAST_TWO) && CURL_OPTION.test(writtenNameBefore(text, at, start))) {
    return true;
  }
  if ((ending & KIND) === ASSIGNMENT) {
    return isValue(text, at) && (isName(text, start, at) || isScheme(text, at));
  }
  return isScheme(text, at) || isPrefix(text, at, prefixes.get(ending & LAST_TWO));
}

const DASH = 0x2d;
const SLASH = 0x2f;
const COLON = 0x3a;

/** Whether a value follows: base64 ends with `=` or `==`, and so do values. */
function isValue(text: string, at: number): boolean {
  const next = text[at + 1] === "=" ? text[at + 2] : text[at + 1];
  return next !== undefined && next !== '"' && next !== "\n";
}

/** Whether a name that may be that of a secret ends here, with blanks behind it. */
function isName(text: string, start: number, at: number): boolean {
  let end = at;
  while (end > start && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) end--;
  return mayNameSecret(writtenNameBefore(text, end, start));
}

function isPrefix(text: string, at: number, marks: readonly string[] = []): boolean {
  return marks.some((mark) => {
    const start = at + 1 - mark.length;
    return text.startsWith(mark, start) && (MARKS_ALONE.has(mark) || isServiceToken(text, start));
  });
}

let serviceTokenHere: RegExp | undefined;

function isServiceToken(text: string, start: number): boolean {
  // Few texts need it, and it takes long to make.
  serviceTokenHere ??= new RegExp(SERVICE_TOKEN.source, "y");
  serviceTokenHere.lastIndex = start;
  return serviceTokenHere.test(text);
}

/** These stand within what they are the mark of. */
const MARKS_ALONE = new Set(["eyJ", "---", ...ENTITIES, ...SERVICE_TOKENS.flatMap(({ marks = [] }) => marks)]);

const schemeEnds = new Set([...schemes, ...families]);
const LONGEST_SCHEME = Math.max(...Array.from(schemeEnds, ({ length }) => length));

/** Whether the word before a place is a scheme of Authorization. */
function isScheme(text: string, end: number): boolean {
  for (let start = end - 1; start >= 0 && end - start <= LONGEST_SCHEME; start--) {
    const code = text.charCodeAt(start);
    if (!isInWord(code)) {
      return false;
    }
    if (!isAlphanumeric(text.charCodeAt(start - 1)) && schemeEnds.has(text.slice(start, end).toLowerCase())) {
      return true;
    }
  }
  return false;
}

function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isLetter(code);
}

function isLetter(code: number): boolean {
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
}

function isInWord(code: number): boolean {
  return isAlphanumeric(code) || code === DASH;
}

/** So many digits with single separators: one of any twelve characters of them, or the next, is a digit. */
function holdsDigits(text: string, start: number, end: number): boolean {
  for (let at = start + SHORT_CARD - 2; at < end; at += SHORT_CARD - 1) {
    if (isDigit(bytes[at]!) || isDigit(bytes[at + 1]!)) {
      let first = isDigit(bytes[at]!) ? at : at + 1;
      let last = first;
      while (first > start && isDigitOrGap(bytes[first - 1]!)) first--;
      while (last + 1 < end && isDigitOrGap(bytes[last + 1]!)) last++;
      if (last - first + 1 >= SHORT_CARD && holdsCard(text.slice(first, last + 1))) {
        return true;
      }
      at = last;
    }
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isDigitOrGap(code: number): boolean {
  return isDigit(code) || code === 0x20 || code === 0x2b || code === 0x2d;
}
