/**
 * What the steps make of one record, with the reason that is counted in the log (Firehose is told the result alone).
 */

/** Why there is nothing to deliver. */
export type DropReason = "empty";

/** Why a record cannot be delivered. A stable code that never holds anything of the record's content. */
export type FailureReason =
  | "not-base64"
  | "not-utf8"
  | "not-json"
  | "not-an-object"
  | "unknown-shape"
  | "too-deep"
  | "answer-too-large"
  | "unexpected";

/** The record is not delivered; Firehose keeps its original in the backup bucket. */
export interface Failed {
  readonly result: "ProcessingFailed";
  readonly reason: FailureReason;
}

/** The result of one record. */
export type Outcome =
  | { readonly result: "Ok"; readonly data: string }
  | { readonly result: "Dropped"; readonly reason: DropReason }
  | Failed;

/** The record failed, for this reason. */
export function failed(reason: FailureReason): Failed {
  return { result: "ProcessingFailed", reason };
}
