/** The text of a rollout file: lines and columns, and the line of an issue with a caret. */
import { printable } from "../../common/print";
import { withoutSecrets } from "./secrets-in-file";

/** From 1. Columns are UTF-16 code units, as editors count them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const MOST_BEFORE = 70;
const MOST_AFTER = 90;
const HIDDEN = "***";

/** East Asian characters and emoji take two columns of a terminal, combining marks take none. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const MARK = /\p{M}/u;

/**
 * A text and its lines. The line counter of `yaml` misses lines that a syntax error swallows, and an error at the end
 * of the input has an offset behind the text: every position here is within the text.
 */
export class SourceText {
  readonly #starts: readonly number[];
  readonly #hidden: (readonly [start: number, end: number])[] = [];

  constructor(
    readonly text: string,
    readonly file: string,
  ) {
    this.#starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  }

  position(offset: number): Position {
    const within = Math.min(Math.max(offset, 0), this.text.length);
    const line = this.#lineOf(within);
    return { line: line + 1, column: within - this.#starts[line]! + 1 };
  }

  /** Never shows a part of the text: a secret. */
  hide(start: number, end: number): void {
    this.#hidden.push([start, end]);
    this.#hidden.sort(([a], [b]) => a - b);
  }

  isHidden(offset: number): boolean {
    return this.#hidden.some(([start, end]) => start <= offset && offset < end);
  }

  get holdsSecrets(): boolean {
    return this.#hidden.length > 0;
  }

  /** The line of a position, with a caret under it. Long lines are cut around it. */
  snippet({ line, column }: Position): string {
    const start = this.#starts[line - 1]!;
    const end = (this.#starts[line] ?? this.text.length + 1) - 1;
    const at = Math.min(start + column - 1, end);
    const before = this.#shown(start, at);
    const after = this.#shown(at, end);
    const left = before.length > MOST_BEFORE ? `…${before.slice(1 - MOST_BEFORE)}` : before;
    const right = after.length > MOST_AFTER ? `${after.slice(0, MOST_AFTER - 1)}…` : after;
    const gutter = `  ${line} | `;
    return `${(gutter + left + right).trimEnd()}\n${" ".repeat(gutter.length - 2)}| ${blank(left)}^`;
  }

  /** A part of a line without secrets, as it is printed: a tab as one blank. */
  #shown(start: number, end: number): string {
    let shown = "";
    let from = start;
    for (const [first, last] of this.#hidden) {
      if (last <= from || first >= end) continue;
      shown += withoutSecrets(this.text.slice(from, Math.max(from, first))) + HIDDEN;
      from = Math.min(last, end);
    }
    shown += withoutSecrets(this.text.slice(from, end));
    return printable(shown.replace(/\r$/, "").replaceAll("\t", " "));
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Blanks that are as wide as a text. */
function blank(text: string): string {
  return Array.from(text, (character) => (WIDE.test(character) ? "  " : MARK.test(character) ? "" : " ")).join("");
}
