/** JSON for a terminal. */
import { escapeControls, escaped } from "./print";

/** Indented JSON of a text that may hold JSON or anything else. */
export function displayJson(text: string): string {
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch {
    // Shown as the text that it is.
  }
  return escapeControls(JSON.stringify(value, undefined, 2));
}

/** One line of text that a log chose: its tabs and line breaks are escaped as well. */
export function displayText(text: string): string {
  return escapeControls(text).replace(/[\t\n]/g, escaped);
}
