/**
 * An object in Moesif's event model: made by this transformer earlier, or by another producer that writes to the stream.
 * https://www.moesif.com/docs/api#log-an-event
 */
import { type AccessLog, isAbsent, isMarked, isObject } from "./access-log";
import { parseTime } from "./normalise";
import { MASK } from "./placeholders";
import type { Redaction } from "./redact";
import { isHash } from "./redact-value";
import type { JsonValue, Metadata } from "./settings";

/** Which key of an access log has the rules for a field of an event. */
const RULES_OF: ReadonlyMap<string, string> = new Map([
  ["verb", "httpMethod"],
  ["time", "requestTime"],
  ["status", "status"],
  ["ip_address", "ip"],
  ["user_id", "user"],
  ["company_id", "companyId"],
  ["session_token", "sessionToken"],
  ["host", "requestHostHeader"],
  ["user-agent", "requestUserAgentHeader"],
  ["x-forwarded-for", "forwardedFor"],
  ["x-real-ip", "ip"],
  ["content-type", "contentType"],
  ["content-length", "responseLength"],
]);

/** Fields that Moesif reads and that hold nothing of a caller's. */
const PLAIN: ReadonlySet<string> = new Set(["direction", "weight"]);

/** An id that holds nothing else. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether an object has what Moesif requires of an event's request. */
export function isMoesifEvent({ request }: AccessLog): boolean {
  return isObject(request) && typeof request.uri === "string" && typeof request.verb === "string";
}

/** What a filter reads of an event, by the keys of an access log. */
export function asAccessLog({ request, response, user_id, company_id, metadata }: AccessLog): AccessLog {
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
    if (value === undefined || PLAIN.has(key) || (key === "transaction_id" && UUID.test(String(value)))) {
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
        } else {
          set(value, name, redactPart(name, part!, redaction));
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
  // A mask that meets the digits of a time would make an event of it that Moesif cannot take.
  const isLeft = name === "api_version" || (name === "time" && !Number.isNaN(parseTime(String(value))));
  return isLeft ? value : redaction.value(RULES_OF.get(name) ?? name, value);
}

function redactBase64(body: string, redaction: Redaction): JsonValue | undefined {
  const text = Buffer.from(body, "base64").toString("utf8");
  const left = redaction.value("body", text);
  return left === text ? body : typeof left === "string" ? Buffer.from(left).toString("base64") : left;
}

// The redaction of an event's URI, which an access log has in two keys.

const PARTS = /^(\w+:\/\/)([^/?#]*)(.*)$/s;
/** Credentials before the host: a secret by their nature. */
const CREDENTIALS = /^.*@/s;

/**
 * What may leave of a URI: of its host by the rules for `requestHostHeader`, of its path and query by those for
 * `resourcePath`. Of a URI that was made of redacted values, all of it.
 */
function redactUri(uri: string, redaction: Pick<Redaction, "value">): string {
  const [, scheme, host = "", path = ""] = PARTS.exec(uri) ?? [];
  if (scheme === undefined) {
    return text("resourcePath", uri, redaction);
  }
  const named = host.replace(CREDENTIALS, `${MASK}@`);
  return scheme + (isAbsent(named) ? named : text("requestHostHeader", named, redaction)) + redactPath(path, redaction);
}

/** A path that was redacted from its first character on has got its slash when the URI was made: no rule has seen it. */
function redactPath(path: string, redaction: Pick<Redaction, "value">): string {
  if (path === "" || path === "/") {
    return path;
  }
  const seen = path.startsWith("/[") || isHash(path.slice(1)) ? path.slice(1) : path;
  const left = text("resourcePath", seen, redaction);
  return left.startsWith("/") ? left : `/${left}`;
}

/** Of a key that Moesif requires, something always stays. */
function text(key: string, value: string, redaction: Pick<Redaction, "value">): string {
  return redaction.value(key, value) as string;
}
