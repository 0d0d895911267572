/** What is a secret by the name of its key, parameter or header field; and by the name before it in any text. */
import { endOfObject } from "../transformer/json";
import { HIDDEN_MASK, type Rule } from "./placeholders";

// Names are compared without case and separators: `api_key`, `X-Api-Key` and `identity.apiKey` all end with `apikey`.

/** A name that ends with one of these names a secret, also with digits behind it. */
export const SECRET_NAMES: Readonly<Record<string, string>> = {
  passwords: "password passwords passwd pwd passphrase passcode passwordHash passwordConfirm passwordConfirmation",
  secrets: "secret secrets secretString secretValue credential credentials creds",
  tokens:
    "token tokenValue accessTokens apiTokens authTokens idTokens refreshTokens sessionTokens jwt csrf xsrf assertion " +
    "samlResponse",
  keys:
    "apiKey apiKeys apiKeyValue sessionKey appKey authKey accessKey accountKey secretKey privateKey privateKeyPem sharedKey signingKey masterKey " +
    "encryptionKey subscriptionKey functionsKey",
  authorization: "authorization authorizationHeader authorizationCode authCode codeVerifier oauthVerifier",
  sessions: "cookie cookies session sessions sessionId sessionIds sessid",
  codes: "otp otpCode mfaCode recoveryCode backupCode securityCode cvv cvc",
};
/** These are secrets if they are the whole name. */
export const WHOLE_NAMES = "pass userPass bearer sid connect.sid pin";

const SECRET_NAME = new RegExp(
  `(?:^(?:${plainNames(WHOLE_NAMES)})|${Object.values(SECRET_NAMES).map(plainNames).join("|")})\\d*$`,
);

/** Alternatives of a pattern. */
function plainNames(names: string): string {
  return names.split(" ").map(plainName).join("|");
}

/** Tokens that continue a list or make a request idempotent give no access. */
const HARMLESS_NAME =
  /(?:next|page|previous|prev|continuation|pagination|cursor|sync|cancel|cancellation|idempotency|clientrequest)token$/;

/** Names that are secrets as query parameters alone: signatures, and who has signed. */
const SECRET_PARAMETER = /^(?:sig|hmac|auth)$|(?:signature|accesskeyid|googleaccessid)$/;
/** An authorization code is long; a country, coupon or status code is not. */
const CODE = "code";
const SHORTEST_CODE = 16;

/** What a name says of its value: nothing, that it is a secret, or that it is one as a query parameter. */
type Meaning = "none" | "secret" | "parameter" | "code";

/** Names come again and again, but a caller can choose any: how many are known is bounded. */
const MOST_NAMES = 1000;
const known = new Map<string, Meaning>();

function meaningOf(name: string): Meaning {
  let meaning = known.get(name);
  if (meaning === undefined) {
    const plain = plainName(name);
    const isSecret = SECRET_NAME.test(plain) && !HARMLESS_NAME.test(plain);
    meaning = isSecret ? "secret" : SECRET_PARAMETER.test(plain) ? "parameter" : plain === CODE ? "code" : "none";
    if (known.size === MOST_NAMES) known.clear();
    known.set(name, meaning);
  }
  return meaning;
}

/** Whether a key or a header field holds a secret by its name. */
export function isSecretName(name: string): boolean {
  return meaningOf(name) === "secret";
}

/** Whether a query parameter holds a secret by its name. */
export function isSecretParameter(name: string, value: string): boolean {
  const meaning = meaningOf(name);
  return meaning !== "none" && (meaning !== "code" || value.length >= SHORTEST_CODE);
}

/** A name without case and separators. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** What stands between a `=` and the character before it that is in no name; with escapes, if there are any. */
export function nameBefore(text: string, end: number, from = 0): string {
  let start = end;
  while (start > from && end - start < LONGEST_NAME && NAME_CHARACTERS[text.charCodeAt(start - 1)] === 1) {
    start--;
  }
  return text.slice(start, end);
}

const LONGEST_NAME = 128;
/** By their codes. */
const NAME_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) =>
  /[\w.$~[\]%\\-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** Whether the value of a name may be a secret anywhere. */
export function mayNameSecret(name: string): boolean {
  return meaningOf(name) !== "none";
}

/** Whether an object, or one within it, has a key that names a secret. Nothing recurses. */
export function holdsSecretName(object: object): boolean {
  const rest: object[] = [object];
  for (let held = rest.pop(); held !== undefined; held = rest.pop()) {
    if (!Array.isArray(held) && Object.keys(held).some(isSecretName)) {
      return true;
    }
    for (const value of Object.values(held) as unknown[]) {
      if (typeof value === "object" && value !== null) {
        rest.push(value);
      }
    }
  }
  return false;
}

// Values in a text that are secrets by the names before them: `token=…` in a query, in a path or in a cookie;
// `%26token%3D…` in a query within a query; `"token": "…"` in JSON; `X-Api-Key: …` in a header. Each text is read once.

/** What ends a name and begins its value. The `25` say how many times more than once it is escaped. */
const SEPARATOR = /(\\{0,7}["']|%(?:25)*2[27])?[ \t]{0,2}(?:=>?|(:)|%((?:25)*)3(?:[Dd]|([Aa])))/g;
/** So often is a query within a query escaped at most. */
const DEEPEST = 4;
const BLANKS = /(?:[ \t+]|%(?:25)*20){0,3}/y;
const BLANKS_OF_PAIR = /[ \t]{0,2}/y;
/** A quote at the beginning of a value, however it is escaped. */
const OPENING = /\\{0,7}["']|%(?:25)*2[27]/y;
/** The names of these have a value of several words. */
const WHOLE_LINE = /(?:authorization|cookie)$/i;
/** A word and no secret: `Invalid token: expected a number`. */
const WORD = /^[a-z]*\W?$/;
const PASSWORD = /pass|pwd/i;
const LITERAL = /^(?:true|false|null)$/;
/** Schemes of Authorization, those of IANA's register and those that services have of their own. */
export const SCHEMES =
  "bearer|basic|dpop|digest|token|api-?key|oauth|jwt|hawk|hmac(?:-sha\\d+)?|negotiate|ntlm|aws4-[\\w-]+|" +
  "goog4-[\\w-]+|shared-?key|shared-?key-?lite|sharedaccesssignature|signature|scram-sha-\\d+|vapid|mutual|hoba|gnap|" +
  "concealed|privatetoken|ssws|geniekey|googlelogin";
/** What a rule has masked already: the mark, maybe with a scheme before it. */
const MASKED = new RegExp(`(?:(?:${SCHEMES})(?:[ \\t+:=]|%(?:25)*(?:20|09|2[Bb]|3[AaDd]))+)?[\\uFDD0-\\uFDEF]+`, "iy");

/** Which names mean a secret. */
export interface NamedSecrets {
  readonly name: (name: string) => boolean;
  readonly parameter: (name: string, value: string) => boolean;
}

/** Masks each value in a text that is a secret by the name before it. */
export function maskNamed(secrets: NamedSecrets): Rule {
  return (text) => {
    let left = "";
    let from = 0;
    let last = 0;
    SEPARATOR.lastIndex = 0;
    for (let found = SEPARATOR.exec(text); found !== null; found = SEPARATOR.exec(text)) {
      const next = SEPARATOR.lastIndex;
      const [start, end] = secretAfter(text, found, last, secrets) ?? [next, next];
      if (start < end) {
        left += text.slice(from, start) + HIDDEN_MASK;
        from = end;
      }
      last = end;
      SEPARATOR.lastIndex = end;
    }
    return left + text.slice(from);
  };
}

type Span = readonly [start: number, end: number];

/** The value behind a separator, if it is a secret. */
function secretAfter(text: string, found: RegExpExecArray, from: number, secrets: NamedSecrets): Span | undefined {
  const [whole, quote, colon, escapes, escapedColon] = found;
  const { name, before } = plainNameBefore(text, found.index, from);
  if (name === "") {
    return undefined;
  }
  const isColon = colon !== undefined || escapedColon !== undefined;
  if (isColon && !secrets.name(name)) {
    return undefined;
  }
  const level = escapes === undefined ? 0 : escapes.length / 2 + 1;
  const after = found.index + whole.length;
  const start = endOfMatch(isColon ? BLANKS : BLANKS_OF_PAIR, text, after);
  const opened = endOfMatch(OPENING, text, start);
  if (opened > start) {
    const end = closingQuote(text, opened, text.slice(start, opened));
    return isMaskable(isColon || secrets.parameter(name, text.slice(opened, end)), text, opened, end);
  }
  if (!isColon) {
    const end = endOfValue(text, start, endOfPair(text, before), level);
    const value = text.slice(start, end);
    return isMaskable(!LITERAL.test(value) && secrets.parameter(name, value), text, start, end);
  }
  if (quote !== undefined) {
    const isNested = text[start] === "{" || text[start] === "[";
    const end = isNested ? endOfNested(text, start) : endOfValue(text, start, JSON_END, level);
    return isMaskable(!LITERAL.test(text.slice(start, end)), text, start, end);
  }
  // Without a blank it is a part of a path or of a time.
  if (start === after) {
    return undefined;
  }
  const end = endOfValue(text, start, WHOLE_LINE.test(name) ? LINE_END : WORD_END, level);
  const value = text.slice(start, end);
  // The name of another header: its own value is the secret.
  const isName = value.endsWith(":") && secrets.name(value.slice(0, -1));
  return isMaskable(!isName && (PASSWORD.test(name) || !WORD.test(value)), text, start, end);
}

function isMaskable(isSecret: boolean, text: string, start: number, end: number): Span | undefined {
  // A blank behind the scheme may end the value, where it is not escaped.
  return isSecret && start < end && endOfMatch(MASKED, text, start) < end ? [start, end] : undefined;
}

/** Where a sticky pattern that matches here ends. */
function endOfMatch(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

/** The name that ends at a place, without escapes, and the character before it. */
function plainNameBefore(text: string, end: number, from: number): { name: string; before: string | undefined } {
  const written = nameBefore(text, end, from);
  const start = end - written.length;
  const isEscaped = written.includes("%") || written.includes("\\");
  const plain = isEscaped ? unescaped(written).replace(/[\s\0]+$/, "") : written;
  const first = plain.search(/[\w.$~[\]-]*$/);
  const before = text.slice(Math.max(0, start - 3), start) + plain.slice(0, first);
  return { name: plain.slice(first), before: before.trimEnd().at(-1) };
}

/** Names are escaped once or twice, as a query within a query is. */
function unescaped(name: string): string {
  let plain = name.replaceAll(/\\u([0-9A-Fa-f]{4})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  for (let pass = 0; pass <= DEEPEST && plain.includes("%"); pass++) {
    plain = plain.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  }
  return plain;
}

/** What ends a value: characters, and the same where they are escaped. */
interface End {
  readonly characters: string;
  readonly escaped: string;
}

const QUOTES: End = { characters: "\\r\\n\"'<>\\\\", escaped: "26|22|27|3C|3E|0A|0D" };
const LINE_END = QUOTES;
const JSON_END = withEnd(QUOTES, "&\\s,}\\]", "20|2C|7D|5D");
const WORD_END = withEnd(JSON_END, ";)", "3B|29");
const PAIR_END = withEnd(QUOTES, "&\\s#`", "20|23");
const AMONG_PAIRS = withEnd(PAIR_END, ";", "3B");
const AMONG_PARAMETERS = withEnd(PAIR_END, ",", "2C");
const IN_PATH = withEnd(AMONG_PAIRS, "/?", "2F|3F");

function withEnd({ characters, escaped }: End, more: string, moreEscaped: string): End {
  return { characters: characters + more, escaped: `${escaped}|${moreEscaped}` };
}

/** The value of a parameter goes on up to the next; between which parameters it stands, the character before it says. */
function endOfPair(text: string, before: string | undefined): End {
  if (before === ";") {
    return /^(?:\/|\w+:\/\/)/.test(text) ? IN_PATH : AMONG_PAIRS;
  }
  return before === "," ? AMONG_PARAMETERS : PAIR_END;
}

const ends = new Map<End, RegExp[]>();

/** Where a value ends. What is escaped more often than the separator before the value is a part of it. */
function endOfValue(text: string, start: number, end: End, level: number): number {
  const patterns = ends.get(end) ?? [];
  ends.set(end, patterns);
  const depth = Math.min(level, DEEPEST);
  const escaped = depth > 0 ? `|%(?:25){0,${depth - 1}}(?:${end.escaped})` : "";
  const pattern = (patterns[depth] ??= new RegExp(`[${end.characters}]${escaped}`, "gi"));
  pattern.lastIndex = start;
  return pattern.exec(text)?.index ?? text.length;
}

/** Where the next quote of this kind stands that is not itself escaped. */
function closingQuote(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
    if (at === from || text[at - 1] !== "\\") {
      return at;
    }
  }
  return text.length;
}

/** Where an object within a text ends; of anything else, and of what was cut off, all is its own. */
function endOfNested(text: string, start: number): number {
  const end = text[start] === "{" ? endOfObject(text, start) : -1;
  return end < 0 ? text.length : end;
}
