/** Reads the bytes of a rollout file as UTF-8 text, or says which other encoding they have. */
import type { Issue } from "../settings/issue";
import type { IssueId } from "../settings/issue-ids";
import { RolloutError } from "./rollout-error";
import { SourceText } from "./source-text";

const SAVE_AS_UTF_8 = "save the file as UTF-8";

/** What YAML allows nowhere. Others it allows in quotes, as JSON does: https://yaml.org/spec/1.2.2/#51-character-set */
const NOT_ALLOWED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/** A file of this size has a hundred thousand APIs, and is read in seconds. */
const MOST_CHARACTERS = 8 * 2 ** 20;
/** YAML in flow style takes much longer than in block style. */
const LONGEST_LINE = 2 ** 20;

/** @throws RolloutError if it is another encoding, holds control characters, or is too large */
export function decodeRollout(content: string | Uint8Array, file: string): string {
  const text = typeof content === "string" ? content.replace(/^\ufeff/, "") : decode(content, file);
  refuseLarge(text, file);
  const at = text.search(NOT_ALLOWED);
  if (at >= 0) {
    const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0");
    throw refusal(
      new SourceText(text, file),
      at,
      "control-character",
      `YAML does not allow the character U+${code}`,
      "remove it",
    );
  }
  const carriageReturn = text.search(/\r(?!\n)/);
  if (carriageReturn >= 0) {
    throw refusal(
      new SourceText(text, file),
      carriageReturn,
      "line-ending",
      "a carriage return ends a line without a line feed",
      "save the file with LF or CRLF line endings",
    );
  }
  return text;
}

function refuseLarge(text: string, file: string): void {
  const count = (number: number) => number.toLocaleString("en");
  const refuse = (issue: Pick<Issue, "id" | "message" | "fix">, line: number) =>
    new RolloutError([{ ...issue, path: [], file, line, column: 1 }]);
  if (text.length > MOST_CHARACTERS) {
    const message = `the file has ${count(text.length)} characters, at most ${count(MOST_CHARACTERS)} are read`;
    const fix = "split it into several rollout files, each with some of the accounts";
    throw refuse({ id: "file-size", message, fix }, 1);
  }
  for (let [line, start] = [1, 0]; start < text.length; line++) {
    const lineBreak = text.indexOf("\n", start);
    const end = lineBreak < 0 ? text.length : lineBreak;
    if (end - start > LONGEST_LINE) {
      const message = `this line has ${count(end - start)} characters, at most ${count(LONGEST_LINE)} are read`;
      const fix = "write each account, region and API on lines of its own";
      throw refuse({ id: "line-length", message, fix }, line);
    }
    start = end + 1;
  }
}

function decode(bytes: Uint8Array, file: string): string {
  const other = otherEncoding(bytes);
  if (other !== undefined) {
    throw refusal(
      new SourceText("", file),
      0,
      "encoding",
      `the file is encoded as ${other}, expected UTF-8`,
      SAVE_AS_UTF_8,
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // The first replaced byte of a lenient reading is where it stops to be UTF-8.
    const text = new TextDecoder("utf-8").decode(bytes);
    const source = new SourceText(text, file);
    throw refusal(source, text.indexOf("\ufffd"), "encoding", "the file is not encoded as UTF-8", SAVE_AS_UTF_8);
  }
}

function refusal(source: SourceText, offset: number, id: IssueId, message: string, fix: string): RolloutError {
  const issue = { id, path: [], message, fix, file: source.file, ...source.position(offset) };
  return new RolloutError([issue], source.text === "" ? undefined : source);
}

/** By the mark at the start, or by the zeros that UTF-16 puts next to the characters of a key. */
function otherEncoding([first, second, third, fourth]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return third === 0 && fourth === 0 ? "UTF-32" : "UTF-16";
  if (first === 0xfe && second === 0xff) return "UTF-16";
  if (first === 0 && second === 0) return "UTF-32";
  return (first === 0) !== (second === 0) && first !== undefined && second !== undefined ? "UTF-16" : undefined;
}
