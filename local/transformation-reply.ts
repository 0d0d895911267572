/**
 * Judges what the transformer answered against Firehose's contract
 * (https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html).
 */

/** Why a record was not transformed. */
export interface TransformationFailure {
  readonly errorCode: string;
  readonly errorMessage: string;
}

/** What the answer means for one record. */
export type Verdict = { readonly data: Buffer } | "dropped" | TransformationFailure;

interface ReturnedRecord {
  readonly recordId: string;
  readonly result: "Ok" | "Dropped" | "ProcessingFailed";
  readonly data?: string;
}

/** Codes and messages: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html */
const NOT_JSON: TransformationFailure = {
  errorCode: "Lambda.JsonProcessingException",
  errorMessage:
    "There was an error parsing returned records from the Lambda function. Ensure that the returned records follow the status model required by Firehose.",
};
const NOT_BASE64: TransformationFailure = {
  errorCode: "Lambda.JsonMappingException",
  errorMessage:
    "There was an error parsing returned records from the Lambda function. Ensure that the data field is base64-encoded.",
};
const DUPLICATED: TransformationFailure = {
  errorCode: "Lambda.DuplicatedRecordId",
  errorMessage:
    "Multiple records were returned with the same record ID. Ensure that the Lambda function returns unique record IDs for each record.",
};
const MISSING: TransformationFailure = {
  errorCode: "Lambda.MissingRecordId",
  errorMessage:
    "One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.",
};
const PROCESSING_FAILED: TransformationFailure = {
  errorCode: "Lambda.ProcessingFailedStatus",
  errorMessage: "ProcessingFailed status set for record",
};

/**
 * The verdict on each of `ids`, in their order. A record that is missing in the answer fails, and no other. An answer
 * that breaks the contract in another way fails the whole batch: the documentation does not say how much of it fails, and
 * this is the stricter reading.
 */
export function readTransformation(payload: string, ids: readonly string[]): Verdict[] {
  const returned = parseReply(payload);
  if (!returned) return ids.map(() => NOT_JSON);
  const byId = new Map(returned.map((record) => [record.recordId, record]));
  if (byId.size < returned.length) return ids.map(() => DUPLICATED);
  const verdicts = ids.map((id) => verdictOn(byId.get(id)));
  return verdicts.includes(NOT_BASE64) ? ids.map(() => NOT_BASE64) : verdicts;
}

function parseReply(payload: string): readonly ReturnedRecord[] | undefined {
  try {
    const { records } = JSON.parse(payload) as { records?: unknown };
    return Array.isArray(records) && records.every(isReturnedRecord) ? records : undefined;
  } catch {
    return undefined;
  }
}

function isReturnedRecord(value: unknown): value is ReturnedRecord {
  if (typeof value !== "object" || value === null) return false;
  const { recordId, result, data } = value as Record<string, unknown>;
  const hasData = typeof data === "string" || (data === undefined && result !== "Ok");
  return typeof recordId === "string" && ["Ok", "Dropped", "ProcessingFailed"].includes(result as string) && hasData;
}

function verdictOn(record: ReturnedRecord | undefined): Verdict {
  if (!record) return MISSING;
  const data = decodeBase64(record.data ?? "");
  if (!data) return NOT_BASE64;
  if (record.result === "Ok") return { data };
  return record.result === "Dropped" ? "dropped" : PROCESSING_FAILED;
}

/** Node.js decodes anything; Firehose does not. */
export function decodeBase64(text: string): Buffer | undefined {
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, "base64") : undefined;
}
