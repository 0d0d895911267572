/** One buffer that every record is decoded and encoded through, instead of two new buffers for each record. */

let buffer = Buffer.allocUnsafeSlow(64 * 1024);

/** A buffer of at least `size` bytes. Its content is valid until the next call: use it up at once. */
export function scratch(size: number): Buffer {
  if (buffer.length < size) {
    buffer = Buffer.allocUnsafeSlow(2 * size);
  }
  return buffer;
}
