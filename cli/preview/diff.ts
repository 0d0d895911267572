/** `preview --diff`: compares what two settings make of the same log. Prints no value that either of them redacts. */
import { isObject } from "../../common/json";
import { counted } from "../../common/table";
import { batches, type JsonObject, messagesOf, previewBatch, type PreviewedRecord, summaryOf } from "./transform";
import type { LogRecord } from "./log-records";
import type { Block, Report } from "../report";
import type { Transformer } from "./transform";

/** A transformer with settings, and one with the same redaction that drops nothing: for examples. */
export interface DiffSide {
  readonly name: string;
  readonly transform: Transformer;
  readonly transformAll: Transformer;
}

/** A call of the log, with the values that both settings deliver. */
interface Example {
  readonly line: number;
  readonly verb: string;
  readonly path: string;
  readonly status: string;
}

/** How a call differs, in the order of the report. */
const KINDS = {
  appears: "appears",
  vanishes: "vanishes",
  changes: "changes",
  "stays out": "stays out, for another reason",
} as const;
type Kind = keyof typeof KINDS;

/** Calls of which the same becomes. */
interface Group {
  readonly kind: Kind;
  /** What the settings make of them: `filtered → Ok`. */
  readonly result: string;
  calls: number;
  readonly examples: Example[];
}

/** In how many calls a field of what is delivered differs. */
interface FieldChange {
  readonly field: string;
  lost: number;
  gained: number;
  changed: number;
  readonly lines: number[];
}

/** What differs between two settings. */
export interface PreviewDiff {
  readonly before: string;
  readonly after: string;
  readonly calls: number;
  readonly same: number;
  readonly groups: readonly Group[];
  readonly fields: readonly FieldChange[];
}

/** Of each group and each field. */
const MAX_EXAMPLES = 3;

/** Compares what two settings make of a log; the same log and settings give the same result. */
export async function diffPreviews(
  records: AsyncIterable<LogRecord>,
  before: DiffSide,
  after: DiffSide,
  now: number,
): Promise<PreviewDiff> {
  const diff = new Comparison(before, after, now);
  for await (const batch of batches(apart(records))) {
    const afters = previewBatch(batch, after.transform, now);
    previewBatch(batch, before.transform, now).forEach((rounds, index) =>
      diff.add(batch[index]!, rounds, afters[index]!),
    );
  }
  return diff.result();
}

/** Each call by itself, where that is possible: so it is known which is which. */
async function* apart(records: AsyncIterable<LogRecord>): AsyncGenerator<LogRecord> {
  for await (const record of records) yield* messagesOf(record);
}

/** What becomes of one call. */
interface Fate {
  /** `Ok`, or why it is not delivered. */
  readonly end: string;
  readonly delivered?: JsonObject;
}

class Comparison {
  #calls = 0;
  #same = 0;
  readonly #groups = new Map<string, Group>();
  readonly #fields = new Map<string, FieldChange>();

  constructor(
    private readonly before: DiffSide,
    private readonly after: DiffSide,
    private readonly now: number,
  ) {}

  add(record: LogRecord, before: readonly PreviewedRecord[], after: readonly PreviewedRecord[]): void {
    for (const [was, is] of pairs(fatesOf(before), fatesOf(after))) {
      this.#calls++;
      const kind =
        was.delivered && is.delivered ? "changes" : is.delivered ? "appears" : was.delivered ? "vanishes" : "stays out";
      const isSame =
        kind === "changes" ? this.#compare(record.line, was.delivered!, is.delivered!) : was.end === is.end;
      if (isSame) this.#same++;
      else this.#count(kind, kind === "changes" ? "" : `${was.end} → ${is.end}`, record);
    }
  }

  result(): PreviewDiff {
    const order = Object.keys(KINDS);
    const groups = [...this.#groups.values()].sort(
      (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.calls - a.calls || (a.result < b.result ? -1 : 1),
    );
    const total = ({ lost, gained, changed }: FieldChange) => lost + gained + changed;
    const fields = [...this.#fields.values()].sort((a, b) => total(b) - total(a) || (a.field < b.field ? -1 : 1));
    return { before: this.before.name, after: this.after.name, calls: this.#calls, same: this.#same, groups, fields };
  }

  #count(kind: Kind, result: string, record: LogRecord): void {
    const key = `${kind} ${result}`;
    const group = this.#groups.get(key) ?? { kind, result, calls: 0, examples: [] };
    this.#groups.set(key, group);
    group.calls++;
    if (group.examples.length < MAX_EXAMPLES) group.examples.push(this.#exampleOf(record));
  }

  /** Both settings deliver a value if it is the same in the result of both. */
  #exampleOf(record: LogRecord): Example {
    const [was, is] = [this.before, this.after].map(({ transformAll }) => {
      const [first] = previewBatch([record], transformAll, this.now).flat();
      const delivered = first?.delivered() ?? [];
      return delivered.length === 1 ? summaryOf(delivered[0]) : undefined;
    });
    const shown = (name: "verb" | "path" | "status") => {
      if (!was || !is) return "";
      if (was[name] !== is[name]) return "(differs)";
      return was[name].startsWith("hmac:") ? "(hashed)" : was[name];
    };
    return { line: record.line, verb: shown("verb"), path: shown("path"), status: shown("status") };
  }

  /** Whether two objects are the same. */
  #compare(line: number, was: JsonObject, is: JsonObject): boolean {
    const [old, now] = [fieldsOf(was), fieldsOf(is)];
    let same = true;
    for (const field of new Set([...old.keys(), ...now.keys()])) {
      const [from, to] = [old.get(field), now.get(field)];
      if (from === to) continue;
      same = false;
      const change = this.#fields.get(field) ?? { field, lost: 0, gained: 0, changed: 0, lines: [] };
      this.#fields.set(field, change);
      change[to === undefined ? "lost" : from === undefined ? "gained" : "changed"]++;
      if (change.lines.length < MAX_EXAMPLES && change.lines.at(-1) !== line) change.lines.push(line);
    }
    return same;
  }
}

function fatesOf(rounds: readonly PreviewedRecord[]): Fate[] {
  const all = rounds.flatMap(({ result, reason, events, dropped = {}, delivered }): Fate[] => {
    const own = delivered().map((one) => ({ end: "Ok", delivered: one }));
    if (result === "Ok") return [...own, ...Object.entries(dropped).flatMap(([why, number]) => fates(why, number))];
    // What is put back comes again.
    return reason === "put-back" ? [] : fates(reason!, events);
  });
  // A record that cannot be read counts as one call.
  return all.length > 0 ? all : [{ end: rounds.at(-1)?.reason ?? "empty" }];
}

function fates(end: string, number: number): Fate[] {
  return Array.from({ length: number }, () => ({ end }));
}

/** The same calls of both: by their ids, and else in their order. */
function pairs(before: readonly Fate[], after: readonly Fate[]): [Fate, Fate][] {
  if (before.length === 1 && after.length === 1) return [[before[0]!, after[0]!]];
  const rest = [...after];
  const none: Fate = { end: "missing" };
  const take = (find: (fate: Fate) => boolean): Fate | undefined => {
    const index = rest.findIndex(find);
    return index < 0 ? undefined : rest.splice(index, 1)[0];
  };
  const found = before.map((was): [Fate, Fate | undefined] => {
    const id = idOf(was);
    return [was, id === undefined ? undefined : take((is) => idOf(is) === id)];
  });
  // Delivered calls with the same id are paired already: the other of a delivered call is rather not delivered.
  const other = (was: Fate) => take((is) => !is.delivered || !was.delivered) ?? take(() => true) ?? none;
  const all = found.map(([was, is]): [Fate, Fate] => [was, is ?? other(was)]);
  return [...all, ...rest.map((is): [Fate, Fate] => [none, is])];
}

function idOf({ delivered }: Fate): unknown {
  return delivered?.["transaction_id"] ?? delivered?.["requestId"];
}

/** Objects are gone into as far as Moesif names their fields: what is below was chosen by callers. */
const DEEPEST = 3;

/** The fields of an object by their paths, each as JSON. */
function fieldsOf(object: JsonObject, path = "", depth = 1): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [key, value] of Object.entries(object)) {
    const name = path === "" ? key : `${path}.${key}`;
    if (isObject(value) && depth < DEEPEST) {
      for (const [inner, json] of fieldsOf(value, name, depth + 1)) fields.set(inner, json);
    } else fields.set(name, JSON.stringify(value));
  }
  return fields;
}

/** For programs, one object: `{before, after, calls, same, groups, fields}`. */
export function diffReport(diff: PreviewDiff): Report {
  const { before, after, calls, same, groups, fields } = diff;
  const number = (count: number) => count.toLocaleString("en");
  const blocks: Block[] = [
    { kind: "heading", text: `${before} → ${after}` },
    {
      kind: "paragraph",
      text: `${counted(calls, "call")}: ${number(same)} the same, ${number(calls - same)} different.`,
    },
  ];
  if (groups.length > 0) {
    const columns = [{ title: "call" }, { title: "result" }, { title: "calls", align: "right" }] as const;
    const rows = groups.map(({ kind, result, calls: count }) => [KINDS[kind], result, number(count)]);
    blocks.push({ kind: "table", columns, rows });
  }
  if (fields.length > 0) {
    const titles = ["lost", "gained", "changed"] as const;
    const columns = [
      { title: "field", width: 64 },
      ...titles.map((title) => ({ title, align: "right" }) as const),
      { title: "first lines" },
    ];
    const rows = fields.map((one) => [one.field, ...titles.map((title) => number(one[title])), one.lines.join(", ")]);
    blocks.push({ kind: "paragraph", text: "Fields that differ, by the calls in which they do:" });
    blocks.push({ kind: "table", columns, rows });
  }
  const examples = groups.flatMap(({ kind, examples }) =>
    examples.map(({ line, verb, path, status }) => [String(line), kind, verb, path, status]),
  );
  if (examples.length > 0) {
    const columns = [
      { title: "line" },
      { title: "call" },
      { title: "verb" },
      { title: "path", width: 48 },
      { title: "status" },
    ];
    blocks.push({ kind: "paragraph", text: "Examples; a value that only one of both lets out is not shown:" });
    blocks.push({ kind: "table", columns, rows: examples });
  }
  return { blocks, objects: [diff] };
}
