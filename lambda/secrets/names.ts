/**
 * What is a secret by the name of its key, parameter or header field. The lists stand in docs/privacy.md, with a test for
 * each row. They were compared with those of Sentry, Rails and the URL conventions of OpenTelemetry.
 */
import type { JsonValue } from "../transformer/settings";

// Names are compared without case and separators: `api_key`, `X-Api-Key` and `identity.apiKey` all end with `apikey`.

/** A name that ends with one of these names a secret, also with digits behind it. */
export const SECRET_NAMES: Readonly<Record<string, string>> = {
  passwords:
    "password passwd pwd passphrase passcode passwordHash passwordSalt passwordConfirm passwordConfirmation " +
    "dbPass databasePass loginPass adminPass rootPass mailPass smtpPass ftpPass ldapPass mysqlPass redisPass sshPass " +
    "proxyPass keyPass seedPhrase mnemonic",
  secrets: "secret secretString secretValue credential connectionString",
  tokens: "token tokenValue jwt csrf xsrf assertion samlResponse samlArt",
  keys:
    "apiKey apiKeyValue sessionKey appKey applicationKey authKey accessKey accountKey secretKey privateKey privateKeyPem " +
    "sharedKey signingKey masterKey encryptionKey subscriptionKey functionsKey licenseKey hmacKey sasKey",
  authorization: "authorization authorizationHeader authorizationCode authCode codeVerifier oauthVerifier deviceCode",
  sessions: "cookie session sessionId sessid aspxauth",
  codes:
    "otp otpCode totpCode mfaCode twoFactorCode oneTimeCode smsCode verificationCode recoveryCode backupCode securityCode " +
    "cvv cvc",
};
/** So do these, but a number under one of them is a count. */
export const PLURAL_NAMES = "passwords secrets credentials creds tokens apiKeys cookies sessions sessionIds";
/** These name a secret if they are the whole name. */
export const WHOLE_NAMES =
  "pass pw dbPw userPass userPw bearer sid connect.sid pin newPin oldPin currentPin userPin cardPin";
/** As a query parameter, a name that ends with one of these names a secret; elsewhere, if the value looks random. */
export const SIGNATURE_NAMES = "signature sig hmac hmacSha accessKeyId googleAccessId";
/** These name a secret if the value looks random: a country, a status or an error has a code as well. */
export const RANDOM_NAMES = "code auth authentication xAuth proxyAuth basicAuth";

/** A name without case and separators. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

// Sets of names: to compile them as one pattern would take milliseconds at every start.

function plainNames(names: string): ReadonlySet<string> {
  return new Set(names.split(" ").map(plainName));
}

const secretNames = plainNames(Object.values(SECRET_NAMES).join(" "));
const pluralNames = plainNames(PLURAL_NAMES);
const wholeNames = plainNames(WHOLE_NAMES);
const signatureNames = plainNames(SIGNATURE_NAMES);
const randomNames = plainNames(RANDOM_NAMES);
/** All of them, without case and separators. */
export const ALL_NAMES = [secretNames, pluralNames, wholeNames, signatureNames, randomNames].flatMap((names) => [
  ...names,
]);
const LONGEST_LISTED = Math.max(...ALL_NAMES.map(({ length }) => length));

function endsWithOneOf(names: ReadonlySet<string>, plain: string): boolean {
  for (let start = Math.max(0, plain.length - LONGEST_LISTED); start < plain.length; start++) {
    if (names.has(plain.slice(start))) {
      return true;
    }
  }
  return false;
}

const SESSION_OF_ASP = /^aspsessionid[a-z]*$/;

/** Tokens that continue a list or make a request idempotent give no access. */
const HARMLESS_NAME =
  /(?:next|page|previous|prev|continuation|pagination|cursor|sync|cancel|cancellation|idempotency|clientrequest)tokens?$/;

/** What a name says of its value: nothing, that it is a secret, or that it may be one. */
type Meaning = "none" | "secret" | "plural" | "signature" | "random";

/** Names come again and again, but a caller can choose any: how many are known is bounded, and how long they are. */
const MOST_NAMES = 1000;
export const LONGEST_NAME = 128;
const known = new Map<string, Meaning>();

function meaningOf(name: string): Meaning {
  let meaning = known.get(name);
  if (meaning === undefined) {
    meaning = meaningOfPlain(plainName(name.slice(-LONGEST_NAME)));
    if (known.size === MOST_NAMES) known.clear();
    if (name.length <= LONGEST_NAME) known.set(name, meaning);
  }
  return meaning;
}

function meaningOfPlain(plain: string): Meaning {
  const meaning = listedMeaning(plain, plain.replace(/\d+$/, ""));
  return meaning !== "none" && HARMLESS_NAME.test(plain) ? "none" : meaning;
}

/** @param bare the name without the digits behind it */
function listedMeaning(plain: string, bare: string): Meaning {
  if (wholeNames.has(bare) || endsWithOneOf(secretNames, bare) || SESSION_OF_ASP.test(bare)) {
    return "secret";
  }
  if (endsWithOneOf(pluralNames, plain)) {
    return "plural";
  }
  return endsWithOneOf(signatureNames, bare) ? "signature" : randomNames.has(plain) ? "random" : "none";
}

/** Whether a name may be that of a secret: then its value is checked. */
export function mayNameSecret(name: string): boolean {
  return meaningOf(name) !== "none";
}

/** Whether the value of a key or of a header field is a secret by its name. */
export function isSecretValue(name: string, value: JsonValue): boolean {
  switch (meaningOf(name)) {
    case "none":
      return false;
    case "secret":
      return !isHarmless(value);
    case "plural":
      return !isHarmless(value) && !isCount(value);
    default:
      return typeof value === "string" && looksRandom(value);
  }
}

/** The same for a query parameter. */
export function isSecretParameter(name: string, value: string): boolean {
  return meaningOf(name) === "signature" ? !isHarmless(value) : isSecretValue(name, value);
}

/** Whether a value is no secret under any name, as in `hasPassword: true`. */
function isHarmless(value: JsonValue): boolean {
  return value === null || typeof value === "boolean" || value === "true" || value === "false" || value === "null";
}

/** Whether a value is a number, or holds nothing else: `tokens: {prompt: 12}`. Access logs have numbers as texts. */
function isCount(value: JsonValue): boolean {
  const rest: JsonValue[] = [value];
  for (let held = rest.pop(); held !== undefined; held = rest.pop()) {
    if (typeof held === "object" && held !== null) {
      for (const one of Object.values(held) as JsonValue[]) rest.push(one);
    } else if (typeof held !== "number" && !/^\d{1,9}$/.test(String(held))) {
      return false;
    }
  }
  return true;
}

/** A word or a sentence does not look random; nor does a constant such as `ERR_4001_INVALID`. */
const RANDOM = /^(?=\D*\d)(?=[^a-z]*[a-z])\S{16,}$/i;
const CONSTANT = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;

function looksRandom(value: string): boolean {
  return RANDOM.test(value) && !CONSTANT.test(value);
}
