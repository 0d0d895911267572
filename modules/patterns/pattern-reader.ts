/** Reads a pattern character by character: quantifiers, escapes, and what stands in brackets. */
import { ANY, CLASSES, type CharSet, one } from "./char-set";

/** Thrown for what a mask may not be written in; the message says what, and what to write instead. */
export class PatternError extends Error {}

const CONTROLS: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d };

export class PatternReader {
  readonly #characters: readonly string[];
  #index = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  get done(): boolean {
    return this.#index >= this.#characters.length;
  }

  sees(character: string): boolean {
    return this.#characters[this.#index] === character;
  }

  takes(character: string): boolean {
    if (!this.sees(character)) return false;
    this.#index++;
    return true;
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
    if (!this.takes("{")) return undefined;
    const bounds = this.#until("}");
    const [, least, comma, most] = /^([0-9]+)(?:(,)([0-9]*))?$/.exec(bounds) ?? [];
    if (least === undefined)
      throw new PatternError("has a '{' without {n}, {n,} or {n,m}: write \\{ for the character");
    return [Number(least), comma === undefined ? Number(least) : most === "" ? Infinity : Number(most)];
  }

  /** What stands behind a backslash. */
  escaped(): CharSet {
    const character = this.next();
    const known = CLASSES[character];
    if (known) return known;
    if (CONTROLS[character] !== undefined) return one(CONTROLS[character]);
    if (character === "x") return this.#hexadecimal(this.next() + this.next());
    if (character === "u") {
      if (this.takes("{")) return this.#hexadecimal(this.#until("}"));
      return this.#hexadecimal(this.next() + this.next() + this.next() + this.next());
    }
    if (character === "p" || character === "P") {
      if (!this.takes("{")) throw new PatternError("has a \\p without its {…}: write a property, as \\p{L}");
      this.#until("}");
      // Which characters these are is not looked up: they are taken for any.
      return ANY;
    }
    if (/[1-9k]/.test(character)) {
      throw new PatternError("refers back to a group: repeat the group's text, or mask both parts");
    }
    if (/[a-zA-Z0]/.test(character))
      throw new PatternError(`has \\${character}, which is not taken here: leave it out`);
    return one(character.codePointAt(0)!);
  }

  /** One member of a class in brackets. */
  inClass(): CharSet {
    const character = this.next();
    return character === "\\" ? this.escaped() : one(character.codePointAt(0)!);
  }

  /** A '-' with something behind it in the brackets. */
  takesRange(): boolean {
    if (!this.sees("-") || this.#characters[this.#index + 1] === "]") return false;
    this.#index++;
    return true;
  }

  #until(end: string): string {
    let text = "";
    for (let character = this.next(); character !== end; character = this.next()) text += character;
    return text;
  }

  #hexadecimal(digits: string): CharSet {
    const codePoint = /^[0-9a-fA-F]+$/.test(digits) ? parseInt(digits, 16) : NaN;
    if (!(codePoint <= 0x10ffff))
      throw new PatternError("has \\x or \\u without its hexadecimal digits: write \\x2F or \\u{2F}");
    return one(codePoint);
  }
}
