/** What a redrive is given, what it needs of AWS, and what it answers: the same for the function and the command. */
import type { FailureReason } from "../transformer/outcome";

/** The kinds of failure that Firehose keeps for an HTTP endpoint, as its keys in the bucket name them. */
export const ERROR_TYPES = ["processing-failed", "http-endpoint-failed"] as const;

export type ErrorType = (typeof ERROR_TYPES)[number];

/** What is redriven, and how fast. */
export interface RedriveOptions {
  /** Whether anything is put, written or moved; `false` only counts. */
  readonly send: boolean;
  /** Objects that Firehose wrote from then on, in milliseconds since the epoch. Default: all. */
  readonly since?: number;
  /** Objects that Firehose wrote before then. Default: all. */
  readonly until?: number;
  /** Default: both. */
  readonly errorTypes?: readonly ErrorType[];
  /** Records a second. Default: {@link DEFAULTS}. */
  readonly rate?: number;
  /** How often a record is put back on the stream before it is given up. */
  readonly maxAttempts?: number;
  /** Nothing is sent while Firehose wrote an object for the endpoint within so many minutes; 0 does not look. */
  readonly quietMinutes?: number;
}

export const DEFAULTS = { rate: 500, maxAttempts: 3, quietMinutes: 15 } as const;

/** An object in the bucket. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** When it was written, in milliseconds since the epoch. */
  readonly modified: number;
}

/** The bucket, as far as a redrive needs it. */
export interface Bucket {
  /** Objects under a prefix, by key. @param after keys up to this one are left out */
  list(prefix: string, after?: string): AsyncIterable<StoredObject>;
  /** `undefined` if there is no such object. */
  read(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  write(key: string, text: string): Promise<void>;
  /** Copies, then deletes. */
  move(from: string, to: string): Promise<void>;
}

/** Puts a batch on the stream, with retries: for each record whether the stream took it, and why not for one of those. */
export type PutBatch = (
  batch: readonly Buffer[],
) => Promise<{ readonly taken: readonly boolean[]; readonly failure?: string }>;

/**
 * Why a record is not put on the stream: the codes of the transformer, and `attempts` and `unreadable`, which only a redrive
 * knows.
 */
export type GiveUpReason = FailureReason | "attempts" | "unreadable";

/** Why a redrive ended before everything was done. */
export type StopReason =
  /** Firehose could not deliver to the endpoint a short time ago. */
  | "endpoint-failing"
  /** The stream takes no more for now, or cannot be reached. */
  | "stream-busy"
  /** The role may not put records on the stream. */
  | "denied"
  /** The function's time is up. */
  | "out-of-time"
  | "interrupted";

/** How far it is. Counts only grow. */
export interface RedriveSummary {
  /** Objects of which every record was taken by the stream or given up, and which were moved. */
  readonly moved: number;
  /** Objects that stay as they are, for the next time. */
  readonly left: number;
  /** Objects of damaged gzip: what could be read is sent, and the whole is given up. */
  readonly damaged: number;
  readonly records: {
    /** Taken by the stream; without `send`, those that would be put. */
    readonly sent: number;
    readonly givenUp: Readonly<Partial<Record<GiveUpReason, number>>>;
  };
  /** Records by Firehose's code, such as `HttpEndpoint.DestinationException`. */
  readonly byErrorCode: Readonly<Record<string, number>>;
  readonly stopped?: StopReason;
}

/** The part of a stream's configuration that says where its failed records lie. */
export interface FailureLocation {
  readonly bucket: string;
  /** Up to the kind of failure. */
  readonly prefix: string;
}

/** A record of an old access log. */
export interface OldRecord {
  /** In base64. */
  readonly data: string;
}

/** How far a backfill is. Counts only grow. */
export interface BackfillSummary {
  /** Taken by the stream; without `send`, those that would be put. */
  readonly sent: number;
  /** Records that cannot be sent, by reason. */
  readonly refused: Readonly<Partial<Record<GiveUpReason, number>>>;
  /**
   * Calls that are sent without `extendedRequestId`: their dedupe id is made of what else tells them apart. It differs from
   * that of the same call in another format.
   */
  readonly withoutId: number;
  /** Records from the first one on that are sent or refused: a later run may leave them out. */
  readonly done: number;
  readonly stopped?: StopReason;
}
