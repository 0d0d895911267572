/** HTML as a value. A template escapes whatever is put into it, but HTML itself: the one place that escapes. */
import { printable } from "../common/print";

/** Text that is HTML already. Only the template makes it. */
export class Html {
  constructor(readonly text: string) {}
}

/** What a template takes: texts and numbers are escaped, lists are joined, nothing is left out. */
export type Content = string | number | Html | undefined | false | readonly Content[];

/** A piece of HTML: html`<td>${text}</td>`. Attributes stand in double quotes. */
export function html(texts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(texts.map((text, index) => text + (index < values.length ? textOf(values[index]) : "")).join(""));
}

function textOf(value: Content): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(textOf).join("");
  return escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control and bidirectional characters are shown as in a terminal: `\u202e`. */
function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
