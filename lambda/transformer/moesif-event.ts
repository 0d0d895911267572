/**
 * An object in Moesif's event model: made by this transformer earlier, or by another producer that writes to the stream.
 * https://www.moesif.com/docs/api#log-an-event
 */
import { type AccessLog, isMarked, isObject, textOf } from "./access-log";
import { shapeMetadata } from "./metadata";
import { parseTime, toIso } from "./normalise";
import type { FailureReason } from "./outcome";
import { MASK } from "../secrets/placeholders";
import type { Redaction } from "./redact";
import { isHash } from "./redact-value";
import { multiplied } from "./sampling/sampler";
import type { JsonValue, Metadata } from "./settings";

/** Which key of an access log has the rules for a field of an event. */
const RULES_OF: ReadonlyMap<string, string> = new Map([
  ["verb", "httpMethod"],
  ["time", "requestTime"],
  ["status", "status"],
  ["ip_address", "ip"],
  ["user_id", "user"],
  ["company_id", "companyId"],
  ["subscription_id", "subscriptionId"],
  ["session_token", "sessionToken"],
  ["trace_id", "xrayTraceId"],
  ["host", "requestHostHeader"],
  ["user-agent", "requestUserAgentHeader"],
  ["x-forwarded-for", "forwardedFor"],
  ["x-real-ip", "ip"],
  ["content-type", "contentType"],
  ["content-length", "responseLength"],
]);

/** Fields that Moesif reads and that hold nothing of a caller's. */
const PLAIN: ReadonlySet<string> = new Set(["direction", "weight"]);

/** Whether a value is an id that holds nothing else. */
export function isUuid(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

/** Whether an object is an event, however malformed: it says what was called as an event does. */
export function isMoesifEvent({ request }: AccessLog): boolean {
  return isObject(request) && (request.uri !== undefined || request.verb !== undefined);
}

/** What a filter reads of an event, by the keys of an access log. */
export function asAccessLog(event: AccessLog): AccessLog {
  const { request, response, user_id, company_id, subscription_id, metadata } = event;
  const { time, uri, verb, ip_address, headers } = isObject(request) ? request : {};
  const named = new Map(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value as JsonValue]));
  return {
    requestTime: time,
    httpMethod: verb,
    resourcePath: typeof uri === "string" ? uri.replace(/^\w+:\/\/[^/]*/, "") : undefined,
    requestHostHeader: named.get("host"),
    requestUserAgentHeader: named.get("user-agent"),
    status: isObject(response) ? String(response.status) : undefined,
    ip: ip_address,
    user: user_id,
    companyId: company_id,
    subscriptionId: subscription_id,
    metadata,
  };
}

/**
 * Redacts an event in place by the rules for access logs, each field by those of the key that it corresponds to; of what
 * no key corresponds to, by those for all other keys.
 *
 * @returns whether it changed anything
 */
export function redactEvent(event: AccessLog, redaction: Redaction): boolean {
  let changed = false;
  const set = (object: AccessLog, key: string, after: JsonValue | undefined) => {
    changed ||= after !== object[key];
    object[key] = after;
  };
  for (const [key, value] of Object.entries(event)) {
    if (value === undefined || PLAIN.has(key) || (key === "transaction_id" && isUuid(value))) {
      continue;
    }
    if (key === "metadata") {
      set(event, key, isObject(value) ? redaction.metadata(value as Metadata) : redaction.value(key, value));
    } else if ((key === "request" || key === "response") && isObject(value)) {
      for (const [name, part] of Object.entries(value)) {
        if (name === "headers" && isObject(part)) {
          for (const [header, text] of Object.entries(part)) {
            const name = header.toLowerCase();
            set(part, header, redaction.value(RULES_OF.get(name) ?? name, text!));
          }
        } else if (name === "body" && typeof part === "string" && value.transfer_encoding === "base64") {
          set(value, name, redactBase64(part, redaction));
        } else if (part !== undefined) {
          set(value, name, redactPart(name, part, redaction));
        }
      }
    } else if (key === "session_token" && typeof value === "string" && isMarked(event)) {
      // The identity rules have found it: it is no token that the record brought.
      set(event, key, redaction.copy("sessionToken", value));
    } else {
      set(event, key, redaction.value(RULES_OF.get(key) ?? key, value));
    }
  }
  return changed;
}

/** A field of the request or of the response. */
function redactPart(name: string, value: JsonValue, redaction: Redaction): JsonValue | undefined {
  if (name === "uri" && typeof value === "string") {
    return redactUri(value, redaction);
  }
  // A mask that meets the digits of a time or a status would make an event of it that Moesif cannot take.
  const isLeft =
    name === "api_version" ||
    (name === "status" && Number.isInteger(value)) ||
    (name === "time" && !Number.isNaN(parseTime(String(value))));
  const left = isLeft ? value : redaction.value(RULES_OF.get(name) ?? name, value);
  return name === "verb" ? verbOf(left) : left;
}

function redactBase64(body: string, redaction: Redaction): JsonValue | undefined {
  const text = Buffer.from(body, "base64").toString("utf8");
  const left = redaction.value("body", text);
  return left === text ? body : typeof left === "string" ? Buffer.from(left).toString("base64") : left;
}

// The URI of an event, which an access log has in two keys, and its verb.

/** Moesif requires a host. One that is unknown, or must not be sent, is of the domain that is none (RFC 2606). */
const UNKNOWN_HOST = "unknown.invalid";
/** A name or an address, with a port: RFC 3986, but for what is percent-encoded. */
const HOST = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** A host as a URI can have it. */
export function hostOf(value: unknown): string {
  return typeof value === "string" && value !== "-" && HOST.test(value) ? value : UNKNOWN_HOST;
}

/**
 * What is percent-encoded in a path and its query: what RFC 3986 does not take, but for square brackets. Those are left as
 * they are, as browsers do, so that marks of the redaction can be read. A `#` cannot be in what was requested.
 */
const UNSAFE = /%(?![\da-f]{2})|[^!$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]/giu;

/** A path, with its query, as a URI has it. What is percent-encoded stays so. */
export function pathOf(path: string): string {
  const encoded = path.search(UNSAFE) < 0 ? path : path.replace(UNSAFE, percentEncoded);
  return encoded.startsWith("/") ? encoded : `/${encoded}`;
}

/** A surrogate without its other half is no character. */
function percentEncoded(character: string): string {
  return encodeURIComponent(/^[\ud800-\udfff]$/.test(character) ? "\ufffd" : character);
}

/** A path as it was before {@link pathOf}: rules are about what a reader sees. */
function readable(path: string): string {
  const decoded = path.replace(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded).replace(/[!-~]/g, (character) =>
        character.search(UNSAFE) < 0 || character === "%" || character === "#"
          ? `%${character.charCodeAt(0).toString(16).toUpperCase()}`
          : character,
      );
    } catch {
      return encoded;
    }
  });
  // One that begins no encoded character was encoded by itself.
  return decoded.replace(/%25(?![\da-f]{2})/gi, "%");
}

/**
 * By RFC 9110, a method is any token; the known ones are in upper case. Moesif requires one: where API Gateway says none, or
 * any, it is `UNKNOWN`.
 */
export function verbOf(method: unknown): string {
  if (typeof method !== "string" || VERBS.has(method)) {
    return typeof method === "string" ? method : UNKNOWN_VERB;
  }
  const verb = method.trim();
  const known = verb.toUpperCase();
  return VERBS.has(known) ? known : known !== "ANY" && verb !== "-" && TOKEN.test(verb) ? verb : UNKNOWN_VERB;
}

const UNKNOWN_VERB = "UNKNOWN";
const VERBS = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE"]);
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

const PARTS = /^(\w[\w+.-]*:\/\/)([^/?#]*)([^#]*)(.*)$/s;
/** Credentials before the host: a secret by their nature. */
const CREDENTIALS = /^.*@/s;

/**
 * What may be sent of a URI: of its host by the rules for `requestHostHeader`, of its path and query by those for
 * `resourcePath`. Of a URI that was made of redacted values, all of it.
 */
function redactUri(uri: string, redaction: Pick<Redaction, "value">): string {
  const [, scheme, authority = "", path = "", fragment = ""] = PARTS.exec(uri) ?? [];
  if (scheme === undefined) {
    return text("resourcePath", uri, redaction);
  }
  const host = authority.replace(CREDENTIALS, "");
  const left = host === UNKNOWN_HOST ? host : hostOf(text("requestHostHeader", host, redaction));
  return `${scheme}${host === authority ? "" : `${MASK}@`}${left}${redactPath(path, redaction)}${redactFragment(fragment, redaction)}`;
}

function redactFragment(fragment: string, redaction: Pick<Redaction, "value">): string {
  return fragment === "" ? "" : `#${text("resourcePath", fragment.slice(1), redaction)}`;
}

/** A path that was redacted from its first character on has got its slash when the URI was made: no rule has seen it. */
function redactPath(path: string, redaction: Pick<Redaction, "value">): string {
  if (path === "" || path === "/") {
    return path;
  }
  const seen = readable(path.startsWith("/[") || isHash(path.slice(1)) ? path.slice(1) : path);
  const left = text("resourcePath", seen, redaction);
  return left === seen ? path : pathOf(left);
}

/** Of a key that Moesif requires, something always stays. */
function text(key: string, value: string, redaction: Pick<Redaction, "value">): string {
  return redaction.value(key, value) as string;
}

// Events of other producers are held to Moesif's model: repaired where the intent is certain, and refused otherwise.

/** As Moesif's own examples have it: with a zone or without. */
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;
const TEXTS = [
  "user_id",
  "company_id",
  "subscription_id",
  "session_token",
  "trace_id",
  "action_name",
  "transaction_id",
];
const REQUEST_TEXTS = ["ip_address", "api_version"];
const DIRECTIONS = ["Incoming", "Outgoing", "Internal"];

/**
 * Gives an event the types of Moesif's model, in place.
 *
 * @returns whether it changed anything, or why Moesif would not take it
 */
export function conform(event: AccessLog): boolean | FailureReason {
  let changed = false;
  const set = (object: AccessLog, key: string, value: JsonValue | undefined) => {
    changed ||= object[key] !== value;
    object[key] = value;
  };
  const fault =
    conformMessage(event.request as AccessLog, true, set) ??
    (isObject(event.response) ? conformMessage(event.response, false, set) : undefined) ??
    conformTexts(event, TEXTS, set);
  if (fault !== undefined) {
    return fault;
  }
  if (!isObject(event.response) && event.response !== undefined) {
    if (event.response !== null) {
      return "bad-response";
    }
    set(event, "response", undefined);
  }
  if (event.direction !== undefined) {
    const direction = DIRECTIONS.find((one) => one.toLowerCase() === String(event.direction).toLowerCase());
    if (direction === undefined) {
      return "bad-field";
    }
    set(event, "direction", direction);
  }
  if (event.weight !== undefined) {
    set(event, "weight", multiplied(event.weight, 1));
  }
  // What the transformer has made has metadata of the settings, which may be empty.
  return (!isMarked(event) && shapeMetadata(event)) || changed;
}

type Set = (object: AccessLog, key: string, value: JsonValue | undefined) => void;

/** The request, or the response. */
function conformMessage(message: AccessLog, isRequest: boolean, set: Set): FailureReason | undefined {
  const { time, uri, verb, status, headers } = message;
  const ms = parseTime(String(time));
  if (Number.isNaN(ms)) {
    return "bad-time";
  }
  set(message, "time", ISO_TIME.test(String(time)) ? time : toIso(ms));
  if (isRequest) {
    const [, scheme, authority = "", path = "", fragment = ""] = PARTS.exec(String(uri)) ?? [];
    const host = authority.replace(CREDENTIALS, "");
    if (scheme === undefined || hostOf(host) !== host) {
      return "bad-uri";
    }
    set(message, "uri", `${scheme}${authority}${path === "" ? "" : pathOf(path)}${fragment}`);
    const known = verbOf(verb);
    if (known === UNKNOWN_VERB && !/^(?:ANY|UNKNOWN)$/i.test(String(verb))) {
      return "bad-verb";
    }
    set(message, "verb", known);
  } else {
    const code = typeof status === "string" && /^\d{3}$/.test(status) ? Number(status) : status;
    if (typeof code !== "number" || !Number.isInteger(code)) {
      return "bad-status";
    }
    set(message, "status", code);
  }
  const fields = headersOf(headers);
  if (fields === undefined) {
    return "bad-headers";
  }
  if (fields !== headers) {
    set(message, "headers", fields);
  }
  return conformTexts(message, REQUEST_TEXTS, set);
}

/** Numbers become texts; what has no value goes. */
function conformTexts(object: AccessLog, keys: readonly string[], set: Set): FailureReason | undefined {
  for (const key of keys) {
    const value = object[key];
    if (typeof value === "number") {
      set(object, key, String(value));
    } else if (value === null || (typeof value === "string" && textOf(value) === undefined)) {
      set(object, key, undefined);
    } else if (value !== undefined && typeof value !== "string") {
      return "bad-field";
    }
  }
  return undefined;
}

/**
 * Headers as an object of texts: itself if it is one. They may come as a list of pairs, or of objects with a name and a
 * value; the values of one name are joined by commas. `undefined` if they are none of these.
 */
function headersOf(headers: JsonValue | undefined): Metadata | undefined {
  if (isObject(headers) && Object.values(headers).every((value) => typeof value === "string")) {
    return headers as Metadata;
  }
  const given = headers ?? {};
  const pairs = Array.isArray(given) ? (given as readonly JsonValue[]).map(pairOf) : Object.entries(given);
  const fields = new Map<string, string[]>();
  for (const pair of typeof given === "object" ? pairs : [undefined]) {
    const [name, value] = pair ?? [];
    const values = [value].flat() as (JsonValue | undefined)[];
    if (name === undefined || values.some((one) => typeof one === "object" && one !== null)) {
      return undefined;
    }
    fields.set(name, [...(fields.get(name) ?? []), ...values.filter((one) => one !== null).map(String)]);
  }
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.join(", ")]));
}

/** A header of a list: `["Accept", "a"]`, `{"name": "Accept", "value": "a"}` or `{"key": "Accept", "value": "a"}`. */
function pairOf(header: JsonValue): readonly [string, JsonValue] | undefined {
  const [name, value, ...more] = (
    Array.isArray(header) ? header : isObject(header) ? [header.name ?? header.key, header.value] : []
  ) as JsonValue[];
  return typeof name === "string" && value !== undefined && more.length === 0 ? [name, value] : undefined;
}
