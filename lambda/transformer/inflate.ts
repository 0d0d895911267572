/** Inflates a gzip record, as far as its content could be delivered at all. */
import { gunzipSync } from "node:zlib";
import { failed, type Failed } from "./outcome";

/**
 * The most bytes that a record may inflate to: 8 MiB. An answer holds 6 MB of base64, which is 4.5 MiB of JSON; the
 * rest is room for what an envelope adds to its messages. So nothing is refused that could be delivered, and a record
 * that was made to inflate without end costs no more than this.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const INFLATED_LIMIT = 8 * 1024 * 1024;

/** Fewer and larger pieces than Node.js inflates in by default (16 KiB), since access logs shrink to a tenth. */
const PIECE = 128 * 1024;

/** Whether bytes, each as a character, are gzip, by its magic number (RFC 1952): no JSON text begins like this. */
export function isGzip(latin1: string): boolean {
  return latin1.startsWith("\x1f\x8b");
}

/** The content of gzip that is whole: Node.js checks its length and checksum, and that nothing stands behind it. */
export function inflate(bytes: Buffer): Buffer | Failed {
  try {
    return gunzipSync(bytes, { maxOutputLength: INFLATED_LIMIT, chunkSize: PIECE });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    return failed(tooLarge ? "gzip-too-large" : "bad-gzip");
  }
}
