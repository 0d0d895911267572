/** Zips that are the same bytes wherever and whenever they are made. */
import { zipSync } from "fflate";

/**
 * No file's own date, mode or order, and a deflate that is pure JavaScript. A zip holds local time, so the date is given
 * as local time, at noon, which every time zone has had.
 *
 * @param {Iterable<[string, Uint8Array]>} files contents by path, in the order in which they shall stand
 */
export function reproducibleZip(files) {
  const attributes = { mtime: new Date(1980, 0, 1, 12), os: 3, attrs: 0o100644 << 16, level: 9 };
  return zipSync(Object.fromEntries([...files].map(([name, contents]) => [name, [contents, attributes]])));
}
