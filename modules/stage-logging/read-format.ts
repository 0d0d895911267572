/**
 * Reads an access-log format as people write them: meant as a JSON object, and often none. What is wrong is told, and
 * what was meant is read all the same, so that it can be repaired.
 */

/** A value of a format. */
export type FormatValue = string | number | boolean | null | readonly FormatValue[] | FormatObject;

/** An object of a format: a map, since a key may have any name. */
export type FormatObject = ReadonlyMap<string, FormatValue>;

/** Why a text is no JSON, or a key of it not what it seems. */
export type Fault =
  /** The value of a key stands without quotes. */
  | { readonly kind: "unquoted"; readonly key: string; readonly text: string }
  | { readonly kind: "duplicateKey"; readonly key: string }
  /** What is wrong, as the end of a sentence. */
  | { readonly kind: "notJson"; readonly text: string };

/** A format as it was read. */
export interface ReadFormat {
  readonly members: FormatObject;
  readonly faults: readonly Fault[];
}

/** Objects and lists within each other: more are no format that anybody means. */
const DEEPEST = 16;

/** `undefined` if the text cannot be meant as an object. */
export function readFormat(format: string): ReadFormat | undefined {
  const { text, faults } = objectIn(format);
  if (!text.startsWith("{")) return undefined;
  const reader = new FormatReader(text);
  try {
    const members = reader.whole();
    const found = [...faults.map(notJson), ...reader.faults];
    // Whatever the reader takes without a word, JSON must take, too.
    if (found.length === 0 && !isJson(format)) found.push(notJson("something in it is not as JSON has it"));
    return { members, faults: found };
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Unreadable extends Error {}

function notJson(text: string): Fault {
  return { kind: "notJson", text };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const SPACE = /(?:[\s\uFEFF]|\\(?=[ \t]*[\r\n]))*/y;
const JSON_STRING = /"(?:[^"\\]|\\.)*"/sy;
const OTHER_STRING = /'([^']*)'|[\u201c\u201d]([^\u201c\u201d"]*)[\u201c\u201d"]/y;
const BARE_KEY = /([\w.$-]+)"?/y;
const BARE_VALUE = /[^,}\]\r\n]*/y;
const LITERAL = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

class FormatReader {
  readonly faults: Fault[] = [];
  #at = 0;

  constructor(private readonly text: string) {}

  whole(): FormatObject {
    const members = this.#object(0);
    this.#space();
    if (this.#at < this.text.length) this.#fault("there is something behind the object");
    return members;
  }

  #object(depth: number): FormatObject {
    const members = new Map<string, FormatValue>();
    this.#elements("}", depth, () => {
      const key = this.#key();
      this.#space();
      if (!this.#take(":")) {
        if (!this.#take("=")) throw new Unreadable();
        this.#fault(`behind ${JSON.stringify(key)} there must be a colon`);
      }
      this.#space();
      if (members.has(key)) this.faults.push({ kind: "duplicateKey", key });
      members.set(key, this.#value(depth + 1, key));
    });
    return members;
  }

  #list(depth: number, key: string): readonly FormatValue[] {
    const values: FormatValue[] = [];
    this.#elements("]", depth, () => values.push(this.#value(depth + 1, key)));
    return values;
  }

  /** What stands between brackets, with commas in between. */
  #elements(end: "}" | "]", depth: number, read: () => void): void {
    if (depth > DEEPEST) throw new Unreadable();
    this.#at++;
    let separated = true;
    for (let first = true; ; first = false) {
      this.#space();
      if (this.#at >= this.text.length) return this.#fault(`the closing ${end} is missing`);
      if (this.#take(end)) {
        if (separated && !first) this.#fault(`a comma stands before the closing ${end}`);
        return;
      }
      if (!separated) this.#fault(`a comma is missing before ${/^[^:,\s]{0,20}/.exec(this.text.slice(this.#at))![0]}`);
      read();
      this.#space();
      separated = this.#take(",");
    }
  }

  #key(): string {
    const quoted = this.#string();
    if (quoted !== undefined) return quoted;
    const [, bare] = this.#match(BARE_KEY) ?? [];
    if (bare === undefined) throw new Unreadable();
    this.#fault(`the key ${bare} must be in quotes`);
    return bare;
  }

  #value(depth: number, key: string): FormatValue {
    if (this.text[this.#at] === "{") return this.#object(depth);
    if (this.text[this.#at] === "[") return this.#list(depth, key);
    const quoted = this.#string();
    if (quoted !== undefined) return quoted;
    const text = this.#match(BARE_VALUE)![0].replace(/[\s\\]+$/, "");
    if (LITERAL.test(text)) return JSON.parse(text) as FormatValue;
    if (text === "" || /["'{[]/.test(text)) throw new Unreadable();
    this.faults.push({ kind: "unquoted", key, text });
    return text;
  }

  /** A text in quotes of any kind. */
  #string(): string | undefined {
    const [json] = this.#match(JSON_STRING) ?? [];
    if (json !== undefined) {
      if (isJson(json)) return JSON.parse(json) as string;
      this.#fault(`${json.length > 40 ? "a text" : JSON.stringify(json.slice(1, -1))} is not escaped as JSON asks`);
      return json.slice(1, -1);
    }
    const [, single, typographic] = this.#match(OTHER_STRING) ?? [];
    const text = single ?? typographic;
    if (text !== undefined) this.#fault(`${JSON.stringify(text)} must be in straight double quotes`);
    return text;
  }

  #space(): void {
    const [space] = this.#match(SPACE)!;
    if (/[^ \t\r\n]/.test(space)) this.#fault("a backslash or a special space stands between the keys");
  }

  #take(character: string): boolean {
    if (this.text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text) ?? undefined;
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #fault(text: string): void {
    if (!this.faults.some((fault) => fault.kind === "notJson" && fault.text === text)) this.faults.push(notJson(text));
  }
}

/** The text of an object, as far as there is one, and why the whole is no JSON object, as the ends of sentences. */
export interface Unwrapped {
  readonly text: string;
  readonly faults: readonly string[];
}

const ESCAPED = "the whole stands in quotes, as in a file of CloudFormation or in a shell: take what is within";

/** The object within quotes of JSON or a shell; every other text without the space around it. */
export function objectIn(format: string): Unwrapped {
  const text = format.trim();
  const inner = withoutQuotes(text);
  return inner?.startsWith("{") ? { text: inner, faults: [ESCAPED] } : { text, faults: [] };
}

function withoutQuotes(text: string): string | undefined {
  if (text.startsWith("'{") && text.endsWith("}'")) return text.slice(1, -1);
  if (/^\{\s*\\"/.test(text)) return text.replaceAll('\\"', '"');
  if (!text.startsWith('"{')) return undefined;
  try {
    return (JSON.parse(text) as string).trim();
  } catch {
    return undefined;
  }
}

/** What a format is that is no object, as people call it. */
export function formOf(format: string): string {
  const text = format.trim();
  if (text.startsWith("<")) return "XML";
  if (text.startsWith("[") && text.endsWith("]")) return "a list";
  if (text.includes("[$context.requestTime]")) return "CLF";
  return /\$context[\w.]+,/.test(text) ? "CSV" : "none";
}
