/**
 * The contract between Amazon Data Firehose and a transformation function.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html
 */

/** One record as Firehose hands it over. */
export interface FirehoseRecord {
  readonly recordId: string;
  /** Milliseconds since the epoch. */
  readonly approximateArrivalTimestamp: number;
  /** The record's bytes in base64. */
  readonly data: string;
}

/** A batch of records: what the function is invoked with. */
export interface FirehoseEvent {
  readonly invocationId: string;
  readonly deliveryStreamArn: string;
  readonly region: string;
  readonly records: readonly FirehoseRecord[];
}

/**
 * What becomes of one record. Only an `Ok` record carries data: Firehose does not deliver the others, and keeps the
 * original of a `ProcessingFailed` one in the backup bucket.
 */
export type RecordAnswer =
  | { readonly recordId: string; readonly result: "Ok"; readonly data: string }
  | { readonly recordId: string; readonly result: "Dropped" | "ProcessingFailed" };

/** The function's answer: every recordId of the batch, exactly once. */
export interface FirehoseAnswer {
  readonly records: readonly RecordAnswer[];
}
