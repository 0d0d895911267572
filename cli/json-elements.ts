/** Cuts a JSON text that comes line by line into the elements of its arrays, and objects that stand outside of any. */

/** The text of an element. */
export interface JsonElement {
  readonly text: string;
  /** The line on which it begins. */
  readonly line: number;
}

/** A string, or a character that gives the text its structure; what stands between is of no interest. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},]/g;

/** Keeps what is not complete between lines: one element at most. No JSON string holds a line break. */
export class JsonElements {
  #text = "";
  #line = 0;
  #depth = 0;
  #inArray = false;

  /** Takes a line, and gives the elements that end on it. */
  *take(line: string, number: number): Generator<JsonElement> {
    let start = 0;
    for (const { 0: token, index } of line.matchAll(TOKEN)) {
      if (this.#depth === 0 && token === "[") {
        this.#inArray = true;
        start = index + 1;
      }
      this.#depth = Math.max(0, this.#depth + depthOf(token));
      const separates = this.#inArray && ((this.#depth === 1 && token === ",") || (this.#depth === 0 && token === "]"));
      const closes = !this.#inArray && this.#depth === 0 && token === "}";
      if (!separates && !closes) continue;
      this.#collect(line.slice(start, closes ? index + 1 : index), number);
      start = index + 1;
      if (this.#depth === 0) this.#inArray = false;
      const element = this.rest();
      if (element) yield element;
    }
    this.#collect(`${line.slice(start)}\n`, number);
  }

  /** What has begun and did not end; that is forgotten then. */
  rest(): JsonElement | undefined {
    const text = this.#text.trim();
    this.#text = "";
    return text === "" ? undefined : { text, line: this.#line };
  }

  #collect(text: string, number: number): void {
    if (this.#text.trim() === "") this.#line = number;
    this.#text += text;
  }
}

function depthOf(token: string): number {
  if (token === "{" || token === "[") return 1;
  return token === "}" || token === "]" ? -1 : 0;
}
