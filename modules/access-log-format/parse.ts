/**
 * Reads an access-log format as people write them: meant as a JSON object, and often not valid JSON. It reports what is
 * wrong, and reads the rest, so that it can be repaired.
 */
import { parseJson } from "../../common/json";

/** A value of a format. */
export type FormatValue = string | number | boolean | null | readonly FormatValue[] | FormatObject;

/** An object of a format: a map, since a key may have any name. */
export type FormatObject = ReadonlyMap<string, FormatValue>;

/** Why a text is not JSON, or a key is ambiguous. */
export type Fault =
  /** The value of a key has no quotes. */
  | { readonly kind: "unquoted"; readonly key: string; readonly text: string }
  | { readonly kind: "duplicateKey"; readonly key: string }
  /** What is wrong, for the end of a sentence. */
  | { readonly kind: "notJson"; readonly text: string };

/** A format, as far as it can be read. */
export interface ReadFormat {
  readonly members: FormatObject;
  readonly faults: readonly Fault[];
}

/** Depth of nested objects and lists; no real format has more. */
const DEEPEST = 16;

/** `undefined` if the text cannot be read as an object. */
export function readFormat(format: string): ReadFormat | undefined {
  const { text, faults } = objectIn(format);
  if (!text.startsWith("{")) return undefined;
  const reader = new FormatReader(text);
  try {
    const members = reader.whole();
    const found = [...faults.map(notJson), ...reader.faults];
    // The reader is more lenient than JSON.
    if (found.length === 0 && parseJson(format) === undefined) found.push(notJson("it has a syntax error"));
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
    if (this.#at < this.text.length) this.#fault("there is text after the object");
    return members;
  }

  #object(depth: number): FormatObject {
    const members = new Map<string, FormatValue>();
    this.#elements("}", depth, () => {
      const key = this.#key();
      this.#space();
      if (!this.#take(":")) {
        if (!this.#take("=")) throw new Unreadable();
        this.#fault(`${JSON.stringify(key)} must be followed by a colon`);
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

  /** Elements between brackets, separated by commas. */
  #elements(end: "}" | "]", depth: number, read: () => void): void {
    if (depth > DEEPEST) throw new Unreadable();
    this.#at++;
    let separated = true;
    for (let first = true; ; first = false) {
      this.#space();
      if (this.#at >= this.text.length) return this.#fault(`the closing ${end} is missing`);
      if (this.#take(end)) {
        if (separated && !first) this.#fault(`there is a comma before the closing ${end}`);
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

  /** A string in quotes of any kind. */
  #string(): string | undefined {
    const [json] = this.#match(JSON_STRING) ?? [];
    if (json !== undefined) {
      const text = parseJson(json) as string | undefined;
      if (text !== undefined) return text;
      this.#fault(`${json.length > 40 ? "a text" : JSON.stringify(json.slice(1, -1))} is not escaped as JSON requires`);
      return json.slice(1, -1);
    }
    const [, single, typographic] = this.#match(OTHER_STRING) ?? [];
    const text = single ?? typographic;
    if (text !== undefined) this.#fault(`${JSON.stringify(text)} must be in straight double quotes`);
    return text;
  }

  #space(): void {
    const [space] = this.#match(SPACE)!;
    if (/[^ \t\r\n]/.test(space)) this.#fault("there is a backslash or a special space between the keys");
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

/** The text of an object, and what is around it, for the ends of sentences. */
export interface Unwrapped {
  readonly text: string;
  readonly faults: readonly string[];
}

const ESCAPED = "it is quoted as a whole, as in a CloudFormation file or a shell: use the text inside the quotes";

/** The object inside quotes of JSON or a shell; of any other text, the trimmed text. */
export function objectIn(format: string): Unwrapped {
  const text = format.trim();
  const inner = withoutQuotes(text);
  return inner?.startsWith("{") ? { text: inner, faults: [ESCAPED] } : { text, faults: [] };
}

function withoutQuotes(text: string): string | undefined {
  if (text.startsWith("'{") && text.endsWith("}'")) return text.slice(1, -1);
  if (/^\{\s*\\"/.test(text)) return text.replaceAll('\\"', '"');
  if (!text.startsWith('"{')) return undefined;
  return (parseJson(text) as string | undefined)?.trim();
}

/** The usual name of a format that is not an object; `undefined` if it has none. */
export function formOf(format: string): string | undefined {
  const text = format.trim();
  if (text.startsWith("<")) return "XML";
  if (text.startsWith("[") && text.endsWith("]")) return "a list";
  if (text.includes("[$context.requestTime]")) return "CLF";
  return /\$context[\w.]+,/.test(text) ? "CSV" : undefined;
}
