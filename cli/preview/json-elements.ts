/** Cuts a JSON text that comes line by line into its objects and the elements of its arrays. */

/** The text of an object, or of an element of an array. */
export interface JsonElement {
  readonly text: string;
  /** The line on which it begins. */
  readonly line: number;
}

/** A string, or a character that gives the text its structure; what stands between is of no interest. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},]/g;

/**
 * What stands before the records in an answer of AWS: of `logs get-log-events`, `filter-log-events` and
 * `get-query-results`, of `kinesis get-records`; in the input of `firehose put-record-batch`, in what Firehose sends to
 * an HTTP endpoint, and in an event of a transformation function.
 */
const ANSWER =
  /^\s*\{(?:\s*"(?:next(?:Forward|Backward)?Token|NextToken|queryLanguage|DeliveryStreamName|StreamName|StreamARN|NextShardIterator|MillisBehindLatest|requestId|timestamp|invocationId|deliveryStreamArn|sourceKinesisStreamArn|region)"\s*:\s*(?:"[^"]*"|\d+|null)\s*,)*\s*"(?:events|results|[Rr]ecords)"\s*:\s*$/;

/** Longer than anything that stands before the records. */
const LONGEST_HEAD = 4096;

/** Keeps what is not complete between lines: one element at most. No JSON string holds a line break. */
export class JsonElements {
  /** Joined once: to join a long element for each of its lines would take quadratic time. */
  #parts: string[] = [];
  /** Of the parts, until they are too long to be the head of an answer. */
  #head = "";
  #line = 0;
  #depth = 0;
  /** The depth at which elements stand: 0 for objects, 1 in an array, 2 in the array of an answer. */
  #level = 0;
  /** In what follows the array of an answer. */
  #isBehind = false;

  /** Whether an object or an array has begun and did not end. */
  get isOpen(): boolean {
    return this.#depth > 0;
  }

  /** Whether it is an object that stands in no array. */
  get isInObject(): boolean {
    return this.#depth > 0 && this.#level === 0 && !this.#isBehind;
  }

  /** Takes a line, and gives the elements that end on it. */
  *take(line: string, number: number): Generator<JsonElement> {
    let start = 0;
    for (const { 0: token, index } of line.matchAll(TOKEN)) {
      const opens = token === "[" && this.#level === 0 && !this.#isBehind;
      const level = opens && this.#depth < 2 ? this.#levelIn(line.slice(start, index)) : 0;
      if (level > 0) {
        this.#level = level;
        this.#forget();
        start = index + 1;
      }
      this.#depth = Math.max(0, this.#depth + depthOf(token));
      if (this.#isBehind && this.#depth === 0) {
        this.cut();
        start = index + 1;
        continue;
      }
      const endsArray = this.#level > 0 && this.#depth === this.#level - 1;
      const separates = token === "," && this.#level > 0 && this.#depth === this.#level;
      const closes = this.#level === 0 && this.#depth === 0 && token === "}";
      if (!endsArray && !separates && !closes) continue;
      this.#collect(line.slice(start, closes ? index + 1 : index), number);
      start = index + 1;
      if (endsArray) {
        this.#isBehind = this.#level === 2;
        this.#level = 0;
      }
      const element = this.#element();
      if (element) yield element;
    }
    this.#collect(`${line.slice(start)}\n`, number);
    const rest = this.isOpen ? undefined : this.#element();
    if (rest) yield rest;
  }

  /** Forgets what has begun and did not end, and gives it. */
  cut(): JsonElement | undefined {
    const element = this.#isBehind ? undefined : this.#element();
    this.#forget();
    this.#depth = 0;
    this.#level = 0;
    this.#isBehind = false;
    return element;
  }

  #element(): JsonElement | undefined {
    const text = this.#parts
      .join("")
      .replace(/^[\s,]+/, "")
      .trimEnd();
    this.#forget();
    return text === "" ? undefined : { text, line: this.#line };
  }

  /** The depth of the elements of an array that begins here; 0 for an array within an element. */
  #levelIn(before: string): number {
    if (this.#depth === 0) return 1;
    const head = this.#head + before;
    return head.length < LONGEST_HEAD && ANSWER.test(head) ? 2 : 0;
  }

  #collect(text: string, number: number): void {
    if (text.trim() === "" && this.#parts.length === 0) return;
    if (this.#parts.length === 0) this.#line = number;
    this.#parts.push(text);
    if (this.#head.length < LONGEST_HEAD) this.#head += text;
  }

  #forget(): void {
    this.#parts = [];
    this.#head = "";
  }
}

function depthOf(token: string): number {
  if (token === "{" || token === "[") return 1;
  return token === "}" || token === "]" ? -1 : 0;
}
