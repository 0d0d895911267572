/**
 * What the steps make of one record, with the reason that is counted in the log (Firehose is told the result alone).
 */

/** Why there is nothing to deliver. */
export type DropReason = "empty" | "control-message";

/** Why a record cannot be delivered. A stable code that never holds anything of the record's content. */
export type FailureReason =
  | "not-base64"
  | "bad-gzip"
  | "gzip-too-large"
  | "not-utf8"
  | "not-json"
  | "not-an-object"
  | "unknown-envelope"
  | "unknown-shape"
  | "too-deep"
  | "answer-too-large"
  | "unexpected";

/** There is nothing in the record to deliver. */
export interface Dropped {
  readonly result: "Dropped";
  readonly reason: DropReason;
}

/** The record is not delivered; Firehose keeps its original in the backup bucket. */
export interface Failed {
  readonly result: "ProcessingFailed";
  readonly reason: FailureReason;
}

/** The record is delivered. */
export interface Ok {
  readonly result: "Ok";
  readonly data: string;
  /** How many of its objects were damaged and could be repaired; left out for none. */
  readonly repaired?: number;
}

/** The result of one record. */
export type Outcome = Ok | Dropped | Failed;

/** The record is dropped, for this reason. */
export function dropped(reason: DropReason): Dropped {
  return { result: "Dropped", reason };
}

/** The record failed, for this reason. */
export function failed(reason: FailureReason): Failed {
  return { result: "ProcessingFailed", reason };
}
