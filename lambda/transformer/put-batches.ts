/**
 * From the data of records to the batches in which they are put on a stream, within the limits of Firehose.
 * https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 */
import { splitRecord } from "./split-record";

/** Bytes of one record, before base64. */
export const RECORD_LIMIT = 1_024_000;

/** Records of one call. */
export const BATCH_RECORDS = 500;

/** Bytes of the records of one call: 4 MiB, less a margin for what AWS may count beside them. */
export const BATCH_BYTES = 4_194_304 - 65_536;

/** One record to be put: the whole data of a transformed record, or a piece of it. */
export interface Piece {
  /** Which of the transformed records it belongs to. */
  readonly record: number;
  readonly bytes: Buffer;
}

/**
 * The pieces of each record in order, decoded as they are asked for.
 *
 * @param datas base64, of JSON: one object, lines, or an array
 * @param onTooLarge is told of a record of which one object alone is too large: it has no pieces
 */
export function* piecesOf(datas: readonly string[], onTooLarge: (record: number) => void): Generator<Piece> {
  for (const [record, data] of datas.entries()) {
    const bytes = Buffer.from(data, "base64");
    if (bytes.length <= RECORD_LIMIT) {
      yield { record, bytes };
      continue;
    }
    const pieces = splitRecord(bytes.toString("utf8"), RECORD_LIMIT);
    if (pieces === undefined) {
      onTooLarge(record);
      continue;
    }
    for (const piece of pieces) {
      yield { record, bytes: Buffer.from(piece) };
    }
  }
}

/** Batches as large as a call may be, in order. */
export function* batchesOf(pieces: Iterable<Piece>): Generator<readonly Piece[]> {
  let batch: Piece[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    if (batch.length === BATCH_RECORDS || bytes + piece.bytes.length > BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(piece);
    bytes += piece.bytes.length;
  }
  if (batch.length > 0) {
    yield batch;
  }
}
