/**
 * What Moesif's event model asks of an event (https://www.moesif.com/docs/api#log-an-event). Only fields that
 * the transformer fills are checked.
 */
import { isObject } from "../common/json";
import type { LogEvent } from "./events";

/** "1 MB" in the documentation, which does not say whether it means MiB: the smaller counts. */
const EVENT_BYTES = 1_000_000;

/** What a value must be, in words and as a test. */
interface Rule {
  readonly mustBe: string;
  readonly holds: (value: unknown) => boolean;
}

const text: Rule = { mustBe: "a text", holds: (value) => typeof value === "string" && value !== "" };
const object: Rule = { mustBe: "an object", holds: isObject };
const headers: Rule = {
  mustBe: "an object of texts",
  holds: (value) => isObject(value) && Object.values(value).every((one) => typeof one === "string"),
};
/** The documentation does not say which zone a time without one is in. */
const time: Rule = {
  mustBe: "a time in ISO 8601 with its zone",
  holds: (value) =>
    typeof value === "string" &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value)),
};
const uri: Rule = {
  mustBe: "a URL with its scheme and host",
  holds: (value) =>
    typeof value === "string" && /^[!-~]+$/.test(value) && URL.canParse(value) && new URL(value).host !== "",
};
const status: Rule = { mustBe: "an integer", holds: Number.isInteger };
const weight: Rule = { mustBe: "a positive integer", holds: (value) => Number.isInteger(value) && Number(value) > 0 };
const uuid: Rule = {
  mustBe: "a UUID",
  holds: (value) => typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
};
const direction: Rule = {
  mustBe: "Incoming, Outgoing or Internal",
  holds: (value) => ["Incoming", "Outgoing", "Internal"].includes(value as string),
};

type Rules = Readonly<Record<string, Rule>>;

const REQUIRED: Rules = { request: object };
const OPTIONAL: Rules = {
  response: object,
  user_id: text,
  company_id: text,
  subscription_id: text,
  session_token: text,
  trace_id: text,
  transaction_id: uuid,
  direction,
  weight,
  metadata: object,
};
const REQUEST: Rules = { time, uri, verb: text, headers };
const REQUEST_OPTIONAL: Rules = { api_version: text, ip_address: text };
const RESPONSE: Rules = { time, status, headers };

/** What is wrong with an event, as the end of a sentence that begins with it; it quotes no value. */
export function eventFlaw(event: LogEvent): string | undefined {
  const { request, response } = event;
  const flaw =
    flawIn(event, "", REQUIRED, OPTIONAL) ??
    flawIn(request as LogEvent, "request.", REQUEST, REQUEST_OPTIONAL) ??
    (response === undefined ? undefined : flawIn(response as LogEvent, "response.", RESPONSE, {}));
  if (flaw !== undefined) return flaw;
  const bytes = Buffer.byteLength(JSON.stringify(event));
  return bytes > EVENT_BYTES ? `has ${bytes} bytes; Moesif takes ${EVENT_BYTES}` : undefined;
}

function flawIn(part: LogEvent, prefix: string, required: Rules, optional: Rules): string | undefined {
  const missing = Object.keys(required).filter((key) => part[key] === undefined);
  if (missing.length > 0) return `lacks ${missing.map((key) => prefix + key).join(", ")}`;
  const wrong = Object.entries({ ...required, ...optional }).find(
    ([key, rule]) => part[key] !== undefined && !rule.holds(part[key]),
  );
  return wrong && `has a ${prefix}${wrong[0]} that is not ${wrong[1].mustBe}`;
}
