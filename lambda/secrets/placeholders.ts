/**
 * Placeholders for what was redacted, and how rules put them into a text so that redacting twice gives the same.
 *
 * While rules work on a text, each placeholder in it is one character that no rule finds: so no rule redacts the text of
 * a placeholder, whether it is new or came with the record.
 */

/** What stands in the place of a redacted value, or of the part of it that is. */
export const MASK = "[redacted]";

/** A rule for a text in which marks are hidden. */
export type Rule = (hidden: string) => string;

/** Unicode keeps these 32 characters from ever being text. */
const FIRST = 0xfdd0;
const HIDDEN = /[\uFDD0-\uFDEF]/g;
const HIDDEN_ALONE = /^[\uFDD0-\uFDEF]+$/;

/** Stands for one of these characters that came with the record: it hides no mark. */
const OTHER = "\uFFFD";

/** {@link MASK} as it is hidden. */
export const HIDDEN_MASK = String.fromCharCode(FIRST);

/** The rules may bring each other about; where they do not come to rest, the whole value is redacted. */
const MOST_PASSES = 4;

/** Whether a text is nothing but marks, hidden ones: what was redacted already. */
export function isMarkAlone(hidden: string): boolean {
  return HIDDEN_ALONE.test(hidden);
}

/** The marks of one transformer: {@link MASK}, and the replacements of its settings. */
export class Marks {
  readonly #marks: readonly string[];
  readonly #shown: RegExp;

  /** @param replacements each in brackets, so that no mark can be a part of another */
  constructor(replacements: readonly string[]) {
    this.#marks = [...new Set([MASK, ...replacements])];
    const patterns = this.#marks.map((mark) => mark.replaceAll(/[^a-z0-9]/gi, "\\$&"));
    this.#shown = new RegExp([...patterns, HIDDEN.source].join("|"), "g");
  }

  /** The character that a mark is hidden as. */
  characterOf(mark: string): string {
    return String.fromCharCode(FIRST + this.#marks.indexOf(mark));
  }

  /** Whether a text is nothing but marks. */
  areAll(text: string): boolean {
    return text.startsWith("[") && isMarkAlone(this.#hide(text));
  }

  /** What a search finds in a text in which each mark is one character; `undefined` for nothing but marks. */
  search(text: string, find: (hidden: string) => string | undefined): string | undefined {
    if (!text.includes("[")) {
      return find(text);
    }
    const hidden = this.#hide(text);
    const found = isMarkAlone(hidden) ? undefined : find(hidden);
    return found === undefined ? undefined : this.#show(found);
  }

  /** Applies rules in their order, again and again, until none changes anything. */
  scrub(text: string, rules: readonly Rule[]): string {
    let hidden = this.#hide(text);
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const before = hidden;
      for (const rule of rules) {
        hidden = rule(hidden);
      }
      if (hidden === before) {
        // As it came, with characters that marks are hidden as.
        return pass === 0 ? text : this.#show(hidden);
      }
    }
    return MASK;
  }

  #hide(text: string): string {
    return text.replace(this.#shown, (found) => (found.length === 1 ? OTHER : this.characterOf(found)));
  }

  #show(hidden: string): string {
    return hidden.replace(HIDDEN, (character) => this.#marks[character.charCodeAt(0) - FIRST]!);
  }
}
