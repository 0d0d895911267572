/** Reads a pattern character by character: quantifiers, escapes, and what stands in brackets. */
import { ANY, CLASSES, type CharSet, one } from "./char-set";

/** Thrown for what a pattern may not be written in; the message says what, and what to write instead. */
export class PatternError extends Error {}

/** Whose patterns these are: those of masks are JavaScript's, those that are sought may have been written for others. */
export type Dialect = "mask" | "search";

/** What matches one character. */
export interface Character {
  /** The characters; where they are not known, any. */
  readonly set: CharSet;
  /** As JavaScript writes it with its flag `u`, within brackets and without. */
  readonly source: string;
}

const CONTROLS: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d };

/** {n}, {n,} or {n,m}; and {,m}, which not every engine takes for a quantifier. */
const IN_BRACES = /^\{(?:[0-9]+(?:,[0-9]*)?|,[0-9]*)\}/;
/** `(?<name>` or, as Python has it, `(?P<name>`; from behind the question mark. */
const GROUP_NAME = /^P?<[A-Za-z_][A-Za-z0-9_]*>/;

/** A character that stands for itself. */
export function literal(character: string): Character {
  return ofCodePoint(character.codePointAt(0)!);
}

function ofCodePoint(codePoint: number): Character {
  const character = String.fromCodePoint(codePoint);
  const source = /^[A-Za-z0-9_/]$/.test(character) ? character : `\\u{${codePoint.toString(16)}}`;
  return { set: one(codePoint), source };
}

export class PatternReader {
  readonly #characters: readonly string[];
  #index = 0;

  constructor(
    pattern: string,
    readonly dialect: Dialect = "mask",
  ) {
    this.#characters = [...pattern];
  }

  get done(): boolean {
    return this.#index >= this.#characters.length;
  }

  sees(character: string): boolean {
    return this.#characters[this.#index] === character;
  }

  /** A '{' that quantifies: in a search, one without a number stands for itself. */
  seesQuantifier(): boolean {
    return this.sees("{") && (this.dialect === "mask" || this.#ahead(IN_BRACES) > 0);
  }

  /** A brace or a ']' that stands for itself in a search. */
  seesLiteralBracket(): boolean {
    if (this.dialect === "mask") return false;
    return this.sees("}") || this.sees("]") || (this.sees("{") && !this.seesQuantifier());
  }

  takes(character: string): boolean {
    if (!this.sees(character)) return false;
    this.#index++;
    return true;
  }

  /** The name of a group, which says nothing of what is found. */
  takesGroupName(): boolean {
    const length = this.dialect === "search" ? this.#ahead(GROUP_NAME) : 0;
    this.#index += length;
    return length > 0;
  }

  /** @throws PatternError if the pattern has ended */
  next(): string {
    const character = this.#characters[this.#index++];
    if (character === undefined) throw new PatternError("ends in the middle: close its brackets, end it without '\\'");
    return character;
  }

  /** The least and the most that a quantifier asks for; none if there is no quantifier. */
  quantifier(): [number, number] | undefined {
    if (this.takes("*")) return [0, Infinity];
    if (this.takes("+")) return [1, Infinity];
    if (this.takes("?")) return [0, 1];
    if (!this.seesQuantifier()) return undefined;
    this.next();
    const bounds = this.#until("}");
    const [, least, comma, most] = /^([0-9]+)(?:(,)([0-9]*))?$/.exec(bounds) ?? [];
    if (least === undefined)
      throw new PatternError("has a '{' without {n}, {n,} or {n,m}: write \\{ for the character");
    return [Number(least), comma === undefined ? Number(least) : most === "" ? Infinity : Number(most)];
  }

  /** What stands behind a backslash. */
  escaped(): Character {
    const character = this.next();
    const known = CLASSES[character];
    if (known) return { set: known, source: `\\${character}` };
    if (CONTROLS[character] !== undefined) return ofCodePoint(CONTROLS[character]);
    if (character === "x") return this.#hexadecimal(this.next() + this.next());
    if (character === "u") {
      if (this.takes("{")) return this.#hexadecimal(this.#until("}"));
      return this.#hexadecimal(this.next() + this.next() + this.next() + this.next());
    }
    if (character === "p" || character === "P") {
      if (!this.takes("{")) throw new PatternError("has a \\p without its {…}: write a property, as \\p{L}");
      // Which characters these are is not looked up: they are taken for any.
      return { set: ANY, source: `\\${character}{${this.#until("}")}}` };
    }
    if (/[1-9k]/.test(character)) {
      throw new PatternError("refers back to a group: repeat the group's text");
    }
    if (/[a-zA-Z0]/.test(character))
      throw new PatternError(`has \\${character}, which is not taken here: leave it out`);
    return literal(character);
  }

  /** One member of a class in brackets. */
  inClass(): Character {
    const character = this.next();
    return character === "\\" ? this.escaped() : literal(character);
  }

  /** A '-' with something behind it in the brackets. */
  takesRange(): boolean {
    if (!this.sees("-") || this.#characters[this.#index + 1] === "]") return false;
    this.#index++;
    return true;
  }

  /** How many of the next characters are such a text; none of those that are sought holds more than 64. */
  #ahead(text: RegExp): number {
    const next = this.#characters.slice(this.#index, this.#index + 64).join("");
    return text.exec(next)?.[0].length ?? 0;
  }

  #until(end: string): string {
    let text = "";
    for (let character = this.next(); character !== end; character = this.next()) text += character;
    return text;
  }

  #hexadecimal(digits: string): Character {
    const codePoint = /^[0-9a-fA-F]+$/.test(digits) ? parseInt(digits, 16) : NaN;
    if (!(codePoint <= 0x10ffff))
      throw new PatternError("has \\x or \\u without its hexadecimal digits: write \\x2F or \\u{2F}");
    return ofCodePoint(codePoint);
  }
}
