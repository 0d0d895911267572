/** JSON for a terminal. */

/**
 * Indented JSON of a text that may hold JSON or anything else. A log may hold anything, so no control character reaches
 * the terminal.
 */
export function displayJson(text: string): string {
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch {
    // Shown as the text that it is.
  }
  return withoutControls(JSON.stringify(value, undefined, 2));
}

/** One line of text that a log chose, with its control characters and those that turn its direction written out. */
export function displayText(text: string): string {
  return withoutControls(text.replace(/[\u0000-\u001f]/g, escapeOf));
}

function withoutControls(text: string): string {
  return text.replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escapeOf);
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
