/**
 * The id by which Moesif knows a call that comes twice: a name-based UUID (RFC 9562, version 5) of account, region, API,
 * stage and `extendedRequestId`. It is the same for every retry and redrive, and no caller can choose it, as he can
 * choose `requestId`: else he could have many calls counted as one.
 */
import { hash } from "node:crypto";
import { type AccessLog, textOf } from "./access-log";

/** The name space of these UUIDs, itself of 16 bytes as a UUID is: in ASCII, so that a name can stand behind it. */
const NAMESPACE = "moesif-firehose!";

const VARIANT = "89ab";

/** What tells a call from all others of its account and region. */
export function callName(log: AccessLog): string {
  const place = `${textOf(log.apiId)}/${textOf(log.stage)}/`;
  const id = textOf(log.extendedRequestId);
  if (id !== undefined) {
    return place + id;
  }
  // A caller can choose this id: it alone must not make many calls one.
  const { requestId, requestTime, requestTimeEpoch, httpMethod, resourcePath, ip, user, durationMs, responseLength } =
    log;
  return (
    place +
    JSON.stringify([
      requestId,
      requestTime,
      requestTimeEpoch,
      httpMethod,
      resourcePath,
      ip,
      user,
      durationMs,
      responseLength,
    ])
  );
}

/** Prepares the UUIDs of one account and region. */
export function createDedupeId(accountId: string, region: string): (name: string) => string {
  const prefix = `${NAMESPACE}${accountId}/${region}/`;
  return (name) => {
    const hex = hash("sha1", prefix + name, "hex");
    const variant = VARIANT[parseInt(hex[16]!, 16) & 3]!;
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
}

const UUID_5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a value is of the form of these ids. */
export function isDedupeId(value: unknown): value is string {
  return typeof value === "string" && UUID_5.test(value);
}
