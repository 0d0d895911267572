/**
 * When a call was made, in the forms that API Gateway writes: `$context.requestTime` in the Common Log Format,
 * `$context.requestTimeEpoch` in milliseconds; ISO 8601 as well, since other producers write it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const CLF =
  /^(0[1-9]|[12]\d|3[01])\/([A-Z][a-z]{2})\/(\d{4}):([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60) ([+-])(\d\d)(\d\d)$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;
const EPOCH = /^\d{10}(\d{3})?$/;

const CLF_LENGTH = "17/Nov/2026:10:05:03 +0000".length;
const SECONDS_AT = "17/Nov/2026:10:05:".length;
const ZERO = 0x30;

/** The calls of a batch are of one minute or two: what was found for the last one serves the next. */
let lastMinute = "\n";
let lastZone = "\n";
let lastMinuteMs = NaN;

/** Milliseconds since the epoch; `NaN` for what is no time. A time without a zone is UTC. */
export function parseTime(text: string): number {
  if (text.length === CLF_LENGTH && text.startsWith(lastMinute) && text.endsWith(lastZone)) {
    const tens = text.charCodeAt(SECONDS_AT) - ZERO;
    const ones = text.charCodeAt(SECONDS_AT + 1) - ZERO;
    return tens >= 0 && tens <= 5 && ones >= 0 && ones <= 9 ? lastMinuteMs + (tens * 10 + ones) * 1000 : NaN;
  }
  return parseClf(text) ?? parseOther(text);
}

function parseClf(text: string): number | undefined {
  const [, day, name = "", year, hour, minute, second, sign, zoneHours, zoneMinutes] = CLF.exec(text) ?? [];
  const month = MONTHS.indexOf(name);
  if (month < 0) {
    return undefined;
  }
  const zone = (sign === "-" ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  const ms = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute) - zone);
  lastMinute = text.slice(0, SECONDS_AT);
  lastZone = text.slice(SECONDS_AT + 2);
  lastMinuteMs = ms;
  return ms + Number(second) * 1000;
}

function parseOther(text: string): number {
  if (EPOCH.test(text)) {
    return Number(text) * (text.length === 10 ? 1000 : 1);
  }
  const iso = ISO.exec(text);
  return iso === null ? NaN : Date.parse(iso[3] === undefined ? `${text}Z` : text);
}

const MINUTE_MS = 60_000;
const SECONDS = Array.from({ length: 60 }, (_, second) => `${String(second).padStart(2, "0")}.`);
const MILLISECONDS = Array.from({ length: 1000 }, (_, ms) => `${String(ms).padStart(3, "0")}Z`);
let lastIsoMinute = NaN;
let lastIsoPrefix = "";

/** ISO 8601 in UTC with milliseconds, as Moesif's events have it. */
export function toIso(ms: number): string {
  const minute = Math.floor(ms / MINUTE_MS);
  if (minute !== lastIsoMinute) {
    lastIsoPrefix = new Date(minute * MINUTE_MS).toISOString().slice(0, "2026-11-17T10:05:".length);
    lastIsoMinute = minute;
  }
  const rest = Math.floor(ms - minute * MINUTE_MS);
  return lastIsoPrefix + SECONDS[Math.floor(rest / 1000)] + MILLISECONDS[rest % 1000];
}

/** As `$context.requestTime` has it, in UTC. */
export function toClf(ms: number): string {
  const [date = "", time = ""] = new Date(ms).toISOString().split("T");
  const [year, month, day] = date.split("-");
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}
