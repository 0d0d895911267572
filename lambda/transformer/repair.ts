/**
 * Repairs an access log that is no JSON, where its keys make clear what was intended.
 *
 * API Gateway writes each value into the format as it is; AWS does not say whether it escapes what would end a JSON
 * string. A user agent with a quote in it has broken access logs. The keys of the format are known, though: whatever
 * their order and the white space between them, a caller's text lies within one value.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
import { isObject } from "./access-log";
import { closingQuote } from "./json";
import { METADATA_OF_ACCESS_LOG } from "./metadata";

const TO_DURATION = [
  ...["requestTime", "protocol", "httpMethod", "resourcePath", "requestHostHeader", "requestUserAgentHeader", "ip"],
  ...["status", "responseLength", "durationMs", "caller", "user", "principalId", "cognitoIdentityId", "userArn"],
];

/** The keys that every format of REST, HTTP and WebSocket APIs has, and those of the format that Moesif published. */
export const REPAIRABLE_FORMATS: readonly (readonly string[])[] = [
  ["apiId", "requestId", "extendedRequestId", ...TO_DURATION, "apiKeyId", "stage", "accountId"],
  [
    ...["apiId", "requestId", "extendedRequestId", "requestTime", "protocol", "httpMethod", "requestHostHeader"],
    ...["requestUserAgentHeader", "ip", "status", "responseLength", "durationMs", "caller", "user"],
    ...["cognitoIdentityId", "stage", "integrationLatency", "errorType", "routeKey", "requestTimeEpoch"],
  ],
  [
    ...["apiId", "requestId", "extendedRequestId", "requestTime", "eventType", "routeKey", "connectionId"],
    ...["requestHostHeader", "requestUserAgentHeader", "ip", "status", "caller", "user", "principalId"],
    ...["cognitoIdentityId", "apiKeyId", "stage", "integrationLatency", "authorizerLatency", "errorType", "wafStatus"],
    "requestTimeEpoch",
  ],
  ["apiId", "requestId", ...TO_DURATION, "apiKey"],
];
const FORMATS = REPAIRABLE_FORMATS.map((keys) => new Set(keys));

/** Keys that say nothing of who the caller is. */
const NO_IDENTITY: ReadonlySet<string> = new Set([
  ...["resourcePath", "queryString", "requestTimeEpoch"],
  ...METADATA_OF_ACCESS_LOG.keys(),
]);
const KNOWN: ReadonlySet<string> = new Set([
  ...REPAIRABLE_FORMATS.flat(),
  ...["companyId", "sessionToken", "subscriptionId"],
  ...NO_IDENTITY,
]);

/** Keys whose value may hold a caller's text. */
export const WRITTEN_BY_CALLERS: ReadonlySet<string> = new Set([
  ...["resourcePath", "queryString", "requestUserAgentHeader", "forwardedFor", "contentType", "errorMessage"],
  ...["user", "principalId", "companyId", "caller"],
]);

/** A known key with its colon; only the quote is consumed, so that one within another is found, too. */
const KEY = new RegExp(`"(?=(${[...KNOWN].join("|")})"([ \\t\\r\\n]*:[ \\t\\r\\n]*))`, "g");
/** A value in which a further key might begin. */
const FURTHER_KEY = /"[ \t\r\n]*,[ \t\r\n]*"[^"]*"[ \t\r\n]*:/;
/** `$context.error.messageString` is a JSON string itself: within the quotes of a format, they are doubled. */
const DOUBLED = /^""([^"\\]*(?:\\.[^"\\]*)*)""$/s;
/**
 * A key with such a value, or any other string: each is consumed, closed or not, so that no key is found within one and
 * each character is read a few times at most.
 */
const STRINGS =
  /"([^"\\]*)"([ \t\r\n]*:[ \t\r\n]*)(""[^"\\]*(?:\\.[^"\\]*)*"")(?=[ \t\r\n]*(?:[,}]|$))|"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)/gs;
const CONTROL_CHARACTERS = /[\u0000-\u001f]/g;
/** What a backslash may begin in a JSON string. */
const ESCAPES = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/g;

/**
 * The JSON text of a damaged access log, or `undefined` if there is any doubt. That no key stands in it twice is left to
 * the reader.
 */
export function repair(damaged: string): string | undefined {
  const text = mendFormat(damaged);
  if (isObject(parse(text))) {
    return text;
  }
  // Strings that are not closed where they seem to be: by them, a value could be taken for what stands around it.
  const members = membersOf(damaged);
  return members === undefined || mayBeForged(members) ? undefined : repairByKeys(damaged, members);
}

/** Mends what a format brings about, in a text whose strings are closed where they seem to be. */
function mendFormat(text: string): string {
  if (!text.includes('""')) {
    return quoteDashes(text);
  }
  const undoubled = text.replace(STRINGS, (all, key?: string, colon?: string, value?: string) =>
    key === undefined || isQuoted(key) ? all : `"${key}"${colon}${value!.slice(1, -1)}`,
  );
  return quoteDashes(undoubled);
}

/** Whether quotes within those of a value are a caller's. */
function isQuoted(key: string): boolean {
  return KNOWN.has(key) && key !== "errorMessage";
}

/** Changes what stands in the strings of a text, and what stands between them. */
function mapParts(text: string, inside: (value: string) => string, between: (text: string) => string): string {
  const parts: string[] = [];
  let from = 0;
  for (let start = text.indexOf('"'); start >= 0; start = text.indexOf('"', from)) {
    const end = closingQuote(text, start + 1);
    parts.push(between(text.slice(from, start)), '"', inside(text.slice(start + 1, end)), text.slice(end, end + 1));
    from = end + 1;
  }
  return parts.join("") + between(text.slice(from));
}

/** A variable without a value that the format has without quotes. */
const DASH = /([:,[][ \t\r\n]*)-(?=[ \t\r\n]*[,}\]])/g;

function quoteDashes(text: string): string {
  return text.search(DASH) < 0
    ? text
    : mapParts(
        text,
        (value) => value,
        (between) => between.replace(DASH, '$1"-"'),
      );
}

/**
 * What belongs into a JSON string. A writer escapes a value or does not: where one quote or backslash was not escaped,
 * none was, and each stands for itself.
 */
function escaped(value: string): string {
  if (!/["\\\u0000-\u001f]/.test(value)) {
    return value;
  }
  const printable = value.replace(CONTROL_CHARACTERS, (character) => JSON.stringify(character).slice(1, -1));
  return /["\\]/.test(printable.replace(ESCAPES, "")) ? JSON.stringify(value).slice(1, -1) : printable;
}

// Repairs a log whose strings are not closed where they seem to be, by the known keys: each of them must stand in the
// text once, with all of a format among them. A caller who writes a key of the format into a value makes it stand there
// twice. One that the format has not could be taken for its own: it must not follow a value that a caller has written.

/** A known key in a text: where it begins, and where its value does. */
interface Member {
  readonly key: string;
  readonly index: number;
  readonly value: number;
}

function repairByKeys(text: string, members: readonly Member[]): string | undefined {
  const head = headOf(text.slice(0, members[0]!.index).trim());
  if (head === undefined) {
    return undefined;
  }
  const written: string[] = [];
  for (const [position, { key, value }] of members.entries()) {
    const next = members[position + 1];
    const rest = text.slice(value, next?.index).trim();
    const end = next === undefined ? "}" : ",";
    const member = rest.endsWith(end) ? memberOf(key, rest.slice(0, -1).trim()) : undefined;
    if (member === undefined) {
      return undefined;
    }
    written.push(member);
  }
  const repaired = `${head}${written.join()}}`;
  return isObject(parse(repaired)) ? repaired : undefined;
}

/** What stands before the first known key: nothing but valid members. */
function headOf(text: string): string | undefined {
  if (text === "{" || !text.endsWith(",")) {
    return text === "{" ? text : undefined;
  }
  const members = mendFormat(`${text.slice(0, -1)}}`);
  return isObject(parse(members)) ? `${members.slice(0, -1)},` : undefined;
}

/** The known keys of a text, if each is there once and all keys of a format are among them. */
function membersOf(text: string): Member[] | undefined {
  const members: Member[] = [];
  const keys = new Set<string>();
  for (const { 1: key = "", 2: colon = "", index } of text.matchAll(KEY)) {
    if (keys.has(key)) {
      return undefined;
    }
    keys.add(key);
    members.push({ key, index, value: index + key.length + 2 + colon.length });
  }
  return FORMATS.some((format) => [...format].every((key) => keys.has(key))) ? members : undefined;
}

/** Whether a key that says who the caller is may be of the caller's own making. */
function mayBeForged(members: readonly Member[]): boolean {
  const formats = FORMATS.filter((format) => [...format].every((key) => members.some((member) => member.key === key)));
  let isExposed = false;
  for (const { key } of members) {
    const isOwn = formats.every((format) => format.has(key));
    if (isExposed && !isOwn && !NO_IDENTITY.has(key)) {
      return true;
    }
    isExposed = WRITTEN_BY_CALLERS.has(key) || (isExposed && !isOwn);
  }
  return false;
}

/**
 * A key with its value, and with unknown keys behind it if all of it is valid. In a value with a further key in it, nothing
 * says whose that is.
 */
function memberOf(key: string, text: string): string | undefined {
  const [, value] = FURTHER_KEY.test(text) ? [] : (/^"(.*)"$/s.exec(text) ?? []);
  if (value !== undefined) {
    const [, message] = isQuoted(key) ? [] : (DOUBLED.exec(text) ?? []);
    return `"${key}":"${escaped(message ?? value)}"`;
  }
  const object = mapParts(mendFormat(`{"${key}":${text}}`), escaped, (between) => between);
  const member = parse(object);
  const isAlone = isObject(member) && Object.keys(member).length === 1;
  return member === undefined || (WRITTEN_BY_CALLERS.has(key) && !isAlone) ? undefined : object.slice(1, -1);
}

/** The value of a JSON text; `undefined` for what is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
