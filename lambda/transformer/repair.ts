/**
 * Repairs an access log whose values were not escaped, where its keys leave no doubt what was meant.
 *
 * API Gateway writes each value into the format as it is; AWS does not say whether it escapes what would end a JSON
 * string. A user agent with a quote in it has broken access logs. The format is known, though: a flat object, whose
 * keys stand in one order.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */

const TO_DURATION = [
  ...["requestTime", "protocol", "httpMethod", "resourcePath", "requestHostHeader", "requestUserAgentHeader", "ip"],
  ...["status", "responseLength", "durationMs", "caller", "user", "principalId", "cognitoIdentityId", "userArn"],
];

const REST = ["apiId", "requestId", "extendedRequestId", ...TO_DURATION, "apiKeyId", "stage", "accountId"];
/** What later versions of these formats have behind the keys of the first. */
const LATER = ["integrationLatency", "authorizerLatency", "errorType", "wafStatus", "requestTimeEpoch"];

/** HTTP APIs have no path in the format that logs routes; WebSocket APIs have events. */
const HTTP_TO_METHOD = ["apiId", "requestId", "extendedRequestId", "requestTime", "protocol", "httpMethod"];
const HTTP_FROM_HOST = [
  ...["requestHostHeader", "requestUserAgentHeader", "ip", "status", "responseLength", "durationMs", "caller", "user"],
  ...["cognitoIdentityId", "stage", "integrationLatency", "errorType", "routeKey", "requestTimeEpoch"],
];
const HTTP = [...HTTP_TO_METHOD, "resourcePath", ...HTTP_FROM_HOST];
const HTTP_OF_ROUTES = [...HTTP_TO_METHOD, ...HTTP_FROM_HOST];
const WEBSOCKET = [
  ...["apiId", "requestId", "extendedRequestId", "requestTime", "eventType", "routeKey", "connectionId"],
  ...["requestHostHeader", "requestUserAgentHeader", "ip", "status", "caller", "user", "principalId"],
  ...["cognitoIdentityId", "apiKeyId", "stage", ...LATER],
];

/** The formats whose damage can be repaired, by their keys in order: what stands behind them must be undamaged. */
export const REPAIRABLE_FORMATS: readonly (readonly string[])[] = [
  ...[REST, [...REST, ...LATER], HTTP, HTTP_OF_ROUTES, WEBSOCKET].flatMap((keys) => [keys, withCompany(keys)]),
  // As Moesif has published it: its last key would hold a secret, but people use it.
  ["apiId", "requestId", ...TO_DURATION, "apiKey"],
];

const KNOWN_KEYS = [...new Set(REPAIRABLE_FORMATS.flat())];
const MOST_KEYS = Math.max(...REPAIRABLE_FORMATS.map((keys) => keys.length));
const ORDERS: ReadonlySet<string> = new Set(REPAIRABLE_FORMATS.map((keys) => keys.join()));

function withCompany(keys: readonly string[]): string[] {
  return keys.toSpliced(keys.indexOf("stage"), 0, "companyId");
}

/** `"key":"` of a known key; the quote alone is consumed, so that one within another is found, too. */
const DELIMITER = new RegExp(`"(?=(${KNOWN_KEYS.join("|")})":")`, "g");
/** The last known value is never damaged: its first quote closes it. */
const LAST_VALUE = /^[^"\\\p{Cc}]*"/u;
const CONTROL_CHARACTERS = /[\u0000-\u001f]/g;

/**
 * The JSON text of a damaged access log, or `undefined` if there is any doubt: each `"key":"` of a known format must
 * stand in the text exactly once and in order, and the object must be whole. A caller who writes such a delimiter into
 * a value makes it stand there twice. Looks at each character a few times, whatever the text.
 */
export function repair(text: string): string | undefined {
  const found = delimitersOf(text);
  if (found === undefined || !/^[ \t\r\n]*\{$/.test(text.slice(0, found[0]!.index))) {
    return undefined;
  }
  const last = found[found.length - 1]!;
  const [lastValue] = LAST_VALUE.exec(text.slice(last.value)) ?? [];
  if (lastValue === undefined) {
    return undefined;
  }
  const members: string[] = [];
  for (const [position, { key, value }] of found.slice(0, -1).entries()) {
    const end = found[position + 1]!.index - 2;
    if (end < value || !text.startsWith('",', end)) {
      return undefined;
    }
    members.push(`"${key}":"${escaped(text.slice(value, end))}"`);
  }
  const tail = text.slice(last.value + lastValue.length);
  return isTail(tail) ? `{${members.join()},"${last.key}":"${lastValue}${tail}` : undefined;
}

/** A known key in a text: where its delimiter begins, and where its value does. */
interface Delimiter {
  readonly key: string;
  readonly index: number;
  readonly value: number;
}

/** The delimiters of a text, if they are those of a format. */
function delimitersOf(text: string): Delimiter[] | undefined {
  const found: Delimiter[] = [];
  for (const { 1: key = "", index } of text.matchAll(DELIMITER)) {
    found.push({ key, index, value: index + key.length + '"":"'.length });
    if (found.length > MOST_KEYS) {
      return undefined;
    }
  }
  return ORDERS.has(found.map(({ key }) => key).join()) ? found : undefined;
}

/**
 * What belongs into a JSON string. A writer escapes a value or does not: where one quote or backslash was not escaped,
 * none was, and each stands for itself.
 */
function escaped(value: string): string {
  const printable = value.replace(CONTROL_CHARACTERS, (character) => JSON.stringify(character).slice(1, -1));
  return isJson(`"${printable}"`) ? printable : JSON.stringify(value).slice(1, -1);
}

/** Whether a text ends the object: at once, or after further keys that are no known ones. */
function isTail(tail: string): boolean {
  if (/^[ \t\r\n]*\}[ \t\r\n]*$/.test(tail)) {
    return true;
  }
  const further = `{${tail.slice(1)}`;
  if (!tail.startsWith(",") || !isJson(further)) {
    return false;
  }
  const keys = Object.keys(JSON.parse(further) as object);
  return keys.length > 0 && !keys.some((key) => KNOWN_KEYS.includes(key));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
