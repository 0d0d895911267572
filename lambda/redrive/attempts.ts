/**
 * How often a record was redriven, counted in the record itself. Firehose gives nothing of a record on but its bytes: a
 * record that fails again comes in another object, among others. So each redrive pads the record by what its readers
 * skip: JSON skips white space at its end, and gzip zero bytes. The transformer delivers an object that it has made byte
 * for byte, and its dedupe id is made of what the record says: neither changes by the padding.
 */

/** White space of JSON that neither API Gateway nor the transformer writes at the end of a record. */
const TAB = 0x09;

/** Gzip's own last bytes, its length, may be zero: a longer run is ours. */
const ZEROS = 16;

const isGzip = (data: Buffer) => data[0] === 0x1f && data[1] === 0x8b;

/** How many bytes the count of one attempt takes. */
export function paddingOf(data: Buffer): number {
  return isGzip(data) ? ZEROS : 1;
}

/** How often a record was put back on the stream by a redrive. */
export function attemptsOf(data: Buffer): number {
  const byte = isGzip(data) ? 0 : TAB;
  let end = data.length;
  while (end > 0 && data[end - 1] === byte) end--;
  return Math.floor((data.length - end) / paddingOf(data));
}

/** The record with one attempt more, or with so many. */
export function withAttempt(data: Buffer, attempts = 1): Buffer {
  return Buffer.concat([data, Buffer.alloc(attempts * paddingOf(data), isGzip(data) ? 0 : TAB)]);
}
