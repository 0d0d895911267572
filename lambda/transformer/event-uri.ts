/** The redaction of an event's URI, which an access log has in two keys. */
import { isAbsent } from "./access-log";
import { isHash } from "./keyed-hash";
import { MASK } from "./marks";
import type { Redaction } from "./redact";

const PARTS = /^(\w+:\/\/)([^/?#]*)(.*)$/s;
/** Credentials before the host: a secret by their nature. */
const CREDENTIALS = /^.*@/s;

/**
 * What may leave of a URI: of its host by the rules for `requestHostHeader`, of its path and query by those for
 * `resourcePath`. Of a URI that was made of redacted values, all of it.
 */
export function redactUri(uri: string, redaction: Pick<Redaction, "value">): string {
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
