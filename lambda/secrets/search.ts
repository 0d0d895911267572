/** Whether a text may hold a secret. Every call is asked, so most texts must be let pass in a fraction of a microsecond. */
import { mayNameSecret, nameBefore, SCHEMES } from "./names";
import { holdsCard, SERVICE_TOKENS, SHORT_CARD } from "./shapes";

const TRACES = ["@", "%", "\\", "'", "Q~", "SG."];
/** In JSON, these are behind a backslash. */
const TRACES_OF_VALUE = ['"', "\t", "\n", "\r"];

/** Whether a JSON text may hold a secret by its shape or by a name within a value. */
export function mayHoldSecret(json: string): boolean {
  return holdsTrace(json) || (readBytes(json), holdsWord(json, 0, json.length) || holdsDigits(json, 0, json.length));
}

/** What the texts of a format have between them, and what their last log had that was no secret. */
export interface Spans {
  /** How many characters stand before each value, behind the last. */
  readonly gaps: readonly number[];
  readonly harmless: string[];
}

/** Values that are kept hold the whole text that they were read from: so those of long texts are not. */
const LONGEST_KEPT = 4096;
/** As `dpop abc`. */
const SHORTEST_SHAPE = 8;

/** The same for the values of a text that is written by a format: its keys, and values that come again, are passed over. */
export function mayHoldSecretIn(text: string, values: readonly string[], { gaps, harmless }: Spans): boolean {
  if (holdsTrace(text)) {
    return true;
  }
  readBytes(text);
  let start = 0;
  for (let index = 0; index < gaps.length; index++) {
    const value = values[index + 1]!;
    start += gaps[index]!;
    const end = start + value.length;
    if (value.length >= SHORTEST_SHAPE && value !== harmless[index] && !isIdOrTime(start, value.length)) {
      if (holdsWord(text, start, end) || holdsDigits(text, start, end)) {
        return true;
      }
      if (text.length <= LONGEST_KEPT) {
        harmless[index] = value;
      }
    }
    start = end;
  }
  return false;
}

const COLON = 0x3a;
const DASH = 0x2d;
const SLASH = 0x2f;

/** Whether a value has the form of a UUID or of `17/Nov/2026:10:05:03 +0000`: no shape fits between their marks. */
function isIdOrTime(start: number, length: number): boolean {
  return (
    (length === 36 && bytes[start + 8] === DASH && bytes[start + 13] === DASH && bytes[start + 18] === DASH) ||
    (length === 26 && bytes[start + 2] === SLASH && bytes[start + 6] === SLASH && bytes[start + 11] === COLON)
  );
}

/** The characters of a text, of each its lowest byte: read several times faster than from the text itself. */
const bytes = Buffer.alloc(16_384);

function readBytes(text: string): void {
  bytes.write(text, "latin1");
}

function holdsTrace(text: string): boolean {
  return text.length > bytes.length || holdsAny(text, TRACES) || holdsPair(text) || holdsUnderscore(text);
}

/** As `pwd=x`. */
const SHORTEST_SECRET = 5;

/** Whether a value may. */
export function mayBeSecret(value: string): boolean {
  return value.length >= SHORTEST_SECRET && (mayHoldSecret(value) || holdsAny(value, TRACES_OF_VALUE));
}

function holdsAny(text: string, traces: readonly string[]): boolean {
  for (const trace of traces) {
    if (text.includes(trace)) {
      return true;
    }
  }
  return false;
}

/** A `=` with something before and behind it; not at the end of a value, where base64 has it. */
function holdsPair(text: string): boolean {
  for (let at = text.indexOf("="); at >= 0; at = text.indexOf("=", at + 1)) {
    const next = text[at + 1];
    if (next !== undefined && next !== "=" && next !== '"' && next !== "\n" && mayNameSecret(nameBefore(text, at))) {
      return true;
    }
  }
  return false;
}

/** Of the prefixes of services' tokens, what stands before the first `_`. */
const BEFORE_UNDERSCORE =
  /(?:gh[opusr]|hub|[sr]k|npm|gems|whsec|shp[acps][ats]|do[opr]|hf|gsk|r8|lin|ntn|glsa|sntry[su]|figd|dckr)$/;

function holdsUnderscore(text: string): boolean {
  for (let at = text.indexOf("_"); at >= 0; at = text.indexOf("_", at + 1)) {
    if (BEFORE_UNDERSCORE.test(text.slice(Math.max(0, at - 6), at))) {
      return true;
    }
  }
  return false;
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

// The words with which shapes begin are sought as Wu and Manber do: the last two of four characters say how far the next
// place is at which a word can end. So a third of the characters is looked at, for some two hundred words at once.

const BLOCK = 4;
const ANY = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/** Begin shapes in this very case; `?` stands for any character of a token. */
const WORDS = "AKIA ASIA AIza GOCS eyJ? glpa xox? xapp ya29 sk-? pypi";
/** These in any case. */
const FOLDED =
  "bear basi dpop dige toke apik api- oaut jwt? hawk hmac nego ntlm aws4 goog shar sign scra vapi mutu hoba gnap conc priv " +
  "ssws geni begi " +
  // The ends of names, with the colon of a header.
  "key: eys: ion: ode: der: kie: ies: ord: rds: swd: pwd: ase: ash: irm: ret: ets: ing: lue: ial: als: eds: ken: ens: jwt: " +
  "srf: nse: pem: sid: ids: otp: cvv: cvc: ass: rer: pin:";

/** How far it is at least from here to where a word can end, by two characters. */
const distances = new Uint8Array(1 << 14).fill(BLOCK - 1);
/** Whether a word may begin with four characters. */
const beginnings = new Uint8Array(1 << 16);

for (const word of WORDS.split(" ")) learn(word, false);
for (const word of FOLDED.split(" ")) learn(word, true);

function learn(word: string, folded: boolean): void {
  const wild = folded ? " +:=\t" : ANY;
  const variants = (character: string) =>
    character === "?" ? [...wild] : folded ? [character, character.toUpperCase()] : [character];
  let hashes = [0];
  for (let index = 0; index < BLOCK; index++) {
    const letters = variants(word[index]!);
    hashes = hashes.flatMap((hash) => letters.map((letter) => hashed(hash, letter.charCodeAt(0))));
    for (const before of index > 0 ? variants(word[index - 1]!) : []) {
      for (const letter of letters) {
        const pair = pairOf(before.charCodeAt(0), letter.charCodeAt(0));
        distances[pair] = Math.min(distances[pair]!, BLOCK - 1 - index);
      }
    }
  }
  for (const hash of hashes) beginnings[hash] = 1;
}

function hashed(hash: number, code: number): number {
  return (hash * 31 + code) & 0xffff;
}

function pairOf(before: number, code: number): number {
  return ((before & 127) << 7) | (code & 127);
}

/** What shows that a word is one of a shape. */
const SHAPE = new RegExp(`${SERVICE_TOKENS.source}|(?:${SCHEMES})[ +:=]|eyJ[\\w-]*[.%]|BEGIN|[a-z]{3}:[ +]`, "iy");

function holdsWord(text: string, start: number, end: number): boolean {
  for (let at = start + BLOCK - 1; at < end;) {
    const distance = distances[pairOf(bytes[at - 1]!, bytes[at]!)]!;
    if (distance > 0) {
      at += distance;
    } else if (beginnings[hashOf(at - BLOCK + 1)] === 1 && isShape(text, at - BLOCK + 1)) {
      return true;
    } else {
      at++;
    }
  }
  return false;
}

function hashOf(start: number): number {
  let hash = 0;
  for (let index = start; index < start + BLOCK; index++) hash = hashed(hash, bytes[index]!);
  return hash;
}

function isShape(text: string, start: number): boolean {
  SHAPE.lastIndex = start;
  return SHAPE.test(text);
}
