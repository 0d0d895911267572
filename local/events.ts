/** Events in a record: one JSON object, an array of them, or several one after the other. */
import { isObject } from "../common/json";

/** An event by its keys: an access log, or an object in Moesif's event model. */
export type LogEvent = Readonly<Record<string, unknown>>;

/** The events of a record; undefined where it holds anything else. */
export function parseEvents(text: string): LogEvent[] | undefined {
  try {
    const values = splitValues(text).flatMap((value) => JSON.parse(value) as unknown);
    return values.every(isObject) && values.length > 0 ? values : undefined;
  } catch {
    return undefined;
  }
}

/** Cuts text between top-level objects and arrays. */
export function splitValues(text: string): string[] {
  const values: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === "{" || token === "[") depth++;
    else if ((token === "}" || token === "]") && --depth === 0) {
      values.push(text.slice(start, index + 1));
      start = index + 1;
    }
  }
  const rest = text.slice(start);
  return rest.trim() === "" ? values : [...values, rest];
}

/** How many events were seen, and how many of them had an id that another had before. */
export class EventIds {
  /** Ids that are remembered; beyond that, repetitions go unnoticed. */
  static readonly LIMIT = 1_000_000;
  readonly #seen = new Set<string>();
  events = 0;
  repeated = 0;

  /** Events with different ids; undefined when there were too many to know. */
  get distinct(): number | undefined {
    return this.#seen.size < EventIds.LIMIT ? this.events - this.repeated : undefined;
  }

  /** Returns whether no other was seen with the same id. */
  add(event: LogEvent): boolean {
    this.events++;
    const id = event["requestId"] ?? event["transaction_id"];
    if (typeof id !== "string") return true;
    if (this.#seen.has(id)) {
      this.repeated++;
      return false;
    }
    if (this.#seen.size < EventIds.LIMIT) this.#seen.add(id);
    return true;
  }
}
