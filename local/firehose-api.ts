/** Firehose's own API on localhost: PutRecord and PutRecordBatch in AWS's JSON 1.1 protocol, with their limits. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { MIB } from "./stream-record";
import { decodeBase64 } from "./transformation-reply";
import { readBody } from "./local-server";

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html and API_Record.html */
export const RECORD_LIMIT = 1000 * 1024;
export const BATCH_RECORDS = 500;
export const BATCH_BYTES = 4 * MIB;

/** What the API needs of a stream. */
export interface PutTarget {
  readonly name: string;
  /** The ids of the records; undefined if the stream is full. */
  put(data: readonly Buffer[]): string[] | Promise<string[] | undefined>;
  /** Asked of each record of a batch: whether this one is refused as if the stream were throttled. Default: never. */
  refuses?(): boolean;
}

/** "Even if the PutRecordBatch call succeeds, the value of FailedPutCount may be greater than 0" (the same page). */
export const THROTTLED = { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." };

/** An error of the API, by the name and the status that AWS documents for it. */
class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** Serves one stream. Does not check the signature of a request. */
export function createFirehoseApi(stream: PutTarget): Server {
  return createServer((request, response) => {
    answer(request, stream).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        const known = error instanceof ApiError ? error : new ApiError("InternalFailure", String(error), 500);
        send(response, known.status, { __type: known.code, message: known.message });
      },
    );
  });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "Content-Type": "application/x-amz-json-1.1",
    "Content-Length": Buffer.byteLength(text),
    "x-amzn-RequestId": randomUUID(),
  });
  response.end(text);
}

async function answer(request: IncomingMessage, stream: PutTarget): Promise<unknown> {
  const body = await readBody(request, 4 * BATCH_BYTES);
  const operation = String(request.headers["x-amz-target"]).replace(/^Firehose_20150804\./, "");
  if (operation !== "PutRecord" && operation !== "PutRecordBatch")
    throw new ApiError("UnknownOperationException", `The local stream does not know the operation ${operation}.`);
  if (!body) throw new ApiError("InvalidArgumentException", "Records size exceeds 4 MB limit");
  const input = parse(body);
  const data = operation === "PutRecord" ? [dataOf(input["Record"], "record")] : batchOf(input["Records"]);
  const name = input["DeliveryStreamName"];
  if (name !== stream.name)
    throw new ApiError("ResourceNotFoundException", `Firehose ${String(name)} not found under account.`);
  const isRefused = data.map(() => operation === "PutRecordBatch" && stream.refuses?.() === true);
  const ids = await stream.put(data.filter((_, index) => !isRefused[index]));
  if (!ids) throw new ApiError(THROTTLED.ErrorCode, THROTTLED.ErrorMessage, 500);
  if (operation === "PutRecord") return { RecordId: ids[0], Encrypted: false };
  const left = [...ids];
  const RequestResponses = isRefused.map((refused) => (refused ? THROTTLED : { RecordId: left.shift() }));
  return { FailedPutCount: data.length - ids.length, Encrypted: false, RequestResponses };
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    return Object(JSON.parse(body.toString("utf8"))) as Record<string, unknown>;
  } catch {
    throw new ApiError("SerializationException", "The request is not valid JSON.");
  }
}

function invalid(field: string, rule: string): ApiError {
  return new ApiError(
    "ValidationException",
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: ${rule}`,
  );
}

function batchOf(records: unknown): Buffer[] {
  if (!Array.isArray(records) || records.length === 0)
    throw invalid("records", "Member must have length greater than or equal to 1");
  if (records.length > BATCH_RECORDS)
    throw invalid("records", `Member must have length less than or equal to ${BATCH_RECORDS}`);
  const data = records.map((record, index) => dataOf(record, `records.${index + 1}.member`));
  if (data.reduce((sum, { length }) => sum + length, 0) > BATCH_BYTES)
    throw new ApiError("InvalidArgumentException", "Records size exceeds 4 MB limit");
  return data;
}

function dataOf(record: unknown, field: string): Buffer {
  const text = (Object(record) as Record<string, unknown>)["Data"];
  if (typeof text !== "string") throw invalid(`${field}.data`, "Member must not be null");
  const data = decodeBase64(text);
  if (!data) throw new ApiError("SerializationException", `The data of ${field} is not base64.`);
  if (data.length > RECORD_LIMIT)
    throw invalid(`${field}.data`, `Member must have length less than or equal to ${RECORD_LIMIT}`);
  return data;
}
