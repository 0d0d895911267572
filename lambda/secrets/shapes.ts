/** What is a secret by its shape, in any text. The list stands in docs/privacy.md, with a test for each row. */
import { HIDDEN_MASK, type Rule } from "./placeholders";
import { isSecretParameter, isSecretValue, mayNameSecret, plainName } from "./names";
import { SERVICE_TOKEN, START } from "./service-tokens";
import type { JsonValue } from "../transformer/settings";

// Shapes. Every pattern takes time in proportion to the text: no repetition stands within another that could share it.

/** A shape by which secrets are known in any text. */
export interface Shape {
  /** As `redaction.allow` names it. */
  readonly name: string;
  readonly mask: Rule;
}

const HEX_ESCAPE = "%(?:25)*";
/** A run of characters of a token whose dots may be escaped. */
const TOKEN_RUN = new RegExp(`(?:[\\w.-]|${HEX_ESCAPE}2[Ee])+`, "g");
const DOT = new RegExp(`\\.|${HEX_ESCAPE}2[Ee]`);
/** Every JSON Web Token begins with `{"` in base64url. */
const JSON_START = "eyJ";

function maskWebTokens(text: string): string {
  return text.includes(JSON_START) ? text.replace(TOKEN_RUN, maskWebToken) : text;
}

function maskWebToken(run: string): string {
  const start = run.indexOf(JSON_START);
  return start < 0 || !DOT.test(run.slice(start)) ? run : run.slice(0, start) + HIDDEN_MASK;
}

function maskServiceTokens(text: string): string {
  return text.replace(SERVICE_TOKEN, HIDDEN_MASK);
}

const DASHES = "(?:-|%(?:25)*2[Dd]){5}";
const PRIVATE_KEY = new RegExp(`${DASHES}BEGIN[A-Z0-9 +%]{0,60}PRIVATE[ +%0-9]{1,6}KEY[A-Z0-9 +%]{0,20}${DASHES}`, "i");
const END_OF_KEY = new RegExp(`${DASHES}END[A-Z0-9 +%]{0,90}${DASHES}`, "gi");

/** To where the key ends, or to the end of the text: it may have been cut off. */
function maskPrivateKeys(text: string): string {
  let left = text;
  for (let begin = PRIVATE_KEY.exec(left); begin !== null; begin = PRIVATE_KEY.exec(left)) {
    END_OF_KEY.lastIndex = begin.index + begin[0].length;
    const end = END_OF_KEY.exec(left) === null ? left.length : END_OF_KEY.lastIndex;
    left = left.slice(0, begin.index) + HIDDEN_MASK + left.slice(end);
  }
  return left;
}

const AUTHORITY = new RegExp(`(?:://|${HEX_ESCAPE}3[Aa]${HEX_ESCAPE}2[Ff]${HEX_ESCAPE}2[Ff])`, "g");
const END_OF_AUTHORITY = new RegExp(`[/?#&\\s"'<>\\\\]|${HEX_ESCAPE}(?:2[Ff]|3[Ff]|23|26|20|22)`, "g");
const AT = new RegExp(`@|${HEX_ESCAPE}40`, "g");

const CURL = /\bcurl\b/i;
/** Options of curl that name a user with a password, by itself or behind others, as in `-su jane:password`. */
const OPTION_GAP = `(?:[ \\t+=]|${HEX_ESCAPE}(?:20|09|3[Dd])){1,3}`;
const CURL_USER = new RegExp(
  `((?<=^|[^\\w-]|%(?:25){0,4}20)(?:--(?:proxy-)?user|-[A-Za-z]{0,8}[uU])${OPTION_GAP}(?:\\\\{0,7}["']|${HEX_ESCAPE}2[27])?)` +
    `[^\\s:"'&\\\\]{1,100}(?::|${HEX_ESCAPE}3[Aa])(?:(?!${HEX_ESCAPE}2[27])[^\\s"'&\\\\])+`,
  "g",
);
/** The end of what stands before the value. */
export const CURL_OPTION = /^-(?:-(?:proxy-)?user|[A-Za-z]{0,8}[uU])$/;

function maskCurlUsers(text: string): string {
  return CURL.test(text) ? text.replace(CURL_USER, `$1${HIDDEN_MASK}`) : text;
}

/** What stands between `://` and the `@` before a host, also where both are escaped. */
function maskUrlCredentials(text: string): string {
  let left = "";
  let from = 0;
  AUTHORITY.lastIndex = 0;
  while (AUTHORITY.exec(text) !== null) {
    const start = AUTHORITY.lastIndex;
    END_OF_AUTHORITY.lastIndex = start;
    const authority = text.slice(start, END_OF_AUTHORITY.exec(text)?.index);
    const at = [...authority.matchAll(AT)].at(-1)?.index ?? 0;
    if (at > 0) {
      left += text.slice(from, start) + HIDDEN_MASK;
      from = start + at;
    }
    AUTHORITY.lastIndex = start + authority.length;
  }
  return left + text.slice(from);
}

/** Schemes of Authorization, those of IANA's register and those that services have of their own. */
export const SCHEME_WORDS =
  "bearer basic dpop digest token apikey api-key oauth jwt hawk hmac negotiate ntlm sharedkey shared-key sharedkeylite " +
  "shared-key-lite sharedaccesssignature signature vapid mutual hoba gnap concealed privatetoken ssws geniekey googlelogin";
/** Schemes with the name of an algorithm behind this. */
export const SCHEME_FAMILIES = "aws4- goog4- hmac-sha scram-sha-";
export const SCHEMES = `(?:${SCHEME_WORDS.replaceAll(" ", "|")}|(?:${SCHEME_FAMILIES.replaceAll(" ", "|")})[\\w-]+)`;

/** What may part a scheme from its value. */
const GAP = `(?:[ \\t+:=]|${HEX_ESCAPE}(?:20|09|2[Bb]|3[AaDd])){1,8}`;
const SCHEME = `(?<!\\w)${SCHEMES}${GAP}`;
/** A value ends where the next scheme begins, lest it hide that scheme's own value. */
const VALUE = `(?![:=+])(?:(?!${SCHEME})[^\\s"'<>,;&\\\\\\uFDD0-\\uFDEF])+`;
/** `name="value", name=value` as RFC 9110 has it. */
const PARAMETER = `[\\w-]{1,40}=(?:"[^"]*"|[^\\s,"&\\uFDD0-\\uFDEF]+)`;
const PARAMETERS = `${PARAMETER}(?:[, ]{1,3}${PARAMETER})*`;
/** How many schemes may stand before a value is bounded, so that a text of nothing but schemes is soon read. */
const AUTHORIZATION = new RegExp(`(${SCHEME})((?:${SCHEME}){0,3})(?:(${PARAMETERS})|(${VALUE}))`, "gi");

function maskAuthorizations(text: string): string {
  return text.replace(AUTHORIZATION, (whole, scheme: string, more: string, parameters?: string, value?: string) =>
    parameters !== undefined || isCredential(scheme + more, value!) ? scheme + HIDDEN_MASK : whole,
  );
}

const COLON = 0x3a;

/** As `Client/2.0` of a user agent. */
const PRODUCT = /^[A-Za-z]+\/v?\d[\d.]*$/;

/** Most schemes are words as well: what follows one counts behind a blank, and if it has not the form of a word. */
function isCredential(schemes: string, value: string): boolean {
  if (/bearer|dpop/i.test(schemes)) {
    return true;
  }
  if (/^basic/i.test(schemes) && (value.includes(":") || Buffer.from(value, "base64").includes(COLON))) {
    return true;
  }
  if (/[:=]|3[AD]/i.test(schemes) || PRODUCT.test(value)) {
    return false;
  }
  return value.length >= 20 || (value.length >= 8 && /\d/.test(value) && /[a-z]/i.test(value));
}

/** Digits with single separators between them, that are no part of a word or a fraction; a UUID is found first. */
const DIGITS = new RegExp(
  `([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|` +
    `${START}(?<!\\d\\.)\\d(?:(?:[ +-]|${HEX_ESCAPE}(?:20|2[BbDd]))?\\d){12,}(?![A-Za-z0-9]|\\.\\d)`,
  "gi",
);
const SEPARATOR = new RegExp(`([ +-]|${HEX_ESCAPE}(?:20|2[BbDd]))`);
/** The numbers that card issuers give out (ISO/IEC 7812), by their first digits and lengths. */
const ISSUED = new RegExp(
  "^(?:4(?:\\d{12}|\\d{15}|\\d{18})" + // Visa
    "|(?:5[1-5]\\d\\d|222[1-9]|22[3-9]\\d|2[3-6]\\d\\d|27[01]\\d|2720)\\d{12}" + // Mastercard
    "|3[47]\\d{13}" + // American Express
    "|3(?:0[0-59]|[689]\\d)\\d{11}" + // Diners Club
    "|(?:35(?:2[89]|[3-8]\\d)|6011|64[4-9]\\d|65\\d\\d|62\\d\\d|220[0-4])\\d{12,15}" + // JCB, Discover, UnionPay, Mir
    "|(?:5018|5020|5038|5893|6304|6759|676[1-3])\\d{9,15})$", // Maestro
);
const FIRST_DIGIT = /^[2-6]/;
/** Of the cards in use none is so short, but barcodes and telephone numbers are. */
export const SHORT_CARD = 13;
const LONG_CARD = 19;

function maskCards(text: string): string {
  return text.replace(DIGITS, (run: string, uuid: string | undefined, index: number) =>
    uuid === undefined && !(run.length === SHORT_CARD && text[index - 1] === "+") ? maskGroups(run) : run,
  );
}

/** @param run digits with separators */
function maskGroups(run: string): string {
  const parts = run.split(SEPARATOR);
  let left = "";
  for (let first = 0; first < parts.length; first++) {
    const last = first % 2 === 0 ? endOfCard(parts, first) : -1;
    left += last < 0 ? parts[first]! : HIDDEN_MASK;
    first = Math.max(first, last);
  }
  return left;
}

/** Whether a card number is among digits with separators. */
export function holdsCard(run: string): boolean {
  return run !== maskGroups(run);
}

/** The last group of the card number that begins with this one; -1 if none does. Between groups are separators. */
function endOfCard(parts: readonly string[], first: number): number {
  let digits = "";
  if (!FIRST_DIGIT.test(parts[first]!)) {
    return -1;
  }
  for (let last = first; last < parts.length && digits.length < LONG_CARD; last += 2) {
    digits += parts[last]!;
    if (digits.length >= SHORT_CARD && isCard(digits) && (digits.length > SHORT_CARD || last === first)) {
      return last;
    }
  }
  return -1;
}

/** Whether digits are a card number: given out by an issuer, and right by the check digit. A barcode is none. */
export function isCard(digits: string): boolean {
  return ISSUED.test(digits) && checks(digits, 2) && !(digits.length === SHORT_CARD && checks(digits, 3));
}

/** Whether the last digit is right where every other one counts so often: 2 for cards (Luhn), 3 for barcodes (GTIN). */
function checks(digits: string, times: 2 | 3): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const counted = index % 2 === 0 ? digit : digit * times;
    sum += times === 2 && counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}

/** In the order in which they are sought. */
export const SHAPES: readonly Shape[] = [
  { name: "private-key", mask: maskPrivateKeys },
  { name: "url-credentials", mask: (text) => maskUrlCredentials(maskCurlUsers(text)) },
  { name: "json-web-token", mask: maskWebTokens },
  { name: "authorization-scheme", mask: maskAuthorizations },
  { name: "service-token", mask: maskServiceTokens },
  { name: "card-number", mask: maskCards },
];

/** Whether `redaction.allow` may name this: a name or a shape that would be masked. */
export function isAllowable(name: string): boolean {
  return mayNameSecret(name) || SHAPES.some((shape) => plainName(shape.name) === plainName(name));
}

/** What is a secret where the settings allow some. */
export interface Secrets {
  readonly shapes: readonly Shape[];
  /** Whether a name may be that of a secret. */
  readonly mayName: (name: string) => boolean;
  /** Whether the value of a key or of a header field is a secret by its name. */
  readonly isSecret: (name: string, value: JsonValue) => boolean;
  /** Whether the value of a query parameter is. */
  readonly isParameter: (name: string, value: string) => boolean;
}

/** @param allow names and shapes that are sent all the same */
export function secretsBut(allow: readonly string[] = []): Secrets {
  const allowed = new Set(allow.map(plainName));
  const isAllowed = (name: string) => allowed.size > 0 && allowed.has(plainName(name));
  return {
    shapes: SHAPES.filter(({ name }) => !isAllowed(name)),
    mayName: (name) => mayNameSecret(name) && !isAllowed(name),
    isSecret: (name, value) => isSecretValue(name, value) && !isAllowed(name),
    isParameter: (name, value) => isSecretParameter(name, value) && !isAllowed(name),
  };
}
