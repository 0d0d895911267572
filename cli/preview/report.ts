/** The result of `preview`: a row for each record, the totals, and what of the log and the settings found nothing. */
import type { UnreadPart } from "./log-records";
import { type PreviewedRecord, type Summary, summaryOf } from "./transform";
import type { RuleUse, UnusedRule } from "./rule-uses";
import { previewPage } from "../../pages/preview-page";
import type { TrafficSummary } from "../../pages/traffic";
import type { Block, Report } from "../report";
import { counted, cut } from "../../common/table";

/** The total of one end. */
export interface Total {
  readonly result: PreviewedRecord["result"];
  readonly reason?: string;
  records: number;
  events: number;
  /** The first lines of what is not delivered. */
  readonly lines?: number[];
}

/** Lines that are named. */
const MAX_LINES = 5;

const ORDER = ["Ok", "Dropped", "ProcessingFailed"];

/** How many records and events came to each end. */
export class Totals {
  readonly #byEnd = new Map<string, Total>();

  /** Events that are dropped from a record that is delivered count as events, and not as a record. */
  add({ line, result, reason, events, dropped = {} }: PreviewedRecord): void {
    this.#count(line, result, reason, 1, events);
    for (const [why, number] of Object.entries(dropped)) this.#count(line, "Dropped", why, 0, number);
  }

  /** What is delivered first, then what is dropped and what fails, by reason. */
  list(): Total[] {
    const rank = ({ result }: Total) => ORDER.indexOf(result);
    const byReason = (a: Total, b: Total) => ((a.reason ?? "") < (b.reason ?? "") ? -1 : 1);
    return [...this.#byEnd.values()].sort((a, b) => rank(a) - rank(b) || byReason(a, b));
  }

  #count(line: number, result: Total["result"], reason: string | undefined, records: number, events: number): void {
    const key = `${result} ${reason ?? ""}`;
    let total = this.#byEnd.get(key);
    if (total === undefined) {
      const lines = result === "Ok" ? {} : { lines: [] };
      total = { result, ...(reason !== undefined && { reason }), records: 0, events: 0, ...lines };
      this.#byEnd.set(key, total);
    }
    total.records += records;
    total.events += events;
    if (total.lines && total.lines.length < MAX_LINES && total.lines.at(-1) !== line) total.lines.push(line);
  }
}

/** What cannot be read of a log: how many parts, and the first of them. */
export class Unread {
  readonly parts: UnreadPart[] = [];
  count = 0;

  add(part: UnreadPart): void {
    this.count++;
    if (this.parts.length < MAX_LINES) this.parts.push(part);
  }
}

/** What a preview found. */
export interface PreviewResult {
  /** What the reader must know of the settings. */
  readonly notes: readonly string[];
  /** The first records. */
  readonly rows: readonly PreviewedRecord[];
  /** Records that have no row. */
  readonly more: number;
  readonly totals: readonly Total[];
  readonly sample?: PreviewedRecord;
  readonly unread: Pick<Unread, "count" | "parts">;
  readonly rules: readonly RuleUse[];
  readonly unusedRules: readonly UnusedRule[];
  /** The log, for a title. */
  readonly name: string;
  /** Of the reporters that show it. */
  readonly traffic?: TrafficSummary;
}

/**
 * For programs, a line for each record, and a last one:
 *
 *     {"line":1,"result":"Ok","events":1,"delivered":[{…}]}
 *     {"line":2,"result":"Dropped","reason":"empty","events":0,"delivered":[]}
 *     {"totals":[{"result":"Ok","records":1,"events":1},{"result":"Dropped",…,"lines":[2]}],"unread":{"count":0,"parts":[]},"rules":[],"unusedRules":[],"traffic":{"calls":1,…}}
 */
export function recordObject(record: PreviewedRecord): object {
  const { before: _, delivered, ...rest } = record;
  return { ...rest, delivered: delivered() };
}

/** The report of all records. Its one object is the last line of JSON: those of the records are printed as they come. */
export function previewReport(result: PreviewResult): Report {
  const { notes, rows, more, totals, sample, unread, rules, unusedRules, traffic } = result;
  const text = (...texts: string[]) => texts.map((one): Block => ({ kind: "paragraph", text: one }));
  const blocks: Block[] = [
    ...text(...notes),
    ...(rows.length > 0 ? [recordsTable(rows), ...text(MARKED)] : []),
    ...(more > 0 ? text(`Not shown: ${counted(more, "record")}; --limit shows more.`) : []),
    ...text("Totals:"),
    totalsTable(totals),
    ...(unread.count > 0
      ? [...text(`Not read: ${counted(unread.count, "part")} of the log.`), unreadList(unread)]
      : []),
    ...(unusedRules.length > 0 ? [...text("Rules that matched nothing:"), rulesTable(unusedRules)] : []),
    ...(sample ? [...text(`Line ${sample.line} as Moesif gets it:`), codeOf(sample)] : []),
  ];
  return {
    blocks,
    objects: [{ totals, unread, rules, unusedRules, traffic }],
    ...(traffic && { page: () => previewPage({ ...result, traffic }) }),
  };
}

const CHANGED = "*";
const MARKED = `${CHANGED} set or changed by the transformer; of a record of several events, the first is shown`;

/** Characters that a cell shows of a value. */
const WIDTHS: Readonly<Record<keyof Summary, number>> = {
  verb: 12,
  path: 48,
  status: 12,
  user: 24,
  company: 24,
  weight: 12,
};

function recordsTable(records: readonly PreviewedRecord[]): Block {
  const names = Object.keys(WIDTHS) as (keyof Summary)[];
  const columns = ["line", "result", "events", ...names].map((title) => ({ title }));
  const rows = records.map((record) => {
    const cells = cellsOf(record);
    return [String(record.line), endOf(record), String(record.events), ...names.map((name) => cells[name])];
  });
  return { kind: "table", columns, rows };
}

/** The values of the first event, marked where the transformer set or changed them. */
function cellsOf(record: PreviewedRecord): Summary {
  const [delivered, before] = [record.delivered(), record.before()];
  const own = summaryOf(before[0]);
  const shown = delivered[0] ? summaryOf(delivered[0]) : own;
  // Without knowing each event as it was, nothing can be said of a change.
  const isComparable = delivered.length > 0 && delivered.length === before.length;
  const cells = Object.entries(shown).map(([key, value]) => {
    const name = key as keyof Summary;
    return [name, cut(value, WIDTHS[name]) + (isComparable && value !== own[name] ? CHANGED : "")];
  });
  return Object.fromEntries(cells) as Summary;
}

function endOf({ result, reason, repaired, dropped = {} }: PreviewedRecord): string {
  const partly = Object.entries(dropped).map(([why, number]) => `${number} dropped: ${why}`);
  const notes = [...(reason === undefined ? [] : [reason]), ...(repaired ? ["repaired"] : []), ...partly];
  return notes.length === 0 ? result : `${result}: ${notes.join(", ")}`;
}

function totalsTable(totals: readonly Total[]): Block {
  const right = { align: "right" } as const;
  const columns = [
    { title: "result" },
    { title: "reason" },
    { title: "records", ...right },
    { title: "events", ...right },
    { title: "first lines" },
  ];
  const number = (count: number) => count.toLocaleString("en");
  const rows = totals.map(({ result, reason = "", records, events, lines = [] }) => {
    return [result, reason, number(records), number(events), lines.join(", ")];
  });
  return { kind: "table", columns, rows };
}

function unreadList({ count, parts }: PreviewResult["unread"]): Block {
  const items = parts.map(({ line, reason }) => `line ${line}: ${reason}`);
  return {
    kind: "list",
    items: count > parts.length ? [...items, `${counted(count - parts.length, "part")} more`] : items,
  };
}

function rulesTable(rules: readonly UnusedRule[]): Block {
  const columns = [{ title: "rule" }, { title: "name", width: 48 }, { title: "why" }];
  return { kind: "table", columns, rows: rules.map(({ rule, name = "", reason }) => [rule, name, reason]) };
}

function codeOf(sample: PreviewedRecord): Block {
  return { kind: "code", text: JSON.stringify(sample.delivered()[0], undefined, 2) };
}
