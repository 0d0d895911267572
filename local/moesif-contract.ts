/**
 * What the stand-in for Moesif expects of a delivery: Firehose's documented request format
 * (https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html#requestformat), one of Moesif's two
 * addresses, and in the records what that address takes.
 */
import type { IncomingHttpHeaders } from "node:http";
import { gunzipSync } from "node:zlib";
import { isObject } from "../common/json";
import { parseEvents, type LogEvent } from "./events";
import { eventFlaw } from "./moesif-event";
import { decodeBase64 } from "./transformation-reply";

/** A rule of Moesif's contract that a request breaks. */
export class ContractViolation extends Error {
  /** @param status answers the request */
  constructor(
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** Where Moesif takes API Gateway access logs; a proxy in front of it may have a path of its own before this. */
const ACCESS_LOG_PATH = "/v1/partners/aws/kinesis";

/** Where it takes objects in its event model. */
const EVENT_PATH = "/v1/partners/aws/kinesis/events";

/** Moesif treats a record as an API Gateway event only when it has all of these. */
export const REQUIRED_KEYS = [
  "apiId",
  "requestId",
  "requestTime",
  "protocol",
  "httpMethod",
  "resourcePath",
  "requestHostHeader",
  "requestUserAgentHeader",
  "status",
  "responseLength",
  "durationMs",
] as const;

const RECORDS_PER_REQUEST = 10_000;
const RECORD_BASE64_LIMIT = 1_365_336;
const ACCESS_KEY_BYTES = 4096;

/** A request as it came in. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What the checks need to know. */
export interface Expectations {
  readonly accessKey: string;
  /** Path of the stream's URL. */
  readonly path: string;
  /** Upper bound of the decompressed body. */
  readonly bodyLimit: number;
}

/** What a request holds that breaks no rule. */
export interface AcceptedRequest {
  readonly requestId: string;
  /** The events of each record. */
  readonly records: readonly (readonly LogEvent[])[];
}

function must(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ContractViolation(message);
}

/** Checks a request against every rule, and throws a {@link ContractViolation} for the first that it breaks. */
export function checkRequest(request: ReceivedRequest, expected: Expectations): AcceptedRequest {
  must(request.method === "POST", `the method is ${request.method}, not POST`);
  checkPath(request.path, expected.path);
  checkHeaders(request.headers, expected);
  const requestId = header(request.headers, "x-amz-firehose-request-id");
  const records = checkBody(decompress(request, expected.bodyLimit), requestId);
  const flawOf = request.path.endsWith(EVENT_PATH) ? eventFlaw : accessLogFlaw;
  return { requestId, records: records.map((record, index) => checkRecord(record, index, flawOf)) };
}

function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  must(typeof value === "string" && value !== "", `the header ${name} is missing`);
  return value;
}

function checkPath(path: string, expected: string): void {
  must(path === expected, `the path is ${path}, not that of the stream's URL, ${expected}`);
  must(
    path.endsWith(ACCESS_LOG_PATH) || path.endsWith(EVENT_PATH),
    `the path ${path} ends neither with ${ACCESS_LOG_PATH}, where Moesif takes access logs, nor with ${EVENT_PATH}, ` +
      "where it takes events; nothing would be delivered",
  );
}

function checkHeaders(headers: IncomingHttpHeaders, { accessKey }: Expectations): void {
  const contentType = header(headers, "content-type");
  must(contentType === "application/json", `the content type is ${contentType}, not application/json`);
  header(headers, "content-length");
  const version = header(headers, "x-amz-firehose-protocol-version");
  must(version === "1.0", `the protocol version is ${version}, not 1.0`);
  const requestId = header(headers, "x-amz-firehose-request-id");
  must(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(requestId), `the request id ${requestId} is no GUID`);
  const source = header(headers, "x-amz-firehose-source-arn");
  const isStream = /^arn:[\w-]+:firehose:[\w-]+:\d{12}:deliverystream\/[\w.-]{1,64}$/.test(source);
  must(isStream, `the source ARN ${source} is not that of a delivery stream`);
  const key = header(headers, "x-amz-firehose-access-key");
  must(Buffer.byteLength(key) <= ACCESS_KEY_BYTES, `the access key is longer than ${ACCESS_KEY_BYTES} bytes`);
  if (key !== accessKey) throw new ContractViolation("the access key is not the application id of this run", 401);
  checkCommonAttributes(headers["x-amz-firehose-common-attributes"]);
}

function checkCommonAttributes(value: string | string[] | undefined): void {
  if (value === undefined) return;
  // Node.js reads the bytes of a header as Latin-1; these are UTF-8.
  const text = Buffer.from(String(value), "latin1").toString("utf8");
  const { commonAttributes } = parseObject(text, "the common attributes");
  must(isObject(commonAttributes), "the common attributes header does not hold an object commonAttributes");
  const attributes = Object.entries(commonAttributes);
  must(attributes.length <= 50, `there are ${attributes.length} common attributes; 50 are allowed`);
  for (const [name, attribute] of attributes) {
    must(
      name.length >= 1 && name.length <= 256,
      `the common attribute ${name} has a name of ${name.length} characters`,
    );
    must(
      typeof attribute === "string" && attribute.length <= 1024,
      `the common attribute ${name} is no string of at most 1,024 characters`,
    );
  }
}

function decompress({ headers, body }: ReceivedRequest, limit: number): Buffer {
  const encoding = headers["content-encoding"];
  if (encoding === undefined) return body;
  must(encoding === "gzip", `the content encoding is ${encoding}, not gzip`);
  try {
    return gunzipSync(body, { maxOutputLength: limit });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw isTooLarge
      ? tooLarge(limit)
      : new ContractViolation("the body is not gzip, though the content encoding says so");
  }
}

/** A body beyond the limit. */
export function tooLarge(limit: number): ContractViolation {
  return new ContractViolation(`the body has more than ${limit} bytes`, 413);
}

function parseObject(text: string, what: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    throw new ContractViolation(`${what} is not JSON`);
  }
}

function checkBody(body: Buffer, headerId: string): unknown[] {
  const { requestId, timestamp, records } = parseObject(body.toString("utf8"), "the body");
  must(requestId === headerId, `the body's requestId ${String(requestId)} is not that of the header, ${headerId}`);
  must(Number.isInteger(timestamp), "the body's timestamp is not an integer");
  must(Array.isArray(records), "the body has no array records");
  const count = records.length;
  must(count >= 1 && count <= RECORDS_PER_REQUEST, `there are ${count} records; 1 to 10,000 are allowed`);
  return records;
}

/** A record may hold several events: Moesif's documentation does not say that it may not. */
function checkRecord(record: unknown, index: number, flawOf: (event: LogEvent) => string | undefined): LogEvent[] {
  const name = `record ${index + 1}`;
  const { data } = Object(record) as Record<string, unknown>;
  must(typeof data === "string", `${name} has no string data`);
  must(data.length <= RECORD_BASE64_LIMIT, `the data of ${name} is longer than ${RECORD_BASE64_LIMIT} characters`);
  const bytes = decodeBase64(data);
  must(bytes !== undefined, `the data of ${name} is not base64`);
  const events = parseEvents(bytes.toString("utf8"));
  must(events !== undefined, `${name} does not hold JSON events`);
  for (const event of events) {
    const flaw = flawOf(event);
    must(flaw === undefined, `an event of ${name} ${flaw}`);
  }
  return events;
}

function accessLogFlaw(event: LogEvent): string | undefined {
  const missing = REQUIRED_KEYS.filter((key) => !(key in event));
  return missing.length > 0 ? `lacks ${missing.join(", ")}` : undefined;
}
