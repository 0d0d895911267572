/**
 * What the steps make of one record, with the reason that is counted in the log (Firehose gets only the result).
 */
import type { AccessLog } from "./access-log";

/** Why an event, or all that a record holds, is not delivered although nothing is wrong with it. */
export type DropReason = "empty" | "control-message" | "filtered" | "sampled" | "company-limit" | "put-back";

/** Why a record cannot be delivered. A stable code that never holds anything of the record's content. */
export type FailureReason =
  | "not-base64"
  | "bad-gzip"
  | "gzip-too-large"
  | "not-json"
  | "not-an-object"
  | "in-doubt"
  | "unknown-envelope"
  | "unknown-shape"
  | "unwanted-event"
  | "bad-time"
  | "bad-uri"
  | "bad-verb"
  | "bad-headers"
  | "bad-response"
  | "bad-status"
  | "bad-field"
  | "too-old"
  | "too-large"
  | "too-deep"
  | "too-slow"
  | "answer-too-large"
  | "batch-too-large"
  | "unexpected";

/** How many events were dropped, by reason. */
export type DropCounts = { readonly [reason in DropReason]?: number };

/** Parts of a record that go back on the stream, as records of their own. */
export interface Returned {
  /** The data of each of these records, as bytes. */
  readonly datas: readonly Buffer[];
  /** How many events they hold. */
  readonly events: number;
  /** Why the whole record fails if one of them cannot be put back. */
  readonly reason: FailureReason;
}

/** There is nothing in the record to deliver. */
export interface Dropped {
  readonly result: "Dropped";
  /** The reason of the first event, for a record of several. */
  readonly reason: DropReason;
  /** How many events the record held. Default: 1. */
  readonly events?: number;
  /** The events by reason, where they differ. */
  readonly dropped?: DropCounts;
  readonly returned?: Returned;
}

/** The record is not delivered; Firehose keeps its original in the backup bucket. */
export interface Failed {
  readonly result: "ProcessingFailed";
  readonly reason: FailureReason;
  /** How many events the record held, as far as that is known. Default: 1. */
  readonly events?: number;
}

/**
 * The record is delivered, but for events that were dropped or are put back.
 *
 * A class: many results live until the end of their batch, and V8 would soon place object literals of which it has seen
 * that among the long-lived objects. There they keep their data from the collector until it searches all memory.
 */
export class Ok {
  readonly result = "Ok";
  /** How many of the events were damaged and could be repaired; left out for none. */
  declare repaired?: number;
  /** How many of the events had bytes that are not UTF-8; left out for none. */
  declare replaced?: number;
  /** How many of them are not delivered; left out for none. */
  declare dropped?: DropCounts;
  /** How many calls the delivered ones stand for, by the weights that sampling gave them; left out if it gave none. */
  declare weight?: number;
  /** How many of the delivered ones name a user; left out for none. */
  declare withUser?: number;
  /** How many of them name a company; left out for none. */
  declare withCompany?: number;
  /** Left out for nothing. */
  declare returned?: Returned;

  /** @param events how many the record held */
  constructor(
    readonly data: string,
    readonly events: number,
  ) {}
}

/** The result of one record. */
export type Outcome = Ok | Dropped | Failed;

/** The record is dropped, for this reason. */
export function dropped(reason: DropReason, events?: number): Dropped {
  return events === undefined ? { result: "Dropped", reason } : { result: "Dropped", reason, events };
}

/** The record failed, for this reason. */
export function failed(reason: FailureReason, events?: number): Failed {
  return events === undefined ? { result: "ProcessingFailed", reason } : { result: "ProcessingFailed", reason, events };
}

/** Learns which rules of the settings find anything: nothing in AWS needs to, but `preview` does. */
export interface RuleWatch {
  /** @param log an access log as the rules of redaction and identity read it; not to be kept or changed */
  readonly onRecord: (log: AccessLog) => void;
  /** @param index of a rule in `redaction.mask` that has found something */
  readonly onMask: (index: number) => void;
  /** @param index of the rule in `filter` that has decided on a call */
  readonly onFilter: (index: number) => void;
}

// The contract between Amazon Data Firehose and a transformation function.
// https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html

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
