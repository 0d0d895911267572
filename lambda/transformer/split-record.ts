/** Splits the data of a record at its objects, so that each piece can be a record of its own. */
import { endOfObject } from "./json-text";

const NEWLINE = 1;

/**
 * The objects of a JSON text (one object, lines, or an array of objects) as texts of lines, each of at most `limit`
 * bytes: every object once, byte for byte and in order.
 *
 * @returns `undefined` if one object alone is larger, or the text holds none
 */
export function splitRecord(text: string, limit: number): string[] | undefined {
  const pieces: string[][] = [];
  let room = 0;
  for (let start = text.indexOf("{"), end: number; start >= 0; start = text.indexOf("{", end)) {
    end = endOfObject(text, start);
    const object = text.slice(start, end);
    const bytes = Buffer.byteLength(object);
    if (end < 0 || bytes > limit) {
      return undefined;
    }
    if (bytes + NEWLINE > room) {
      pieces.push([]);
      room = limit + NEWLINE;
    }
    pieces[pieces.length - 1]!.push(object);
    room -= bytes + NEWLINE;
  }
  return pieces.length === 0 ? undefined : pieces.map((objects) => objects.join("\n"));
}
