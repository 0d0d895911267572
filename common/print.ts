/** What commands write to a terminal: results on standard output, messages on standard error. */
import { once } from "node:events";
import { EXIT } from "./exit-codes";
import { messageOf } from "./usage-error";

/**
 * Control characters but for tabs and line breaks, characters that change the direction of text or have no width, line
 * separators and lone surrogates: a terminal obeys them or does not show them, so a value could hide or fake what stands
 * around it.
 */
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text without them. They are escaped as JSON does, so that JSON stays the same JSON. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** One line of text that others chose: its tabs and line breaks are escaped as well. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\t\n]/g, escaped);
}

/** Indented JSON of a text that may hold JSON or anything else. */
export function printableJson(text: string): string {
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch {
    // Shown as the text that it is.
  }
  return printable(JSON.stringify(value, undefined, 2));
}

/** Each UTF-16 code unit, since JSON has no larger escape. */
function escaped(characters: string): string {
  const units = Array.from({ length: characters.length }, (_, index) => characters.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** Prints a result, and waits while its reader is slower. */
export async function print(text: string): Promise<void> {
  if (process.stdout.write(`${printable(text)}\n`)) return;
  await once(process.stdout, "drain").catch(() => {}); // onOutputError has the error
}

/** Prints a warning or an error. */
export function printMessage(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Prints a warning to standard error. */
export function printWarning(warning: string): void {
  printMessage(`Warning: ${warning}`);
}

/** Calls `end` when the output cannot be written, which it says, or when its reader has left, as `head` does. */
export function onOutputError(end: (code: typeof EXIT.done | typeof EXIT.wrongInput) => void): void {
  for (const output of [process.stdout, process.stderr])
    output.on("error", (error: NodeJS.ErrnoException) => {
      const hasLeft = error.code === "EPIPE";
      if (!hasLeft && output === process.stdout) printMessage(`The output cannot be written: ${messageOf(error)}`);
      end(hasLeft ? EXIT.done : EXIT.wrongInput);
    });
}
