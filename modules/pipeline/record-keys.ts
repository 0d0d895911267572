/** The keys that a record can have. Settings that name a key are checked against them. */
import { distance } from "../suggestion";

/** Keys of the access-log formats of all types of API, and those that the transformer sets. */
export const RECORD_KEYS: readonly string[] = `
  accountId apiId apiKeyId authorizerLatency caller cognitoIdentityId companyId connectionId contentType domainName
  durationMs errorMessage errorType eventType extendedRequestId forwardedFor httpMethod integrationLatency
  integrationStatus ip metadata path principalId protocol queryString requestHostHeader requestId requestTime
  requestTimeEpoch requestUserAgentHeader resourcePath responseLatency responseLength routeKey sessionToken sourceIp
  stage status subscriptionId user userAgent userArn wafResponseCode wafStatus weight xrayTraceId
`
  .trim()
  .split(/\s+/);

/** Names of Moesif's event model that a filter also takes. */
export const EVENT_FIELDS: readonly string[] = [
  "company_id",
  "request.ip_address",
  "request.route",
  "request.uri",
  "request.verb",
  "response.status",
  "user_id",
];

/**
 * The key that is meant by one that differs from it by case or by one letter. Such a key would match no record: a
 * misspelt redaction would redact nothing. A key that resembles none may be of a format of the user's own.
 */
export function meantKey(written: string): string | undefined {
  if (RECORD_KEYS.includes(written) || EVENT_FIELDS.includes(written)) return undefined;
  return RECORD_KEYS.find((key) => isNear(key.toLowerCase(), written.toLowerCase()));
}

/** Keys of up to three letters differ from too many words by one letter: of them, only case counts. */
function isNear(key: string, written: string): boolean {
  if (key === written) return true;
  return key.length > 3 && (distance(key, written) === 1 || isSwapped(key, written));
}

/** Whether two neighbouring letters are swapped. */
function isSwapped(key: string, written: string): boolean {
  const index = [...key].findIndex((letter, at) => letter !== written[at]);
  return key.slice(0, index) + key.charAt(index + 1) + key.charAt(index) + key.slice(index + 2) === written;
}
