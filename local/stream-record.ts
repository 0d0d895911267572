/** A record on its way through the delivery stream. */

/** The unit of Firehose's settings, which they call MB. */
export const MIB = 1024 * 1024;

/** One record, from PutRecord to its end. */
export interface StreamRecord {
  readonly id: string;
  /** When the stream took it in: milliseconds since the epoch, on the stream's clock. */
  readonly arrival: number;
  /** Its data as it is now; the transformer replaces it. */
  readonly data: Buffer;
  /** The bytes it arrived with: what it counts for in the stream's capacity. */
  readonly size: number;
}
