/** The metadata of one call, written while it is gathered. */
import { appendMember, type Quote } from "./json-writer";
import { MARK_KEY, MARK_VALUE } from "./mark";
import type { Redaction } from "./redact";
import type { JsonValue, Metadata } from "./settings";

/** Metadata that all calls of a stage share; it has the mark. */
export interface SharedMetadata {
  readonly metadata: Metadata;
  /** Its members as JSON, without the closing brace. */
  readonly json: string;
}

/** Gathers metadata of a call; what is shared wins over what is added. No key is added twice. */
export interface MetadataJson {
  readonly add: (key: string, value: JsonValue) => void;
  readonly close: () => string;
}

/** Of most calls: nothing of it is to be redacted, and the record brings none. */
export class PlainMetadata implements MetadataJson {
  readonly #shared: Metadata;
  readonly #quote: Quote;
  #json: string;

  constructor({ metadata, json }: SharedMetadata, quote: Quote) {
    this.#shared = metadata;
    this.#quote = quote;
    this.#json = json;
  }

  add(key: string, value: JsonValue): void {
    if (!Object.hasOwn(this.#shared, key)) {
      this.#json = appendMember(this.#json, key, value, this.#quote);
    }
  }

  close(): string {
    return `${this.#json}}`;
  }
}

/** Of the others: what is added is redacted, and what the record brings wins. */
export class MergedMetadata implements MetadataJson {
  readonly #added: [string, JsonValue][] = [];

  constructor(
    private readonly shared: SharedMetadata,
    private readonly own: Metadata | undefined,
    private readonly redaction: Pick<Redaction, "metadata">,
  ) {}

  add(key: string, value: JsonValue): void {
    this.#added.push([key, value]);
  }

  close(): string {
    const added = this.redaction.metadata(Object.fromEntries(this.#added));
    return JSON.stringify({ ...added, ...this.shared.metadata, ...this.own, [MARK_KEY]: MARK_VALUE });
  }
}
