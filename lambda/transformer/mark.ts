/**
 * The mark of what the transformer has changed, in `metadata`: a record that comes a second time, from the backup bucket
 * or because it was put back, is redacted again and otherwise left as it is. So nothing is sampled, weighted or hashed
 * twice.
 */
import { type AccessLog, isObject } from "./access-log";

/** The name in `metadata`. */
export const MARK_KEY = "transformer";

/** Says as well who made the metadata. */
export const MARK_VALUE = "cdktf-moesif-firehose/1";

/** Whether the transformer has made this object. */
export function isMarked({ metadata }: AccessLog): boolean {
  return isObject(metadata) && metadata[MARK_KEY] === MARK_VALUE;
}
